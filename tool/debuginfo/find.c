// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "debuginfo/find.h"
#include "debuginfo/image.h"
#include "util/buf.h"
#include "util/text.h"

#define MODULES_DEP_MAX (16u << 20)

/* 0: it is what is wanted; -ESTALE: @path is that of the first of another build. */
static int try_file(const char *file, const char *id, int before, struct buf *path)
{
	char found[DEBUG_ID_SIZE];
	int ret = debug_image_id(file, found);

	if (ret)
		return before;
	if (strcmp(id, found) == 0) {
		buf_reset(path);
		buf_str(path, file);
		return 0;
	}
	if (before == -ENOENT)
		buf_str(path, file);
	return -ESTALE;
}

/* /usr/lib/debug/.build-id/3b/43fad50....debug */
static int try_id(const struct debug_search *search, const char *id, struct buf *path)
{
	char file[512];

	if (strlen(id) < 3)
		return -ENOENT;
	snprintf(file, sizeof(file), "%s/usr/lib/debug/.build-id/%.2s/%s.debug", search->root, id,
		 id + 2);
	return try_file(file, id, -ENOENT, path);
}

int debug_find_kernel(const struct debug_search *search, const char *id, struct buf *path)
{
	static const char *const places[] = {
		"%s/usr/lib/debug/boot/vmlinux-%s",
		"%s/usr/lib/debug/boot/vmlinux-%s.debug",
		"%s/usr/lib/debug/lib/modules/%s/vmlinux",
		"%s/usr/lib/debug/usr/lib/modules/%s/vmlinux",
		"%s/usr/lib/debug/usr/lib/modules/%s/vmlinux.debug",
		"%s/boot/vmlinux-%s",
		"%s/lib/modules/%s/build/vmlinux",
		"%s/lib/modules/%s/vmlinux",
	};
	int ret = try_id(search, id, path);

	for (size_t i = 0; ret && i < sizeof(places) / sizeof(places[0]); i++) {
		char file[512];

		snprintf(file, sizeof(file), places[i], search->root, search->release);
		ret = try_file(file, id, ret, path);
	}
	return ret;
}

/*
 * Behind the ".ko" of @file, of @len bytes, if that is the module @name's: there '-' and '_' are
 * the same. NULL when it is another's.
 */
static const char *module_end(const char *file, size_t len, const char *name)
{
	const char *base = memrchr(file, '/', len);

	base = base ? base + 1 : file;
	for (; *name; name++, base++)
		if (base >= file + len || (*base == '-' ? '_' : *base) != *name)
			return NULL;
	return strncmp(base, ".ko", 3) == 0 ? base + 3 : NULL;
}

/*
 * A module's file below its kernel's folder, without what its compression added to the name.
 * modules.dep(5) has a line for each, "kernel/fs/ext4/ext4.ko.xz: ..."; "" when it has none.
 */
static void module_file(const struct debug_search *search, const char *name, struct buf *file)
{
	struct buf path = {}, deps = {};
	const char *line, *end = NULL;

	buf_printf(&path, "%s/lib/modules/%s/modules.dep", search->root, search->release);
	if (!path.failed && buf_read_file(&deps, buf_text(&path), MODULES_DEP_MAX) == 0)
		for (line = buf_text(&deps); *line && !end; line += *line == '\n') {
			end = module_end(line, strcspn(line, ":\n"), name);
			if (end)
				buf_add(file, line, (size_t)(end - line));
			line += strcspn(line, "\n");
		}
	buf_free(&path);
	buf_free(&deps);
}

int debug_find_module(const struct debug_search *search, const char *name, const char *id,
		      struct buf *path)
{
	static const char *const places[] = {
		"%s/usr/lib/debug/lib/modules/%s/%s",
		"%s/usr/lib/debug/lib/modules/%s/%s.debug",
		"%s/usr/lib/debug/usr/lib/modules/%s/%s",
		"%s/usr/lib/debug/usr/lib/modules/%s/%s.debug",
		"%s/lib/modules/%s/%s",
	};
	int ret = try_id(search, id, path);
	struct buf file = {};

	if (ret)
		module_file(search, name, &file);
	for (size_t i = 0; file.len && ret && i < sizeof(places) / sizeof(places[0]); i++) {
		struct buf at = {};

		buf_printf(&at, places[i], search->root, search->release, buf_text(&file));
		ret = try_file(buf_text(&at), id, ret, path);
		buf_free(&at);
	}
	buf_free(&file);
	return ret;
}
