// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "attach/why.h"
#include "cmd/cmd.h"
#include "cmd/report.h"
#include "cmd/usage.h"
#include "session/session.h"
#include "util/error.h"

/* What is not one of ERROR_: the probe's own text and options, and what the kernel has no room for.
 */
#define KIND_PROBE  "probe"
#define KIND_KERNEL "kernel"

/* All was said that was asked for, and no probe need be looked at. */
#define CHECK_HELPED 1

/* All probes that are checked. */
struct check {
	struct report report;
	unsigned int nr_probes;
	unsigned int nr_skipped;
	unsigned int nr_unverified;
	struct buf failed; /* their names */
	unsigned int nr_failed;
};

/* One of them. */
struct checking {
	struct check *check;
	struct session *session;
	struct report_probe sum;
	struct buf unchecked; /* what could not be checked, and why */
	bool many;
};

static void check_warn(void *arg, const char *text, const char *hint)
{
	report_warning(arg, text, hint);
}

static void check_refused(const struct attach_point *point, const struct error *why, void *arg)
{
	struct checking *one = arg;

	one->sum.verified = false;
	report_error(&one->check->report, why, ERROR_VERIFIER, point->function);
}

/* Everything that can be attached to is looked at, also after one that cannot. */
static void check_points(struct checking *one, bool privileged)
{
	const struct session *session = one->session;

	one->sum.attachable = true;
	for (unsigned int i = 0; i < session->nr_points; i++) {
		struct error why = {};
		int ret = attach_check(&session->points[i], true, &why);

		if (!ret)
			continue;
		if (!privileged && (ret == -EACCES || ret == -EPERM)) {
			one->sum.nr_closed++;
			continue;
		}
		one->sum.attachable = false;
		report_error(&one->check->report, &why, ERROR_ATTACH, session->points[i].function);
	}
	if (one->sum.nr_closed)
		buf_printf(&one->unchecked, "; %u of %u attach points could not be looked at",
			   one->sum.nr_closed, session->nr_points);
}

/*
 * From the text to what the kernel says of it. Compiling needs no privilege; loading for the
 * verifier's sake does, and so does a look at most of what can be attached to.
 */
static void check_stages(struct checking *one, bool *usage, struct error *err)
{
	struct session *session = one->session;
	struct report *report = &one->check->report;
	struct error unprivileged = {};
	int ret = session_expand(session, err);

	if (ret) {
		*usage = err->status == 2;
		if (!*usage)
			report_error(report, err, KIND_PROBE, NULL);
		return;
	}
	if (session_compile(session, err)) {
		report_error(report, err, ERROR_COMPILER, NULL);
		return;
	}
	one->sum.compiled = true;
	one->sum.nr_functions = session->obj.nr_progs;
	if (session_points(session, err)) {
		report_error(report, err, ERROR_ATTACH, NULL);
		return;
	}
	one->sum.nr_points = session->nr_points;
	if (why_may_trace(&unprivileged)) {
		buf_printf(&one->unchecked, "the verifier was not asked: %s", unprivileged.text);
	} else if (session_load_maps(session, err)) {
		report_error(report, err, KIND_KERNEL, NULL);
	} else {
		one->sum.verified = true;
		if (load_programs(&session->loaded, session->points, session->nr_points,
				  check_refused, one, err)) {
			one->sum.verified = false;
			report_error(report, err, KIND_KERNEL, NULL);
		}
	}
	check_points(one, !unprivileged.code);
}

static void check_tell(const struct checking *one)
{
	const struct session *session = one->session;
	const char *path = session->src.path;

	if (one->check->report.json || one->sum.nr_errors)
		return;
	if (one->unchecked.len)
		fprintf(stderr, "hotprobe: %s compiles; %s\n", path, buf_text(&one->unchecked));
	else if (!session->run.quiet)
		fprintf(stderr,
			"hotprobe: %s compiles, the verifier takes it, all %u attach points "
			"exist\n",
			path, session->nr_points);
}

