/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_CMD_LIST_TRACEPOINTS_H
#define HOTPROBE_CMD_LIST_TRACEPOINTS_H

#include <stdbool.h>

struct error;

/*
 * cmd_list_tracepoints - print the kernel's tracepoints, CATEGORY:EVENT, one a line, sorted
 *
 * @glob: only those that match (fnmatch(3)); without a colon it is matched against the event's
 * name. NULL: all. @verbose: with the fields of each, as C declarations. A reader that closes
 * stdout is no error, provided that SIGPIPE is ignored.
 */
int cmd_list_tracepoints(const char *glob, bool verbose, struct error *err);

#endif
