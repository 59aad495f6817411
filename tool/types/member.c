// SPDX-License-Identifier: GPL-2.0-only
#include <bpf/btf.h>
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "types/types.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/text.h"

/* Anonymous structs within each other; more are a circle in broken BTF. */
#define DEPTH_MAX 32

static uint64_t bits_of(const struct btf *btf, uint32_t id)
{
	int64_t size = btf__resolve_size(btf, id);

	return size > 0 ? (uint64_t)size * 8 : 0;
}

int types_member_at(const struct btf *btf, uint32_t id, uint32_t index, uint64_t bit_base,
		    struct types_member *member)
{
	const struct btf_type *type = types_resolve(btf, &id);
	const struct btf_member *m;
	uint32_t bits;

	if (!type || !btf_is_composite(type))
		return -EINVAL;
	if (index >= btf_vlen(type))
		return -ENOENT;
	m = btf_members(type) + index;
	bits = btf_member_bitfield_size(type, index);
	*member = (struct types_member){
		.name = btf__name_by_offset(btf, m->name_off) ?: "",
		.type = m->type,
		.bit_offset = bit_base + btf_member_bit_offset(type, index),
		.bit_size = bits ?: bits_of(btf, m->type),
		.bitfield = bits != 0,
	};
	return 0;
}

/* Unnamed bit-fields have no members to look into, unnamed structs and unions have. */
static bool is_anonymous(const struct btf *btf, const struct types_member *member)
{
	uint32_t id = member->type;
	const struct btf_type *type;

	if (member->name[0])
		return false;
	type = types_resolve(btf, &id);
	return type && btf_is_composite(type);
}

static int each_within(const struct btf *btf, uint32_t id, uint64_t bit_base, int depth,
		       int (*fn)(const struct types_member *member, void *arg), void *arg)
{
	struct types_member member;
	int ret = 0;

	if (depth > DEPTH_MAX)
		return -EINVAL;
	for (uint32_t i = 0; !ret; i++) {
		ret = types_member_at(btf, id, i, bit_base, &member);
		if (ret)
			return ret == -ENOENT ? 0 : ret;
		if (is_anonymous(btf, &member))
			ret = each_within(btf, member.type, member.bit_offset, depth + 1, fn, arg);
		else if (member.name[0])
			ret = fn(&member, arg);
	}
	return ret;
}

int types_each_member(const struct btf *btf, uint32_t id,
		      int (*fn)(const struct types_member *member, void *arg), void *arg)
{
	return each_within(btf, id, 0, 0, fn, arg);
}

struct lookup {
	const char *name;
	size_t len;
	struct types_member *found;
	struct near near;
};

static int lookup_match(const struct types_member *member, void *arg)
{
	struct lookup *lookup = arg;

	if (strlen(member->name) != lookup->len ||
	    memcmp(member->name, lookup->name, lookup->len) != 0)
		return 0;
	*lookup->found = *member;
	return 1;
}

static int lookup_near(const struct types_member *member, void *arg)
{
	near_offer(arg, member->name);
	return 0;
}

/* "struct task_struct has no member pidd"; what it has, or where a pointer leads. */
static int no_member(const struct btf *btf, uint32_t id, const char *name, size_t len,
		     const char *rest, struct error *err)
{
	struct buf type_name = {};
	char wanted[128];
	struct near near = { .wanted = wanted };
	const struct btf_type *type;
	uint32_t target = id;

	if (len >= sizeof(wanted))
		len = sizeof(wanted) - 1;
	memcpy(wanted, name, len);
	wanted[len] = '\0';
	types_name(&type_name, btf, id);
	type = types_resolve(btf, &target);
	error_set(err, -ENOENT, "%s has no member %s", buf_text(&type_name), wanted);
	if (type && btf_is_ptr(type)) {
		target = type->type;
		buf_reset(&type_name);
		type = types_resolve(btf, &target);
		if (type && type->name_off) {
			types_name(&type_name, btf, target);
			error_hint(err, "it is a pointer: look at %s.%s%s", buf_text(&type_name),
				   wanted, rest);
		}
	} else if (types_each_member(btf, id, lookup_near, &near) == 0 && near_best(&near)) {
		error_hint(err, "did you mean %s?", near_best(&near));
	}
	buf_free(&type_name);
	return err->code;
}

/* "[2]" behind a member: from the array to its element */
static int take_index(const struct btf *btf, const char **path, struct types_member *member,
		      const char *name, struct error *err)
{
	const struct btf_type *type;
	const struct btf_array *array;
	uint32_t id = member->type;
	unsigned long index;
	char *end;

	index = strtoul(*path + 1, &end, 0);
	if (!isdigit((unsigned char)(*path)[1]) || *end != ']')
		return error_set(err, -EINVAL, "%s: an index is a number in [ ]", name);
	type = types_resolve(btf, &id);
	if (!type || !btf_is_array(type))
		return error_set(err, -EINVAL, "%.*s is no array", (int)(*path - name), name);
	array = btf_array(type);
	/* an array of 0 elements at the end of a struct has as many as there is room for */
	if (array->nelems ? index >= array->nelems : index > UINT32_MAX)
		return error_set(err, -EINVAL, "%.*s has %u elements, numbered from 0",
				 (int)(*path - name), name, array->nelems);
	member->type = array->type;
	member->bit_size = bits_of(btf, array->type);
	member->bit_offset += index * member->bit_size;
	*path = end + 1;
	return 0;
}

int types_member(const struct btf *btf, uint32_t id, const char *path, struct types_member *member,
		 struct error *err)
{
	const char *at = path;
	uint64_t base = 0;
	int ret;

	for (;;) {
		struct lookup lookup = { .name = at, .len = text_ident_len(at), .found = member };

		if (!lookup.len)
			return error_set(err, -EINVAL, "%s: a member is named as in C: a.b[2].c",
					 path);
		if (types_each_member(btf, id, lookup_match, &lookup) != 1)
			return no_member(btf, id, at, lookup.len, at + lookup.len, err);
		member->bit_offset += base;
		at += lookup.len;
		while (*at == '[') {
			ret = take_index(btf, &at, member, path, err);
			if (ret)
				return ret;
		}
		if (!*at)
			return 0;
		if (*at != '.')
			return error_set(err, -EINVAL, "%s: a member is named as in C: a.b[2].c",
					 path);
		at++;
		base = member->bit_offset;
		id = member->type;
	}
}

const char *types_enumerator(const struct btf *btf, const struct btf_type *type, uint32_t index,
			     int64_t *value, char text[24])
{
	uint32_t name;

	if (btf_is_enum64(type)) {
		name = btf_enum64(type)[index].name_off;
		*value = (int64_t)btf_enum64_value(btf_enum64(type) + index);
	} else {
		name = btf_enum(type)[index].name_off;
		*value = btf_enum(type)[index].val;
	}
	/* of enums of 32 bits BTF did not tell before 6.0 whether they are signed */
	if (btf_is_enum64(type) && !btf_kflag(type))
		snprintf(text, 24, "%" PRIu64, (uint64_t)*value);
	else
		snprintf(text, 24, "%" PRId64, *value);
	return btf__name_by_offset(btf, name) ?: "";
}
