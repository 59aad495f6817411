/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_CMD_LAYOUT_H
#define HOTPROBE_CMD_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "options/options.h"
#include "types/types.h"

struct buf;
struct compare;
struct error;
struct header_source;

/* What hotprobe layout was asked for. Strings point into argv. */
struct layout_options {
	uint32_t kinds;	   /* TYPES_ constants or-ed */
	char type[256];	   /* a name or glob */
	const char *field; /* path or glob; NULL the whole type */
	const char *headers, *btf;
	struct define_list defines;
	bool json, no_cache, quiet, help;
	int verbose;
};

/*
 * layout_options_parse - @argv: what stands behind the command's name
 *
 * The caller frees options->defines, also after a failure.
 */
int layout_options_parse(struct layout_options *options, int argc, char **argv, struct error *err);

/* is_glob - does it have a character that fnmatch(3) takes for a pattern? [2] is an index of C's */
bool layout_is_glob(const char *text);

/* A source of types, and the type as it has it. */
struct layout_version {
	struct types *types;
	struct types_ref ref;
	const char *kind; /* "headers" or "BTF" */
	char from[4608];  /* the file that it came from */
};

/*
 * layout_from_headers - have a header that defines the type compiled, and take it from the object
 *
 * -ENOENT when no header defines it, others when it could not be compiled; explained in @err. The
 * caller closes version->types.
 */
int layout_from_headers(struct layout_version *version, const struct layout_options *options,
			const struct header_source *src, struct error *err);

/* layout_show - append one version, or several that are the same, to what is printed */
int layout_show(struct buf *out, const struct layout_options *options,
		const struct layout_version *versions, size_t nr, struct error *err);

/* layout_show_difference - append two versions that differ, side by side */
int layout_show_difference(struct buf *out, const struct layout_options *options,
			   const struct layout_version versions[2], const struct compare *compare,
			   struct error *err);

/* layout_type_name - append what C calls it: "struct task_struct", "u64" */
void layout_type_name(struct buf *out, const struct types_ref *ref);

#endif
