// SPDX-License-Identifier: GPL-2.0-only
#include <bpf/btf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "types/compare.h"

/* Structs within structs; more are a circle in broken BTF. */
#define DEPTH_MAX 16

/* All members of one version of a struct. */
struct members {
	struct types_member *items;
	size_t nr;
	bool failed;
};

static int collect(const struct types_member *member, void *arg)
{
	struct members *members = arg;

	/* a power of two is full */
	if ((members->nr & (members->nr - 1)) == 0) {
		size_t cap = members->nr ? members->nr * 2 : 1;
		struct types_member *items = realloc(members->items, cap * sizeof(*items));

		if (!items) {
			members->failed = true;
			return -ENOMEM;
		}
		members->items = items;
	}
	members->items[members->nr++] = *member;
	return 0;
}

static struct compare_row *add_row(struct compare *compare, unsigned int depth, const char *name)
{
	struct compare_row *row;

	if (compare->nr_rows == compare->cap_rows) {
		size_t cap = compare->cap_rows ? compare->cap_rows * 2 : 64;
		struct compare_row *rows = realloc(compare->rows, cap * sizeof(*rows));

		if (!rows) {
			compare->failed = true;
			return NULL;
		}
		compare->rows = rows;
		compare->cap_rows = cap;
	}
	row = &compare->rows[compare->nr_rows++];
	*row = (struct compare_row){ .depth = depth, .name = name };
	return row;
}

static const struct types_member *find(const struct members *members, const char *name)
{
	for (size_t i = 0; i < members->nr; i++)
		if (strcmp(members->items[i].name, name) == 0)
			return &members->items[i];
	return NULL;
}

/* The struct or union that a member is, or is an array of; 0 when it is neither. */
static uint32_t composite_of(const struct btf *btf, uint32_t id)
{
	const struct btf_type *type = types_resolve(btf, &id);

	for (int i = 0; type && btf_is_array(type) && i < DEPTH_MAX; i++) {
		id = btf_array(type)->type;
		type = types_resolve(btf, &id);
	}
	return type && btf_is_composite(type) ? id : 0;
}

static bool compare_structs(struct compare *compare, const uint32_t id[2], const uint64_t base[2],
			    unsigned int depth);

/* Members of structs that are the same inside are left out again. */
static bool compare_inside(struct compare *compare, const struct types_member *a,
			   const struct types_member *b, const uint64_t base[2], unsigned int depth)
{
	uint32_t id[2] = { composite_of(compare->ref[0]->btf, a->type),
			   composite_of(compare->ref[1]->btf, b->type) };
	uint64_t inner[2] = { base[0] + a->bit_offset, base[1] + b->bit_offset };
	size_t nr_rows = compare->nr_rows;

	if (!id[0] || !id[1] || depth >= DEPTH_MAX)
		return false;
	if (compare_structs(compare, id, inner, depth + 1))
		return true;
	compare->nr_rows = nr_rows;
	return false;
}

static bool put_pair(struct compare *compare, const char *name, const struct types_member *a,
		     const struct types_member *b, const uint64_t base[2], unsigned int depth)
{
	struct compare_row *row = add_row(compare, depth, name);
	size_t at = compare->nr_rows - 1;
	bool differs;

	if (!row)
		return true;
	row->in[0] = a != NULL;
	row->in[1] = b != NULL;
	if (a)
		row->member[0] = *a;
	if (b)
		row->member[1] = *b;
	row->member[0].bit_offset += base[0];
	row->member[1].bit_offset += base[1];
	differs = !a || !b || a->bit_offset != b->bit_offset || a->bit_size != b->bit_size ||
		  a->bitfield != b->bitfield;
	row->differs = differs;
	if (a && b && compare_inside(compare, a, b, base, depth)) {
		differs = true;
		compare->rows[at].differs = true;
	}
	return differs;
}

/* A member of the second version, unless the first has it too. */
static bool put_second(struct compare *compare, const struct members members[2], size_t i,
		       const uint64_t base[2], unsigned int depth)
{
	const struct types_member *b = &members[1].items[i];

	if (find(&members[0], b->name))
		return false;
	return put_pair(compare, b->name, NULL, b, base, depth);
}

/* In the first's order; what only the second has comes before what it precedes there. */
static bool compare_structs(struct compare *compare, const uint32_t id[2], const uint64_t base[2],
			    unsigned int depth)
{
	struct members members[2] = {};
	const struct btf_type *type[2];
	bool differs = false;
	size_t next = 0;

	for (int i = 0; i < 2; i++) {
		types_each_member(compare->ref[i]->btf, id[i], collect, &members[i]);
		compare->failed = compare->failed || members[i].failed;
		type[i] = btf__type_by_id(compare->ref[i]->btf, id[i]);
	}
	for (size_t i = 0; i < members[0].nr; i++) {
		const struct types_member *a = &members[0].items[i];
		const struct types_member *b = find(&members[1], a->name);

		for (; b && next < members[1].nr && &members[1].items[next] <= b; next++)
			differs |= put_second(compare, members, next, base, depth);
		differs |= put_pair(compare, a->name, a, b, base, depth);
	}
	for (; next < members[1].nr; next++)
		differs |= put_second(compare, members, next, base, depth);
	free(members[0].items);
	free(members[1].items);
	return differs || type[0]->size != type[1]->size;
}

static bool find_enumerator(const struct types_ref *ref, const struct btf_type *type,
			    const char *name, int64_t *value)
{
	char text[24];

	for (uint32_t i = 0; i < btf_vlen(type); i++)
		if (strcmp(types_enumerator(ref->btf, type, i, value, text), name) == 0)
			return true;
	return false;
}

static bool compare_enums(struct compare *compare, const struct btf_type *const type[2])
{
	bool differs = false;
	int64_t value;
	char text[24];

	for (int from = 0; from < 2; from++)
		for (uint32_t i = 0; i < btf_vlen(type[from]); i++) {
			const char *name = types_enumerator(compare->ref[from]->btf, type[from], i,
							    &value, text);
			struct compare_row *row;
			int64_t other = 0;
			bool both = find_enumerator(compare->ref[!from], type[!from], name, &other);

			if (from == 1 && both)
				continue;
			row = add_row(compare, 0, name);
			if (!row)
				return true;
			row->in[from] = true;
			row->in[!from] = both;
			row->value[from] = value;
			row->value[!from] = other;
			row->differs = !both || value != other;
			differs |= row->differs;
		}
	return differs;
}

int compare_types(struct compare *compare, const struct types_ref *a, const struct types_ref *b)
{
	static const uint64_t base[2] = { 0, 0 };
	uint32_t id[2] = { a->id, b->id };
	const struct btf_type *type[2] = { types_resolve(a->btf, &id[0]),
					   types_resolve(b->btf, &id[1]) };

	*compare = (struct compare){ .ref = { a, b } };
	if (!type[0] || !type[1])
		return -EINVAL;
	if (btf_is_composite(type[0]) && btf_is_composite(type[1])) {
		compare->differ = compare_structs(compare, id, base, 0);
	} else if (btf_is_any_enum(type[0]) && btf_is_any_enum(type[1])) {
		compare->is_enum = true;
		compare->differ = compare_enums(compare, type);
	} else {
		return -EINVAL;
	}
	return compare->failed ? -ENOMEM : 0;
}

void compare_free(struct compare *compare)
{
	free(compare->rows);
	compare->rows = NULL;
}
