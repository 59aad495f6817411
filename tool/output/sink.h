/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_OUTPUT_SINK_H
#define HOTPROBE_OUTPUT_SINK_H

#include "util/buf.h"

struct output;

/*
 * Where lines go: a buffer before a file descriptor. All outputs of a run share one, so that their
 * lines stay in order.
 */
struct sink {
	int fd; /* not owned */
	struct buf buf;
	unsigned int nr_outputs;   /* how many outputs write here */
	const struct output *last; /* the one that wrote the last line */
	struct buf header;	   /* the header line that stands above it */
};

/* sink_init - write to @fd, which is not taken over; a pipe is made as large as it may be */
void sink_init(struct sink *sink, int fd);

/*
 * sink_flush - write what is buffered
 *
 * Waits on a descriptor that does not block. Returns 0 or what write(2) gave: -EPIPE when the
 * reader went away (SIGPIPE must be ignored), -ENOSPC ... What was not written is then dropped.
 */
int sink_flush(struct sink *sink);

/* sink_free - free the buffers; what was not flushed is lost */
void sink_free(struct sink *sink);

#endif
