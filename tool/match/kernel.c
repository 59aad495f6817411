// SPDX-License-Identifier: GPL-2.0-only
/* Finding types by their names in the kernel's BTF (Documentation/bpf/btf.rst). */
#include <bpf/btf.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "match/kernel.h"
#include "match/lookup.h"
#include "types/types.h"
#include "util/text.h"

struct kernel_btf {
	char dir[PATH_MAX];
	struct btf *vmlinux;
	struct btf **modules;
	unsigned int nr_modules;
	bool modules_read;
};

struct kernel_btf *kernel_btf_open(const char *path)
{
	struct kernel_btf *kernel = calloc(1, sizeof(*kernel));
	const char *slash = strrchr(path, '/');

	if (!kernel)
		return NULL;
	snprintf(kernel->dir, sizeof(kernel->dir), "%.*s", slash ? (int)(slash - path) : 1,
		 slash ? path : ".");
	kernel->vmlinux = btf__parse(path, NULL);
	if (kernel->vmlinux)
		return kernel;
	free(kernel);
	return NULL;
}

void kernel_btf_close(struct kernel_btf *kernel)
{
	if (!kernel)
		return;
	for (unsigned int i = 0; i < kernel->nr_modules; i++)
		btf__free(kernel->modules[i]);
	free(kernel->modules);
	btf__free(kernel->vmlinux);
	free(kernel);
}

/* Most probes need none of them. */
static int kernel_read_modules(struct kernel_btf *kernel)
{
	DIR *dir = kernel->modules_read ? NULL : opendir(kernel->dir);
	struct dirent *entry;
	int ret = 0;

	kernel->modules_read = true;
	while (dir && !ret && (entry = readdir(dir)) != NULL) {
		char path[PATH_MAX + 256];
		struct btf **modules, *btf;

		if (entry->d_name[0] == '.' || strcmp(entry->d_name, "vmlinux") == 0)
			continue;
		snprintf(path, sizeof(path), "%s/%s", kernel->dir, entry->d_name);
		btf = btf__parse_split(path, kernel->vmlinux);
		if (!btf)
			continue;
		modules = realloc(kernel->modules, (kernel->nr_modules + 1) * sizeof(*modules));
		if (!modules) {
			btf__free(btf);
			ret = -ENOMEM;
			break;
		}
		kernel->modules = modules;
		modules[kernel->nr_modules++] = btf;
	}
	if (dir)
		closedir(dir);
	return ret;
}

const struct btf_type *lookup_composite(const struct btf *btf, uint32_t id)
{
	const struct btf_type *type = types_resolve(btf, &id);

	return type && btf_is_composite(type) ? type : NULL;
}

static int candidate_add(struct candidates *found, const struct btf *btf, uint32_t id)
{
	struct candidate *items = realloc(found->items, (found->nr + 1) * sizeof(*items));

	if (!items)
		return -ENOMEM;
	found->items = items;
	items[found->nr++] = (struct candidate){ btf, id };
	return 0;
}

static int lookup_enumerators(const struct btf *btf, const struct btf_type *type,
			      struct wanted *wanted, size_t nr)
{
	for (uint32_t e = 0; e < btf_vlen(type); e++) {
		const struct btf_enum64 *wide = btf_is_enum64(type) ? btf_enum64(type) + e : NULL;
		const struct btf_enum *narrow = wide ? NULL : btf_enum(type) + e;
		const char *name = btf__name_by_offset(btf,
						       wide ? wide->name_off : narrow->name_off);

		for (size_t i = 0; i < nr; i++) {
			int64_t value, *values;

			if (wanted[i].kind != BTF_KIND_ENUM || wanted[i].name[0] != name[0] ||
			    strcmp(wanted[i].name, name) != 0)
				continue;
			value = wide		  ? (int64_t)btf_enum64_value(wide)
				: btf_kflag(type) ? (int64_t)narrow->val
						  : (int64_t)(uint32_t)narrow->val;
			values = realloc(wanted[i].values,
					 (wanted[i].nr_values + 1) * sizeof(*values));
			if (!values)
				return -ENOMEM;
			wanted[i].values = values;
			values[wanted[i].nr_values++] = value;
		}
	}
	return 0;
}

