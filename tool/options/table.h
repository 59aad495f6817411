/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_OPTIONS_TABLE_H
#define HOTPROBE_OPTIONS_TABLE_H

#include <stddef.h>

struct error;
struct run_options;

/* One of hotprobe's own options of `run`: the row drives both parsing and --help. */
struct option_row {
	const char *name;    /* long, without "--" */
	char letter;	     /* short; 0 when there is none */
	const char *metavar; /* NULL for a flag */
	const char *help;

	/*
	 * set - check the value and note it; the value of a flag is NULL
	 * 0, or a negative errno with the message, which names the option, in @err.
	 */
	int (*set)(struct run_options *run, const char *value, struct error *err);
};

#define OPTION_ROWS_MAX 64

/* option_row_at - the rows in the order of --help; NULL after the last */
const struct option_row *option_row_at(size_t i);

/* option_row_named - the row called @name (@len bytes), NULL when there is none */
const struct option_row *option_row_named(const char *name, size_t len);

/* option_row_letter - the row with that short option, NULL when there is none */
const struct option_row *option_row_letter(char letter);

#endif
