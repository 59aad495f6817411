// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "attach/kernel_functions.h"
#include "attach/tracefs.h"
#include "util/error.h"
#include "util/text.h"

/* kallsyms of a kernel with all modules loaded is about 20 MB */
#define KERNEL_TEXT_MAX (256 << 20)

int kernel_functions_load(struct kernel_functions *functions, struct error *err)
{
	struct error ignored = {};
	struct utsname uts;
	char path[256];
	int ret;

	memset(functions, 0, sizeof(*functions));
	ret = buf_read_file(&functions->symbols, "/proc/kallsyms", KERNEL_TEXT_MAX);
	if (ret < 0) {
		error_sys(err, ret, "cannot read /proc/kallsyms");
		kernel_functions_free(functions);
		return ret;
	}
	functions->traceable_error = tracefs_read(
		&functions->traceable, "available_filter_functions", KERNEL_TEXT_MAX, &ignored);
	/* debugfs is often not mounted, and the file not there without kprobes */
	buf_read_file(&functions->blacklist, "/sys/kernel/debug/kprobes/blacklist",
		      KERNEL_TEXT_MAX);
	if (uname(&uts) == 0) {
		snprintf(path, sizeof(path), "/lib/modules/%s/modules.symbols", uts.release);
		buf_read_file(&functions->modules, path, KERNEL_TEXT_MAX);
	}
	return 0;
}

void kernel_functions_free(struct kernel_functions *functions)
{
	buf_free(&functions->symbols);
	buf_free(&functions->traceable);
	buf_free(&functions->blacklist);
	buf_free(&functions->modules);
}

/* "ffffffff81000000 T _text" or "ffffffffc0000000 t init_module\t[xfs]" */
bool kernel_symbol_next(const char **pos, struct kernel_symbol *symbol)
{
	while (**pos) {
		const char *s = *pos, *line_end = s + strcspn(s, "\n");
		char *end;

		*pos = line_end + (*line_end == '\n');
		symbol->addr = strtoull(s, &end, 16);
		if (end == s || end + 3 >= line_end || end[0] != ' ' || end[2] != ' ')
			continue;
		symbol->type = end[1];
		symbol->name = end + 3;
		symbol->name_len = strcspn(symbol->name, "\t\n");
		symbol->module = NULL;
		symbol->module_len = 0;
		if (symbol->name[symbol->name_len] == '\t' &&
		    symbol->name[symbol->name_len + 1] == '[') {
			symbol->module = symbol->name + symbol->name_len + 2;
			symbol->module_len = strcspn(symbol->module, "]\n");
		}
		return true;
	}
	return false;
}

bool kernel_symbol_is_function(const struct kernel_symbol *symbol)
{
	if (!symbol->type || !strchr("tTwW", symbol->type))
		return false;
	/* labels in assembly, and the padding before functions: FUNCTION_PADDING_BYTES, kCFI */
	return symbol->name[0] != '.' && !text_starts(symbol->name, "__pfx_") &&
	       !text_starts(symbol->name, "__cfi_");
}

/* The line of a list that says @name, up to a blank; NULL when there is none. */
static const char *list_find(const char *text, const char *name, size_t len)
{
	while (*text) {
		size_t line = strcspn(text, "\n");

		if (line >= len && memcmp(text, name, len) == 0 &&
		    (line == len || text[len] == ' ' || text[len] == '\t'))
			return text;
		text += line + (text[line] == '\n');
	}
	return NULL;
}

/* The name on a line of the blacklist: behind the tab. */
static const char *blacklist_name(const char *line, size_t len, size_t *name_len)
{
	const char *tab = memchr(line, '\t', len);
	const char *end;

	if (!tab)
		return NULL;
	end = memchr(tab + 1, '\t', len - (size_t)(tab + 1 - line));
	*name_len = (size_t)((end ? end : line + len) - (tab + 1));
	return tab + 1;
}

static int string_compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool string_in(char **list, size_t n, const char *name)
{
	return n > 0 && bsearch(&name, list, n, sizeof(*list), string_compare);
}

