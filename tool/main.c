// SPDX-License-Identifier: GPL-2.0-only
#include <bpf/libbpf.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "main.h"
#include "util/error.h"

/* libbpf prints its own guesses at what went wrong; ours name the probe, so be silent. */
static int main_libbpf_silent(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	(void)level;
	(void)fmt;
	(void)ap;
	return 0;
}

static const struct cmd *main_command(const char *name)
{
	for (const struct cmd *cmd = main_commands; cmd->name; cmd++)
		if (strcmp(cmd->name, name) == 0)
			return cmd;
	return NULL;
}

int main(int argc, char **argv)
{
	const struct cmd *cmd = argc > 1 ? main_command(argv[1]) : NULL;
	struct error err = {};
	int skip = cmd ? 2 : 1, ret;

	/* whoever reads our output may leave: that is seen as EPIPE where it is written */
	signal(SIGPIPE, SIG_IGN);
	libbpf_set_print(main_libbpf_silent);
	if (argc < 1)
		return 2;
	if (!cmd)
		cmd = main_command("run");
	ret = cmd->run(argc - skip, argv + skip, &err);
	if (ret >= 0 && !err.code)
		return ret;
	if (!err.code)
		error_sys(&err, ret, "%s failed", cmd->name);
	error_print(&err);
	return err.status;
}
