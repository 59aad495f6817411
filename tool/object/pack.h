/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_OBJECT_PACK_H
#define HOTPROBE_OBJECT_PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

/*
 * What passes between hotprobe and its worker: a sealed sequence of tagged pieces.
 *
 *   magic "hotprobe", u32 version, u32 kind, u64 payload length, u64 pack_hash() of the payload,
 *   then for each piece: u32 tag, u32 length, bytes, zero bytes up to a multiple of 8
 *
 * Numbers are in the machine's own byte order: a packet never leaves the machine. Lengths and
 * checksum are verified before the first piece is read, so that a reader only has to check what
 * the pieces say.
 */
#define PACK_VERSION	 1
#define PACK_REQUEST	 1
#define PACK_OBJECT	 2
#define PACK_ANSWER	 3 /* the worker's: an object, and the files it was made from */
#define PACK_ENTRY	 4 /* of the cache */
#define PACK_HEADER_SIZE 32

/*
 * pack_hash - 64 bits that tell data from other data, unless somebody means to deceive
 *
 * FNV-1a (Fowler, Noll, Vo) with its 64-bit prime, but eight bytes a step instead of one: the
 * byte-wise form costs a start 0.3 ms. After each step the upper half is folded into the lower one,
 * which would not know it else. The length goes into the first step, and the last one takes what is
 * left, padded with zeros.
 */
uint64_t pack_hash(const void *data, size_t len);

/* pack_begin - start a packet in an empty buffer */
void pack_begin(struct buf *buf, uint32_t kind);
void pack_piece(struct buf *buf, uint32_t tag, const void *data, size_t len);
/* pack_text - a piece that is a C string, with its NUL */
void pack_text(struct buf *buf, uint32_t tag, const char *text);
/* pack_end - fill in length and checksum; nothing may be added afterwards */
void pack_end(struct buf *buf);

struct unpack {
	const char *pos;
	const char *end;
};

struct piece {
	uint32_t tag;
	uint32_t len;
	const void *data; /* aligned to 8 bytes if the packet is */
};

/*
 * unpack_begin - check the seal of a packet
 *
 * Returns 0, or -EBADMSG with what is wrong in *@why.
 */
int unpack_begin(struct unpack *in, const void *data, size_t len, uint32_t kind, const char **why);

/* unpack_next - 1 and the next piece, 0 at the end, -EBADMSG when a piece overruns the packet */
int unpack_next(struct unpack *in, struct piece *piece);

/* piece_text - the piece as a C string, NULL unless it ends with its only NUL */
const char *piece_text(const struct piece *piece);

#endif
