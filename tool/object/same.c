// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "object/object.h"

/* All but the BTF's numbers for its types, which change with any other type. */
static bool same_map(const struct object_map *a, const struct object_map *b)
{
	return strcmp(a->name, b->name) == 0 && a->type == b->type && a->key_size == b->key_size &&
	       a->value_size == b->value_size && a->max_entries == b->max_entries &&
	       a->flags == b->flags && a->inner == b->inner;
}

static bool same_prog(const struct object_prog *a, const struct object_prog *b)
{
	return strcmp(a->name, b->name) == 0 && a->nr_insns == b->nr_insns &&
	       memcmp(a->insns, b->insns, a->nr_insns * sizeof(*a->insns)) == 0;
}

bool object_same_program(const struct object *a, const struct object *b)
{
	if (a->nr_maps != b->nr_maps || a->nr_progs != b->nr_progs ||
	    a->nr_schemas != b->nr_schemas || strcmp(a->license, b->license) != 0)
		return false;
	for (uint32_t i = 0; i < a->nr_maps; i++)
		if (!same_map(&a->maps[i], &b->maps[i]))
			return false;
	for (uint32_t i = 0; i < a->nr_progs; i++)
		if (!same_prog(&a->progs[i], &b->progs[i]))
			return false;
	/* they come from the worker with all their bytes set */
	return a->nr_schemas == 0 ||
	       memcmp(a->schemas, b->schemas, a->nr_schemas * sizeof(*a->schemas)) == 0;
}
