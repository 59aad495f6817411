/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_DIAGNOSE_SCENE_H
#define HOTPROBE_DIAGNOSE_SCENE_H

#include <stdbool.h>
#include <stddef.h>

#include "diagnose/diagnostics.h"
#include "util/buf.h"

struct compile_job;
struct near;
struct request;
struct types;

/* What is known when an error is explained. */
struct scene {
	const struct compile_job *job;
	const struct request *req;
	const struct diags *diags;
	struct types *types; /* the header source's or the running kernel's; see scene_types() */
	bool types_tried;
};

/* What is made of one error. */
struct said {
	struct buf text; /* instead of clang's words; "" keeps those */
	struct buf hint;
	unsigned int column; /* where in the line, if that was found to be another one; 0 not */
};

/*
 * Each explains one kind of error: true when @diag was of its kind. @at: its place in the list,
 * with its notes behind it.
 */
bool explain_field(struct scene *scene, size_t at, struct said *said);
bool explain_header(struct scene *scene, size_t at, struct said *said);
bool explain_name(struct scene *scene, size_t at, struct said *said);
bool explain_type(struct scene *scene, size_t at, struct said *said);
bool explain_map(struct scene *scene, size_t at, struct said *said);
bool explain_call(struct scene *scene, size_t at, struct said *said);
bool explain_backend(struct scene *scene, size_t at, struct said *said);

/* explain_unclosed - a brace has no end: finds which; false when all have */
bool explain_unclosed(const char *text, unsigned int *line, unsigned int *column);

/* scene_types - the kernel's types from BTF, NULL when there are none */
struct types *scene_types(struct scene *scene);
void scene_close(struct scene *scene);

/* scene_has_headers - is the header source a tree of real headers? */
bool scene_has_headers(const struct scene *scene);

/* scene_header_dirs - calls @fn for each folder of the header source that <...> is looked up in */
bool scene_header_dirs(const struct scene *scene, bool (*fn)(const char *dir, void *arg),
		       void *arg);

/*
 * scene_header_of - the header whose text has a line that begins with one of @starts
 * @header: receives "linux/socket.h"; false when there is none
 */
bool scene_header_of(const struct scene *scene, const char *const starts[], size_t nr, char *header,
		     size_t size);

/* scene_is_users - the probe's file, or one that it includes in quotes */
bool scene_is_users(const struct scene *scene, const char *file);

/* scene_file - the text of one of the user's files, "" when @path is none of them */
bool scene_file(const struct scene *scene, const char *path, struct buf *text);

/* map_declared - how the probe declares a map: "BPF_HASH"; false when it has none of this name */
bool map_declared(const struct scene *scene, const char *map, char *kind, size_t size);

#endif
