// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "attach/function_globs.h"
#include "attach/kernel_functions.h"
#include "util/error.h"

static int glob_wrong(const char *item, size_t len, const char *why, struct error *err)
{
	error_set(err, -EINVAL, "'%.*s' is not a function's name or pattern: %s", (int)len, item,
		  why);
	return error_hint(err, "write names and patterns with commas between them, as in "
			       "'tcp_*,xfs_*[xfs],!tcp_v6_*'");
}

/* One name or pattern: [!]GLOB[[MODULE]] */
static int glob_parse(struct function_glob *glob, const char *item, size_t len, struct error *err)
{
	const char *text = item, *end = item + len, *bracket = NULL;

	if (len > 0 && *text == '!') {
		glob->deny = true;
		text++;
	}
	if (end > text && end[-1] == ']') {
		for (const char *s = text; s < end; s++)
			if (*s == '[')
				bracket = s;
		if (!bracket)
			return glob_wrong(item, len, "a bracket is closed that was not opened",
					  err);
		if (bracket + 1 == end - 1)
			return glob_wrong(item, len, "there is no module in its brackets", err);
		glob->module = strndup(bracket + 1, (size_t)(end - 1 - (bracket + 1)));
		if (!glob->module)
			return error_sys(err, -ENOMEM, "cannot look for functions");
		end = bracket;
	}
	if (end == text)
		return glob_wrong(item, len, "it is empty", err);
	glob->name = strndup(text, (size_t)(end - text));
	if (!glob->name)
		return error_sys(err, -ENOMEM, "cannot look for functions");
	glob->literal = strcspn(glob->name, "*?[\\");
	glob->is_plain = !glob->name[glob->literal];
	return 0;
}

int function_globs_parse(struct function_globs *globs, const char *text, struct error *err)
{
	bool any = false;
	int ret = 0;

	for (const char *item = text; !ret && item; item = strchr(item, ',')) {
		struct function_glob *items;

		item += item > text;
		items = realloc(globs->items, (globs->nr + 1) * sizeof(*items));
		if (!items)
			return error_sys(err, -ENOMEM, "cannot look for functions");
		globs->items = items;
		items += globs->nr++;
		memset(items, 0, sizeof(*items));
		ret = glob_parse(items, item, strcspn(item, ","), err);
		any = any || !items->deny;
	}
	if (ret || any)
		return ret;
	error_set(err, -EINVAL, "it only says which functions are not meant");
	return error_hint(err, "say which are, before that: '*,%s'", text);
}

void function_globs_free(struct function_globs *globs)
{
	for (size_t i = 0; i < globs->nr; i++) {
		free(globs->items[i].name);
		free(globs->items[i].module);
	}
	free(globs->items);
	memset(globs, 0, sizeof(*globs));
}

static bool glob_matches(const struct function_glob *glob, const char *name, const char *module)
{
	if (glob->module && (!*module || fnmatch(glob->module, module, 0) != 0))
		return false;
	/* most of a hundred thousand names differ in their first letters */
	if (strncmp(glob->name, name, glob->literal) != 0)
		return false;
	return glob->is_plain ? strcmp(glob->name, name) == 0 : fnmatch(glob->name, name, 0) == 0;
}

bool function_globs_match(struct function_globs *globs, const struct kernel_symbol *symbol)
{
	char name[512], module[64] = "";
	bool allowed = false, denied = false;

	if (symbol->name_len >= sizeof(name) || symbol->module_len >= sizeof(module))
		return false;
	memcpy(name, symbol->name, symbol->name_len);
	name[symbol->name_len] = '\0';
	if (symbol->module)
		memcpy(module, symbol->module, symbol->module_len);
	for (size_t i = 0; i < globs->nr; i++) {
		struct function_glob *glob = &globs->items[i];

		if (!glob_matches(glob, name, module))
			continue;
		glob->found++;
		denied = denied || glob->deny;
		allowed = allowed || !glob->deny;
	}
	return allowed && !denied;
}

const struct function_glob *function_globs_unmet(const struct function_globs *globs)
{
	for (size_t i = 0; i < globs->nr; i++)
		if (!globs->items[i].deny && !globs->items[i].found)
			return &globs->items[i];
	return NULL;
}
