/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_TYPES_LAYOUT_H
#define HOTPROBE_TYPES_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>

#include "types/types.h"

struct buf;

#define LAYOUT_CACHE_LINE 64 /* bytes, on x86-64 and arm64 */

/* A member in its place: bytes from the start of the struct that it is declared in. */
struct layout_member {
	struct types_member member;
	uint64_t offset;   /* of a bit-field: of the unit of its type that it lies in */
	uint64_t size;	   /* likewise */
	uint32_t unit_bit; /* of a bit-field: where in that unit it begins */
	uint32_t bit_hole; /* unused bits behind it, up to the end of the unit */
	uint64_t hole;	   /* unused bytes behind those */
	uint64_t padding;  /* unused bytes at the end of the struct that it is */
	bool shares_previous, shares_next; /* of bit-fields and others in the same unit */
};

/* A struct or union, taken apart. */
struct layout {
	const struct btf *btf;
	uint32_t id;
	bool is_union;
	uint64_t size;
	struct layout_member *members;
	uint32_t nr_members;
	struct layout_member lead; /* stands before the first; only its holes are set */
	uint64_t sum_members;	   /* bytes of those that are no bit-fields */
	uint64_t sum_bits;	   /* of bit-fields */
	uint32_t holes, bit_holes; /* how many */
	uint64_t sum_holes, sum_bit_holes;
	uint64_t padding;     /* unused bytes at the end */
	uint32_t bit_padding; /* unused bits before them */
	uint32_t paddings;    /* members that end with padding */
	uint64_t sum_paddings;
};

/*
 * layout_of - take a struct or union apart; layout_free() it
 *
 * -EINVAL when the type has no members, -ENOMEM.
 */
int layout_of(struct layout *layout, const struct btf *btf, uint32_t id);
void layout_free(struct layout *layout);

/* layout_cache_lines - how many cache lines @size bytes take */
uint64_t layout_cache_lines(uint64_t size);

/*
 * layout_print - append a type's listing in pahole's form (dwarves, pahole(1))
 *
 * Structs and unions with offsets, sizes, holes, padding and cache lines; enums with their
 * enumerators; typedefs with what they stand for. Attributes that pahole concludes from the layout
 * are not there, since the source may say otherwise.
 */
void layout_print(struct buf *out, const struct btf *btf, uint32_t id);

/* layout_json - append the same as members of a JSON object, whose braces are the caller's */
void layout_json(struct buf *out, const struct btf *btf, uint32_t id);

#endif
