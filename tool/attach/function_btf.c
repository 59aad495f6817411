// SPDX-License-Identifier: GPL-2.0-only
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "attach/function_btf.h"
#include "util/error.h"

/* A trampoline's program sees so many: MAX_BPF_FUNC_ARGS in the kernel's include/linux/bpf.h. */
#define SLOTS_MAX 12
#define SLOT_SIZE 8
/* a struct by value in registers takes up to two of them */
#define ARGUMENT_SIZE 16

static const char not_in_btf[] = "BTF does not describe it";

/* How many slots a parameter takes; 0 when it is none that a program could be given. */
static uint32_t slots_of(const struct btf *btf, uint32_t id)
{
	const struct btf_type *type = btf__type_by_id(btf, id);
	uint32_t size = SLOT_SIZE;

	while (type && (btf_is_mod(type) || btf_is_typedef(type) || btf_is_type_tag(type)))
		type = btf__type_by_id(btf, type->type);
	if (!type)
		return 0;
	if (btf_is_composite(type) || btf_is_int(type))
		size = type->size;
	else if (!btf_is_ptr(type) && !btf_is_any_enum(type))
		return 0;
	return size > ARGUMENT_SIZE ? 0 : (size + SLOT_SIZE - 1) / SLOT_SIZE;
}

void function_btf_proto(const struct btf *btf, uint32_t id, struct function_proto *proto)
{
	const struct btf_type *function = btf__type_by_id(btf, id);
	const struct btf_type *type = btf__type_by_id(btf, function->type);
	const struct btf_param *params;

	proto->btf_id = id;
	proto->why_not = NULL;
	proto->nr_slots = 0;
	if (!type || !btf_is_func_proto(type)) {
		proto->why_not = not_in_btf;
		return;
	}
	params = btf_params(type);
	for (uint32_t i = 0; i < btf_vlen(type); i++) {
		/* "..." is a parameter without a type */
		uint32_t slots = params[i].type ? slots_of(btf, params[i].type) : 0;

		proto->nr_slots += slots;
		if (!params[i].type)
			proto->why_not = "how many arguments it takes varies from call to call";
		else if (!slots && !proto->why_not)
			proto->why_not = "it takes a struct that does not fit into two registers";
	}
	if (proto->nr_slots > SLOTS_MAX)
		proto->why_not = "it has too many arguments for a BPF program";
}

static int compare_names(const void *a, const void *b)
{
	return strcmp((*(const struct function *const *)a)->name,
		      (*(const struct function *const *)b)->name);
}

struct by_name {
	const struct function **items;
	size_t nr;
	const struct function *first; /* of the list */
};

static bool same_module(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : !a && !b;
}

/* Find the list's functions of one module (NULL: the kernel) in its BTF, from id @start on. */
static void look_up(struct function_btf *to, const struct by_name *by_name, const char *module,
		    const struct btf *btf, uint32_t start, int fd)
{
	for (uint32_t id = start; id < btf__type_cnt(btf); id++) {
		const struct btf_type *type = btf__type_by_id(btf, id);
		const struct function key = {
			.name = btf_is_func(type) ? (char *)btf__name_by_offset(btf, type->name_off)
						  : NULL,
		};
		const struct function *wanted = &key, **found;

		if (!key.name)
			continue;
		found = bsearch(&wanted, by_name->items, by_name->nr, sizeof(wanted),
				compare_names);
		if (!found)
			continue;
		while (found > by_name->items && strcmp(found[-1]->name, key.name) == 0)
			found--;
		for (;
		     found < by_name->items + by_name->nr && strcmp((*found)->name, key.name) == 0;
		     found++) {
			struct function_proto *proto = &to->protos[*found - by_name->first];

			if (proto->btf_id || !same_module((*found)->module, module))
				continue;
			function_btf_proto(btf, id, proto);
			proto->btf_fd = fd;
		}
	}
}

/* A module's BTF: its descriptor, or a negative errno. The kernel numbers them all. */
static int module_fd(const char *module, uint32_t *btf_id)
{
	uint32_t id = 0;

	while (bpf_btf_get_next_id(id, &id) == 0) {
		char name[64] = "";
		struct bpf_btf_info info = {
			.name = (uintptr_t)name,
			.name_len = sizeof(name),
		};
		uint32_t size = sizeof(info);
		int fd = bpf_btf_get_fd_by_id(id);

		/* it may have gone meanwhile */
		if (fd < 0)
			continue;
		if (bpf_obj_get_info_by_fd(fd, &info, &size) == 0 && info.kernel_btf &&
		    strcmp(name, module) == 0) {
			*btf_id = id;
			return fd;
		}
		close(fd);
	}
	return -ENOENT;
}

/* What cannot be had stays without an id: modules can be without BTF. */
static int look_up_module(struct function_btf *to, const struct by_name *by_name,
			  const char *module, struct btf *kernel)
{
	uint32_t id = 0;
	void *modules;

	for (size_t i = 0; i < to->nr_modules; i++)
		if (strcmp(to->modules[i].name, module) == 0)
			return 0;
	modules = reallocarray(to->modules, to->nr_modules + 1, sizeof(*to->modules));
	if (!modules)
		return -ENOMEM;
	to->modules = modules;
	to->modules[to->nr_modules].name = module;
	to->modules[to->nr_modules].btf = NULL;
	to->modules[to->nr_modules].fd = module_fd(module, &id);
	if (to->modules[to->nr_modules].fd >= 0)
		to->modules[to->nr_modules].btf = btf__load_from_kernel_by_id_split(id, kernel);
	to->nr_modules++;
	if (to->modules[to->nr_modules - 1].btf)
		look_up(to, by_name, module, to->modules[to->nr_modules - 1].btf,
			btf__type_cnt(kernel), to->modules[to->nr_modules - 1].fd);
	return 0;
}

int function_btf_open(struct function_btf *btf, const struct function_list *list,
		      struct btf *kernel, struct error *err)
{
	struct by_name by_name = { .nr = list->nr, .first = list->items };
	int ret = 0;

	btf->protos = calloc(list->nr + 1, sizeof(*btf->protos));
	by_name.items = malloc((list->nr + 1) * sizeof(const struct function *));
	if (!btf->protos || !by_name.items) {
		ret = error_sys(err, -ENOMEM, "cannot look up functions in BTF");
		goto out;
	}
	for (size_t i = 0; i < list->nr; i++)
		by_name.items[i] = &list->items[i];
	qsort(by_name.items, by_name.nr, sizeof(const struct function *), compare_names);
	look_up(btf, &by_name, NULL, kernel, 1, 0);
	for (size_t i = 0; i < list->nr && !ret; i++)
		if (list->items[i].module)
			ret = look_up_module(btf, &by_name, list->items[i].module, kernel);
	if (ret)
		error_sys(err, ret, "cannot look up functions in BTF");
	for (size_t i = 0; i < list->nr; i++)
		if (!btf->protos[i].btf_id)
			btf->protos[i].why_not = not_in_btf;
out:
	free(by_name.items);
	return ret;
}

void function_btf_close(struct function_btf *btf)
{
	for (size_t i = 0; i < btf->nr_modules; i++) {
		btf__free(btf->modules[i].btf);
		if (btf->modules[i].fd >= 0)
			close(btf->modules[i].fd);
	}
	free(btf->modules);
	free(btf->protos);
	memset(btf, 0, sizeof(*btf));
}
