// SPDX-License-Identifier: GPL-2.0-only
/* From patterns to functions of the kernel. */
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "calltrace/functions.h"
#include "util/error.h"
#include "util/text.h"

/* What cannot be in a function's name, but for what patterns are made of. */
#define STRANGE " \t,!:+${}()/\\\"'"

int globs_add(struct globs *globs, const char *glob, struct error *err)
{
	const char **items = reallocarray(globs->items, globs->nr + 1, sizeof(*items));

	if (!items)
		return error_set(err, -ENOMEM, "no memory left for '%s'", glob);
	globs->items = items;
	items[globs->nr++] = glob;
	return 0;
}

void globs_free(struct globs *globs)
{
	free(globs->items);
	memset(globs, 0, sizeof(*globs));
}

/* "f* [m]": the length of "f*", and where "m" is. */
static size_t glob_split(const char *glob, const char **module, size_t *module_len)
{
	size_t len = strcspn(glob, " ");
	const char *open = strstr(glob, " [");
	const char *end = open ? strchr(open, ']') : NULL;

	*module = NULL;
	*module_len = 0;
	if (end && !end[1]) {
		*module = open + 2;
		*module_len = (size_t)(end - open) - 2;
	}
	return len;
}

int globs_check(const char *option, const char *glob, struct error *err)
{
	const char *module;
	size_t module_len, len = glob_split(glob, &module, &module_len);

	if (len && len < 128 && strcspn(glob, STRANGE) >= len &&
	    (!glob[len] || (module_len && module_len < 64)))
		return 0;
	error_usage(err, "%s: '%s' is no pattern for functions", option, glob);
	return error_hint(err,
			  "it is a name with *, ? or [a-z] in it, and may be followed by a "
			  "module in brackets: '%s bpf_*', '%s nf_* [nf_tables]'",
			  option, option);
}

static bool glob_matches(const char *glob, const char *name, const char *module)
{
	const char *wanted;
	size_t wanted_len, len = glob_split(glob, &wanted, &wanted_len);
	char pattern[128];

	if (wanted &&
	    (!module || strlen(module) != wanted_len || memcmp(module, wanted, wanted_len) != 0))
		return false;
	snprintf(pattern, sizeof(pattern), "%.*s", (int)len, glob);
	return fnmatch(pattern, name, 0) == 0;
}

static bool globs_match(const struct globs *globs, const char *name, const char *module)
{
	for (size_t i = 0; i < globs->nr; i++)
		if (glob_matches(globs->items[i], name, module))
			return true;
	return false;
}

/* What choosing goes by. */
struct choice {
	const struct globs *entry, *allow, *deny;
	struct kernel_functions_index index;
};

static int add_function(struct traced_functions *functions, const struct kernel_symbol *symbol,
			const struct choice *choice)
{
	struct traced_function function = { .address = symbol->addr }, *items;
	int ret = -ENOMEM;
	bool chosen;

	function.name = strndup(symbol->name, symbol->name_len);
	if (symbol->module)
		function.module = strndup(symbol->module, symbol->module_len);
	if (!function.name || (symbol->module && !function.module))
		goto drop;
	function.entry = globs_match(choice->entry, function.name, function.module);
	chosen = function.entry || globs_match(choice->allow, function.name, function.module);
	ret = 0;
	if (!chosen ||
	    (!function.entry && globs_match(choice->deny, function.name, function.module)))
		goto drop;
	function.fault = kernel_functions_fault(&choice->index, symbol);
	/* grows by doubling: there can be tens of thousands */
	items = functions->items;
	if ((functions->nr & (functions->nr - 1)) == 0)
		items = reallocarray(items, functions->nr ? functions->nr * 2 : 1, sizeof(*items));
	ret = -ENOMEM;
	if (!items)
		goto drop;
	functions->items = items;
	items[functions->nr++] = function;
	return 0;
drop:
	free(function.name);
	free(function.module);
	return ret;
}

static int compare_address(const void *a, const void *b)
{
	const struct traced_function *one = a, *other = b;

	return one->address < other->address ? -1 : one->address > other->address;
}

const struct traced_function *traced_function_at(const struct traced_functions *functions,
						 uint64_t address)
{
	struct traced_function key = { .address = address };

	return functions->nr ? bsearch(&key, functions->items, functions->nr, sizeof(key),
				       compare_address)
			     : NULL;
}

static int compare_name(const void *a, const void *b)
{
	return strcmp((*(struct traced_function *const *)a)->name,
		      (*(struct traced_function *const *)b)->name);
}

struct by_name {
	struct traced_function **items;
	size_t nr;
};

static bool same_module(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : !a && !b;
}

