/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_TREE_REACH_H
#define HOTPROBE_TREE_REACH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct btf;
struct names;

/*
 * The types of a BTF that a text can use. Zero-initialise it; reach_free() it.
 */
struct reach {
	const struct btf *btf;
	uint32_t *types; /* named types that must be defined, in the order found */
	size_t nr_types;
	size_t cap_types;
	uint32_t *enums; /* unnamed enums of which the text names an enumerator */
	size_t nr_enums;
	size_t cap_enums;
	uint8_t *seen; /* by type id */
	bool failed;   /* memory ran out */
};

/*
 * reach_compute - find the types that the identifiers in @names lead to
 *
 * These are the structs, unions, enums and typedefs that are named, the enums that have a named
 * enumerator, and, from each of them on, whatever its members lead to whose own names occur.
 * Notes in @names which type each name stands for. Returns 0 or -ENOMEM.
 */
int reach_compute(struct reach *reach, const struct btf *btf, struct names *names);

void reach_free(struct reach *reach);

#endif
