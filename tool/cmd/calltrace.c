// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "attach/why.h"
#include "calltrace/print.h"
#include "calltrace/program.h"
#include "calltrace/value.h"
#include "cmd/calltrace_options.h"
#include "cmd/cmd.h"
#include "cmd/usage.h"
#include "read/command.h"
#include "read/signals.h"
#include "session/session.h"
#include "trace/trace.h"
#include "util/error.h"
#include "util/text.h"

/* The map of program.bpf that is filled here. */
#define MAP_PLANS "plans"

struct calltrace {
	struct calltrace_args args;
	struct traced_functions functions;
	struct calltrace_print print;
	struct output_custom custom;
};

static int print_help(struct error *err)
{
	struct buf out = {};
	int ret;

	calltrace_usage(&out);
	ret = cmd_print(buf_text(&out), err);
	buf_free(&out);
	return ret;
}

/* Why it is not traced, in a few words; NULL: it is. */
static const char *why_not(const struct traced_function *function, bool fentry)
{
	if (function->fault != FUNCTION_OK)
		return kernel_function_why_not(function->fault);
	return fentry && !function->type.btf ? "BTF does not describe it" : NULL;
}

static int print_functions(const struct traced_functions *functions, bool fentry, struct error *err)
{
	struct buf out = {};
	int ret;

	for (size_t i = 0; i < functions->nr; i++) {
		const struct traced_function *function = &functions->items[i];
		const char *why = why_not(function, fentry);

		buf_str(&out, function->entry ? "entry  " : "       ");
		buf_str(&out, function->name);
		if (function->module)
			buf_printf(&out, " [%s]", function->module);
		if (why)
			buf_printf(&out, "  not traced: %s", why);
		buf_char(&out, '\n');
	}
	ret = out.failed ? error_sys(err, -ENOMEM, "cannot print the functions")
			 : cmd_print(buf_text(&out), err);
	buf_free(&out);
	return ret;
}

/* What the program is to know of each function. */
static int fill_plans(const struct calltrace *calltrace, const struct session *session,
		      struct error *err)
{
	int plans = load_map_fd(&session->loaded, MAP_PLANS), ret = 0;

	for (size_t i = 0; i < calltrace->functions.nr && !ret; i++) {
		const struct traced_function *function = &calltrace->functions.items[i];
		struct call_plan plan;

		if (function->fault != FUNCTION_OK)
			continue;
		call_plan_of(&function->type, &plan);
		ret = load_map_set(plans, &function->address, &plan);
	}
	return ret ? error_sys(err, ret, "cannot tell the probe of its functions") : 0;
}

/* Options of a run that say nothing here: better told than left out in silence. */
static int check_options(const struct calltrace *calltrace, const struct run_options *run,
			 struct error *err)
{
	if (run->format == RUN_FORMAT_CSV)
		return error_usage(err, "-o csv: a tree has no such form; there is json");
	if (run->format == RUN_FORMAT_JSON && calltrace->args.dry_run)
		return error_usage(err, "-o json: --dry-run prints a list, a function a line");
	if (run->fields)
		return error_usage(err, "--fields: a trace is shown whole; -o json and jq take "
					"pieces out of it");
	if (run->interval_ns)
		return error_usage(err, "-i: calltrace has no maps that could be printed");
	if (run->watch)
		return error_usage(err, "--watch: calltrace has no file that could be edited");
	return 0;
}

static int calltrace_session(struct calltrace *calltrace, struct session *session,
			     struct error *err)
{
	struct buf text = {};
	int ret;

	calltrace_program(&text, &calltrace->args.opt);
	ret = session_open_text(session, "calltrace", &text, calltrace->args.nr_rest,
				calltrace->args.rest, err);
	buf_free(&text);
	return ret ?: check_options(calltrace, &session->run, err);
}

/*
 * Before anything is attached, because it takes a moment: nobody shall wait for it while events
 * do. Without debug information traces are just without file and line.
 */
