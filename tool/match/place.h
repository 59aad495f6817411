/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_MATCH_PLACE_H
#define HOTPROBE_MATCH_PLACE_H

#include <stdbool.h>

/* A place in a dump of clang's syntax tree; see dump.c for how it is written. */
struct place {
	const char *file; /* in the dump, where its name begins; NULL none */
	unsigned int line, column;
};

/*
 * place_read - take the place at @s
 * @last: the one that was printed before, of which it says only what is new; becomes this one
 *
 * Returns what follows it, at most @end.
 */
const char *place_read(const char *s, const char *end, struct place *last);

/*
 * place_range - take the places before the ">" that ends a range
 * @last: as for place_read()
 * @first, @final: the first and the last of them; not changed where there is none
 */
const char *place_range(const char *s, const char *end, struct place *last, struct place *first,
			struct place *final);

/* place_file_end - the end of the file's name that a place begins with; NULL when it has none */
const char *place_file_end(const char *file);

bool place_same_file(const struct place *a, const struct place *b);

#endif
