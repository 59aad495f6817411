/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_TREE_NAMES_H
#define HOTPROBE_TREE_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The identifiers of a C text and how they stand in it, found by a tokeniser: no preprocessor, no
 * parser. Every branch of an #if counts, comments and literals do not.
 */
enum name_use {
	NAME_BARE = 1 << 0,	    /* anything that the next two are not */
	NAME_MEMBER = 1 << 1,	    /* after . or -> */
	NAME_TAG = 1 << 2,	    /* after struct, union or enum */
	NAME_DEFINES_TAG = 1 << 3,  /* the text has struct NAME { */
	NAME_DEFINES_TYPE = 1 << 4, /* the text has typedef ... NAME; */
	NAME_DECLARED = 1 << 5,	    /* a function, map, variable or enumerator of the text */
	NAME_EXPANDED = 1 << 6,	    /* constants_expand() has dealt with it */
};

struct name {
	const char *text; /* not NUL-terminated, points into the scanned text */
	uint32_t len;
	uint32_t uses; /* enum name_use */
	/* ids of the first type in the BTF that the name stands for, 0 when none; see reach.c */
	uint32_t tag;
	uint32_t type;
	uint32_t enumerates;
};

struct span {
	const char *text;
	size_t len;
};

/* Zero-initialise it; names_free() it. The scanned texts must outlive it. */
struct names {
	struct name *slots; /* hash table, open addressing; empty slots have text NULL */
	size_t nr;
	size_t cap;
	struct span *includes; /* PATH of each #include <PATH> */
	size_t nr_includes;
	size_t cap_includes;
	bool failed; /* memory ran out somewhere; the set is not complete */
};

/* names_scan - add all identifiers and includes of @len bytes of C at @text */
void names_scan(struct names *names, const char *text, size_t len);

/* names_scan_body - the same for text from inside a function, which declares nothing */
void names_scan_body(struct names *names, const char *text, size_t len);

/* names_find - NULL when @text has not been seen; valid until the next names_scan() */
struct name *names_find(const struct names *names, const char *text, size_t len);

/* names_ident_start - where the identifier begins that ends before @end, not before @start */
const char *names_ident_start(const char *start, const char *end);

void names_free(struct names *names);

#endif
