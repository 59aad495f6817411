// SPDX-License-Identifier: GPL-2.0-only
/* A value in memory, as its BTF type says what it is. */
#include <bpf/btf.h>
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "bpf/value.h"
#include "types/types.h"
#include "util/buf.h"
#include "util/json.h"
#include "util/text.h"

/* deeper than C's structs are nested by people; BTF is not trusted to end */
#define DEPTH_LIMIT 32

struct formatter {
	struct buf *out;
	const struct btf *btf;
	const unsigned char *data;
	size_t size;
	bool json;
};

static void format_type(const struct formatter *f, uint32_t id, uint64_t bit, uint64_t bits,
			unsigned int depth);

static void format_hex(const struct formatter *f, size_t offset, size_t size)
{
	static const char digits[] = "0123456789abcdef";
	size_t nr = offset > f->size ? 0 : size < f->size - offset ? size : f->size - offset;
	char *to;

	if (f->json)
		buf_char(f->out, '"');
	/* most of a dump's time where there is no BTF: two digits and a space for each byte */
	to = buf_reserve(f->out, 3 * nr);
	for (size_t i = 0; to && i < nr; i++) {
		if (i && !f->json)
			*to++ = ' ';
		*to++ = digits[f->data[offset + i] >> 4];
		*to++ = digits[f->data[offset + i] & 15];
	}
	if (to)
		buf_end(f->out, to);
	if (f->json)
		buf_char(f->out, '"');
}

/* @bits from @bit on, as a number; bit-fields are counted from the byte order's low end */
static unsigned __int128 read_bits(const struct formatter *f, uint64_t bit, uint64_t bits)
{
	unsigned __int128 value = 0;

	for (uint64_t i = 0; i < bits && i < 128; i++) {
		uint64_t at = bit + i;
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
		unsigned int one = f->data[at / 8] >> (7 - at % 8) & 1;

		value = value << 1 | one;
#else
		unsigned int one = f->data[at / 8] >> at % 8 & 1;

		value |= (unsigned __int128)one << i;
#endif
	}
	return value;
}

static void format_number(const struct formatter *f, unsigned __int128 value, uint64_t bits,
			  bool is_signed)
{
	if (bits > 64) {
		/* JSON has no form of its own for so large a number that others would read */
		buf_printf(f->out, f->json ? "\"0x%llx%016llx\"" : "0x%llx%016llx",
			   (unsigned long long)(value >> 64), (unsigned long long)value);
		return;
	}
	if (is_signed && bits && (value >> (bits - 1) & 1))
		buf_printf(f->out, "%lld",
			   (long long)((uint64_t)value |
				       (bits < 64 ? ~(uint64_t)0 << bits : (uint64_t)0)));
	else
		buf_printf(f->out, "%llu", (unsigned long long)value);
}

static void format_int(const struct formatter *f, const struct btf_type *type, uint64_t bit,
		       uint64_t bits)
{
	unsigned __int128 value = read_bits(f, bit, bits);

	if (btf_int_encoding(type) & BTF_INT_BOOL)
		buf_str(f->out, value ? "true" : "false");
	else
		format_number(f, value, bits, btf_int_encoding(type) & BTF_INT_SIGNED);
}

static void format_float(const struct formatter *f, uint64_t bit, uint64_t bits)
{
	double value = 0;
	float single;

	if (bits == 32) {
		memcpy(&single, f->data + bit / 8, sizeof(single));
		value = single;
	} else if (bits == 64) {
		memcpy(&value, f->data + bit / 8, sizeof(value));
	} else {
		format_hex(f, bit / 8, bits / 8);
		return;
	}
	/* JSON knows no infinity */
	buf_printf(f->out, f->json && !isfinite(value) ? "null" : "%.17g", value);
}

static void format_enum(const struct formatter *f, const struct btf_type *type, uint64_t bit,
			uint64_t bits)
{
	unsigned __int128 value = read_bits(f, bit, bits);
	bool is_signed = btf_kflag(type);

	for (uint32_t i = 0; i < btf_vlen(type); i++) {
		char text[24];
		int64_t number = 0;
		const char *name = types_enumerator(f->btf, type, i, &number, text);
		uint64_t mask = bits < 64 ? ((uint64_t)1 << bits) - 1 : ~(uint64_t)0;

		if (!name || ((uint64_t)number & mask) != (uint64_t)value)
			continue;
		if (f->json)
			json_string(f->out, name, strlen(name));
		else
			text_escape(f->out, name, strlen(name));
		return;
	}
	format_number(f, value, bits, is_signed);
}

static bool is_char(const struct btf *btf, uint32_t id)
{
	const struct btf_type *type = types_resolve(btf, &id);
	const char *name = type ? btf__name_by_offset(btf, type->name_off) : NULL;

	/* u8[] is bytes: only what C calls char is text */
	return type && btf_is_int(type) && type->size == 1 && name && strcmp(name, "char") == 0;
}

static bool is_text(const unsigned char *data, size_t size)
{
	size_t len = strnlen((const char *)data, size);

	for (size_t i = len; i < size; i++)
		if (data[i])
			return false;
	for (size_t i = 0; i < len; i++)
		if (!isprint(data[i]) && !isspace(data[i]) && data[i] < 0x80)
			return false;
	return true;
}

