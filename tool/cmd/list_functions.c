// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "attach/kernel_functions.h"
#include "attach/perf_open.h"
#include "cmd/list_functions.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/text.h"

/* One function to be printed. */
struct listed {
	char *name;
	char *module; /* NULL when it is the kernel's own */
	enum function_fault fault;
};

struct list {
	struct listed *items;
	size_t nr, cap;
	/* functions that match, but are not listed because they cannot be traced */
	size_t nr_hidden;
};

static int listed_compare(const void *a, const void *b)
{
	const struct listed *one = a, *two = b;

	return strcmp(one->name, two->name);
}

static int list_add(struct list *list, const struct kernel_symbol *symbol,
		    enum function_fault fault)
{
	struct listed *item;

	if (list->nr == list->cap) {
		size_t cap = list->cap ? list->cap * 2 : 256;

		item = realloc(list->items, cap * sizeof(*item));
		if (!item)
			return -ENOMEM;
		list->items = item;
		list->cap = cap;
	}
	item = &list->items[list->nr];
	item->fault = fault;
	item->name = strndup(symbol->name, symbol->name_len);
	item->module = symbol->module ? strndup(symbol->module, symbol->module_len) : NULL;
	if (!item->name || (symbol->module && !item->module)) {
		free(item->name);
		return -ENOMEM;
	}
	list->nr++;
	return 0;
}

static void list_free(struct list *list)
{
	while (list->nr > 0) {
		free(list->items[--list->nr].name);
		free(list->items[list->nr].module);
	}
	free(list->items);
}

/* All functions of kallsyms that match; offers the others to @near. */
static int list_collect(struct list *list, const struct kernel_functions *functions,
			const char *glob, bool verbose, struct near *near)
{
	const char *pos = buf_text(&functions->symbols);
	struct kernel_functions_index index;
	struct kernel_symbol symbol;
	char name[512];
	int ret;

	ret = kernel_functions_index(&index, functions);
	if (ret < 0)
		return ret;
	while (ret == 0 && kernel_symbol_next(&pos, &symbol)) {
		enum function_fault fault;

		if (!kernel_symbol_is_function(&symbol) || symbol.name_len >= sizeof(name))
			continue;
		memcpy(name, symbol.name, symbol.name_len);
		name[symbol.name_len] = '\0';
		if (glob && fnmatch(glob, name, 0) != 0)
			continue;
		fault = kernel_functions_fault(&index, &symbol);
		if (fault == FUNCTION_OK || verbose)
			ret = list_add(list, &symbol, fault);
		else
			list->nr_hidden++;
	}
	if (list->nr + list->nr_hidden == 0 && glob) {
		pos = buf_text(&functions->symbols);
		while (kernel_symbol_next(&pos, &symbol)) {
			if (!kernel_symbol_is_function(&symbol) || symbol.name_len >= 100)
				continue;
			memcpy(name, symbol.name, symbol.name_len);
			name[symbol.name_len] = '\0';
			near_offer(near, name);
		}
	}
	kernel_functions_index_free(&index);
	return ret;
}

static void list_print(struct buf *out, struct list *list, bool verbose)
{
	qsort(list->items, list->nr, sizeof(*list->items), listed_compare);
	for (size_t i = 0, same; i < list->nr; i += same) {
		const struct listed *item = &list->items[i];
		const char *why = kernel_function_why_not(item->fault);

		same = 1;
		while (i + same < list->nr && strcmp(item[same].name, item->name) == 0)
			same++;
		buf_str(out, item->name);
		if (item->module)
			buf_printf(out, " [%s]", item->module);
		if (verbose && why[0])
			buf_printf(out, "  not traceable: %s", why);
		else if (verbose && same > 1)
			buf_printf(out, "  not by name: %zu functions are called so", same);
		buf_char(out, '\n');
	}
}

/* What the reader of the list has to know about this kernel; on stderr, as it is no entry. */
static void list_remarks(const struct kernel_functions *functions)
{
	struct buf remark = {};
	uint32_t type;

	if (functions->traceable_error < 0)
		buf_printf(&remark,
			   "hotprobe: which functions can be traced is not known here (tracefs' "
			   "available_filter_functions: %s); these are all\n",
			   strerror(-functions->traceable_error));
	if (perf_pmu_type("kprobe", &type) == -ENOENT)
		buf_str(&remark, "hotprobe: this kernel was built without kprobes "
				 "(CONFIG_KPROBES), so only fentry could trace them\n");
	write_all(STDERR_FILENO, buf_text(&remark), remark.len);
	buf_free(&remark);
}

static int list_empty(const struct list *list, const char *glob, const struct near *near,
		      struct error *err)
{
	const char *best = near_best(near);

	if (list->nr_hidden > 0) {
		error_set(err, -ENOENT, "%zu kernel function%s '%s', but cannot be traced",
			  list->nr_hidden, list->nr_hidden == 1 ? " matches" : "s match", glob);
		error_hint(err, "hotprobe list functions -v '%s' says why", glob);
		return -ENOENT;
	}
	error_set(err, -ENOENT, "no function of this kernel matches '%s'", glob);
	if (best)
		error_hint(err, "did you mean %s?", best);
	else
		error_hint(err, "the compiler may have inlined it; try a pattern such as '*%s*'",
			   glob);
	return -ENOENT;
}

int cmd_list_functions(const char *glob, bool verbose, struct error *err)
{
	struct near near = { .wanted = glob ? glob : "" };
	struct kernel_functions functions;
	struct list list = {};
	struct buf out = {};
	int ret;

	ret = kernel_functions_load(&functions, err);
	if (ret < 0)
		return ret;
	ret = list_collect(&list, &functions, glob, verbose, &near);
	if (ret < 0)
		goto out;
	if (list.nr == 0) {
		ret = list_empty(&list, glob ? glob : "*", &near, err);
		goto out;
	}
	list_remarks(&functions);
	list_print(&out, &list, verbose);
	ret = out.failed ? -ENOMEM : write_all(STDOUT_FILENO, buf_text(&out), out.len);
	if (ret == -EPIPE)
		ret = 0;
	else if (ret < 0)
		error_sys(err, ret, "cannot write the list");
out:
	if (ret == -ENOMEM)
		error_set(err, ret, "out of memory");
	buf_free(&out);
	list_free(&list);
	kernel_functions_free(&functions);
	return ret;
}
