// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "main.h"
#include "util/buf.h"
#include "util/error.h"

const struct cmd main_commands[] = {
	{ "run", "PROBE|FILE.c [OPTIONS] [-- COMMAND...]", "run a probe; the word may be left out",
	  cmd_run },
	{ "list", "[probes|tracepoints|functions|uprobes FILE|usdt FILE] [GLOB]",
	  "what there is to run and to trace", cmd_list },
	{ "show", "PROBE", "a probe's source, and where it came from", cmd_show },
	{ "edit", "PROBE", "copy a probe to your own folder, edit it, check it", cmd_edit },
	{ "check", "[PROBE] [OPTIONS]", "compile and verify a probe, or all; attach nothing",
	  cmd_check },
	{ "layout", "TYPE[.FIELD] [OPTIONS]",
	  "how a kernel type lies in memory, by headers and BTF", cmd_layout },
	{ "doctor", "[-o json] [--headers SOURCE]",
	  "what this machine can trace, what it cannot, why, and the fix", cmd_doctor },
	{ "disasm", "PROBE [FUNCTION] [OPTIONS]",
	  "a probe's BPF instructions and their source lines", cmd_disasm },
	{ "bpf", "[progs|maps|links|dump|tree] [ID|NAME] [-o json]",
	  "BPF objects on this machine: what is attached where, who has it", cmd_bpf },
	{ "calltrace", "-e GLOB [-a GLOB] [OPTIONS] [-- COMMAND...]",
	  "which function of the kernel returned that error", cmd_calltrace },
	{ "cache", "[list|clear|warm]", "what is kept of earlier runs", cmd_cache },
	{ "man", "FILE.c", NULL, cmd_man },
	{ NULL, NULL, NULL, NULL },
};

const char *cmd_one_word(int argc, char **argv, const char *what, struct error *err)
{
	if (argc == 1 && argv[0][0] != '-')
		return argv[0];
	if (argc >= 1 && argv[0][0] == '-')
		error_usage(err, "unknown option %s", argv[0]);
	else if (argc == 0)
		error_usage(err, "%s is missing", what);
	else
		error_usage(err, "one %s at a time, not %d", what, argc);
	error_hint(err, "hotprobe --help shows how");
	return NULL;
}

int cmd_print(const char *text, struct error *err)
{
	int ret = write_all(STDOUT_FILENO, text, strlen(text));

	if (ret && ret != -EPIPE)
		return error_sys(err, ret, "cannot write to stdout");
	return 0;
}
