/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_MATCH_DUMP_H
#define HOTPROBE_MATCH_DUMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct access_list;

/* What the text of a dump does not tell, asked from clang by the addresses that it has. */
struct dump_ask {
	/* offset of a field in its record, in bits */
	uint64_t (*offset)(const struct dump_ask *ask, uint64_t field);
	/* width of a bit-field, in bits */
	uint64_t (*width)(const struct dump_ask *ask, uint64_t field);
	/* size of an expression's type, in bits */
	uint64_t (*size)(const struct dump_ask *ask, uint64_t expr);
	/* value of an expression that is an integer constant */
	int64_t (*value)(const struct dump_ask *ask, uint64_t expr);
	/* is the file of this name the probe, or one that it includes in quotes? */
	bool (*is_own)(const struct dump_ask *ask, const char *name, size_t len);
	/* an expression as C writes it, cut off at @size; "" when it cannot be told */
	void (*words)(const struct dump_ask *ask, uint64_t expr, char *words, size_t size);
};

/*
 * dump_accesses - what clang's syntax tree says that a probe reads of records, and which
 * enumerators it uses
 * @dump: what clang::Decl::dump() printed (clang/lib/AST/TextNodeDumper.cpp) for all that the probe
 *        itself declares: records, enumerations and type names first, then functions;
 *        NUL-terminated
 *
 * Members are found where they are read, assigned or taken the address of, and in sizeof(),
 * offsetof() and so container_of(). What else depends on the types is not: the size of a whole
 * record, designated initializers, offsets that the probe writes as numbers.
 *
 * Appends to @list; list->failed when memory is short. Returns the number of members that could not
 * be told: their record has no name, and no way by which it could be found.
 */
size_t dump_accesses(const char *dump, size_t len, const struct dump_ask *ask,
		     struct access_list *list);

#endif
