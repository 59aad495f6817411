// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "attach/why.h"
#include "cmd/cmd.h"
#include "cmd/usage.h"
#include "main.h"
#include "read/command.h"
#include "read/signals.h"
#include "session/session.h"
#include "trace/trace.h"
#include "util/error.h"
#include "util/text.h"

/* The word that is no probe may have been meant as a command. */
static void run_mean_command(int argc, char **argv, struct error *err)
{
	struct error unused = {};
	struct near near = {};

	if (options_find_probe(argc, argv, &near.wanted, &unused) || !near.wanted)
		return;
	for (const struct cmd *cmd = main_commands; cmd->name; cmd++)
		if (cmd->help)
			near_offer(&near, cmd->name);
	if (near_best(&near) && strcmp(near_best(&near), near.wanted) == 0)
		snprintf(err->hint, sizeof(err->hint),
			 "a command stands before all options: hotprobe %s ...", near.wanted);
	else if (near_best(&near) && !text_starts(err->hint, "did you mean"))
		snprintf(err->hint, sizeof(err->hint), "did you mean hotprobe %s?",
			 near_best(&near));
}

int cmd_run(int argc, char **argv, struct error *err)
{
	struct session *session = session_new(-1);
	int ret, signal_fd = -1;

	if (!session)
		return error_sys(err, -ENOMEM, "cannot run");
	ret = session_open(session, argc, argv, err);
	if (ret == -ENOENT && !session->src.text.len)
		run_mean_command(argc, argv, err);
	if (ret)
		goto out;
	if (session->run.version) {
		ret = usage_version(err);
		goto out;
	}
	if (session->run.help) {
		ret = usage_probe(session->src.path[0] ? &session->doc : NULL, err);
		goto out;
	}
	ret = why_may_trace(err);
	if (!ret && session->run.command)
		ret = command_find(session->run.command, err);
	if (ret)
		goto out;
	session->signal_fd = signal_fd = signals_open();
	ret = session_expand(session, err);
	ret = ret ?: session_compile(session, err);
	ret = ret ?: session_points(session, err);
	ret = ret ?: session_check_points(session, false, err);
	ret = ret ?: session_load(session, err);
	if (!ret) {
		ret = trace_run(session, argc, argv, err);
		session = NULL;
	}
out:
	if (signal_fd >= 0)
		close(signal_fd);
	session_free(session);
	return ret;
}
