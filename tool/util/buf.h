/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_UTIL_BUF_H
#define HOTPROBE_UTIL_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A growing byte buffer. Zero-initialise it; buf_free() it.
 *
 * When memory runs out the buffer stops growing and remembers that in @failed, so that a writer
 * of many small pieces checks once, at the end. data is NUL-terminated whenever it is not NULL.
 */
struct buf {
	char *data;
	size_t len;
	size_t cap;
	bool failed;
};

/* buf_grow - buf_reserve() when there is not yet room */
char *buf_grow(struct buf *buf, size_t more);

/*
 * buf_reserve - where up to @more bytes can be written; buf_end() says how many it were
 *
 * NULL when there is no memory for them. Once a buffer is as large as it needs to be, to write in
 * this way costs a comparison.
 */
static inline char *buf_reserve(struct buf *buf, size_t more)
{
	if (buf->data && !buf->failed && more < buf->cap - buf->len)
		return buf->data + buf->len;
	return buf_grow(buf, more);
}

/* buf_end - take what was written behind buf_reserve()'s place, up to @end */
static inline void buf_end(struct buf *buf, char *end)
{
	buf->len = (size_t)(end - buf->data);
	*end = '\0';
}

static inline void buf_char(struct buf *buf, char c)
{
	char *p = buf_reserve(buf, 1);

	if (p) {
		*p++ = c;
		buf_end(buf, p);
	}
}

void buf_add(struct buf *buf, const void *data, size_t len);
void buf_str(struct buf *buf, const char *str);
void buf_printf(struct buf *buf, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* buf_pad - spaces until the buffer is @width bytes longer than @from */
void buf_pad(struct buf *buf, size_t from, size_t width);

/* buf_reset - empty it, keep the memory */
void buf_reset(struct buf *buf);
void buf_free(struct buf *buf);

/* buf_text - the content as a C string, "" when empty */
const char *buf_text(const struct buf *buf);

/*
 * buf_read_file - append a whole file, also one whose size stat() does not tell (/proc, tracefs)
 *
 * @limit: most bytes to take. Returns 0, -EFBIG when the file is longer, or what open and read
 * gave.
 */
int buf_read_file(struct buf *buf, const char *path, size_t limit);

/* buf_read_fd - the same from an open file, to its end */
int buf_read_fd(struct buf *buf, int fd, size_t limit);

/* write_all - write everything, over short writes and EINTR; 0 or negative errno */
int write_all(int fd, const void *data, size_t len);

#endif
