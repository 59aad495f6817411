/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_REFUSAL_PLACE_H
#define HOTPROBE_REFUSAL_PLACE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/buf.h"

struct btf;
struct object;
struct object_prog;

/* Where an instruction comes from, as the object's own line information tells. */
struct place {
	char file[PATH_MAX]; /* "" for nowhere */
	unsigned int line;
	/* from 1; 0 unknown. It counts in the text that libbcc rewrote: see place_column() */
	unsigned int column;
};

/* A top-level block of braces: mostly a function. Lines count from 1. */
struct block {
	char name[128]; /* the identifier before the first "("; "" none */
	unsigned int first, last;
};

/* What finds places in one program. Zero-initialise @text; places_close() it. */
struct places {
	const struct object *obj;
	const struct object_prog *prog;
	const char *source; /* the probe's path */
	const char *folder; /* that the compiler put before relative names; NULL none */
	size_t folder_len;
	struct btf *btf; /* NULL when the object has none that is whole */
	struct buf text; /* of the file that was looked at last */
	char file[PATH_MAX];
};

void places_open(struct places *places, const struct object *obj, const struct object_prog *prog,
		 const char *source);
void places_close(struct places *places);

/*
 * place_of - the source line of instruction @insn
 *
 * The compiler gives line 0 to what it made of several lines; the line before is taken then. False
 * when it is unknown.
 */
bool place_of(const struct places *places, uint32_t insn, struct place *place);

/* place_key - the same for all instructions of one line; 0 when the line is unknown */
uint64_t place_key(const struct places *places, uint32_t insn);

/* place_is_users - does it lie in the probe or what it includes, not in hotprobe's or the kernel's?
 */
bool place_is_users(const struct places *places, const struct place *place);

/* place_text - the file's text; "" when it cannot be read. Valid until the next call */
const char *place_text(struct places *places, const char *file);

/* place_line - append line @line of a file without the spaces at its end, tabs expanded; or nothing
 */
void place_line(struct places *places, const char *file, unsigned int line, struct buf *out);

/*
 * place_column - the column of @place in the user's text, 0 when it cannot be told
 *
 * libbcc rewrites map methods and reads of kernel memory: behind the first of these a column is
 * another one in the user's text. Counts characters, as compilers do.
 */
unsigned int place_column(struct places *places, const struct place *place);

/* place_block - the top-level block in which a line lies; false when in none */
bool place_block(struct places *places, const char *file, unsigned int line, struct block *block);

/* place_call - the line within @block that calls @name, the first from @from on if there is one */
unsigned int place_call(struct places *places, const char *file, const struct block *block,
			const char *name, unsigned int from);

/* place_function - first instruction of the function @name; -1 when the program has none */
int place_function(const struct places *places, const char *name);

/* place_pointer_argument - the first argument of @name that is a pointer, from 0; -1 none */
int place_pointer_argument(const struct places *places, const char *name);

/* place_function_of - the function that instruction @insn belongs to; NULL unknown */
const char *place_function_of(const struct places *places, uint32_t insn);

#endif
