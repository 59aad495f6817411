// SPDX-License-Identifier: GPL-2.0-only
#include <endian.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "types/unpack.h"
#include "util/error.h"

/*
 * Fields of the real-mode kernel header, which stand at these places of the image whatever its
 * version (Documentation/arch/x86/boot.rst).
 */
#define SETUP_SECTS    0x1f1 /* u8; 0 means 4 */
#define HEADER_MAGIC   0x202 /* "HdrS" */
#define HEADER_VERSION 0x206 /* u16; the payload is told since 2.08 */
#define PAYLOAD_OFFSET 0x248 /* u32, from the start of the protected-mode code */
#define PAYLOAD_LENGTH 0x24c /* u32 */
#define HEADER_END     0x250
#define SECTOR	       512

static uint32_t get_u32(const unsigned char *p)
{
	uint32_t value;

	memcpy(&value, p, sizeof(value));
	return le32toh(value);
}

bool unpack_is_image(const void *data, size_t len)
{
	const unsigned char *p = data;

	return len >= HEADER_END && memcmp(p + HEADER_MAGIC, "HdrS", 4) == 0;
}

int unpack_image(struct buf *out, const void *data, size_t len, const char *what, struct error *err)
{
	const unsigned char *p = data;
	size_t start, payload;
	unsigned int version, sects;
	const char *format;

	version = p[HEADER_VERSION] | (unsigned int)p[HEADER_VERSION + 1] << 8;
	if (version < 0x208)
		return error_set(err, -ENOTSUP,
				 "%s is a kernel image of before 2.6.26, which does not tell where "
				 "its kernel lies",
				 what);
	sects = p[SETUP_SECTS] ?: 4;
	start = (size_t)(sects + 1) * SECTOR + get_u32(p + PAYLOAD_OFFSET);
	payload = get_u32(p + PAYLOAD_LENGTH);
	if (payload < 8 || start > len || payload > len - start)
		return error_set(err, -EBADMSG,
				 "the kernel image %s is cut: its kernel should end at byte %zu "
				 "of %zu",
				 what, start + payload, len);
	format = unpack_format(p + start, payload);
	if (!format)
		return error_set(err, -EBADMSG, "the kernel in %s is compressed in no known format",
				 what);
	/*
	 * The image's makefile puts the unpacked size behind what is compressed, as gzip does by
	 * itself (scripts/Makefile.lib, size_append).
	 */
	return unpack(out, p + start, strcmp(format, "gzip") ? payload - 4 : payload,
		      get_u32(p + start + payload - 4), what, err);
}