static void format_text(const struct formatter *f, size_t offset, size_t size)
{
	const char *text = (const char *)f->data + offset;
	size_t len = strnlen(text, size);

	if (f->json) {
		json_string(f->out, text, len);
		return;
	}
	text_quote(f->out, text, len);
}

static void format_array(const struct formatter *f, const struct btf_type *type, uint64_t bit,
			 uint64_t bits, unsigned int depth)
{
	const struct btf_array *array = btf_array(type);
	int64_t size = btf__resolve_size(f->btf, array->type);

	if (bit % 8 == 0 && is_char(f->btf, array->type) &&
	    is_text(f->data + bit / 8, array->nelems)) {
		format_text(f, bit / 8, array->nelems);
		return;
	}
	buf_char(f->out, f->json ? '[' : '{');
	for (uint32_t i = 0; size > 0 && i < array->nelems && (i + 1) * (uint64_t)size * 8 <= bits;
	     i++) {
		if (i)
			buf_str(f->out, f->json ? "," : ", ");
		format_type(f, array->type, bit + i * (uint64_t)size * 8, (uint64_t)size * 8,
			    depth + 1);
	}
	buf_char(f->out, f->json ? ']' : '}');
}

static bool is_anonymous_record(const struct btf *btf, const struct types_member *member)
{
	uint32_t id = member->type;
	const struct btf_type *type = types_resolve(btf, &id);

	return !member->name[0] && type && btf_is_composite(type);
}

/* Members, those of anonymous structs among them. Returns how many were written. */
static unsigned int format_members(const struct formatter *f, uint32_t id, uint64_t bit,
				   unsigned int nr, unsigned int depth)
{
	struct types_member member;

	for (uint32_t i = 0;
	     depth < DEPTH_LIMIT && types_member_at(f->btf, id, i, bit, &member) == 0; i++) {
		if (is_anonymous_record(f->btf, &member)) {
			uint32_t inner = member.type;

			types_resolve(f->btf, &inner);
			nr = format_members(f, inner, member.bit_offset, nr, depth + 1);
			continue;
		}
		/* an unnamed bit-field is padding */
		if (!member.name[0])
			continue;
		if (f->json) {
			json_member(f->out, member.name);
		} else {
			buf_str(f->out, nr ? ", ." : ".");
			text_escape(f->out, member.name, strlen(member.name));
			buf_str(f->out, " = ");
		}
		nr++;
		format_type(f, member.type, member.bit_offset, member.bit_size, depth + 1);
	}
	return nr;
}

static void format_type(const struct formatter *f, uint32_t id, uint64_t bit, uint64_t bits,
			unsigned int depth)
{
	const struct btf_type *type = types_resolve(f->btf, &id);

	if (!type || depth >= DEPTH_LIMIT || bit + bits > (uint64_t)f->size * 8) {
		/* a flexible array's elements, or broken BTF */
		buf_str(f->out, f->json ? "null" : "?");
		return;
	}
	switch (btf_kind(type)) {
	case BTF_KIND_INT:
		format_int(f, type, bit, bits);
		break;
	case BTF_KIND_FLOAT:
		format_float(f, bit, bits);
		break;
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		format_enum(f, type, bit, bits);
		break;
	case BTF_KIND_PTR:
		buf_printf(f->out, f->json ? "\"0x%llx\"" : "0x%llx",
			   (unsigned long long)read_bits(f, bit, bits));
		break;
	case BTF_KIND_ARRAY:
		format_array(f, type, bit, bits, depth);
		break;
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		buf_char(f->out, '{');
		format_members(f, id, bit, 0, depth);
		buf_char(f->out, '}');
		break;
	default:
		if (bit % 8 == 0)
			format_hex(f, bit / 8, bits / 8);
		else
			buf_str(f->out, f->json ? "null" : "?");
	}
}

/* Variables of a section (.data, .bss, .rodata) are what its BTF type lists. */
static void format_section(const struct formatter *f, const struct btf_type *section)
{
	const struct btf_var_secinfo *var = btf_var_secinfos(section);

	buf_char(f->out, '{');
	for (uint32_t i = 0; i < btf_vlen(section); i++, var++) {
		const struct btf_type *type = btf__type_by_id(f->btf, var->type);
		const char *name = type ? btf__name_by_offset(f->btf, type->name_off) : NULL;

		if (!type || !name || !btf_is_var(type))
			continue;
		if (f->json) {
			json_member(f->out, name);
		} else {
			buf_str(f->out, f->out->data[f->out->len - 1] == '{' ? "." : ", .");
			text_escape(f->out, name, strlen(name));
			buf_str(f->out, " = ");
		}
		format_type(f, type->type, (uint64_t)var->offset * 8, (uint64_t)var->size * 8, 0);
	}
	buf_char(f->out, '}');
}

void value_format(struct buf *out, const struct btf *btf, uint32_t type, const void *data,
		  size_t size, bool json)
{
	const struct formatter f = { out, btf, data, size, json };
	const struct btf_type *section = btf && type ? btf__type_by_id(btf, type) : NULL;
	int64_t known = section ? btf__resolve_size(btf, type) : 0;

	if (section && btf_is_datasec(section) && !out->failed)
		format_section(&f, section);
	else if (known > 0 && (size_t)known <= size)
		format_type(&f, type, 0, (uint64_t)known * 8, 0);
	else
		format_hex(&f, 0, size);
}
