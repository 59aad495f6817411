/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_BINARY_PATH_H
#define HOTPROBE_BINARY_PATH_H

#include <stdbool.h>
#include <stddef.h>

struct error;

/*
 * binary_path - the file that a uprobe's or USDT target names
 *
 * @name: a path (it has a slash), a library ("c", "libc", "libssl.so.3") or a program in PATH.
 * @pid: look into this process first, both for what it has mapped and for the root folder that it
 * sees; -1 for none. @path gets at most @size bytes; only that the file exists was checked.
 */
int binary_path(const char *name, int pid, char *path, size_t size, struct error *err);

/*
 * binary_library_is - does the file called @file belong to the library called @name
 *
 * "libc.so.6" is c, libc, libc.so and libc.so.6.
 */
bool binary_library_is(const char *file, const char *name);

/*
 * binary_cache_find - look a library up in the text of ld.so.cache
 *
 * @data, @len: content of /etc/ld.so.cache. @accept is asked about each path that has the right
 * name, and the first that it accepts is copied to @path. Returns 0 or -ENOENT, also for a cache of
 * another format.
 */
int binary_cache_find(const void *data, size_t len, const char *name,
		      bool (*accept)(const char *path), char *path, size_t size);

#endif
