/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_CMD_CMD_H
#define HOTPROBE_CMD_CMD_H

#include <stdbool.h>

struct error;

/*
 * A command of hotprobe's. @argv is what stands behind its name. Returns the exit status, or a
 * negative errno with the message in @err.
 */
struct cmd {
	const char *name;
	const char *usage; /* arguments, for help */
	const char *help;  /* NULL: not listed */
	int (*run)(int argc, char **argv, struct error *err);
};

int cmd_run(int argc, char **argv, struct error *err);
int cmd_list(int argc, char **argv, struct error *err);
int cmd_show(int argc, char **argv, struct error *err);
int cmd_edit(int argc, char **argv, struct error *err);
int cmd_check(int argc, char **argv, struct error *err);
int cmd_layout(int argc, char **argv, struct error *err);
int cmd_doctor(int argc, char **argv, struct error *err);
int cmd_disasm(int argc, char **argv, struct error *err);
int cmd_bpf(int argc, char **argv, struct error *err);
int cmd_calltrace(int argc, char **argv, struct error *err);
int cmd_cache(int argc, char **argv, struct error *err);
int cmd_man(int argc, char **argv, struct error *err);

/* cmd_one_word - the only argument of a command that takes one; NULL with a message in @err */
const char *cmd_one_word(int argc, char **argv, const char *what, struct error *err);

/* cmd_print - write text to stdout; a reader that went away is no error */
int cmd_print(const char *text, struct error *err);

#endif
