// SPDX-License-Identifier: GPL-2.0-only
#include <dlfcn.h>
#include <endian.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <zlib.h>

#include "types/unpack.h"
#include "util/buf.h"
#include "util/error.h"

/*
 * zlib is here anyway. The other libraries are loaded when a file needs them, because tracing
 * starts without them; these are the functions of theirs that are used, as their headers
 * (lzma/container.h, zstd.h, lz4.h) declare them.
 */
typedef int lzma_decode_fn(uint64_t *memlimit, uint32_t flags, const void *allocator,
			   const uint8_t *in, size_t *in_pos, size_t in_size, uint8_t *out,
			   size_t *out_pos, size_t out_size);
typedef size_t zstd_decompress_fn(void *dst, size_t dst_cap, const void *src, size_t size);
typedef unsigned int zstd_is_error_fn(size_t code);
typedef int zstd_error_code_fn(size_t code);
typedef int lz4_decompress_fn(const char *src, char *dst, int size, int dst_cap);

#define LZMA_BUF_ERROR	   10 /* lzma/base.h */
#define ZSTD_DST_TOO_SMALL 70 /* zstd_errors.h: ZSTD_error_dstSize_tooSmall */

/* Block size of the format that lz4 calls legacy and the kernel uses (lz4_Frame_format.md). */
#define LZ4_BLOCK ((size_t)8 << 20)

/* One attempt at @cap bytes. -ENOSPC: they were too few. */
struct packed {
	const unsigned char *data;
	size_t len;
	void *library;
};

struct format {
	const char *name;
	const char *magic;
	size_t magic_len;
	const char *library, *package;
	int (*unpack)(const struct packed *in, char *out, size_t *len);
};

static int unpack_gzip(const struct packed *in, char *out, size_t *len)
{
	z_stream z = { .next_in = (Bytef *)in->data, .avail_in = (uInt)in->len };
	int ret;

	z.next_out = (Bytef *)out;
	z.avail_out = (uInt)*len;
	/* 16: with gzip's header (zlib.h) */
	if (inflateInit2(&z, 16 + MAX_WBITS) != Z_OK)
		return -ENOMEM;
	ret = inflate(&z, Z_FINISH);
	*len -= z.avail_out;
	inflateEnd(&z);
	if (ret == Z_STREAM_END)
		return 0;
	return (ret == Z_BUF_ERROR || ret == Z_OK) && z.avail_out == 0 ? -ENOSPC : -EBADMSG;
}

static int unpack_xz(const struct packed *in, char *out, size_t *len)
{
	lzma_decode_fn *decode = (lzma_decode_fn *)dlsym(in->library, "lzma_stream_buffer_decode");
	size_t in_pos = 0, out_pos = 0;
	uint64_t limit = UINT64_MAX;
	int ret;

	if (!decode)
		return -ENOTSUP;
	ret = decode(&limit, 0, NULL, in->data, &in_pos, in->len, (uint8_t *)out, &out_pos, *len);
	*len = out_pos;
	return ret == 0 ? 0 : ret == LZMA_BUF_ERROR ? -ENOSPC : -EBADMSG;
}

static int unpack_zstd(const struct packed *in, char *out, size_t *len)
{
	zstd_decompress_fn *decompress;
	zstd_is_error_fn *is_error;
	zstd_error_code_fn *error_code;
	size_t ret;

	decompress = (zstd_decompress_fn *)dlsym(in->library, "ZSTD_decompress");
	is_error = (zstd_is_error_fn *)dlsym(in->library, "ZSTD_isError");
	error_code = (zstd_error_code_fn *)dlsym(in->library, "ZSTD_getErrorCode");
	if (!decompress || !is_error || !error_code)
		return -ENOTSUP;
	ret = decompress(out, *len, in->data, in->len);
	if (is_error(ret))
		return error_code(ret) == ZSTD_DST_TOO_SMALL ? -ENOSPC : -EBADMSG;
	*len = ret;
	return 0;
}

