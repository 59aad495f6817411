/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_CALLTRACE_PROGRAM_H
#define HOTPROBE_CALLTRACE_PROGRAM_H

#include <stdbool.h>
#include <stdint.h>

#include "calltrace/functions.h"

struct buf;
struct error;

/* What hotprobe calltrace was asked for. Strings are argv's. */
struct calltrace_options {
	struct globs entry;
	struct globs allow;
	struct globs deny;
	bool args;
	bool successful;       /* also traces without an error */
	const char *errors;    /* "EINVAL,EPERM": only these; NULL: all */
	const char *no_errors; /* all but these */
	uint64_t longer_ns;
};

/* calltrace_errors_check - are these names of errors, between commas? -EINVAL if not */
int calltrace_errors_check(const char *option, const char *errors, struct error *err);

/*
 * calltrace_program - append the probe's text: what `hotprobe calltrace --show` prints and
 * `hotprobe run` takes
 */
void calltrace_program(struct buf *out, const struct calltrace_options *opt);

#endif
