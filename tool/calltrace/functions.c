// SPDX-License-Identifier: GPL-2.0-only
/* From patterns to functions of the kernel. */
#include <ctype.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attach/function_globs.h"
#include "calltrace/functions.h"
#include "util/error.h"

/* What choosing goes by. */
struct choice {
	struct function_globs entry, allow;
	struct kernel_functions_index index;
};

static int add_function(struct traced_functions *functions, const struct kernel_symbol *symbol,
			struct choice *choice)
{
	struct traced_function function = { .address = symbol->addr }, *items;
	int ret = -ENOMEM;

	function.entry = function_globs_match(&choice->entry, symbol);
	if (!function_globs_match(&choice->allow, symbol) && !function.entry)
		return 0;
	function.name = strndup(symbol->name, symbol->name_len);
	if (symbol->module)
		function.module = strndup(symbol->module, symbol->module_len);
	if (!function.name || (symbol->module && !function.module))
		goto drop;
	function.fault = kernel_functions_fault(&choice->index, symbol);
	/* grows by doubling: there can be tens of thousands */
	items = functions->items;
	if ((functions->nr & (functions->nr - 1)) == 0)
		items = reallocarray(items, functions->nr ? functions->nr * 2 : 1, sizeof(*items));
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

/* Whether any of the loaded modules is meant by @glob. */
static bool module_is_loaded(const char *glob, const struct kernel_functions *kernel)
{
	const char *pos = buf_text(&kernel->symbols);
	struct kernel_symbol symbol;
	char name[64];

	while (kernel_symbol_next(&pos, &symbol)) {
		snprintf(name, sizeof(name), "%.*s", (int)symbol.module_len, symbol.module ?: "");
		if (symbol.module && fnmatch(glob, name, 0) == 0)
			return true;
	}
	return false;
}

static void explain_module(const char *option, const struct function_glob *glob,
			   const struct kernel_functions *kernel, struct error *why)
{
	if (module_is_loaded(glob->module, kernel)) {
		error_set(why, -ENOENT, "%s '%s [%s]': the module has no such function", option,
			  glob->name, glob->module);
		error_hint(why, "hotprobe list functions '%s' shows where there are such",
			   glob->name);
		return;
	}
	error_set(why, -ENOENT, "%s '%s [%s]': no module %s is loaded", option, glob->name,
		  glob->module, glob->module);
	error_hint(why,
		   "lsmod shows those that are; if the brackets are part of the pattern, it "
		   "cannot end with them: '%s[%s]*'",
		   glob->name, glob->module);
}

/* Kernels differ in their functions, and pens slip: neither is to go unnoticed. */
static void explain_unmet(const char *option, const struct function_glob *glob,
			  const struct kernel_functions *kernel, struct error *why)
{
	struct kernel_function function;
	const char *name = glob->name;

	if (glob->module) {
		explain_module(option, glob, kernel, why);
		return;
	}
	error_set(why, -ENOENT, "%s '%s': the kernel has no such function", option, name);
	kernel_function_find(kernel, name, &function);
	/* what it is for other commands */
	if (glob->deny && isdigit((unsigned char)*name))
		error_hint(why, "how long to trace is --duration %s; -d denies functions here",
			   name);
	else if (function.variant[0])
		error_hint(why,
			   "the compiler made %s of it, which may take other arguments: "
			   "%s '%s*'",
			   function.variant, option, name);
	else if (function.nearest[0])
		error_hint(why, "did you mean %s?", function.nearest);
	else
		error_hint(why, "it may be inlined into its callers; hotprobe list functions shows "
				"what there is");
}

/* Of what is denied, entry functions are told of as such. */
static bool is_told(const struct function_glob *glob, const struct function_globs *entry)
{
	for (size_t i = 0; i < entry->nr; i++)
		if (strcmp(entry->items[i].name, glob->name) == 0)
			return true;
	return false;
}

static void tell_unmet(const struct function_globs *globs, const char *option,
		       const struct function_globs *entry, const struct kernel_functions *kernel,
		       void (*unmet)(void *arg, const char *text, const char *hint), void *arg)
{
	for (size_t i = 0; unmet && i < globs->nr; i++) {
		const struct function_glob *glob = &globs->items[i];
		struct error why = {};

		if (glob->found || (glob->deny && is_told(glob, entry)))
			continue;
		explain_unmet(glob->deny ? "-d" : option, glob, kernel, &why);
		unmet(arg, why.text, why.hint);
	}
}

/* None of those that are meant by an option can be traced. */
static int none_traced(const struct traced_functions *functions, bool entry, struct error *err)
{
	for (size_t i = 0; i < functions->nr; i++) {
		const struct traced_function *function = &functions->items[i];

		if (function->entry != entry || function->fault == FUNCTION_OK)
			continue;
		error_set(err, -ENOENT, "%s cannot be traced: %s", function->name,
			  kernel_function_why_not(function->fault));
		return error_hint(err, "hotprobe list functions -v shows what can be, and why not");
	}
	return 0;
}

/* Without an entry function no trace begins. */
static int check_entries(const struct traced_functions *functions,
			 const struct function_globs *entry, const struct kernel_functions *kernel,
			 struct error *err)
{
	const struct function_glob *unmet = function_globs_unmet(entry);

