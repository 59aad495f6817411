// SPDX-License-Identifier: GPL-2.0-only
#include <bpf/btf.h>
#include <inttypes.h>
#include <string.h>

#include "types/layout.h"
#include "util/buf.h"
#include "util/json.h"

/* anonymous structs within each other; more are a circle in broken BTF */
#define DEPTH_MAX 32

static void add_if(struct buf *out, const char *key, uint64_t value)
{
	if (value)
		json_add_u64(out, key, value);
}

static void add_members(struct buf *out, const struct btf *btf, uint32_t id, uint64_t base,
			int depth);

static void add_member(struct buf *out, const struct btf *btf, const struct layout_member *m,
		       uint64_t base, int depth)
{
	struct buf type_name = {};
	const struct btf_type *type;
	uint32_t id = m->member.type;

	type = types_resolve(btf, &id);
	json_next(out);
	buf_char(out, '{');
	json_add_text(out, "name", m->member.name[0] ? m->member.name : NULL);
	types_name(&type_name, btf, m->member.type);
	json_add_text(out, "type", buf_text(&type_name));
	json_add_u64(out, "offset", base + m->offset);
	json_add_u64(out, "size", m->size);
	if (m->member.bitfield) {
		json_add_u64(out, "bit_offset", m->unit_bit);
		json_add_u64(out, "bit_size", m->member.bit_size);
	}
	add_if(out, "hole", m->hole);
	add_if(out, "bit_hole", m->bit_hole);
	add_if(out, "padding", m->padding);
	if (type && btf_is_composite(type) && !type->name_off && depth < DEPTH_MAX)
		add_members(out, btf, id, base + m->offset, depth + 1);
	buf_char(out, '}');
	buf_free(&type_name);
}

static void add_members(struct buf *out, const struct btf *btf, uint32_t id, uint64_t base,
			int depth)
{
	struct layout layout;

	json_list(out, "members");
	if (layout_of(&layout, btf, id) == 0)
		for (uint32_t i = 0; i < layout.nr_members; i++)
			add_member(out, btf, &layout.members[i], base, depth);
	layout_free(&layout);
	buf_char(out, ']');
}

static void add_enumerators(struct buf *out, const struct btf *btf, const struct btf_type *type)
{
	int64_t value;
	char text[24];

	json_add_u64(out, "size", type->size);
	json_member(out, "enumerators");
	buf_char(out, '{');
	for (uint32_t i = 0; i < btf_vlen(type); i++) {
		json_member(out, types_enumerator(btf, type, i, &value, text));
		buf_str(out, text);
	}
	buf_char(out, '}');
}

static void add_composite(struct buf *out, const struct btf *btf, uint32_t id)
{
	struct layout layout;

	if (layout_of(&layout, btf, id) == 0) {
		json_add_u64(out, "size", layout.size);
		json_add_u64(out, "cachelines", layout_cache_lines(layout.size));
		add_if(out, "holes", layout.holes);
		add_if(out, "sum_holes", layout.sum_holes);
		add_if(out, "bit_holes", layout.bit_holes);
		add_if(out, "sum_bit_holes", layout.sum_bit_holes);
		add_if(out, "padding", layout.padding);
		add_if(out, "bit_padding", layout.bit_padding);
	}
	layout_free(&layout);
	add_members(out, btf, id, 0, 0);
}

void layout_json(struct buf *out, const struct btf *btf, uint32_t id)
{
	const struct btf_type *type = types_resolve(btf, &id);
	int64_t size = type ? btf__resolve_size(btf, id) : -1;

	if (type && btf_is_composite(type))
		add_composite(out, btf, id);
	else if (type && btf_is_any_enum(type))
		add_enumerators(out, btf, type);
	else if (size >= 0)
		json_add_u64(out, "size", (uint64_t)size);
}
