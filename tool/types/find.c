// SPDX-License-Identifier: GPL-2.0-only
#include <bpf/btf.h>
#include <errno.h>
#include <fnmatch.h>
#include <string.h>

#include "types/store.h"
#include "types/types.h"
#include "util/error.h"
#include "util/text.h"

/* Chains of typedefs and qualifiers are short; a longer one is a circle in broken BTF. */
#define CHAIN_MAX 64

uint32_t types_kind_of(const struct btf_type *type)
{
	switch (btf_kind(type)) {
	case BTF_KIND_STRUCT:
		return TYPES_STRUCT;
	case BTF_KIND_UNION:
		return TYPES_UNION;
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		/* without enumerators it is only declared */
		return btf_vlen(type) ? TYPES_ENUM : 0;
	case BTF_KIND_TYPEDEF:
		return TYPES_TYPEDEF;
	case BTF_KIND_FUNC:
		return TYPES_FUNCTION;
	default:
		return 0;
	}
}

uint32_t types_kind_of_ref(const struct types_ref *ref)
{
	const struct btf_type *type = btf__type_by_id(ref->btf, ref->id);

	return type ? types_kind_of(type) : 0;
}

struct types_ref types_top(const struct types *types, uint32_t id)
{
	return (struct types_ref){ .btf = types->btf, .id = id };
}

const char *types_kind_word(uint32_t kinds)
{
	switch (kinds) {
	case TYPES_STRUCT:
		return "struct";
	case TYPES_UNION:
		return "union";
	case TYPES_ENUM:
		return "enum";
	case TYPES_TYPEDEF:
		return "typedef";
	case TYPES_FUNCTION:
		return "function";
	default:
		return "type";
	}
}

const struct btf_type *types_resolve(const struct btf *btf, uint32_t *id)
{
	for (int i = 0; i < CHAIN_MAX; i++) {
		const struct btf_type *type = btf__type_by_id(btf, *id);

		if (!type || btf_is_void(type))
			return NULL;
		if (!btf_is_typedef(type) && !btf_is_mod(type) && !btf_is_type_tag(type))
			return type;
		*id = type->type;
	}
	return NULL;
}

struct search {
	uint32_t kinds;
	int (*fn)(const struct types_ref *ref, const char *name, void *arg);
	void *arg;
};

static int search_in(const struct search *search, struct types_ref *ref)
{
	const struct btf *base = btf__base_btf(ref->btf);
	uint32_t end = btf__type_cnt(ref->btf);
	int ret;

	for (ref->id = base ? btf__type_cnt(base) : 1; ref->id < end; ref->id++) {
		const struct btf_type *type = btf__type_by_id(ref->btf, ref->id);
		const char *name;

		if (!type || !type->name_off || !(types_kind_of(type) & search->kinds))
			continue;
		name = btf__name_by_offset(ref->btf, type->name_off);
		if (!name || !name[0])
			continue;
		ret = search->fn(ref, name, search->arg);
		if (ret)
			return ret;
	}
	return 0;
}

static int search_all(struct types *types, const struct search *search)
{
	struct types_ref ref = { .btf = types->btf, .module = types->module };
	int ret = search_in(search, &ref);

	if (ret)
		return ret;
	if (types->base) {
		ref = (struct types_ref){ .btf = types->base };
		ret = search_in(search, &ref);
	}
	if (!ret)
		types_read_modules(types);
	for (size_t i = 0; i < types->nr_modules && !ret; i++) {
		ref.btf = types->modules[i].btf;
		ref.module = types->modules[i].name;
		ret = search_in(search, &ref);
	}
	return ret;
}

struct each {
	const char *glob;
	int (*fn)(const struct types_ref *ref, const char *name, void *arg);
	void *arg;
};

static int each_match(const struct types_ref *ref, const char *name, void *arg)
{
	const struct each *each = arg;

	return fnmatch(each->glob, name, 0) ? 0 : each->fn(ref, name, each->arg);
}

int types_each(struct types *types, uint32_t kinds, const char *glob,
	       int (*fn)(const struct types_ref *ref, const char *name, void *arg), void *arg)
{
	struct each each = { glob, fn, arg };
	struct search search = { kinds, each_match, &each };

	return search_all(types, &search);
}

struct find {
	const char *name;
	struct types_ref *ref;
};

static int find_match(const struct types_ref *ref, const char *name, void *arg)
{
	const struct find *find = arg;

	if (strcmp(name, find->name) != 0)
		return 0;
	*find->ref = *ref;
	return 1;
}

int types_find(struct types *types, uint32_t kinds, const char *name, struct types_ref *ref)
{
	struct find find = { name, ref };
	struct search search = { kinds, find_match, &find };

	return search_all(types, &search) == 1 ? 0 : -ENOENT;
}

static int offer(const struct types_ref *ref, const char *name, void *arg)
{
	(void)ref;
	near_offer(arg, name);
	return 0;
}

void types_near(struct types *types, uint32_t kinds, struct near *near)
{
	struct search search = { kinds, offer, near };

	search_all(types, &search);
}

int types_unknown(struct types *types, uint32_t kinds, const char *name, struct error *err)
{
	struct near near = { .wanted = name };
	struct types_ref ref = {};

	error_set(err, -ENOENT, "there is no %s%s%s in %s", types_kind_word(kinds),
		  kinds & (kinds - 1) ? " called " : " ", name, types_source(types));
	if (types_find(types, TYPES_ANY & ~kinds, name, &ref) == 0)
		return error_hint(err, "of that name there is a type of another kind: %s",
				  types_kind_word(types_kind_of_ref(&ref)));
	types_near(types, kinds, &near);
	if (near_best(&near))
		return error_hint(err, "did you mean %s?", near_best(&near));
	return err->code;
}
