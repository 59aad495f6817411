// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <bpf/btf.h>

#include "tree/emit.h"
#include "tree/names.h"
#include "tree/padding.h"
#include "tree/reach.h"
#include "util/buf.h"
#include "util/text.h"

/* What is appended to the kernel's struct of a name that the probe gives to a struct of its own. */
#define RENAMED "___kernel"

static void print(void *ctx, const char *fmt, va_list args)
{
	struct buf *out = ctx;
	char piece[1024];
	char *large;
	va_list again;
	int len;

	va_copy(again, args);
	len = vsnprintf(piece, sizeof(piece), fmt, args);
	if (len < 0) {
		out->failed = true;
	} else if ((size_t)len < sizeof(piece)) {
		buf_add(out, piece, (size_t)len);
	} else if (vasprintf(&large, fmt, again) >= 0) {
		buf_str(out, large);
		free(large);
	} else {
		out->failed = true;
	}
	va_end(again);
}

static int dump(struct buf *out, const struct reach *reach)
{
	struct btf_dump *d = btf_dump__new(reach->btf, print, out, NULL);
	int ret = 0;
	size_t i;

	if (!d)
		return -errno;
	for (i = 0; i < reach->nr_types && !ret; i++) {
		/* unnamed ones stand where they are used */
		if (btf__type_by_id(reach->btf, reach->types[i])->name_off)
			ret = btf_dump__dump_type(d, reach->types[i]);
	}
	btf_dump__free(d);
	return ret;
}

static void take(struct buf *taken, const char *name, size_t len)
{
	buf_add(taken, name, len);
	buf_char(taken, ' ');
}

/*
 * Copy the declarations, giving another name to the structs that the text defines, and note what
 * they declare. btf_dump's text is regular: only enumerators stand before " = ", and a typedef
 * begins its line and has its name last or as (*name).
 */
static void copy(struct buf *out, const char *s, const struct names *names, struct buf *taken)
{
	const char *tag, *end, *from = s, *star;
	const struct name *name;
	size_t len;
	bool line_start = true;

	while (*s) {
		len = text_ident_len(s);
		if (!len) {
			line_start = *s == '\n';
			s++;
			continue;
		}
		if (s[len] == ' ' && s[len + 1] == '=') {
			take(taken, s, len);
		} else if (line_start && len == 7 && text_starts(s, "typedef ")) {
			end = strstr(s, ";\n");
			star = strstr(s, "(*");
			if (end && star && star < end && text_ident_len(star + 2)) {
				take(taken, star + 2, text_ident_len(star + 2));
			} else if (end && !memchr(s, '{', (size_t)(end - s))) {
				while (end > s && end[-1] == ']')
					while (end > s && *--end != '[')
						;
				tag = names_ident_start(s, end);
				take(taken, tag, (size_t)(end - tag));
			}
		} else if ((len == 6 && text_starts(s, "struct ")) ||
			   (len == 5 && text_starts(s, "union ")) ||
			   (len == 4 && text_starts(s, "enum "))) {
			tag = text_skip_space(s + len);
			len = text_ident_len(tag);
			name = len ? names_find(names, tag, len) : NULL;
			s = tag + len;
			if (name && (name->uses & NAME_DEFINES_TAG)) {
				buf_add(out, from, (size_t)(s - from));
				buf_str(out, RENAMED);
				from = s;
			}
			line_start = false;
			continue;
		} else if (s[len] == ';' && s - from >= 2 && s[-1] == ' ' && s[-2] == '}') {
			/* } NAME; ends a typedef of an unnamed type, or is a member */
			tag = s;
			while (tag > from && !(tag[-1] == '\n' && tag[0] != '\t'))
				tag--;
			if (*tag == '}')
				take(taken, s, len);
		}
		s += len;
		line_start = false;
	}
	buf_str(out, from);
}

static void emit_enumerator(struct buf *out, const struct btf *btf, const struct btf_type *t, int i)
{
	const struct btf_enum64 *e;
	const struct btf_enum *f;

	if (btf_kind(t) == BTF_KIND_ENUM64) {
		e = btf_enum64(t) + i;
		buf_printf(out, "\t%s = %s%lluLL,\n", btf__name_by_offset(btf, e->name_off),
			   "(long long)", (unsigned long long)btf_enum64_value(e));
	} else {
		f = btf_enum(t) + i;
		buf_printf(out, btf_kflag(t) ? "\t%s = %d,\n" : "\t%s = %u,\n",
			   btf__name_by_offset(btf, f->name_off), f->val);
	}
}

