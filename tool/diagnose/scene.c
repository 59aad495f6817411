// SPDX-License-Identifier: GPL-2.0-only
/* Where an explanation looks things up: the probe's files, the headers, the kernel's types. */
#include <fts.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "compile/run.h"
#include "diagnose/scene.h"
#include "headers/select.h"
#include "probe/expand.h"
#include "probe/source.h"
#include "types/types.h"
#include "util/error.h"
#include "util/text.h"

struct types *scene_types(struct scene *scene)
{
	const struct header_source *headers = scene->job->headers;
	struct error ignored = {};

	if (!scene->types_tried) {
		scene->types_tried = true;
		if (types_open(&scene->types,
			       headers->kind == HEADERS_BTF &&
					       strcmp(headers->path, HEADERS_VMLINUX_BTF)
				       ? headers->path
				       : NULL,
			       &ignored))
			scene->types = NULL;
	}
	return scene->types;
}

void scene_close(struct scene *scene)
{
	if (scene->types)
		types_close(scene->types);
	scene->types = NULL;
}

bool scene_has_headers(const struct scene *scene)
{
	return scene->job->headers->kind != HEADERS_BTF;
}

/* The kernel's own order (LINUXINCLUDE in its Makefile); Debian splits a tree into two. */
bool scene_header_dirs(const struct scene *scene, bool (*fn)(const char *dir, void *arg), void *arg)
{
	static const char *const parts[] = { "include", "include/uapi", "arch/%s/include",
					     "arch/%s/include/uapi" };
	const struct header_source *headers = scene->job->headers;
	bool split = headers->kind == HEADERS_MODULES;
	struct utsname un = {};

	if (!scene_has_headers(scene))
		return false;
	uname(&un);
	if (strcmp(un.machine, "x86_64") == 0)
		strcpy(un.machine, "x86");
	else if (strcmp(un.machine, "aarch64") == 0)
		strcpy(un.machine, "arm64");
	for (size_t part = 0; part < sizeof(parts) / sizeof(parts[0]); part++)
		for (size_t half = 0; half < (split ? 2 : 1); half++) {
			char dir[PATH_MAX], sub[128];

			snprintf(sub, sizeof(sub), parts[part], un.machine);
			if (split)
				snprintf(dir, sizeof(dir), "/lib/modules/%s/%s/%s",
					 headers->release, half ? "build" : "source", sub);
			else
				snprintf(dir, sizeof(dir), "%s/%s", headers->path, sub);
			if (access(dir, F_OK) == 0 && fn(dir, arg))
				return true;
		}
	return false;
}

/* Does a line of the text begin with one of these? */
static bool has_start(const char *text, const char *const starts[], size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		size_t len = strlen(starts[i]);

		for (const char *s = text; (s = strstr(s, starts[i])) != NULL; s += len)
			if ((s == text || s[-1] == '\n') && text_ident_len(s + len) == 0)
				return true;
	}
	return false;
}

struct search {
	const char *const *starts;
	size_t nr;
	char *header;
	size_t size;
};

/* Of the folders in an include folder those that probes include from; drivers' own are not. */
static bool is_searched(const FTSENT *entry)
{
	static const char *const searched[] = { "linux", "net", "uapi", "asm", "asm-generic" };

	if (entry->fts_level != 1)
		return entry->fts_level == 0 ||
		       (entry->fts_level == 2 && strcmp(entry->fts_name, "platform_data") != 0);
	for (size_t i = 0; i < sizeof(searched) / sizeof(searched[0]); i++)
		if (strcmp(entry->fts_name, searched[i]) == 0)
			return true;
	return false;
}

static bool search_dir(const char *dir, void *arg)
{
	struct search *search = arg;
	char *const paths[] = { (char *)dir, NULL };
	FTS *tree = fts_open(paths, FTS_PHYSICAL | FTS_NOSTAT | FTS_NOCHDIR, NULL);
	FTSENT *entry;
	size_t best = 0;

	if (!tree)
		return false;
	while ((entry = fts_read(tree)) != NULL) {
		const char *name = entry->fts_path + strlen(dir) + 1;
		struct buf text = {};

		if (entry->fts_info == FTS_D && !is_searched(entry))
			fts_set(tree, entry, FTS_SKIP);
		if (entry->fts_info == FTS_D || entry->fts_info == FTS_DP ||
		    !text_ends(entry->fts_name, ".h"))
			continue;
		/* of several the one with the shortest name: it is the most general */
		if (best && strlen(name) >= best)
			continue;
		if (buf_read_file(&text, entry->fts_path, 1u << 20) == 0 &&
		    has_start(buf_text(&text), search->starts, search->nr)) {
			best = strlen(name);
			if (text_starts(name, "uapi/"))
				name += strlen("uapi/");
			snprintf(search->header, search->size, "%s", name);
		}
		buf_free(&text);
	}
	fts_close(tree);
	return best != 0;
}

bool scene_header_of(const struct scene *scene, const char *const starts[], size_t nr, char *header,
		     size_t size)
{
	struct search search = { .starts = starts, .nr = nr, .header = header, .size = size };

	return scene_header_dirs(scene, search_dir, &search);
}

bool scene_is_users(const struct scene *scene, const char *file)
{
	const struct expansion *exp = scene->job->exp;

	if (strcmp(file, scene->job->src->path) == 0)
		return true;
	for (unsigned int i = 0; i < exp->nr_includes; i++)
		if (strcmp(file, exp->includes[i]) == 0)
			return true;
	return false;
}

bool scene_file(const struct scene *scene, const char *path, struct buf *text)
{
	if (strcmp(path, scene->job->src->path) == 0) {
		buf_str(text, buf_text(&scene->job->src->text));
		return true;
	}
	return scene_is_users(scene, path) && buf_read_file(text, path, 4u << 20) == 0;
}

bool map_declared(const struct scene *scene, const char *map, char *kind, size_t size)
{
	const char *text = buf_text(&scene->job->exp->text);

	for (const char *s = text; (s = strstr(s, "BPF_")) != NULL;) {
		size_t len = text_ident_len(s), name_len;
		const char *name = s + len;

		if (*name == '(') {
			/* BPF_TABLE("hash", key, leaf, name, size) */
			if (len >= 5 && memcmp(s + len - 5, "TABLE", 5) == 0)
				for (int i = 0; i < 3 && *name; i++)
					name += strcspn(name + 1, ",;") + 1;
			name = text_skip_space(name + 1);
			name_len = text_ident_len(name);
			if (name_len == strlen(map) && memcmp(name, map, name_len) == 0) {
				snprintf(kind, size, "%.*s", (int)len, s);
				return true;
			}
		}
		s += len;
	}
	return false;
}
