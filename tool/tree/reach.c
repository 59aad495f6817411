// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <bpf/btf.h>

#include "tree/names.h"
#include "tree/reach.h"

static void push(uint32_t **list, size_t *nr, size_t *cap, uint32_t id, bool *failed)
{
	if (*nr == *cap) {
		size_t more = *cap ? *cap * 2 : 256;
		uint32_t *grown = realloc(*list, more * sizeof(*grown));

		if (!grown) {
			*failed = true;
			return;
		}
		*list = grown;
		*cap = more;
	}
	(*list)[(*nr)++] = id;
}

static struct name *find(const struct reach *reach, const struct names *names, uint32_t name_off)
{
	const char *text = btf__name_by_offset(reach->btf, name_off);

	return text && *text ? names_find(names, text, strlen(text)) : NULL;
}

static void want(struct reach *reach, uint32_t id)
{
	if (reach->seen[id])
		return;
	reach->seen[id] = 1;
	push(&reach->types, &reach->nr_types, &reach->cap_types, id, &reach->failed);
}

/* Whether an enumerator of the BTF is what the text means by this name. */
static bool enumerates(struct name *name, uint32_t id)
{
	if (!name || !(name->uses & NAME_BARE) || (name->uses & NAME_DECLARED))
		return false;
	/* of two enumerators with one name the first is it, the other would not compile */
	if (name->enumerates && name->enumerates != id)
		return false;
	name->enumerates = id;
	return true;
}

static void seed_enum(struct reach *reach, const struct names *names, const struct btf_type *t,
		      uint32_t id)
{
	const struct btf_enum64 *e64 = btf_kind(t) == BTF_KIND_ENUM64 ? btf_enum64(t) : NULL;
	const struct btf_enum *e32 = e64 ? NULL : btf_enum(t);
	bool named = false;
	int i;

	for (i = 0; i < btf_vlen(t); i++)
		named |= enumerates(find(reach, names, e64 ? e64[i].name_off : e32[i].name_off),
				    id);
	if (!named)
		return;
	if (t->name_off)
		want(reach, id);
	else
		push(&reach->enums, &reach->nr_enums, &reach->cap_enums, id, &reach->failed);
}

static void seed_tag(struct reach *reach, struct name *name, uint32_t id)
{
	if (!name || !(name->uses & NAME_TAG) || (name->uses & NAME_DEFINES_TAG) || name->tag)
		return;
	name->tag = id;
	want(reach, id);
}

static void seed(struct reach *reach, const struct names *names, uint32_t id)
{
	const struct btf_type *t = btf__type_by_id(reach->btf, id);
	struct name *name;

	switch (btf_kind(t)) {
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		seed_tag(reach, find(reach, names, t->name_off), id);
		break;
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		seed_tag(reach, find(reach, names, t->name_off), id);
		seed_enum(reach, names, t, id);
		break;
	case BTF_KIND_TYPEDEF:
		name = find(reach, names, t->name_off);
		if (name && (name->uses & NAME_BARE) && !name->type &&
		    !(name->uses & (NAME_DEFINES_TYPE | NAME_DECLARED))) {
			name->type = id;
			want(reach, id);
		}
		break;
	}
}

/* The struct, union or enum behind pointers, arrays, typedefs and qualifiers; 0 when none. */
static uint32_t behind(const struct reach *reach, uint32_t id)
{
	const struct btf_type *t;
	int hops;

	/* bounded: a broken BTF could hold a loop */
	for (hops = 0; hops < 64; hops++) {
		t = btf__type_by_id(reach->btf, id);
		if (!t)
			return 0;
		switch (btf_kind(t)) {
		case BTF_KIND_PTR:
		case BTF_KIND_TYPEDEF:
		case BTF_KIND_CONST:
		case BTF_KIND_VOLATILE:
		case BTF_KIND_RESTRICT:
		case BTF_KIND_TYPE_TAG:
			id = t->type;
			break;
		case BTF_KIND_ARRAY:
			id = btf_array(t)->type;
			break;
		case BTF_KIND_STRUCT:
		case BTF_KIND_UNION:
		case BTF_KIND_ENUM:
		case BTF_KIND_ENUM64:
			return id;
		default:
			return 0;
		}
	}
	return 0;
}

static void follow_members(struct reach *reach, const struct names *names, uint32_t id)
{
	const struct btf_type *t = btf__type_by_id(reach->btf, id);
	const struct btf_member *m = btf_members(t);
	struct name *name;
	uint32_t to;
	int i;

	if (!btf_is_composite(t))
		return;
	for (i = 0; i < btf_vlen(t); i++, m++) {
		if (m->name_off) {
			/* also a bare name: it may be an argument of offsetof or of a macro */
			name = find(reach, names, m->name_off);
			if (!name || !(name->uses & (NAME_BARE | NAME_MEMBER)))
				continue;
		}
		to = behind(reach, m->type);
		if (to)
			want(reach, to);
	}
}

int reach_compute(struct reach *reach, const struct btf *btf, struct names *names)
{
	uint32_t nr = btf__type_cnt(btf);
	uint32_t id, to;
	size_t i;

	reach->btf = btf;
	reach->seen = calloc(nr, 1);
	if (!reach->seen)
		return -ENOMEM;
	for (id = 1; id < nr; id++)
		seed(reach, names, id);
	/* the list grows while it is read; unnamed types are in it only to be followed */
	for (i = 0; i < reach->nr_types; i++) {
		id = reach->types[i];
		if (btf_is_typedef(btf__type_by_id(btf, id))) {
			to = behind(reach, id);
			if (to)
				want(reach, to);
		} else {
			follow_members(reach, names, id);
		}
	}
	return reach->failed || names->failed ? -ENOMEM : 0;
}

void reach_free(struct reach *reach)
{
	free(reach->types);
	free(reach->enums);
	free(reach->seen);
	*reach = (struct reach){ 0 };
}
