/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_CALLTRACE_PROGRAM_H
#define HOTPROBE_CALLTRACE_PROGRAM_H

#include <stdbool.h>
#include <stdint.h>

#include "util/buf.h"

struct error;

/* What hotprobe calltrace was asked for. Strings are argv's. */
struct calltrace_options {
	struct buf entry; /* patterns between commas, as function_globs.h has them */
	struct buf allow; /* "" for none */
	struct buf deny;
	bool args;
	bool fentry;	       /* by trampolines instead of probes */
	bool successful;       /* also traces without an error */
	const char *errors;    /* "EINVAL,EPERM": only these; NULL: all */
	const char *no_errors; /* all but these */
	uint64_t longer_ns;
};

/*
 * calltrace_patterns_add - add "bpf_*", "nf_* [nf_tables]", or several between commas, to a list
 *
 * -EINVAL (wrong usage) when one is no pattern.
 */
int calltrace_patterns_add(struct buf *list, const char *option, const char *patterns,
			   struct error *err);

/* calltrace_allowed - append what can be shown in a trace: all -a, without -d and -e */
void calltrace_allowed(struct buf *out, const struct calltrace_options *opt);

/* calltrace_errors_check - are these names of errors, between commas? -EINVAL if not */
int calltrace_errors_check(const char *option, const char *errors, struct error *err);

/*
 * calltrace_program - append the probe's text: what `hotprobe calltrace --show` prints and
 * `hotprobe run` takes
 */
void calltrace_program(struct buf *out, const struct calltrace_options *opt);

#endif