static void check_end(struct checking *one)
{
	struct check *check = one->check;

	one->sum.nr_errors = check->report.nr_errors - one->sum.nr_errors;
	one->sum.nr_warnings = check->report.nr_warnings - one->sum.nr_warnings;
	one->sum.unchecked = one->unchecked.len ? buf_text(&one->unchecked) : NULL;
	if (one->sum.nr_errors) {
		one->sum.result = "failed";
		check->nr_failed++;
		buf_printf(&check->failed, "%s%s", check->failed.len ? ", " : "",
			   check->report.probe);
	} else {
		one->sum.result = one->sum.compiled ? "ok" : "skipped";
		check->nr_skipped += !one->sum.compiled;
		check->nr_unverified += one->sum.compiled && !one->sum.verified;
	}
	if (one->sum.compiled)
		check_tell(one);
	report_probe(&check->report, &one->sum);
}

/*
 * Options that do not fit the probe are the end, but for one among many: that one needs options of
 * its own, and is passed over.
 */
static int check_usage(struct checking *one, struct error *err)
{
	if (!one->many)
		return err->code;
	buf_printf(&one->unchecked, "%s", err->text);
	if (!one->check->report.json && !one->session->run.quiet)
		fprintf(stderr, "hotprobe: %s was not checked: %s\n", one->session->src.path,
			err->text);
	memset(err, 0, sizeof(*err));
	return 0;
}

/* Returns 0 also when it found something wrong: that is in the report. */
static int check_probe(struct check *check, int argc, char **argv, const char *name,
		       struct error *err)
{
	struct session *session = session_new(-1);
	struct checking one = { .check = check, .session = session, .many = name != NULL };
	struct report *report = &check->report;
	bool usage = false;
	int ret;

	if (!session)
		return error_sys(err, -ENOMEM, "cannot check");
	ret = session_open(session, argc, argv, err);
	if (ret && err->status == 2)
		goto out;
	if (!ret && (session->run.help || session->run.version)) {
		ret = session->run.help ? usage_probe(name ? NULL : &session->doc, err)
					: usage_version(err);
		/* once is enough */
		if (!ret && name)
			ret = CHECK_HELPED;
		goto out;
	}
	if (session->run.format == RUN_FORMAT_CSV) {
		ret = error_usage(err, "-o csv: hotprobe check has no such form; it has json");
		goto out;
	}
	report->json |= session->run.format == RUN_FORMAT_JSON;
	if (session->run.watch) {
		ret = error_usage(err, "--watch is for running a probe; check is done at once");
		error_hint(err, "hotprobe edit checks what you save");
		goto out;
	}
	report->probe = name ?: session->src.name[0] ? session->src.name : NULL;
	report->path = session->src.path;
	report->quiet = session->run.quiet;
	session->warn = check_warn;
	session->warn_arg = report;
	one.sum.nr_errors = report->nr_errors;
	one.sum.nr_warnings = report->nr_warnings;
	check->nr_probes++;
	if (ret)
		report_error(report, err, KIND_PROBE, NULL);
	else
		check_stages(&one, &usage, err);
	ret = 0;
	if (usage)
		ret = check_usage(&one, err);
	else
		memset(err, 0, sizeof(*err));
	if (!ret)
		check_end(&one);
	if (!ret)
		ret = report_write(report);
	if (ret)
		error_sys(err, ret, "cannot write to stdout");
out:
	buf_free(&one.unchecked);
	session_free(session);
	return ret;
}

/* What all probes are checked with. */
struct checking_all {
	struct check *check;
	int argc;
	char **argv; /* argv[0] is left free for the probe's name */
	char user_dir[PATH_MAX];
	bool bundled;
	struct error *err;
};

static int check_one_of_all(const char *path, const char *name, void *arg)
{
	struct checking_all *all = arg;
	char own[PATH_MAX + 160];

	(void)path;
	snprintf(own, sizeof(own), "%s/%s.c", all->user_dir, name);
	if (all->bundled && all->user_dir[0] && access(own, F_OK) == 0)
		return 0;
	all->argv[0] = (char *)name;
	return check_probe(all->check, all->argc, all->argv, name, all->err);
}