	if (functions->nr_entries)
		return 0;
	if (!unmet)
		return none_traced(functions, true, err);
	explain_unmet("-e", unmet, kernel, err);
	return err->code;
}

/* When nothing is left of -a, the traces would not be what was asked for. */
static int check_allowed(const struct traced_functions *functions,
			 const struct function_globs *allow, const struct kernel_functions *kernel,
			 struct error *err)
{
	const struct function_glob *unmet = function_globs_unmet(allow);
	int ret;

	if (!allow->nr || functions->nr_traced > functions->nr_entries)
		return 0;
	ret = none_traced(functions, false, err);
	if (ret)
		return ret;
	if (unmet) {
		explain_unmet("-a", unmet, kernel, err);
		return err->code;
	}
	error_set(err, -ENOENT,
		  "-a: all functions that it allows are denied (-d), or entry "
		  "functions (-e)");
	return error_hint(err, "allow others, or leave -a and -d out: entry functions are always "
			       "shown");
}

static int choose_all(struct traced_functions *functions, struct choice *choice,
		      const struct kernel_functions *kernel)
{
	const char *pos = buf_text(&kernel->symbols);
	struct kernel_symbol symbol;
	int ret = kernel_functions_index(&choice->index, kernel);

	while (!ret && kernel_symbol_next(&pos, &symbol))
		if (kernel_symbol_is_function(&symbol))
			ret = add_function(functions, &symbol, choice);
	kernel_functions_index_free(&choice->index);
	if (ret || !functions->nr)
		return ret;
	qsort(functions->items, functions->nr, sizeof(*functions->items), compare_address);
	for (size_t i = 0; i < functions->nr; i++) {
		functions->nr_traced += functions->items[i].fault == FUNCTION_OK;
		functions->nr_entries += functions->items[i].fault == FUNCTION_OK &&
					 functions->items[i].entry;
	}
	return add_types(functions);
}

int traced_functions_choose(struct traced_functions *functions, const char *entry,
			    const char *allow,
			    void (*unmet)(void *arg, const char *text, const char *hint), void *arg,
			    struct error *err)
{
	struct kernel_functions kernel = {};
	struct choice choice = {};
	int ret;

	ret = function_globs_parse(&choice.entry, entry, err);
	if (!ret && *allow)
		ret = function_globs_parse(&choice.allow, allow, err);
	ret = ret ?: kernel_functions_load(&kernel, err);
	if (!ret) {
		ret = choose_all(functions, &choice, &kernel);
		if (ret)
			error_sys(err, ret, "cannot choose functions");
		ret = ret ?: check_entries(functions, &choice.entry, &kernel, err);
		ret = ret ?: check_allowed(functions, &choice.allow, &kernel, err);
		if (!ret) {
			tell_unmet(&choice.entry, "-e", &choice.entry, &kernel, unmet, arg);
			tell_unmet(&choice.allow, "-a", &choice.entry, &kernel, unmet, arg);
		}
		kernel_functions_free(&kernel);
	}
	function_globs_free(&choice.entry);
	function_globs_free(&choice.allow);
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
