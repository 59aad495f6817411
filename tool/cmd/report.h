/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_CMD_REPORT_H
#define HOTPROBE_CMD_REPORT_H

#include <stdbool.h>

#include "util/buf.h"

struct error;

/*
 * What is wrong with probes: told to people on stderr, or to programs on stdout, as JSON with one
 * object a line. Zero-initialise; report_free() it.
 */
struct report {
	bool json;
	bool quiet;	   /* people are not told of warnings */
	const char *probe; /* the one that problems belong to, by name */
	const char *path;
	struct buf out;	 /* JSON that was not written yet */
	struct buf hint; /* the last one that was told, which is not said twice in a row */
	unsigned int nr_errors;
	unsigned int nr_warnings;
};

/* Of a probe that was checked. */
struct report_probe {
	const char *result; /* "ok", "failed" or "skipped" */
	bool compiled;
	bool verified;	 /* the kernel's verifier took all functions */
	bool attachable; /* all attach points exist */
	unsigned int nr_functions;
	unsigned int nr_points;
	unsigned int nr_closed; /* of those, what could not be looked at */
	const char *unchecked;	/* why something could not be checked; NULL when all could */
	unsigned int nr_errors;
	unsigned int nr_warnings;
};

/*
 * report_error - one failure; of the compiler's errors, one object each
 * @kind: what failed, unless @err knows (ERROR_ constants)
 * @function: of the probe; NULL when it is about no function
 */
void report_error(struct report *report, const struct error *err, const char *kind,
		  const char *function);

/* report_warning - the compiler's warnings in its own form, or one of ours with its remedy */
void report_warning(struct report *report, const char *text, const char *hint);

/* report_probe - the end of one probe; people read a sentence of the caller's instead */
void report_probe(struct report *report, const struct report_probe *probe);

/* report_sum - that was all; people read a sentence of the caller's instead */
void report_sum(struct report *report, unsigned int nr_probes, unsigned int nr_failed,
		unsigned int nr_skipped);

/* report_write - write the JSON so far to stdout; 0 or negative errno */
int report_write(struct report *report);

void report_free(struct report *report);

#endif
