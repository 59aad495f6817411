// SPDX-License-Identifier: GPL-2.0-only
#include <bpf/btf.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "types/layout.h"
#include "util/buf.h"

/* pahole's columns, from behind the indent: where names begin and where comments do */
#define TYPE_COLUMNS 26
#define LINE_COLUMNS 49
/* a union's comments begin this much earlier */
#define UNION_LESS 2
/* anonymous structs within each other; more are a circle in broken BTF */
#define DEPTH_MAX 32

struct listing {
	struct buf *out;
	const struct btf *btf;
	unsigned int depth;  /* of indent */
	uint64_t cache_line; /* the last one that was begun */
	int columns;
};

static void indent(const struct listing *list)
{
	for (unsigned int i = 0; i < list->depth; i++)
		buf_char(list->out, '\t');
}

static const char *plural(uint64_t nr)
{
	return nr == 1 ? "" : "s";
}

static size_t columns_left(int columns, const struct listing *list)
{
	int left = columns - 8 * ((int)list->depth - 1);

	return left > 0 ? (size_t)left : 0;
}

/* Unnamed bit-fields and the end of a listing have no line of comment. */
static void put_place(const struct listing *list, size_t start, const struct layout_member *m,
		      uint64_t base)
{
	size_t width = columns_left(list->columns, list);

	if (list->out->len - start < width)
		buf_pad(list->out, start, width);
	else
		buf_char(list->out, ' ');
	if (m->member.bitfield)
		buf_printf(list->out, "/* %5" PRIu64 ":%2u %2" PRIu64 " */\n", base + m->offset,
			   m->unit_bit, m->size);
	else
		buf_printf(list->out, "/* %5" PRIu64 " %5" PRIu64 " */\n", base + m->offset,
			   m->size);
}

static void put_cache_line(struct listing *list, uint64_t offset)
{
	uint64_t line = offset / LAYOUT_CACHE_LINE, ago = offset % LAYOUT_CACHE_LINE;

	if (line <= list->cache_line)
		return;
	list->cache_line = line;
	indent(list);
	buf_printf(list->out, "/* --- cacheline %" PRIu64 " boundary (%" PRIu64 " bytes)", line,
		   line * LAYOUT_CACHE_LINE);
	if (ago)
		buf_printf(list->out, " was %" PRIu64 " byte%s ago", ago, plural(ago));
	buf_str(list->out, " --- */\n");
}

/* A remark stands between empty lines; several stand together. */
static void open_remark(const struct listing *list, bool *remarked)
{
	if (!*remarked)
		buf_char(list->out, '\n');
	*remarked = true;
	indent(list);
}

static bool put_remarks(const struct listing *list, const struct layout_member *m)
{
	bool remarked = false;

	if (m->padding) {
		open_remark(list, &remarked);
		buf_printf(list->out, "/* XXX last struct has %" PRIu64 " byte%s of padding */\n",
			   m->padding, plural(m->padding));
	}
	if (m->bit_hole) {
		open_remark(list, &remarked);
		buf_printf(list->out, "/* XXX %u bit%s hole, try to pack */\n", m->bit_hole,
			   plural(m->bit_hole));
	}
	if (m->hole) {
		open_remark(list, &remarked);
		buf_printf(list->out, "/* XXX %" PRIu64 " byte%s hole, try to pack */\n", m->hole,
			   plural(m->hole));
	}
	return remarked;
}

/* How the source must have left the bits between two bit-fields out. */
static void put_unnamed(struct listing *list, const struct layout_member *last,
			const struct layout_member *m, bool *remarked)
{
	bool same_unit = m->offset == last->offset && m->size == last->size;

	if (!last->bit_hole || !last->member.bitfield || !m->member.bitfield || last->hole)
		return;
	if (!same_unit) {
		buf_char(list->out, '\n');
		indent(list);
		buf_str(list->out, "/* Force alignment to the next boundary: */\n");
	}
	indent(list);
	types_declare(list->out, list->btf, last->member.type, ":",
		      columns_left(TYPE_COLUMNS, list));
	buf_printf(list->out, "%u;\n", same_unit ? last->bit_hole : 0);
	*remarked = true;
}

static void put_body(struct listing *list, uint32_t id, uint64_t base);

