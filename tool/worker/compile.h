/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_WORKER_COMPILE_H
#define HOTPROBE_WORKER_COMPILE_H

struct buf;
struct error;
struct libbcc;
struct request;

/*
 * compile_probe - compile a request with libbcc and append the object's packet to @out
 *
 * Flags that the header source needs are added to @req. The compiler's own messages go to stderr as
 * they come. -ECANCELED when those say it all.
 */
int compile_probe(struct buf *out, const struct libbcc *bcc, struct request *req,
		  struct error *err);

#endif