static int unpack_lz4(const struct packed *in, char *out, size_t *len)
{
	lz4_decompress_fn *decompress = (lz4_decompress_fn *)dlsym(in->library,
								   "LZ4_decompress_safe");
	size_t pos = 4, done = 0;

	if (!decompress)
		return -ENOTSUP;
	while (pos + 4 <= in->len) {
		size_t room = *len - done < LZ4_BLOCK ? *len - done : LZ4_BLOCK;
		uint32_t block;
		int got;

		memcpy(&block, in->data + pos, 4);
		block = le32toh(block);
		pos += 4;
		if (block > in->len - pos || block > INT32_MAX)
			return -EBADMSG;
		got = decompress((const char *)in->data + pos, out + done, (int)block, (int)room);
		if (got < 0)
			return room < LZ4_BLOCK ? -ENOSPC : -EBADMSG;
		done += (size_t)got;
		pos += block;
	}
	*len = done;
	return pos == in->len ? 0 : -EBADMSG;
}

/* Those without a function are known only to be named (scripts/extract-vmlinux has the same list).
 */
static const struct format formats[] = {
	{ "gzip", "\037\213\010", 3, NULL, NULL, unpack_gzip },
	{ "xz", "\3757zXZ\0", 6, "liblzma.so.5", "liblzma5", unpack_xz },
	{ "zstd", "(\265/\375", 4, "libzstd.so.1", "libzstd1", unpack_zstd },
	{ "lz4", "\002!L\030", 4, "liblz4.so.1", "liblz4-1", unpack_lz4 },
	{ "bzip2", "BZh", 3, NULL, NULL, NULL },
	{ "lzma", "\135\0\0\0", 4, NULL, NULL, NULL },
	{ "lzop", "\211LZO", 4, NULL, NULL, NULL },
};

static const struct format *format_of(const void *data, size_t len)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (len >= formats[i].magic_len &&
		    memcmp(data, formats[i].magic, formats[i].magic_len) == 0)
			return &formats[i];
	return NULL;
}

const char *unpack_format(const void *data, size_t len)
{
	const struct format *format = format_of(data, len);

	return format ? format->name : NULL;
}

static int unpack_grow(struct buf *out, const struct format *format, const struct packed *in,
		       size_t size)
{
	size_t cap = size ?: in->len * 4 + 4096, len;
	int ret;

	do {
		char *at;

		if (cap > UNPACK_MAX)
			return -EFBIG;
		at = buf_reserve(out, cap);
		if (!at)
			return -ENOMEM;
		len = cap;
		ret = format->unpack(in, at, &len);
		if (ret == 0)
			buf_end(out, at + len);
		cap *= 2;
	} while (ret == -ENOSPC && !size);
	return ret == -ENOSPC ? -EBADMSG : ret;
}

int unpack(struct buf *out, const void *data, size_t len, size_t size, const char *what,
	   struct error *err)
{
	const struct format *format = format_of(data, len);
	struct packed in = { .data = data, .len = len };
	int ret;

	if (!format)
		return error_set(err, -EBADMSG, "%s is compressed in no known format", what);
	if (!format->unpack) {
		error_set(err, -ENOTSUP, "%s is compressed with %s, which hotprobe cannot unpack",
			  what, format->name);
		return error_hint(err, "unpack it with the kernel's scripts/extract-vmlinux");
	}
	if (format->library) {
		in.library = dlopen(format->library, RTLD_NOW | RTLD_LOCAL);
		if (!in.library) {
			error_set(err, -ENOTSUP, "%s is compressed with %s, and %s is not there",
				  what, format->name, format->library);
			return error_hint(err, "apt-get install %s", format->package);
		}
	}
	ret = unpack_grow(out, format, &in, size);
	if (in.library)
		dlclose(in.library);
	if (ret == -EBADMSG)
		return error_set(err, ret, "%s cannot be unpacked: its %s data is broken", what,
				 format->name);
	if (ret)
		return error_sys(err, ret, "cannot unpack %s", what);
	return 0;
}