static void put_enumerators(const struct listing *list, const struct btf_type *type)
{
	size_t width = 0;
	int64_t value;
	char text[24];

	for (uint32_t i = 0; i < btf_vlen(type); i++) {
		size_t len = strlen(types_enumerator(list->btf, type, i, &value, text));

		width = len > width ? len : width;
	}
	for (uint32_t i = 0; i < btf_vlen(type); i++) {
		const char *name = types_enumerator(list->btf, type, i, &value, text);

		indent(list);
		buf_printf(list->out, "\t%-*s = %s,\n", (int)width, name, text);
	}
}

/* A member whose struct, union or enum has no name is shown with all of it. */
static void put_inline(struct listing *list, const struct layout_member *m, uint64_t base,
		       const struct btf_type *type, uint32_t id, const char *before,
		       const char *declarator)
{
	size_t start;

	buf_str(list->out, before);
	buf_printf(list->out, "%s {\n", types_kind_word(types_kind_of(type)));
	if (btf_is_composite(type)) {
		list->depth++;
		put_body(list, id, base + m->offset);
		list->depth--;
	} else {
		put_enumerators(list, type);
	}
	indent(list);
	start = list->out->len;
	buf_char(list->out, '}');
	if (declarator[0])
		buf_printf(list->out, " %s", declarator);
	if (m->member.bitfield)
		buf_printf(list->out, ":%" PRIu64, m->member.bit_size);
	buf_char(list->out, ';');
	put_place(list, start, m, base);
}

/* C99 6.7.2.1p16: the last member may be an array of no length; BTF counts 0 elements. */
static void put_flexible(struct buf *declarator)
{
	size_t len = declarator->len;

	if (len > 3 && memcmp(declarator->data + len - 3, "[0]", 3) == 0)
		buf_end(declarator, stpcpy(declarator->data + len - 3, "[]"));
}

static void put_member(struct listing *list, const struct layout_member *m, uint64_t base,
		       bool flexible)
{
	struct buf before = {}, declarator = {};
	uint32_t id = types_declarator(&declarator, &before, list->btf, m->member.type,
				       m->member.name);
	const struct btf_type *type = btf__type_by_id(list->btf, id);
	size_t start;

	indent(list);
	start = list->out->len;
	if (type && !type->name_off && types_kind_of(type) && list->depth < DEPTH_MAX) {
		if (flexible)
			put_flexible(&declarator);
		put_inline(list, m, base, type, id, buf_text(&before), buf_text(&declarator));
	} else {
		types_declare(list->out, list->btf, m->member.type, m->member.name,
			      columns_left(TYPE_COLUMNS, list));
		if (flexible)
			put_flexible(list->out);
		if (m->member.bitfield)
			buf_printf(list->out, ":%" PRIu64, m->member.bit_size);
		buf_char(list->out, ';');
		put_place(list, start, m, base);
	}
	buf_free(&before);
	buf_free(&declarator);
}

/* Of a union's members each begins where the union does, and so does counting of cache lines. */
static void put_members(struct listing *list, const struct layout *layout, uint64_t base)
{
	const struct layout_member *last = NULL;
	uint64_t cache_line = list->cache_line;
	bool remarked = false;

	if (layout->lead.bit_hole || layout->lead.hole)
		remarked = put_remarks(list, &layout->lead);
	for (uint32_t i = 0; i < layout->nr_members; i++) {
		const struct layout_member *m = &layout->members[i];

		if (m->shares_previous || m->shares_next) {
			open_remark(list, &remarked);
			buf_printf(list->out, "/* Bitfield combined with %s fields */\n",
				   m->shares_previous ? "previous" : "next");
		}
		if (last)
			put_unnamed(list, last, m, &remarked);
		if (remarked)
			buf_char(list->out, '\n');
		if (!layout->is_union)
			put_cache_line(list, base + m->offset);
		else
			list->cache_line = cache_line;
		put_member(list, m, base, last && !layout->is_union && i + 1 == layout->nr_members);
		remarked = layout->is_union ? false : put_remarks(list, m);
		last = m;
	}
	if (layout->is_union)
		list->cache_line = cache_line;
}

static void put_body(struct listing *list, uint32_t id, uint64_t base)
{
	struct layout layout;

	if (layout_of(&layout, list->btf, id) == 0)
		put_members(list, &layout, base);
	layout_free(&layout);
}

