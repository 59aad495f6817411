/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_CMD_LIST_BINARY_H
#define HOTPROBE_CMD_LIST_BINARY_H

#include <stdbool.h>

struct error;

/*
 * cmd_list_uprobes - print the functions of a program or library, one a line, sorted
 * cmd_list_usdt - the same for its static probes, PROVIDER:NAME
 *
 * @name: as the Attach section has it: a path, a library, a program of PATH. @glob: only those that
 * match (fnmatch(3)); for a static probe without a colon in it, the probe's name has to. NULL: all.
 * @verbose: with offset in the file and size, or with the arguments. -ENOENT when there is none.
 */
int cmd_list_uprobes(const char *name, const char *glob, bool verbose, struct error *err);
int cmd_list_usdt(const char *name, const char *glob, bool verbose, struct error *err);

#endif
