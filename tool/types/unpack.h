/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_TYPES_UNPACK_H
#define HOTPROBE_TYPES_UNPACK_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct error;

/* unpack_format - "gzip", "xz", "zstd", "lz4" and so on by what @data begins with; NULL for none */
const char *unpack_format(const void *data, size_t len);

/*
 * unpack - append what a compressed file unpacks to
 * @what: the file, for messages
 * @size: how long that is; 0 when it is not known
 *
 * -ENOTSUP when the format, or the library for it, is not there; -EBADMSG when the data is broken,
 * -EFBIG when it becomes longer than UNPACK_MAX.
 */
int unpack(struct buf *out, const void *data, size_t len, size_t size, const char *what,
	   struct error *err);

#define UNPACK_MAX ((size_t)1 << 30)

/* unpack_is_image - is it an x86 kernel image (vmlinuz)? */
bool unpack_is_image(const void *data, size_t len);

/* unpack_image - append the ELF file that a kernel image unpacks to when it boots */
int unpack_image(struct buf *out, const void *data, size_t len, const char *what,
		 struct error *err);

#endif