/* The names of a list's lines, sorted. */
static int list_index(const char *text, bool is_blacklist, char ***names, size_t *nr)
{
	size_t cap = 0;

	while (*text) {
		size_t line = strcspn(text, "\n"), len = strcspn(text, " \t\n");
		const char *name = is_blacklist ? blacklist_name(text, line, &len) : text;

		if (*nr == cap) {
			char **more;

			cap = cap ? cap * 2 : 1024;
			more = realloc(*names, cap * sizeof(*more));
			if (!more)
				return -ENOMEM;
			*names = more;
		}
		if (name && len > 0) {
			(*names)[*nr] = strndup(name, len);
			if (!(*names)[*nr])
				return -ENOMEM;
			(*nr)++;
		}
		text += line + (text[line] == '\n');
	}
	if (*nr > 0)
		qsort(*names, *nr, sizeof(**names), string_compare);
	return 0;
}

static void list_free(char **names, size_t nr)
{
	while (nr > 0)
		free(names[--nr]);
	free(names);
}

int kernel_functions_index(struct kernel_functions_index *index,
			   const struct kernel_functions *functions)
{
	const char *pos = buf_text(&functions->symbols);
	struct kernel_symbol symbol;
	int ret;

	memset(index, 0, sizeof(*index));
	index->functions = functions;
	/* include/asm-generic/sections.h: boot code lies between these two */
	while (kernel_symbol_next(&pos, &symbol)) {
		if (symbol.name_len == 10 && memcmp(symbol.name, "_sinittext", 10) == 0)
			index->init_start = symbol.addr;
		if (symbol.name_len == 10 && memcmp(symbol.name, "_einittext", 10) == 0)
			index->init_end = symbol.addr;
	}
	ret = list_index(buf_text(&functions->traceable), false, &index->traceable,
			 &index->nr_traceable);
	if (ret == 0)
		ret = list_index(buf_text(&functions->blacklist), true, &index->blacklist,
				 &index->nr_blacklist);
	if (ret < 0)
		kernel_functions_index_free(index);
	return ret;
}

void kernel_functions_index_free(struct kernel_functions_index *index)
{
	list_free(index->traceable, index->nr_traceable);
	list_free(index->blacklist, index->nr_blacklist);
	memset(index, 0, sizeof(*index));
}

enum function_fault kernel_functions_fault(const struct kernel_functions_index *index,
					   const struct kernel_symbol *symbol)
{
	char name[512];

	if (symbol->name_len >= sizeof(name))
		return FUNCTION_NOTRACE;
	memcpy(name, symbol->name, symbol->name_len);
	name[symbol->name_len] = '\0';
	if (symbol->addr >= index->init_start && symbol->addr < index->init_end)
		return FUNCTION_INIT;
	if (string_in(index->blacklist, index->nr_blacklist, name))
		return FUNCTION_BLACKLISTED;
	/* without the list of the traceable ones nothing is known against it */
	if (index->functions->traceable_error == 0 &&
	    !string_in(index->traceable, index->nr_traceable, name))
		return FUNCTION_NOTRACE;
	return FUNCTION_OK;
}

/* The module whose exported function is called so: modules.symbols, made by depmod(8). */
static void modules_find(const char *text, const char *name, char *module, size_t size)
{
	char line[256];
	const char *found;

	snprintf(line, sizeof(line), "alias symbol:%s", name);
	found = list_find(text, line, strlen(line));
	if (!found || found[strlen(line)] != ' ')
		return;
	found += strlen(line) + 1;
	snprintf(module, size, "%.*s", (int)strcspn(found, " \n"), found);
}

static void function_nearest(const struct kernel_functions *functions, const char *name,
			     char *nearest, size_t size)
{
	const char *pos = buf_text(&functions->symbols), *best;
	struct near near = { .wanted = name };
	struct kernel_symbol symbol;
	char candidate[128];

	while (kernel_symbol_next(&pos, &symbol)) {
		if (!kernel_symbol_is_function(&symbol) || symbol.name_len >= sizeof(candidate))
			continue;
		memcpy(candidate, symbol.name, symbol.name_len);
		candidate[symbol.name_len] = '\0';
		near_offer(&near, candidate);
	}
	best = near_best(&near);
	snprintf(nearest, size, "%s", best ? best : "");
}

void kernel_function_find(const struct kernel_functions *functions, const char *name,
			  struct kernel_function *function)
{
	const char *pos = buf_text(&functions->symbols);
	struct kernel_functions_index index;
	struct kernel_symbol symbol, found = {};
	size_t len = strlen(name);
	bool is_data = false;

