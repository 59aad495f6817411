/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_MATCH_LOOKUP_H
#define HOTPROBE_MATCH_LOOKUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct btf;
struct btf_type;
struct kernel_btf;

/* A type of the kernel's that has a name that is looked for. */
struct candidate {
	const struct btf *btf;
	uint32_t id;
};

struct candidates {
	struct candidate *items; /* malloc'ed */
	size_t nr;
};

/* A name to look for. */
struct wanted {
	uint32_t kind; /* BTF_KIND_STRUCT, _UNION, _TYPEDEF; _ENUM for an enumerator */
	const char *name;
	struct candidates found;
	int64_t *values; /* BTF_KIND_ENUM: malloc'ed */
	size_t nr_values;
};

/* Offsets and sizes in bits. */
struct found_member {
	uint64_t offset;
	uint64_t size;
	uint64_t element; /* of an array's innermost elements; 0 when it is none */
	uint32_t type;
	uint32_t leads_to; /* the type, without arrays and the first pointer */
};

/* lookup_names - all types that have one of the names; modules' only when a name is missing */
int lookup_names(struct kernel_btf *kernel, struct wanted *wanted, size_t nr);

/* lookup_composite - the struct or union that the type is or is a name for; NULL none */
const struct btf_type *lookup_composite(const struct btf *btf, uint32_t id);

/* lookup_member - the member by its path, as struct access has it */
bool lookup_member(const struct btf *btf, uint32_t id, const char *path,
		   struct found_member *found);

#endif
