/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_CMD_CALLTRACE_OPTIONS_H
#define HOTPROBE_CMD_CALLTRACE_OPTIONS_H

#include <stdbool.h>

#include "calltrace/program.h"

struct buf;
struct error;

/* What stands behind `hotprobe calltrace`. Zero-initialise. */
struct calltrace_args {
	struct calltrace_options opt;
	bool show;
	bool dry_run;
	bool help;
	char **rest; /* for options_parse(): the probe's name, and what is not calltrace's own */
	int nr_rest;
};

/*
 * calltrace_args_parse - take calltrace's own options out of the arguments
 *
 * Returns 0, -EINVAL (wrong usage), -ENOMEM. calltrace_args_free() it in any case.
 */
int calltrace_args_parse(struct calltrace_args *args, int argc, char **argv, struct error *err);
void calltrace_args_free(struct calltrace_args *args);

/* calltrace_usage - append what --help prints */
void calltrace_usage(struct buf *out);

#endif
