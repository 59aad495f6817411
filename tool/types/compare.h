/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_TYPES_COMPARE_H
#define HOTPROBE_TYPES_COMPARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "types/types.h"

/* A member or enumerator of two versions of a type, or of one of them. */
struct compare_row {
	unsigned int depth; /* 0: the type's own; more: of a struct within it, which differs */
	const char *name;
	bool in[2];
	bool differs;
	struct types_member member[2]; /* offsets from the start of the outermost type */
	int64_t value[2];	       /* of enumerators */
};

struct compare {
	const struct types_ref *ref[2];
	struct compare_row *rows;
	size_t nr_rows, cap_rows;
	bool is_enum;
	bool differ;
	bool failed; /* out of memory */
};

/*
 * compare_types - lay two versions of a type side by side; compare_free() the result
 *
 * What counts is where members lie and how large they are, also within structs that are members,
 * and the values of enumerators; how their types are called does not. -EINVAL when one of the two
 * is no struct, union or enum, -ENOMEM.
 */
int compare_types(struct compare *compare, const struct types_ref *a, const struct types_ref *b);
void compare_free(struct compare *compare);

#endif
