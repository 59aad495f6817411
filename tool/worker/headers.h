/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_WORKER_HEADERS_H
#define HOTPROBE_WORKER_HEADERS_H

struct error;
struct request;

/*
 * headers_point - lead libbcc to the request's header source
 *
 * Makes a header tree in the request's folder where one has to be made, and adds the flags that the
 * tree needs to @req. Folders go through the environment, as libbcc wants it.
 */
int headers_point(struct request *req, struct error *err);

#endif
