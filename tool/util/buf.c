// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/buf.h"

char *buf_grow(struct buf *buf, size_t more)
{
	size_t cap = buf->cap ? buf->cap : 256;
	char *data;

	if (buf->failed)
		return NULL;
	if (more > SIZE_MAX / 4 || buf->len > SIZE_MAX / 4) {
		buf->failed = true;
		return NULL;
	}
	while (cap < buf->len + more + 1)
		cap *= 2;
	data = realloc(buf->data, cap);
	if (!data) {
		buf->failed = true;
		return NULL;
	}
	buf->data = data;
	buf->cap = cap;
	return data + buf->len;
}

void buf_add(struct buf *buf, const void *data, size_t len)
{
	char *p = buf_reserve(buf, len);

	if (!p)
		return;
	if (len)
		memcpy(p, data, len);
	buf_end(buf, p + len);
}

void buf_str(struct buf *buf, const char *str)
{
	buf_add(buf, str, strlen(str));
}

void buf_printf(struct buf *buf, const char *fmt, ...)
{
	va_list ap, again;
	int len;

	va_start(ap, fmt);
	va_copy(again, ap);
	len = vsnprintf(NULL, 0, fmt, ap);
	if (len < 0) {
		buf->failed = true;
	} else if (buf_reserve(buf, (size_t)len)) {
		vsnprintf(buf->data + buf->len, (size_t)len + 1, fmt, again);
		buf->len += (size_t)len;
	}
	va_end(again);
	va_end(ap);
}

void buf_pad(struct buf *buf, size_t from, size_t width)
{
	size_t more = from + width > buf->len ? from + width - buf->len : 0;
	char *p = buf_reserve(buf, more);

	if (p)
		buf_end(buf, (char *)memset(p, ' ', more) + more);
}

void buf_reset(struct buf *buf)
{
	buf->len = 0;
	buf->failed = false;
	if (buf->data)
		buf->data[0] = '\0';
}

void buf_free(struct buf *buf)
{
	free(buf->data);
	memset(buf, 0, sizeof(*buf));
}

const char *buf_text(const struct buf *buf)
{
	return buf->data ? buf->data : "";
}

int buf_read_fd(struct buf *buf, int fd, size_t limit)
{
	size_t start = buf->len;

	for (;;) {
		ssize_t got;

		if (!buf_reserve(buf, 65536))
			return -ENOMEM;
		got = read(fd, buf->data + buf->len, 65536);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		buf->len += (size_t)got;
		buf->data[buf->len] = '\0';
		if (got == 0)
			return 0;
		if (buf->len - start > limit)
			return -EFBIG;
	}
}

int buf_read_file(struct buf *buf, const char *path, size_t limit)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int ret;

	if (fd < 0)
		return -errno;
	ret = buf_read_fd(buf, fd, limit);
	close(fd);
	return ret;
}

int write_all(int fd, const void *data, size_t len)
{
	const char *pos = data;

	while (len) {
		ssize_t done = write(fd, pos, len);

		if (done < 0 && errno == EINTR)
			continue;
		/* whoever shares the terminal may have made it non-blocking */
		if (done < 0 && errno == EAGAIN) {
			struct pollfd ready = { .fd = fd, .events = POLLOUT };

			poll(&ready, 1, -1);
			continue;
		}
		if (done < 0)
			return -errno;
		pos += done;
		len -= (size_t)done;
	}
	return 0;
}