/*
 * Unnamed enums: btf_dump writes those that a type refers to only inside of that type. What has
 * not been declared so far is declared here.
 */
static int emit_enums(struct buf *out, const struct reach *reach, struct buf *taken)
{
	const struct btf *btf = reach->btf;
	struct names known = { 0 };
	struct buf before = { 0 };
	const struct btf_type *t;
	const char *name;
	uint32_t off;
	size_t n;
	int i, ret;

	buf_str(&before, buf_text(taken));
	names_scan_body(&known, buf_text(&before), before.len);
	for (n = 0; n < reach->nr_enums; n++) {
		t = btf__type_by_id(btf, reach->enums[n]);
		for (i = 0; i < btf_vlen(t); i++) {
			off = btf_kind(t) == BTF_KIND_ENUM64 ? btf_enum64(t)[i].name_off
							     : btf_enum(t)[i].name_off;
			name = btf__name_by_offset(btf, off);
			if (names_find(&known, name, strlen(name)))
				continue;
			names_scan_body(&known, name, strlen(name));
			buf_str(out, "enum {\n");
			emit_enumerator(out, btf, t, i);
			buf_str(out, "};\n");
			take(taken, name, strlen(name));
		}
	}
	ret = known.failed || before.failed ? -ENOMEM : 0;
	names_free(&known);
	buf_free(&before);
	return ret;
}

static void assert_members(struct buf *out, const struct btf *btf, const struct names *names,
			   const struct btf_type *outer, const struct btf_type *t, uint32_t base,
			   int depth)
{
	const struct btf_member *m = btf_members(t);
	const char *member;
	const struct name *name;
	uint32_t bit;
	int i;

	for (i = 0; i < btf_vlen(t); i++, m++) {
		bit = base + btf_member_bit_offset(t, (uint32_t)i);
		if (!m->name_off) {
			const struct btf_type *inner = btf__type_by_id(btf, m->type);

			if (depth && inner && btf_is_composite(inner))
				assert_members(out, btf, names, outer, inner, bit, depth - 1);
			continue;
		}
		member = btf__name_by_offset(btf, m->name_off);
		name = member ? names_find(names, member, strlen(member)) : NULL;
		if (!name || !(name->uses & (NAME_BARE | NAME_MEMBER)) || bit % 8 ||
		    btf_member_bitfield_size(t, (uint32_t)i))
			continue;
		buf_printf(
			out,
			"_Static_assert(__builtin_offsetof(%s %s, %s) == %u, \"layout of %s\");\n",
			btf_is_union(outer) ? "union" : "struct",
			btf__name_by_offset(btf, outer->name_off), member, bit / 8,
			btf__name_by_offset(btf, outer->name_off));
	}
}

static void emit_asserts(struct buf *out, const struct reach *reach, const struct names *names,
			 const char *declarations)
{
	const struct btf_type *t;
	const struct name *name;
	const char *tag;
	char second[256];
	size_t i;

	for (i = 0; i < reach->nr_types; i++) {
		t = btf__type_by_id(reach->btf, reach->types[i]);
		if (!btf_is_composite(t) || !t->name_off)
			continue;
		tag = btf__name_by_offset(reach->btf, t->name_off);
		name = names_find(names, tag, strlen(tag));
		if (name && (name->uses & NAME_DEFINES_TAG))
			continue;
		/* two kernel types have this name: btf_dump decided which of them has it here */
		snprintf(second, sizeof(second), "%s___2 ", tag);
		if (strstr(declarations, second))
			continue;
		assert_members(out, reach->btf, names, t, t, 0, 8);
	}
}

int emit_types(struct buf *out, const struct reach *reach, const struct names *names,
	       struct buf *taken)
{
	struct buf padded = { 0 }, dumped = { 0 };
	int ret;

	ret = dump(&padded, reach);
	if (ret)
		goto out;
	padding_to_bytes(&dumped, buf_text(&padded));
	copy(out, buf_text(&dumped), names, taken);
	ret = emit_enums(out, reach, taken);
	if (ret)
		goto out;
	emit_asserts(out, reach, names, buf_text(&dumped));
	if (padded.failed || dumped.failed || out->failed || taken->failed)
		ret = -ENOMEM;
out:
	buf_free(&padded);
	buf_free(&dumped);
	return ret;
}