/* Every probe that can be run by its name: the user's own, and the bundled ones behind them. */
static int check_all(struct check *check, int argc, char **argv, struct error *err)
{
	struct checking_all all = { .check = check, .argc = argc, .argv = argv, .err = err };
	char dir[PATH_MAX];
	int ret;

	source_user_dir(all.user_dir);
	ret = source_each(all.user_dir, check_one_of_all, &all);
	all.bundled = true;
	source_bundled_dir(dir);
	ret = ret ?: source_each(dir, check_one_of_all, &all);
	if (!ret && !check->nr_probes)
		ret = error_set(err, -ENOENT, "there are no probes in %s", dir);
	return ret;
}

/* People get a sentence about many probes; programs an object that says that this is all. */
static int check_sum(struct check *check, bool all, struct error *err)
{
	unsigned int fine = check->nr_probes - check->nr_failed - check->nr_skipped;
	struct buf text = {};
	int ret;

	if (check->report.json) {
		report_sum(&check->report, check->nr_probes, check->nr_failed, check->nr_skipped);
	} else if (all && !check->report.quiet) {
		buf_printf(&text, "hotprobe: %u probes checked: %u %s", check->nr_probes, fine,
			   check->nr_unverified ? "compile" : "can be run here");
		if (check->nr_failed)
			buf_printf(&text, ", %u cannot: %s", check->nr_failed,
				   buf_text(&check->failed));
		if (check->nr_skipped)
			buf_printf(&text, ", %u not checked", check->nr_skipped);
		fprintf(stderr, "%s\n", buf_text(&text));
		buf_free(&text);
	}
	ret = report_write(&check->report);
	if (ret)
		return error_sys(err, ret, "cannot write to stdout");
	return check->nr_failed ? 1 : 0;
}

/*
 * Wanted before the options can be parsed: that takes the probe's own, and so a probe that can be
 * read.
 */
static bool check_wants_json(char **argv)
{
	for (; *argv && strcmp(*argv, "--") != 0; argv++) {
		const char *arg = *argv;

		if ((strcmp(arg, "-o") == 0 || strcmp(arg, "--output") == 0) && argv[1])
			arg = *++argv;
		else if (strncmp(arg, "-o", 2) == 0)
			arg += 2;
		else if (strncmp(arg, "--output=", 9) == 0)
			arg += 9;
		else
			continue;
		if (strcmp(arg, "json") == 0)
			return true;
	}
	return false;
}

/* Take --all out of the arguments, and leave argv[0] free. */
static char **check_args(int *argc, char **argv, bool *all)
{
	char **args = calloc((size_t)*argc + 2, sizeof(*args));
	int nr = 1, i;

	for (i = 0; args && i < *argc && strcmp(argv[i], "--") != 0; i++) {
		if (strcmp(argv[i], "--all") == 0)
			*all = true;
		else
			args[nr++] = argv[i];
	}
	for (; args && i < *argc; i++)
		args[nr++] = argv[i];
	*argc = nr;
	return args;
}

int cmd_check(int argc, char **argv, struct error *err)
{
	struct check check = { .report.json = check_wants_json(argv) };
	const char *probe = NULL;
	bool all = false;
	char **args = check_args(&argc, argv, &all);
	int ret;

	if (!args)
		return error_sys(err, -ENOMEM, "cannot check");
	ret = options_find_probe(argc - 1, args + 1, &probe, err);
	if (!ret && all && probe)
		ret = error_usage(err, "--all checks every probe, not only %s", probe);
	all = !probe;
	if (ret)
		;
	else if (all)
		ret = check_all(&check, argc, args, err);
	else
		ret = check_probe(&check, argc - 1, args + 1, NULL, err);
	if (ret == CHECK_HELPED)
		ret = 0;
	else if (!ret && check.nr_probes)
		ret = check_sum(&check, all, err);
	buf_free(&check.failed);
	report_free(&check.report);
	free(args);
	return ret;
}
