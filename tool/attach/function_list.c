// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attach/function_globs.h"
#include "attach/function_list.h"
#include "util/error.h"

static int list_add(struct function_list *list, const struct kernel_symbol *symbol)
{
	struct function *item;

	/* doubled at each power of two */
	if ((list->nr & (list->nr + 1)) == 0) {
		item = realloc(list->items, 2 * (list->nr + 1) * sizeof(*item));
		if (!item)
			return -ENOMEM;
		list->items = item;
	}
	item = &list->items[list->nr];
	item->addr = symbol->addr;
	item->is_name_shared = false;
	item->name = strndup(symbol->name, symbol->name_len);
	item->module = symbol->module ? strndup(symbol->module, symbol->module_len) : NULL;
	list->nr++;
	return item->name && (item->module || !symbol->module) ? 0 : -ENOMEM;
}

static int compare_addrs(const void *a, const void *b)
{
	const struct function *one = a, *two = b;

	return one->addr < two->addr ? -1 : one->addr > two->addr;
}

static void function_drop(struct function *function)
{
	free(function->name);
	free(function->module);
}

/* Some functions have two names: system calls, weak symbols. */
static void list_once_each(struct function_list *list)
{
	size_t kept = 0;

	if (list->nr)
		qsort(list->items, list->nr, sizeof(*list->items), compare_addrs);
	for (size_t i = 0; i < list->nr; i++) {
		if (kept && list->items[kept - 1].addr == list->items[i].addr)
			function_drop(&list->items[i]);
		else
			list->items[kept++] = list->items[i];
	}
	list->nr = kept;
}

void function_list_free(struct function_list *list)
{
	while (list->nr > 0)
		function_drop(&list->items[--list->nr]);
	free(list->items);
	list->items = NULL;
}

/* A name, which is not terminated, among functions sorted by name. */
struct wanted {
	const char *name;
	size_t len;
};

static int compare_wanted(const void *a, const void *b)
{
	const struct wanted *wanted = a;
	const struct function *function = *(struct function *const *)b;

	return strncmp(wanted->name, function->name, wanted->len)
		       ?: -(function->name[wanted->len] != '\0');
}

static int compare_names(const void *a, const void *b)
{
	return strcmp((*(struct function *const *)a)->name, (*(struct function *const *)b)->name);
}

int function_list_names(struct function_list *list, const struct kernel_functions *functions)
{
	struct function **by_name = malloc((list->nr + 1) * sizeof(*by_name));
	const char *pos = buf_text(&functions->symbols);
	struct kernel_symbol symbol;

	if (!by_name)
		return -ENOMEM;
	for (size_t i = 0; i < list->nr; i++)
		by_name[i] = &list->items[i];
	qsort(by_name, list->nr, sizeof(*by_name), compare_names);
	while (kernel_symbol_next(&pos, &symbol)) {
		struct wanted wanted = { symbol.name, symbol.name_len };
		struct function **end = by_name + list->nr, **found;

		found = bsearch(&wanted, by_name, list->nr, sizeof(*by_name), compare_wanted);
		while (found && found > by_name && compare_wanted(&wanted, found - 1) == 0)
			found--;
		for (; found && found < end && compare_wanted(&wanted, found) == 0; found++)
			if ((*found)->addr != symbol.addr)
				(*found)->is_name_shared = true;
	}
	free(by_name);
	return 0;
}

/* Nothing is left. Why is best told of one name. */
static int list_empty(const struct function_globs *globs, const struct kernel_functions *functions,
		      size_t nr_left_out, struct error *err)
{
	const struct function_glob *unmet = function_globs_unmet(globs);
	struct kernel_function function;

	if (unmet && unmet->is_plain && !unmet->module) {
		kernel_function_find(functions, unmet->name, &function);
		if (kernel_function_explain(&function, unmet->name, err) < 0)
			return -ENOENT;
	}
	if (nr_left_out) {
		error_set(err, -ENOENT, "%zu function%s meant, but cannot be traced", nr_left_out,
			  nr_left_out == 1 ? " is" : "s are");
		return error_hint(err, "hotprobe list functions -v 'GLOB' says why");
	}
	if (!unmet) {
		error_set(err, -ENOENT, "all functions that are meant are left out by a '!'");
		return error_hint(err, "take back one of them");
	}
	error_set(err, -ENOENT, "no function of this kernel%s%s matches '%s'",
		  unmet->module ? "'s module " : "", unmet->module ?: "", unmet->name);
	if (unmet->module)
		return error_hint(err, "lsmod shows the modules that are loaded");
	return error_hint(err, "hotprobe list functions 'GLOB' searches; the compiler may have "
			       "inlined it");
}

int function_list_make(struct function_list *list, const char *target,
		       const struct kernel_functions *functions, function_left_out_fn *left_out,
		       void *arg, struct error *err)
{
	const char *pos = buf_text(&functions->symbols);
	struct kernel_functions_index index;
	struct function_globs globs = {};
	size_t nr_left_out = 0;
	struct kernel_symbol symbol;
	bool hidden = false;
	int ret;

	ret = function_globs_parse(&globs, target, err);
	if (ret) {
		function_globs_free(&globs);
		return ret;
	}
	ret = kernel_functions_index(&index, functions);
	while (!ret && kernel_symbol_next(&pos, &symbol)) {
		enum function_fault fault;
		char name[640];

		if (!kernel_symbol_is_function(&symbol) || !function_globs_match(&globs, &symbol))
			continue;
		fault = kernel_functions_fault(&index, &symbol);
		hidden = hidden || !symbol.addr;
		if (fault == FUNCTION_OK) {
			ret = list_add(list, &symbol);
			continue;
		}
		nr_left_out++;
		snprintf(name, sizeof(name), "%.*s%s%.*s%s", (int)symbol.name_len, symbol.name,
			 symbol.module ? " [" : "", (int)symbol.module_len, symbol.module ?: "",
			 symbol.module ? "]" : "");
		if (left_out)
			left_out(arg, name, fault);
	}
	kernel_functions_index_free(&index);
	list_once_each(list);
	if (ret)
		error_sys(err, ret, "cannot look for functions");
	else if (hidden)
		ret = error_set(err, -EPERM,
				"the kernel hides the addresses of its functions from this "
				"process (kernel.kptr_restrict)"),
		error_hint(err, "sysctl kernel.kptr_restrict=1 shows them to root");
	else if (!list->nr)
		ret = list_empty(&globs, functions, nr_left_out, err);
	function_globs_free(&globs);
	return ret;
}
