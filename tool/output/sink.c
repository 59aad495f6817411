// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "output/sink.h"

#define PIPE_SIZE (1 << 20)

void sink_init(struct sink *sink, int fd)
{
	int size;

	memset(sink, 0, sizeof(*sink));
	sink->fd = fd;
	/*
	 * A pipe holds what its reader is too slow for, so that the perf buffers can be emptied.
	 * This is the most that a user may ask for (pipe(7), /proc/sys/fs/pipe-max-size); it works
	 * without.
	 */
	size = fcntl(fd, F_GETPIPE_SZ);
	if (size > 0 && size < PIPE_SIZE)
		(void)fcntl(fd, F_SETPIPE_SZ, PIPE_SIZE);
}

int sink_flush(struct sink *sink)
{
	size_t done = 0;
	int ret = 0;

	while (done < sink->buf.len) {
		ssize_t wrote = write(sink->fd, sink->buf.data + done, sink->buf.len - done);

		if (wrote >= 0) {
			done += (size_t)wrote;
		} else if (errno == EAGAIN) {
			/* a terminal or pipe that somebody else made non-blocking */
			struct pollfd ready = { .fd = sink->fd, .events = POLLOUT };

			poll(&ready, 1, -1);
		} else if (errno != EINTR) {
			ret = -errno;
			break;
		}
	}
	buf_reset(&sink->buf);
	return ret;
}

void sink_free(struct sink *sink)
{
	buf_free(&sink->buf);
	buf_free(&sink->header);
}
