// SPDX-License-Identifier: GPL-2.0-only
#include <bpf/btf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "attach/function_store.h"
#include "util/error.h"

/* Count on the way. */
struct telling {
	struct function_lookup *lookup;
	function_left_out_fn *left_out;
	void *arg;
};

static void tell(void *arg, const char *name, enum function_fault fault)
{
	struct telling *telling = arg;

	telling->lookup->nr_left_out++;
	if (telling->left_out)
		telling->left_out(telling->arg, name, fault);
}

static void lookup_free(struct function_lookup *lookup)
{
	function_btf_close(&lookup->btf);
	function_list_free(&lookup->list);
	free(lookup->target);
	free(lookup);
}

static int store_load(struct function_store *store, struct error *err)
{
	int ret = store->is_loaded ? 0 : kernel_functions_load(&store->kernel, err);

	store->is_loaded = ret == 0;
	return ret;
}

int function_store_find(struct function_store *store, const char *target,
			function_left_out_fn *left_out, void *arg, struct function_lookup **found,
			struct error *err)
{
	struct telling telling = { .left_out = left_out, .arg = arg };
	int ret;

	for (*found = store->lookups; *found; *found = (*found)->next)
		if (strcmp((*found)->target, target) == 0)
			return 0;
	ret = store_load(store, err);
	if (ret)
		return ret;
	telling.lookup = calloc(1, sizeof(*telling.lookup));
	if (!telling.lookup)
		return error_sys(err, -ENOMEM, "cannot look for functions");
	telling.lookup->target = strdup(target);
	ret = telling.lookup->target ? function_list_make(&telling.lookup->list, target,
							  &store->kernel, tell, &telling, err)
				     : error_sys(err, -ENOMEM, "cannot look for functions");
	if (ret) {
		lookup_free(telling.lookup);
		return ret;
	}
	telling.lookup->next = store->lookups;
	*found = store->lookups = telling.lookup;
	return 0;
}

int function_store_btf(struct function_store *store, struct function_lookup *lookup,
		       struct error *err)
{
	int ret;

	if (lookup->has_btf)
		return 0;
	if (!store->btf)
		store->btf = btf__load_vmlinux_btf();
	if (!store->btf)
		return error_sys(err, -errno, "cannot read the kernel's BTF");
	if (function_list_names(&lookup->list, &store->kernel))
		return error_sys(err, -ENOMEM, "cannot look for functions");
	ret = function_btf_open(&lookup->btf, &lookup->list, store->btf, err);
	lookup->has_btf = ret == 0;
	return ret;
}

void function_store_free(struct function_store *store)
{
	while (store->lookups) {
		struct function_lookup *lookup = store->lookups;

		store->lookups = lookup->next;
		lookup_free(lookup);
	}
	if (store->is_loaded)
		kernel_functions_free(&store->kernel);
	btf__free(store->btf);
	memset(store, 0, sizeof(*store));
}
