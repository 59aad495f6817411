/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_OPTIONS_OPTVAL_H
#define HOTPROBE_OPTIONS_OPTVAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

/*
 * The values that options take: what their metavar promises, whether a text is one, and the macro
 * it becomes for the compiler.
 */
enum optval_kind {
	OPTVAL_FLAG = 0, /* no value */
	OPTVAL_INT,	 /* N: 0 to INT64_MAX, decimal, 0x or 0 octal */
	OPTVAL_SIZE,	 /* BYTES, SIZE: bytes, with K, M or G as powers of 1024 */
	OPTVAL_TIME,	 /* SECONDS, DURATION: nanoseconds; seconds where no unit is written */
	OPTVAL_FILE,	 /* FILE */
	OPTVAL_CHOICE,	 /* tcp|udp */
	OPTVAL_TEXT,	 /* any other metavar */
};

struct optval_type {
	enum optval_kind kind;
	bool ranged; /* a number has to be in min to max */
	uint64_t min;
	uint64_t max;
	const char *metavar; /* as written; NULL for a flag; belongs to whoever made the type */
};

/* optval_type_init - the type that a metavar stands for; @metavar NULL for a flag */
void optval_type_init(struct optval_type *type, const char *metavar);

/* optval_is_number - whether values of this type are numbers, which can have a range */
bool optval_is_number(const struct optval_type *type);

/*
 * optval_number - parse a number of one of the three number kinds
 *
 * Returns 0, -EINVAL when @text is none, -ERANGE when it is over INT64_MAX.
 */
int optval_number(enum optval_kind kind, const char *text, uint64_t *number);

/*
 * optval_range - give the type the range that "MIN-MAX" describes, in the type's own notation
 *
 * Returns 0, or -EINVAL when @text is no range or the type has no numbers.
 */
int optval_range(struct optval_type *type, const char *text);

/*
 * optval_check - whether @text is a value of this type
 *
 * Returns 0, or -EINVAL with the reason in @why ("'x' is not a number").
 */
int optval_check(const struct optval_type *type, const char *text, char *why, size_t size);

/*
 * optval_choice - the next of a OPTVAL_CHOICE metavar's words
 *
 * Start with *pos = type->metavar. Returns the word's length and sets *word; 0 after the last.
 */
size_t optval_choice(const char **pos, const char **word);

/*
 * optval_macro - append an option's macro name: OPT_MAX_ARGS for "max-args"
 *
 * @choice (may be NULL, @len bytes) is appended in the same way: OPT_MODE_TCP.
 */
void optval_macro(struct buf *out, const char *name, const char *choice, size_t len);

/*
 * optval_define - append the whole compiler argument, -DOPT_ARGS=20
 *
 * @text must have passed optval_check(). Numbers become decimal bytes, nanoseconds or plain
 * numbers, text and files a C string literal, a choice OPT_NAME_CHOICE=1, a flag OPT_NAME=1.
 */
void optval_define(struct buf *out, const struct optval_type *type, const char *name,
		   const char *text);

/* optval_plain - append @text as ${option} stands for it: numbers in decimal, other text as it is
 */
void optval_plain(struct buf *out, const struct optval_type *type, const char *text);

/* optval_size_text - append a number of bytes the way that OPTVAL_SIZE reads it: 65536 as 64K */
void optval_size_text(struct buf *out, uint64_t bytes);

#endif
