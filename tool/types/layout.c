// SPDX-License-Identifier: GPL-2.0-only
#include <bpf/btf.h>
#include <errno.h>
#include <stdlib.h>

#include "types/layout.h"

uint64_t layout_cache_lines(uint64_t size)
{
	return (size + LAYOUT_CACHE_LINE - 1) / LAYOUT_CACHE_LINE;
}

/* Bytes at the end of a struct that none of its members takes. */
static uint64_t tail_of(const struct btf *btf, uint32_t id)
{
	const struct btf_type *type = types_resolve(btf, &id);
	struct types_member member;
	uint64_t end = 0, size;

	if (!type || !btf_is_struct(type))
		return 0;
	for (uint32_t i = 0; types_member_at(btf, id, i, 0, &member) == 0; i++) {
		uint32_t unit = member.type;
		uint64_t last = member.bit_offset + member.bit_size;

		/* what is left of a bit-field's unit is unused bits, not bytes */
		if (member.bitfield) {
			int64_t bytes = btf__resolve_size(btf, unit);

			if (bytes > 0)
				last = member.bit_offset / ((uint64_t)bytes * 8) *
					       ((uint64_t)bytes * 8) +
				       (uint64_t)bytes * 8;
		}
		end = last > end ? last : end;
	}
	size = type->size;
	end = (end + 7) / 8;
	return end < size && btf_vlen(type) ? size - end : 0;
}

/* The unit of its type that a bit-field lies in; in a packed struct not always an aligned one. */
static void place_bits(struct layout_member *m, const struct btf *btf)
{
	int64_t size = btf__resolve_size(btf, m->member.type);
	uint64_t bits, start = m->member.bit_offset;

	m->size = size > 0 ? (uint64_t)size : 1;
	bits = m->size * 8;
	m->offset = start / bits * m->size;
	m->unit_bit = (uint32_t)(start - m->offset * 8);
	if (m->unit_bit + m->member.bit_size > bits) {
		m->offset = start / 8;
		m->unit_bit = (uint32_t)(start % 8);
	}
}

static void place(struct layout_member *m, const struct btf *btf)
{
	if (m->member.bitfield) {
		place_bits(m, btf);
		return;
	}
	m->offset = m->member.bit_offset / 8;
	m->size = m->member.bit_size / 8;
	m->padding = tail_of(btf, m->member.type);
}

/*
 * From bit @end on up to the member at @next, or the struct's end, nothing is used: bits of the
 * last unit, then whole bytes, then bits of the next unit.
 */
static void split_gap(const struct layout_member *last, const struct layout_member *m, uint64_t end,
		      uint64_t next, uint64_t *bits, uint64_t *bytes)
{
	uint64_t unit_end = (end + 7) / 8 * 8, unit_start = next;

	if (last->member.bitfield)
		unit_end = (last->offset + last->size) * 8;
	if (unit_end < end)
		unit_end = end;
	if (unit_end > next)
		unit_end = next;
	if (m && m->member.bitfield)
		unit_start = m->offset * 8 > unit_end ? m->offset * 8 : unit_end;
	*bits = unit_end - end + next - unit_start;
	*bytes = (unit_start - unit_end) / 8;
}

/* Do two neighbours lie in one unit of a bit-field's type? Arrays of no length take no place. */
static void mark_shared(const struct layout_member *last, struct layout_member *m)
{
	if (!last->size)
		return;
	if (m->offset < last->offset ||
	    (m->offset == last->offset && m->member.bitfield && !last->member.bitfield))
		m->shares_previous = true;
	else if (m->offset > last->offset && m->offset < last->offset + last->size)
		m->shares_next = true;
}

static void find_holes(struct layout *layout)
{
	struct layout_member *last = &layout->lead;
	uint64_t end = 0, bits, bytes;

	for (uint32_t i = 0; i < layout->nr_members; i++) {
		struct layout_member *m = &layout->members[i];
		uint64_t start = m->member.bit_offset;

		if (start > end) {
			split_gap(last, m, end, start, &bits, &bytes);
			last->bit_hole = (uint32_t)bits;
			last->hole = bytes;
			layout->bit_holes += bits != 0;
			layout->sum_bit_holes += bits;
			layout->holes += bytes != 0;
			layout->sum_holes += bytes;
		}
		mark_shared(last, m);
		if (start + m->member.bit_size > end)
			end = start + m->member.bit_size;
		last = m;
	}
	if (last == &layout->lead || layout->size * 8 <= end)
		return;
	split_gap(last, NULL, end, layout->size * 8, &bits, &bytes);
	layout->bit_padding = (uint32_t)bits;
	layout->padding = bytes;
}

int layout_of(struct layout *layout, const struct btf *btf, uint32_t id)
{
	const struct btf_type *type = types_resolve(btf, &id);

	*layout = (struct layout){ .btf = btf, .id = id };
	if (!type || !btf_is_composite(type))
		return -EINVAL;
	layout->is_union = btf_is_union(type);
	layout->size = type->size;
	layout->members = calloc(btf_vlen(type) + 1u, sizeof(*layout->members));
	if (!layout->members)
		return -ENOMEM;
	for (uint32_t i = 0; i < btf_vlen(type); i++) {
		struct layout_member *m = &layout->members[layout->nr_members++];

		types_member_at(btf, id, i, 0, &m->member);
		place(m, btf);
		if (m->member.bitfield)
			layout->sum_bits += m->member.bit_size;
		else
			layout->sum_members += m->size;
		layout->paddings += m->padding != 0;
		layout->sum_paddings += m->padding;
	}
	if (!layout->is_union)
		find_holes(layout);
	return 0;
}

void layout_free(struct layout *layout)
{
	free(layout->members);
	layout->members = NULL;
}
