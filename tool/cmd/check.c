// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <unistd.h>

#include "attach/why.h"
#include "cmd/cmd.h"
#include "cmd/session.h"
#include "cmd/usage.h"
#include "util/error.h"

/*
 * Compiling needs no privilege; loading for the verifier's sake does, and so does a look at what
 * can be attached to.
 */
int cmd_check(int argc, char **argv, struct error *err)
{
	struct session session = { .signal_fd = -1 };
	struct error unprivileged = {};
	int ret = session_open(&session, argc, argv, err);

	if (ret)
		goto out;
	if (session.run.help || session.run.version) {
		ret = session.run.help ? usage_probe(&session.doc, err) : usage_version(err);
		goto out;
	}
	if (session.run.watch) {
		ret = error_usage(err, "--watch is for running a probe; check is done at once");
		error_hint(err, "hotprobe edit checks what you save");
		goto out;
	}
	ret = session_expand(&session, err);
	ret = ret ?: session_compile(&session, err);
	if (ret)
		goto out;
	if (why_may_trace(&unprivileged)) {
		fprintf(stderr, "hotprobe: %s compiles; the verifier was not asked: %s\n",
			session.src.path, unprivileged.text);
		goto out;
	}
	ret = session_points(&session, err);
	ret = ret ?: session_load(&session, err);
	ret = ret ?: session_check_points(&session, true, err);
	if (!ret && !session.run.quiet)
		fprintf(stderr,
			"hotprobe: %s compiles, the verifier takes it, all %u attach points "
			"exist\n",
			session.src.path, session.nr_points);
out:
	session_close(&session);
	return ret;
}
