/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_CMD_LIST_FUNCTIONS_H
#define HOTPROBE_CMD_LIST_FUNCTIONS_H

#include <stdbool.h>

struct error;

/*
 * cmd_list_functions - print the kernel functions that can be traced, one a line, sorted
 *
 * @glob: only those that match (fnmatch(3)). NULL: all. @verbose: also those that match but cannot
 * be traced, with the reason. Where the kernel does not tell which ones it can trace, all its
 * functions are printed and stderr says so. A reader that closes stdout is no error, provided that
 * SIGPIPE is ignored.
 */
int cmd_list_functions(const char *glob, bool verbose, struct error *err);

#endif