	memset(function, 0, sizeof(*function));
	while (kernel_symbol_next(&pos, &symbol)) {
		if (symbol.name_len < len || memcmp(symbol.name, name, len) != 0)
			continue;
		if (symbol.name_len > len) {
			/* GCC and Clang put a dot before what they add to a name */
			if (symbol.name[len] == '.' && kernel_symbol_is_function(&symbol) &&
			    !function->variant[0])
				snprintf(function->variant, sizeof(function->variant), "%.*s",
					 (int)symbol.name_len, symbol.name);
			continue;
		}
		if (!kernel_symbol_is_function(&symbol)) {
			is_data = true;
			continue;
		}
		if (function->count < KERNEL_FUNCTION_ADDRS)
			function->addrs[function->count] = symbol.addr;
		function->count++;
		found = symbol;
	}
	if (function->count == 0) {
		modules_find(buf_text(&functions->modules), name, function->module,
			     sizeof(function->module));
		function->fault = is_data		 ? FUNCTION_DATA
				  : function->variant[0] ? FUNCTION_VARIANT
				  : function->module[0]	 ? FUNCTION_NOT_LOADED
							 : FUNCTION_UNKNOWN;
		if (function->fault == FUNCTION_UNKNOWN)
			function_nearest(functions, name, function->nearest,
					 sizeof(function->nearest));
		return;
	}
	if (function->count > 1) {
		function->fault = FUNCTION_DUPLICATE;
		return;
	}
	if (kernel_functions_index(&index, functions) < 0)
		return;
	function->fault = kernel_functions_fault(&index, &found);
	kernel_functions_index_free(&index);
}

const char *kernel_function_why_not(enum function_fault fault)
{
	switch (fault) {
	case FUNCTION_INIT:
		return "boot code, whose memory was given back";
	case FUNCTION_BLACKLISTED:
		return "on the kernel's kprobe blacklist: tracing itself runs through it";
	case FUNCTION_NOTRACE:
		return "marked notrace or noinstr, or written in assembly";
	case FUNCTION_DUPLICATE:
		return "several functions are called so";
	default:
		return "";
	}
}

static int explain_duplicate(const struct kernel_function *function, const char *name,
			     struct error *err)
{
	unsigned int shown = function->count;
	struct buf addrs = {};

	if (shown > KERNEL_FUNCTION_ADDRS)
		shown = KERNEL_FUNCTION_ADDRS;
	for (unsigned int i = 0; i < shown; i++)
		buf_printf(&addrs, "%s0x%llx", i ? " " : "",
			   (unsigned long long)function->addrs[i]);
	error_set(err, -EADDRNOTAVAIL,
		  "this kernel has %u functions called %s, so the name does not say which",
		  function->count, name);
	if (function->addrs[0])
		error_hint(err, "give an address instead: %s%s", buf_text(&addrs),
			   shown < function->count ? " ..." : "");
	else
		error_hint(err, "give an address instead; /proc/kallsyms shows them to root when "
				"kernel.kptr_restrict is 0 or 1");
	buf_free(&addrs);
	return -EADDRNOTAVAIL;
}

int kernel_function_explain(const struct kernel_function *function, const char *name,
			    struct error *err)
{
	switch (function->fault) {
	case FUNCTION_OK:
		return 0;
	case FUNCTION_UNKNOWN:
		error_set(err, -ENOENT,
			  "this kernel has no function %s (or the compiler inlined it everywhere)",
			  name);
		if (function->nearest[0])
			error_hint(err, "did you mean %s? hotprobe list functions 'GLOB' searches",
				   function->nearest);
		else
			error_hint(err, "hotprobe list functions 'GLOB' lists those there are");
		return -ENOENT;
	case FUNCTION_DATA:
		return error_set(err, -EINVAL, "%s is a variable of the kernel, not a function",
				 name);
	case FUNCTION_VARIANT:
		error_set(err, -ENOENT,
			  "the compiler changed %s: this kernel only has %s, whose arguments may "
			  "differ and which some callers may have inlined",
			  name, function->variant);
		error_hint(err,
			   "trace a function that calls it or that it calls; or, if its "
			   "arguments do not matter, name %s in the Attach section",
			   function->variant);
		return -ENOENT;
	case FUNCTION_NOT_LOADED:
		error_set(err, -ENOENT, "%s is a function of the module %s, which is not loaded",
			  name, function->module);
		error_hint(err, "load it first: modprobe %s", function->module);
		return -ENOENT;
	case FUNCTION_DUPLICATE:
		return explain_duplicate(function, name, err);
	default:
		error_set(err, -EINVAL, "%s exists but cannot be traced: %s", name,
			  kernel_function_why_not(function->fault));
		error_hint(err, "trace a function that calls it or that it calls");
		return -EINVAL;
	}
}