static void put_holes(struct buf *out, const struct layout *layout)
{
	if (!layout->holes && !layout->bit_holes)
		return;
	if (layout->sum_members) {
		buf_printf(out, "\t/* sum members: %" PRIu64, layout->sum_members);
		if (layout->holes)
			buf_printf(out, ", holes: %u, sum holes: %" PRIu64, layout->holes,
				   layout->sum_holes);
		buf_str(out, " */\n");
	}
	if (!layout->sum_bits)
		return;
	buf_printf(out, "\t/* sum bitfield members: %" PRIu64 " bits", layout->sum_bits);
	if (layout->bit_holes)
		buf_printf(out, ", bit holes: %u, sum bit holes: %" PRIu64 " bits",
			   layout->bit_holes, layout->sum_bit_holes);
	else
		buf_printf(out, " (%" PRIu64 " bytes)", layout->sum_bits / 8);
	buf_str(out, " */\n");
}

static void put_summary(struct buf *out, const struct layout *layout)
{
	uint64_t rest = layout->size % LAYOUT_CACHE_LINE;

	buf_printf(out, "\n\t/* size: %" PRIu64 ", cachelines: %" PRIu64 ", members: %u */\n",
		   layout->size, layout_cache_lines(layout->size), layout->nr_members);
	put_holes(out, layout);
	if (layout->padding)
		buf_printf(out, "\t/* padding: %" PRIu64 " */\n", layout->padding);
	if (layout->paddings)
		buf_printf(out, "\t/* paddings: %u, sum paddings: %" PRIu64 " */\n",
			   layout->paddings, layout->sum_paddings);
	if (layout->bit_padding)
		buf_printf(out, "\t/* bit_padding: %u bits */\n", layout->bit_padding);
	if (rest)
		buf_printf(out, "\t/* last cacheline: %" PRIu64 " bytes */\n", rest);
}

static void put_composite(struct buf *out, const struct btf *btf, uint32_t id)
{
	struct listing list = { .out = out, .btf = btf, .depth = 1, .columns = LINE_COLUMNS };
	struct layout layout;

	if (layout_of(&layout, btf, id) == 0) {
		if (layout.is_union)
			list.columns -= UNION_LESS;
		put_members(&list, &layout, 0);
		if (!layout.is_union)
			put_summary(out, &layout);
	}
	layout_free(&layout);
}

/* What a typedef stands for in the end: a listing of its own, or the size of what has none. */
static void put_target(struct buf *out, const struct btf *btf, uint32_t id)
{
	const struct btf_type *type = types_resolve(btf, &id);
	int64_t size = type ? btf__resolve_size(btf, id) : -1;

	if (type && types_kind_of(type)) {
		buf_str(out, "\n\n");
		layout_print(out, btf, id);
		return;
	}
	if (size >= 0) {
		buf_str(out, " /* ");
		types_name(out, btf, id);
		buf_printf(out, ", size: %" PRId64 " */", size);
	}
	buf_char(out, '\n');
}

void layout_print(struct buf *out, const struct btf *btf, uint32_t id)
{
	const struct btf_type *type = btf__type_by_id(btf, id);
	struct listing list = { .out = out, .btf = btf };
	struct buf before = {}, declarator = {};
	const char *name;
	uint32_t end;
	bool typedefs;

	if (!type)
		return;
	name = btf__name_by_offset(btf, type->name_off) ?: "";
	typedefs = btf_is_typedef(type);
	if (typedefs) {
		end = types_declarator(&declarator, &before, btf, type->type, name);
		type = btf__type_by_id(btf, end);
		buf_str(out, "typedef ");
		if (!type || type->name_off || !types_kind_of(type)) {
			id = btf__type_by_id(btf, id)->type;
			types_declare(out, btf, id, name, 0);
			buf_str(out, ";");
			put_target(out, btf, id);
			goto out;
		}
		buf_str(out, buf_text(&before));
		id = end;
	}
	buf_str(out, types_kind_word(types_kind_of(type)));
	buf_printf(out, "%s%s {\n", typedefs || !name[0] ? "" : " ", typedefs ? "" : name);
	if (btf_is_composite(type))
		put_composite(out, btf, id);
	else
		put_enumerators(&list, type);
	buf_printf(out, "}%s%s;\n", typedefs ? " " : "", typedefs ? buf_text(&declarator) : "");
out:
	buf_free(&before);
	buf_free(&declarator);
}