/* A function of BTF: whose type is it? */
static int type_found(const struct types_ref *ref, const char *name, void *arg)
{
	struct traced_function key = { .name = (char *)name }, *wanted = &key, **found;
	const struct by_name *list = arg;

	found = bsearch(&wanted, list->items, list->nr, sizeof(wanted), compare_name);
	if (!found)
		return 0;
	while (found > list->items && strcmp(found[-1]->name, name) == 0)
		found--;
	for (; found < list->items + list->nr && strcmp((*found)->name, name) == 0; found++)
		if (!(*found)->type.btf && same_module((*found)->module, ref->module))
			(*found)->type = *ref;
	return 0;
}

/* Without types every value is printed as a number: a kernel without BTF is no error. */
static int add_types(struct traced_functions *functions)
{
	struct by_name list = { .nr = functions->nr };
	struct error unused = {};

	if (!list.nr || types_open(&functions->types, NULL, &unused))
		return 0;
	list.items = malloc(list.nr * sizeof(struct traced_function *));
	if (!list.items)
		return -ENOMEM;
	for (size_t i = 0; i < list.nr; i++)
		list.items[i] = &functions->items[i];
	qsort(list.items, list.nr, sizeof(struct traced_function *), compare_name);
	types_each(functions->types, TYPES_FUNCTION, "*", type_found, &list);
	free(list.items);
	return 0;
}

/* Each pattern must be good for something: a slip of the pen is not to go unnoticed. */
static int check_used(const struct traced_functions *functions, const char *option,
		      const struct globs *globs, const struct kernel_functions *kernel,
		      struct error *err)
{
	for (size_t i = 0; i < globs->nr; i++) {
		const struct traced_function *refused = NULL;
		struct kernel_function function;
		bool used = false;

		for (size_t k = 0; k < functions->nr && !used; k++) {
			const struct traced_function *item = &functions->items[k];

			if (!glob_matches(globs->items[i], item->name, item->module))
				continue;
			used = item->fault == FUNCTION_OK;
			refused = item;
		}
		if (used)
			continue;
		if (refused) {
			error_set(err, -ENOENT, "%s '%s': %s cannot be traced: %s", option,
				  globs->items[i], refused->name,
				  kernel_function_why_not(refused->fault));
			return error_hint(err,
					  "hotprobe list functions -v '%s' shows what there is",
					  globs->items[i]);
		}
		error_set(err, -ENOENT, "%s '%s': the kernel has no such function", option,
			  globs->items[i]);
		kernel_function_find(kernel, globs->items[i], &function);
		if (function.variant[0])
			return error_hint(err,
					  "the compiler made %s of it, which takes other "
					  "arguments",
					  function.variant);
		if (function.nearest[0])
			return error_hint(err, "did you mean %s?", function.nearest);
		return error_hint(err,
				  "it may be inlined into its callers; hotprobe list functions "
				  "shows what there is");
	}
	return 0;
}

int traced_functions_choose(struct traced_functions *functions, const struct globs *entry,
			    const struct globs *allow, const struct globs *deny, struct error *err)
{
	struct choice choice = { .entry = entry, .allow = allow, .deny = deny };
	struct kernel_functions kernel = {};
	struct kernel_symbol symbol;
	const char *pos;
	int ret = kernel_functions_load(&kernel, err);

	if (ret)
		return ret;
	ret = kernel_functions_index(&choice.index, &kernel);
	pos = buf_text(&kernel.symbols);
	while (!ret && kernel_symbol_next(&pos, &symbol))
		if (kernel_symbol_is_function(&symbol))
			ret = add_function(functions, &symbol, &choice);
	if (!ret && functions->nr) {
		qsort(functions->items, functions->nr, sizeof(*functions->items), compare_address);
		ret = add_types(functions);
	}
	for (size_t i = 0; i < functions->nr; i++) {
		functions->nr_traced += functions->items[i].fault == FUNCTION_OK;
		functions->nr_entries += functions->items[i].fault == FUNCTION_OK &&
					 functions->items[i].entry;
	}
	if (ret)
		error_sys(err, ret, "cannot choose functions");
	ret = ret ?: check_used(functions, "-e", entry, &kernel, err);
	ret = ret ?: check_used(functions, "-a", allow, &kernel, err);
	kernel_functions_index_free(&choice.index);
	kernel_functions_free(&kernel);
	return ret;
}

void traced_functions_free(struct traced_functions *functions)
{
	for (size_t i = 0; i < functions->nr; i++) {
		free(functions->items[i].name);
		free(functions->items[i].module);
	}
	free(functions->items);
	if (functions->types)
		types_close(functions->types);
	memset(functions, 0, sizeof(*functions));
}
