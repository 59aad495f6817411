// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "binary/elf.h"
#include "binary/elf_functions.h"
#include "binary/elf_symbol.h"
#include "binary/elf_usdt.h"
#include "binary/path.h"
#include "cmd/cmd.h"
#include "cmd/list_binary.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/text.h"

/* The lines that are to be printed, each with its NUL, and their places in the text. */
struct places {
	const char *glob;
	bool verbose;
	struct near near;
	struct buf text;
	struct buf starts; /* size_t each */
};

static int places_add(struct places *places, const struct buf *line)
{
	size_t start = places->text.len;

	buf_add(&places->starts, &start, sizeof(start));
	buf_add(&places->text, line->data, line->len + 1);
	return places->text.failed || places->starts.failed || line->failed ? -ENOMEM : 0;
}

static int line_compare(const void *a, const void *b, void *text)
{
	const char *lines = text;

	return strcmp(lines + *(const size_t *)a, lines + *(const size_t *)b);
}

/* Sorted, each once. */
static int places_print(struct places *places, struct error *err)
{
	size_t *starts = (size_t *)(void *)places->starts.data;
	size_t nr = places->starts.len / sizeof(*starts);
	const char *text = places->text.data, *before = NULL;
	struct buf out = {};
	int ret;

	if (nr)
		qsort_r(starts, nr, sizeof(*starts), line_compare, places->text.data);
	for (size_t i = 0; i < nr; i++) {
		const char *line = text + starts[i];

		if (before && strcmp(before, line) == 0)
			continue;
		buf_printf(&out, "%s\n", line);
		before = line;
	}
	ret = out.failed ? error_sys(err, -ENOMEM, "cannot print the list")
			 : cmd_print(buf_text(&out), err);
	buf_free(&out);
	return ret;
}

static int function_add(const struct elf_function *function, void *data)
{
	struct places *places = data;
	struct buf line = {};
	int ret;

	near_offer(&places->near, function->name);
	if (places->glob && fnmatch(places->glob, function->name, 0) != 0)
		return 0;
	text_escape(&line, function->name, strlen(function->name));
	if (places->verbose)
		buf_printf(&line, "  offset %#" PRIx64 ", %" PRIu64 " bytes", function->offset,
			   function->size);
	buf_text(&line);
	ret = places_add(places, &line);
	buf_free(&line);
	return ret;
}

static int usdt_add(const struct elf_usdt *usdt, void *data, struct error *err)
{
	struct places *places = data;
	char name[512];
	struct buf line = {};
	int ret;

	(void)err;
	snprintf(name, sizeof(name), "%s:%s", usdt->provider, usdt->name);
	near_offer(&places->near, strchr(places->near.wanted, ':') ? name : usdt->name);
	if (places->glob &&
	    fnmatch(places->glob, strchr(places->glob, ':') ? name : usdt->name, 0) != 0)
		return 0;
	text_escape(&line, name, strlen(name));
	if (places->verbose && usdt->args[0]) {
		buf_str(&line, "  ");
		text_escape(&line, usdt->args, strlen(usdt->args));
	}
	buf_text(&line);
	ret = places_add(places, &line);
	buf_free(&line);
	return ret;
}

static int nothing_found(const struct places *places, const char *path, const char *what,
			 struct error *err)
{
	if (!places->near.wanted[0]) {
		error_set(err, -ENOENT, "%s has no %ss that it tells of", path, what);
		return error_hint(err, "it is stripped, or was built without them");
	}
	error_set(err, -ENOENT, "no %s of %s matches '%s'", what, path, places->glob);
	if (near_best(&places->near))
		return error_hint(err, "did you mean %s?", near_best(&places->near));
	return error_hint(err, "try a pattern such as '*%s*'", places->glob);
}

static int list_binary(const char *name, const char *glob, bool verbose, bool usdt,
		       struct error *err)
{
	struct places places = { .glob = glob, .verbose = verbose, .near.wanted = glob ?: "" };
	struct elf_file file;
	char path[PATH_MAX];
	int ret;

	ret = binary_path(name, -1, path, sizeof(path), err);
	ret = ret ?: elf_file_open(&file, path, err);
	if (ret)
		return ret;
	ret = usdt ? elf_usdt_each(&file, usdt_add, &places, err)
		   : elf_functions_each(&file, function_add, &places, err);
	if (ret == -ENOMEM)
		error_sys(err, ret, "cannot list what %s has", path);
	else if (!ret && !places.starts.len)
		ret = nothing_found(&places, path, usdt ? "static probe" : "function", err);
	ret = ret ?: places_print(&places, err);
	elf_file_close(&file);
	buf_free(&places.text);
	buf_free(&places.starts);
	return ret;
}

int cmd_list_uprobes(const char *name, const char *glob, bool verbose, struct error *err)
{
	return list_binary(name, glob, verbose, false, err);
}

int cmd_list_usdt(const char *name, const char *glob, bool verbose, struct error *err)
{
	return list_binary(name, glob, verbose, true, err);
}
