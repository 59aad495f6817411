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
};

/*
 * dump_accesses - what clang's syntax tree says that a probe reads of records, and which
 * enumerators it uses
 * @dump: what clang::Decl::dump() printed (clang/lib/AST/TextNodeDumper.cpp) for all that the probe
 *        itself declares: records, enumerations and type names first, then functions
 *
 * Appends to @list; list->failed when memory is short. Returns the number of members whose record
 * has no name by which it could be found.
 */
size_t dump_accesses(const char *dump, size_t len, const struct dump_ask *ask,
		     struct access_list *list);

#endif
