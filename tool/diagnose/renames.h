/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_DIAGNOSE_RENAMES_H
#define HOTPROBE_DIAGNOSE_RENAMES_H

#include <stddef.h>

/* A member of a kernel's struct that later kernels do not have. */
struct rename {
	const char *type, *field;
	unsigned int major, minor; /* the first release without it */
	const char *now;	   /* what serves instead, in C; "" when nothing does */
	/* the member that came for it, "" for none: says by which name a kernel knows it */
	const char *new_type, *new_field;
};

extern const struct rename renames[];
extern const size_t nr_renames;

/* rename_find - NULL when nothing is known of the member */
const struct rename *rename_find(const char *type, const char *field);

#endif
