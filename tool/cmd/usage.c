// SPDX-License-Identifier: GPL-2.0-only
#include <unistd.h>

#include "cmd/cmd.h"
#include "cmd/usage.h"
#include "main.h"
#include "probe/doc.h"
#include "util/buf.h"
#include "util/error.h"

int usage_version(struct error *err)
{
	return cmd_print("hotprobe " HOTPROBE_VERSION "\n", err);
}

static void usage_own(struct buf *out)
{
	buf_str(out, "hotprobe - trace this machine with probes compiled when they are run\n\n"
		     "Usage: hotprobe PROBE|FILE.c [OPTIONS] [PROBE OPTIONS] [-- COMMAND...]\n");
	for (const struct cmd *cmd = main_commands; cmd->name; cmd++)
		if (cmd->help)
			buf_printf(out, "       hotprobe %s %s\n", cmd->name, cmd->usage);
	buf_str(out, "\nCommands:\n");
	for (const struct cmd *cmd = main_commands; cmd->name; cmd++)
		if (cmd->help)
			buf_printf(out, "  %-10s %s\n", cmd->name, cmd->help);
	buf_char(out, '\n');
	doc_help_run(out);
	buf_str(out, "\nExamples:\n"
		     "  hotprobe exec                  every program that starts\n"
		     "  hotprobe open --failed -- ls   what ls tried to open and could not\n"
		     "  hotprobe exec --help           one probe's own options\n"
		     "\nhotprobe(8) has the rest.\n");
}

int usage_probe(const struct doc *doc, struct error *err)
{
	struct buf out = {};
	int ret;

	if (doc && doc->present)
		doc_help(doc, &out);
	else
		usage_own(&out);
	ret = cmd_print(buf_text(&out), err);
	buf_free(&out);
	return ret;
}
