/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_HEADERS_DEFINITION_H
#define HOTPROBE_HEADERS_DEFINITION_H

#include <limits.h>
#include <stdint.h>

#include "headers/select.h"

/* A header that seems to define a type. */
struct definition {
	char include[256];   /* as the compiler finds it: "linux/sched.h" */
	char path[PATH_MAX]; /* of the file */
	uint32_t kind;	     /* TYPES_ constant of what it defines */
	int rank;	     /* the lower, the likelier */
};

#define DEFINITIONS_MAX 4

/*
 * definitions_find - the headers that define a type, the likeliest first
 * @kinds: TYPES_ constants or-ed
 *
 * By the text alone: what macros make is not found, and what is found need not be compiled in.
 * Returns how many there are, at most DEFINITIONS_MAX, or a negative errno when the tree cannot be
 * read.
 */
int definitions_find(const struct header_source *src, uint32_t kinds, const char *name,
		     struct definition found[DEFINITIONS_MAX]);

/* definition_kind - which of the kinds @text defines @name as; 0 when it does not */
uint32_t definition_kind(const char *text, uint32_t kinds, const char *name);

#endif
