/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_PROBE_SOURCE_H
#define HOTPROBE_PROBE_SOURCE_H

#include <limits.h>
#include <stdbool.h>

#include "util/buf.h"

struct error;

enum source_origin {
	SOURCE_PATH,	/* named by its path */
	SOURCE_USER,	/* $XDG_CONFIG_HOME/hotprobe */
	SOURCE_BUNDLED, /* installed with hotprobe */
};

/* A probe's source file. Zero-initialise; source_free() it. */
struct source {
	char path[PATH_MAX];
	char name[128]; /* the file's name without .c */
	enum source_origin origin;
	struct buf text;
};

/*
 * source_find - find a probe by name or path, and read it
 *
 * A path if it has a slash or ends in .c, else looked up in the user's folder and then in the
 * bundled one. Root refuses a looked-up probe that somebody else could have written.
 */
int source_find(struct source *src, const char *probe, struct error *err);
void source_free(struct source *src);

/*
 * source_read - read one file of probe text: a regular file, no NUL bytes, 4 MiB at most
 * @trusted: refuse what others could have written, if running as root
 */
int source_read(const char *path, bool trusted, struct buf *text, struct error *err);

/* source_bundled_dir, source_user_dir - the two folders; path[0] is 0 when there is none */
void source_bundled_dir(char path[PATH_MAX]);
void source_user_dir(char path[PATH_MAX]);

/* source_program - absolute path of a program of hotprobe's own, "hotprobe-cc" */
void source_program(const char *name, char path[PATH_MAX]);

/* source_each - call @fn for each probe file of a folder, sorted by name; stops when it fails */
int source_each(const char *dir, int (*fn)(const char *path, const char *name, void *arg),
		void *arg);

#endif
