// SPDX-License-Identifier: GPL-2.0-only
#include <bpf/btf.h>
#include <string.h>

#include "types/types.h"
#include "util/buf.h"

/* Parameters of parameters; more are a circle in broken BTF. */
#define DEPTH_MAX 16

static void put_before(struct buf *inner, const char *text)
{
	struct buf joined = {};

	buf_str(&joined, text);
	buf_str(&joined, buf_text(inner));
	buf_free(inner);
	*inner = joined;
}

static void declare(struct buf *out, const struct btf *btf, uint32_t id, const char *name,
		    size_t width, int depth);

static void put_parameters(struct buf *inner, const struct btf *btf, const struct btf_type *proto,
			   int depth)
{
	const struct btf_param *param = btf_params(proto);

	buf_char(inner, '(');
	for (uint32_t i = 0; i < btf_vlen(proto); i++, param++) {
		if (i)
			buf_str(inner, ", ");
		if (!param->type && !param->name_off)
			buf_str(inner, "...");
		else
			declare(inner, btf, param->type, "", 0, depth + 1);
	}
	if (!btf_vlen(proto))
		buf_str(inner, "void");
	buf_char(inner, ')');
}

/*
 * C writes a type around a name: what is read from the name outwards (pointer, array, function)
 * becomes the declarator, what remains at the end stands before it.
 */
static uint32_t put_declarator(struct buf *inner, struct buf *before, const struct btf *btf,
			       uint32_t id, int depth)
{
	static const char *const words[] = {
		[BTF_KIND_CONST] = "const ",
		[BTF_KIND_VOLATILE] = "volatile ",
		[BTF_KIND_RESTRICT] = "restrict ",
	};
	const struct btf_type *type = btf__type_by_id(btf, id);

	for (int steps = 0; type && steps < 64; steps++) {
		const char *text = buf_text(inner);
		bool pointer = text[0] == '*';
		uint32_t next = type->type;

		switch (btf_kind(type)) {
		case BTF_KIND_CONST:
		case BTF_KIND_VOLATILE:
		case BTF_KIND_RESTRICT: {
			const struct btf_type *target = btf__type_by_id(btf, next);

			if (target && btf_is_ptr(target))
				put_before(inner, words[btf_kind(type)]);
			else if (!strstr(buf_text(before), words[btf_kind(type)]))
				buf_str(before, words[btf_kind(type)]);
			break;
		}
		case BTF_KIND_TYPE_TAG:
			break;
		case BTF_KIND_PTR:
			put_before(inner, "*");
			break;
		case BTF_KIND_ARRAY:
			if (pointer) {
				put_before(inner, "(");
				buf_char(inner, ')');
			}
			buf_printf(inner, "[%u]", btf_array(type)->nelems);
			next = btf_array(type)->type;
			break;
		case BTF_KIND_FUNC_PROTO:
			if (pointer) {
				put_before(inner, "(");
				buf_char(inner, ')');
			}
			if (depth < DEPTH_MAX)
				put_parameters(inner, btf, type, depth);
			break;
		default:
			return id;
		}
		id = next;
		type = btf__type_by_id(btf, id);
	}
	return 0;
}

uint32_t types_declarator(struct buf *declarator, struct buf *before, const struct btf *btf,
			  uint32_t id, const char *name)
{
	buf_str(declarator, name);
	return put_declarator(declarator, before, btf, id, 0);
}

/* The compilers that make BTF call integers differently; here they have gcc's and pahole's names.
 */
static const char *integer_name(const char *name)
{
	static const char *const names[][2] = {
		{ "long", "long int" },
		{ "unsigned long", "long unsigned int" },
		{ "long long", "long long int" },
		{ "unsigned long long", "long long unsigned int" },
		{ "short", "short int" },
		{ "unsigned short", "short unsigned int" },
		{ "unsigned __int128", "__int128 unsigned" },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(name, names[i][0]) == 0)
			return names[i][1];
	return name;
}

static void put_base(struct buf *out, const struct btf *btf, const struct btf_type *type)
{
	const char *name = type ? btf__name_by_offset(btf, type->name_off) : NULL;

	switch (type ? btf_kind(type) : BTF_KIND_UNKN) {
	case BTF_KIND_STRUCT:
		buf_str(out, "struct ");
		break;
	case BTF_KIND_UNION:
		buf_str(out, "union ");
		break;
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		buf_str(out, "enum ");
		break;
	case BTF_KIND_FWD:
		buf_str(out, btf_kflag(type) ? "union " : "struct ");
		break;
	case BTF_KIND_UNKN:
		buf_str(out, "void");
		return;
	case BTF_KIND_INT:
		buf_str(out, integer_name(name ?: ""));
		return;
	default:
		break;
	}
	buf_str(out, name && name[0] ? name : "{ ... }");
}

/* The stars stand with the type when it is a pointer to data, as in pahole's listings. */
static size_t stars_of(const char *inner)
{
	size_t stars = 0;

	while (inner[stars] == '*')
		stars++;
	return stars;
}

static void declare(struct buf *out, const struct btf *btf, uint32_t id, const char *name,
		    size_t width, int depth)
{
	struct buf inner = {}, before = {};
	const struct btf_type *base;
	size_t start = out->len, stars;

	buf_str(&inner, name);
	base = btf__type_by_id(btf, put_declarator(&inner, &before, btf, id, depth));
	buf_str(out, buf_text(&before));
	put_base(out, btf, base);
	stars = stars_of(buf_text(&inner));
	if (stars) {
		buf_char(out, ' ');
		buf_add(out, buf_text(&inner), stars);
	}
	if (inner.len > stars) {
		const char *rest = buf_text(&inner) + stars;

		if (width)
			buf_pad(out, start, width);
		/* "char[16]", "struct a *b": only a name or a parenthesis stands apart */
		if ((!width && !stars && rest[0] != '[') || (width && out->len >= start + width))
			buf_char(out, ' ');
		buf_str(out, rest);
	}
	buf_free(&inner);
	buf_free(&before);
}

void types_name(struct buf *out, const struct btf *btf, uint32_t id)
{
	declare(out, btf, id, "", 0, 0);
}

void types_declare(struct buf *out, const struct btf *btf, uint32_t id, const char *name,
		   size_t width)
{
	declare(out, btf, id, name, width, 0);
}
