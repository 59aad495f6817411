/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_WORKER_MATCH_H
#define HOTPROBE_WORKER_MATCH_H

struct buf;
struct error;
struct request;

/*
 * match_start - begin to read the running kernel's types, and to note what the probe reads of them
 *
 * A thread does the reading, while the probe is compiled.
 */
void match_start(const struct request *req);

/*
 * match_finish - compare what the compiled probe reads with the running kernel
 * @remark: receives what was compared, for -v
 *
 * Doubts go to stderr as warnings. -ESTALE with the differences in @err.
 */
int match_finish(const struct request *req, struct buf *remark, struct error *err);

#endif
