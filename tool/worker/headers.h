/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_WORKER_HEADERS_H
#define HOTPROBE_WORKER_HEADERS_H

struct error;
struct request;

/* headers_make - make a header tree in the request's folder, if one has to be made */
int headers_make(const struct request *req, struct error *err);

/*
 * headers_point - lead libbcc to the request's header source
 *
 * Adds the flags that the source needs to @req. Folders go through the environment, as libbcc wants
 * it.
 */
int headers_point(struct request *req, struct error *err);

#endif