static int lookup_in(const struct btf *btf, uint32_t start, struct wanted *wanted, size_t nr)
{
	uint32_t types = btf__type_cnt(btf);
	/* a bit for each length and first letter that any name has: most types are passed by it */
	uint64_t letters[64] = {};
	int ret = 0;

	for (size_t i = 0; i < nr; i++)
		letters[strlen(wanted[i].name) % 64] |= 1ull << (wanted[i].name[0] % 64);
	for (uint32_t id = start; id < types && !ret; id++) {
		const struct btf_type *type = btf__type_by_id(btf, id);
		const char *name;

		if (btf_is_any_enum(type)) {
			ret = lookup_enumerators(btf, type, wanted, nr);
			continue;
		}
		if (!btf_is_composite(type) && !btf_is_typedef(type))
			continue;
		name = btf__name_by_offset(btf, type->name_off);
		if (!name[0] || !(letters[strlen(name) % 64] & 1ull << (name[0] % 64)))
			continue;
		for (size_t i = 0; i < nr && !ret; i++)
			if (btf_kind(type) == wanted[i].kind && strcmp(wanted[i].name, name) == 0 &&
			    lookup_composite(btf, id))
				ret = candidate_add(&wanted[i].found, btf, id);
	}
	return ret;
}

static bool all_found(const struct wanted *wanted, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		if (!wanted[i].found.nr && !wanted[i].nr_values)
			return false;
	return true;
}

int lookup_names(struct kernel_btf *kernel, struct wanted *wanted, size_t nr)
{
	uint32_t start = btf__type_cnt(kernel->vmlinux);
	int ret = lookup_in(kernel->vmlinux, 1, wanted, nr);

	if (ret || all_found(wanted, nr))
		return ret;
	ret = kernel_read_modules(kernel);
	for (unsigned int i = 0; i < kernel->nr_modules && !ret; i++)
		ret = lookup_in(kernel->modules[i], start, wanted, nr);
	return ret;
}

struct sought {
	const char *name;
	size_t len;
	struct types_member member;
};

static int is_sought(const struct types_member *member, void *arg)
{
	struct sought *sought = arg;

	if (strlen(member->name) != sought->len ||
	    memcmp(member->name, sought->name, sought->len) != 0)
		return 0;
	sought->member = *member;
	return 1;
}

/* What a type leads to through arrays, and through one pointer when @pointer. */
static uint32_t lookup_target(const struct btf *btf, uint32_t id, bool pointer)
{
	const struct btf_type *type;

	while ((type = types_resolve(btf, &id)) != NULL) {
		if (btf_is_array(type)) {
			id = btf_array(type)->type;
		} else if (btf_is_ptr(type) && pointer) {
			id = type->type;
			pointer = false;
		} else {
			break;
		}
	}
	return id;
}

/* The size of an array's innermost elements: some BTF makes one array of arrays of arrays. */
static uint64_t lookup_element(const struct btf *btf, uint32_t id)
{
	const struct btf_type *type = types_resolve(btf, &id);

	if (!type || !btf_is_array(type))
		return 0;
	return (uint64_t)(8 * btf__resolve_size(btf, lookup_target(btf, id, false)));
}

bool lookup_member(const struct btf *btf, uint32_t id, const char *path, struct found_member *found)
{
	uint64_t start = 0;

	while (1) {
		struct sought sought = { .name = path, .len = strcspn(path, ".-") };

		if (types_each_member(btf, id, is_sought, &sought) != 1)
			return false;
		found->offset = start + sought.member.bit_offset;
		found->size = sought.member.bit_size;
		found->type = sought.member.type;
		path += sought.len;
		if (!*path)
			break;
		start = *path == '.' ? found->offset : 0;
		id = lookup_target(btf, found->type, *path == '-');
		path += *path == '.' ? 1 : 2;
	}
	found->element = lookup_element(btf, found->type);
	found->leads_to = lookup_target(btf, found->type, true);
	return true;
}
