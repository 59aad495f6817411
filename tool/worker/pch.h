/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_WORKER_PCH_H
#define HOTPROBE_WORKER_PCH_H

struct buf;
struct error;
struct libbcc;
struct request;

/*
 * pch_make - precompile what the request's text includes
 *
 * Done by the instance of clang that libbcc sets up for a probe, with libbcc's own headers and all
 * of its options in place, so that what comes out fits a compile by the same libbcc. @out receives
 * the file. -ECANCELED when it cannot be made, clang says why on stderr.
 */
int pch_make(struct buf *out, const struct libbcc *bcc, struct request *req, struct error *err);

/* pch_use - add the compiler's flags for req->pch, if there is one; -E2BIG */
int pch_use(struct request *req);

#endif
