/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_UTIL_FORM_H
#define HOTPROBE_UTIL_FORM_H

#include <stddef.h>

/* What the form of a line, "{label} {secret}", is made of. */
enum form_piece {
	FORM_END,
	FORM_TEXT,   /* stands for itself */
	FORM_FIELD,  /* {name}: the value of that field */
	FORM_BROKEN, /* a brace that opens and is no field */
};

/*
 * form_next - the next piece of a form
 *
 * *pos is where to go on, and is moved behind the piece. Sets *piece and *len to the text, to the
 * field's name without its braces, or to what is broken.
 */
enum form_piece form_next(const char **pos, const char **piece, size_t *len);

#endif
