/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_MATCH_ACCESS_H
#define HOTPROBE_MATCH_ACCESS_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ACCESS_NAME_MAX 256
#define ACCESS_MAX	16384

enum access_kind {
	ACCESS_MEMBER = 1,
	ACCESS_STRIDE, /* an array of records is walked: only the record's size matters */
	ACCESS_ENUMERATOR,
};

/* A fact about the kernel's types that a probe relies on, as the headers have it. */
struct access {
	enum access_kind kind;
	char record[ACCESS_NAME_MAX]; /* "struct task_struct", "atomic_t" (a typedef) */
	/*
	 * The member, as C finds it: through anonymous members by its name alone. Where a named
	 * member is of a type without a name, the way to it: "b.a", and "b->a" through a pointer.
	 * An enumerator's name.
	 */
	char member[ACCESS_NAME_MAX];
	char type[ACCESS_NAME_MAX]; /* of the member, as C declares it */
	uint64_t offset;	    /* in bits, from the record's start or from the last "->" */
	uint64_t size;		    /* in bits; 0 when it does not matter */
	bool element;		    /* @size is that of an element of the array that it is */
	bool own;		    /* the record is declared by the probe itself */
	int64_t value;		    /* an enumerator's */
	/* where it is used first, as #line directives count; "" and 0 unknown */
	char file[PATH_MAX];
	unsigned int line, column;
};

/* Zero-initialise; access_free() it. */
struct access_list {
	struct access *items;
	size_t nr;
	bool failed; /* not all could be kept */
	/* where the items are by what they say: each its place in @items, from 1; 0 none */
	uint32_t *slots;
	size_t nr_slots; /* a power of two */
};

/* access_add - keep a copy unless the same was there before */
void access_add(struct access_list *list, const struct access *access);

void access_free(struct access_list *list);

/* access_unqualified - a type as C writes it, without the qualifiers that it begins with */
const char *access_unqualified(const char *type);

#endif
