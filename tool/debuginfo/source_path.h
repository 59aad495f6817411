/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_DEBUGINFO_SOURCE_PATH_H
#define HOTPROBE_DEBUGINFO_SOURCE_PATH_H

#include <stddef.h>

struct buf;

/*
 * Where the kernel's source and its products lay when it was compiled. There can be several such
 * places: compilers are told to leave a part of their paths away (-ffile-prefix-map), assemblers
 * are not. Zero-initialise; source_roots_free() it.
 */
struct source_roots {
	char *items[4]; /* each ends with a slash; NULL behind the last */
};

/*
 * source_roots_learn - what the name of a compilation unit of the kernel tells of them
 * @name: its source; @folder: where it was compiled
 */
void source_roots_learn(struct source_roots *roots, const char *name, const char *folder);

/* source_path - append "fs/namei.c" for "/build/linux-6.1/debian/build/../../fs/namei.c" */
void source_path(struct buf *to, const struct source_roots *roots, const char *file);

void source_roots_free(struct source_roots *roots);

#endif