static void calltrace_lines(struct calltrace *calltrace, const struct session *session)
{
	struct debuginfo *info = &calltrace->print.debuginfo;
	struct error err = {};
	int ret = debuginfo_open(info, &err);

	ret = ret
		      ?: debuginfo_place(info, symbols_address(&calltrace->print.symbols, "_stext"),
					 &err);
	if (!ret)
		session_remark(session, "file:line from %s", buf_text(&info->path));
	else if (ret != -ENOENT && !session->run.quiet)
		error_print(&err);
	else
		session_remark(session, "%s; %s", err.text, err.hint);
	/* trampolines have symbols once they are made: these are read again for the first stack */
	if (calltrace->args.opt.fentry)
		symbols_free(&calltrace->print.symbols);
}

/* What is to be known before functions are chosen and the compiler is started. */
static int check_fentry(const struct calltrace_options *opt, struct error *err)
{
	struct attach_point point = { .provider = &provider_fentry_multi };

	snprintf(point.target, sizeof(point.target), "%s", buf_text(&opt->entry));
	return attach_check(&point, false, err);
}

/* From functions to a session that only has to be attached. */
static int calltrace_load(struct calltrace *calltrace, struct session *session, struct error *err)
{
	int ret;

	calltrace->print.functions = &calltrace->functions;
	calltrace->print.json = session->run.format == RUN_FORMAT_JSON;
	calltrace->print.args = calltrace->args.opt.args;
	calltrace->print.color = session_output_options(session).color;
	wall_clock_init(&calltrace->print.clock);
	calltrace->custom.write = calltrace_print;
	calltrace->custom.arg = &calltrace->print;
	session->custom = &calltrace->custom;
	ret = session_expand(session, err);
	ret = ret ?: session_compile(session, err);
	ret = ret ?: session_points(session, err);
	ret = ret ?: session_check_points(session, false, err);
	ret = ret ?: session_load(session, err);
	ret = ret ?: fill_plans(calltrace, session, err);
	if (!ret)
		calltrace_lines(calltrace, session);
	return ret;
}

static void unmet(void *arg, const char *text, const char *hint)
{
	(void)arg;
	fprintf(stderr, "hotprobe: %s\n          %s\n", text, hint);
}

static int calltrace_run(struct calltrace *calltrace, struct session *session, struct error *err)
{
	struct calltrace_options *opt = &calltrace->args.opt;
	struct buf allowed = {};
	int signal_fd, ret = calltrace_session(calltrace, session, err);

	if (!ret && (session->run.version || calltrace->args.show)) {
		ret = session->run.version ? usage_version(err)
					   : cmd_print(buf_text(&session->src.text), err);
		session_free(session);
		return ret;
	}
	ret = ret ?: why_may_trace(err);
	if (!ret && opt->fentry)
		ret = check_fentry(opt, err);
	if (!ret && session->run.command)
		ret = command_find(session->run.command, err);
	calltrace_allowed(&allowed, opt);
	ret = ret
		      ?: traced_functions_choose(&calltrace->functions, buf_text(&opt->entry),
						 buf_text(&allowed),
						 session->run.quiet ? NULL : unmet, NULL, err);
	buf_free(&allowed);
	if (ret || calltrace->args.dry_run) {
		ret = ret ?: print_functions(&calltrace->functions, opt->fentry, err);
		session_free(session);
		return ret;
	}
	session->signal_fd = signal_fd = signals_open();
	ret = calltrace_load(calltrace, session, err);
	if (ret)
		session_free(session);
	else
		ret = trace_run(session, calltrace->args.nr_rest, calltrace->args.rest, err);
	close(signal_fd);
	return ret;
}

int cmd_calltrace(int argc, char **argv, struct error *err)
{
	struct calltrace calltrace = {};
	struct session *session = NULL;
	int ret = calltrace_args_parse(&calltrace.args, argc, argv, err);

	if (!ret && calltrace.args.help) {
		ret = print_help(err);
	} else if (!ret) {
		session = session_new(-1);
		ret = session ? calltrace_run(&calltrace, session, err)
			      : error_sys(err, -ENOMEM, "cannot trace");
	}
	calltrace_print_free(&calltrace.print);
	traced_functions_free(&calltrace.functions);
	calltrace_args_free(&calltrace.args);
	return ret;
}
