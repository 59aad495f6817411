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

void buf_add(struct buf *buf, const void *data, size_t len);
void buf_str(struct buf *buf, const char *str);
void buf_char(struct buf *buf, char c);
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
