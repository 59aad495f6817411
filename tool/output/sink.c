// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "output/sink.h"

void sink_init(struct sink *sink, int fd)
{
	memset(sink, 0, sizeof(*sink));
	sink->fd = fd;
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
