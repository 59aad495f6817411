// SPDX-License-Identifier: GPL-2.0-only
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "debuginfo/source_path.h"
#include "util/buf.h"
#include "util/text.h"

/* Every kernel has this source, and only the kernel is compiled of it. */
#define MAIN_SOURCE "init/main.c"

/* Sources of one processor are below it, those in assembler too. */
#define ARCH_FOLDER "/arch/"

#define MAX(roots)  (sizeof((roots)->items) / sizeof((roots)->items[0]))

/* Append @path without what is "." or ".." in it, behind @start of the buffer. */
static void add_plain(struct buf *to, size_t start, const char *path)
{
	while (*path) {
		size_t len = strcspn(path, "/");
		const char *last = to->data ? memrchr(to->data + start, '/', to->len - start)
					    : NULL;

		if (len == 2 && path[0] == '.' && path[1] == '.' && to->len > start + 1 &&
		    !text_ends(to->data + start, "../")) {
			/* "a/b/" becomes "a/" */
			while (last > to->data + start && last[-1] != '/')
				last--;
			to->len = (size_t)(last - to->data);
			to->data[to->len] = '\0';
			path += len + (path[len] == '/');
			continue;
		}
		if (!(len == 0 && to->len > start) && !(len == 1 && path[0] == '.')) {
			buf_add(to, path, len);
			if (path[len])
				buf_char(to, '/');
		}
		path += len + (path[len] == '/');
	}
}

static void add_root(struct source_roots *roots, const char *path, size_t len)
{
	for (size_t i = 0; len && i < MAX(roots); i++) {
		if (!roots->items[i]) {
			roots->items[i] = strndup(path, len);
			return;
		}
		if (strlen(roots->items[i]) == len && strncmp(roots->items[i], path, len) == 0)
			return;
	}
}

void source_roots_learn(struct source_roots *roots, const char *name, const char *folder)
{
	struct buf path = {}, in = {};
	const char *arch = NULL;

	if (folder[0]) {
		add_plain(&in, 0, folder);
		if (in.len && !text_ends(in.data, "/"))
			buf_char(&in, '/');
	}
	if (name[0] != '/')
		buf_str(&path, buf_text(&in));
	add_plain(&path, 0, name);
	if (path.failed || in.failed || !path.len)
		goto out;
	if (text_ends(path.data, "/" MAIN_SOURCE)) {
		add_root(roots, path.data, path.len - strlen(MAIN_SOURCE));
		add_root(roots, buf_text(&in), in.len);
	} else if (name[0] == '/') {
		for (const char *s = path.data; (s = strstr(s, ARCH_FOLDER)) != NULL; s++)
			arch = s;
		if (arch) {
			add_root(roots, path.data, (size_t)(arch + 1 - path.data));
			add_root(roots, buf_text(&in), in.len);
		}
	}
out:
	buf_free(&path);
	buf_free(&in);
}

void source_path(struct buf *to, const struct source_roots *roots, const char *file)
{
	size_t start = to->len, longest = 0;

	add_plain(to, start, file);
	if (to->failed || to->len == start)
		return;
	for (size_t i = 0; i < MAX(roots) && roots->items[i]; i++) {
		size_t len = strlen(roots->items[i]);

		if (len > longest && text_starts(to->data + start, roots->items[i]))
			longest = len;
	}
	memmove(to->data + start, to->data + start + longest, to->len - start - longest + 1);
	to->len -= longest;
}

void source_roots_free(struct source_roots *roots)
{
	for (size_t i = 0; i < MAX(roots); i++)
		free(roots->items[i]);
	memset(roots, 0, sizeof(*roots));
}
