// SPDX-License-Identifier: GPL-2.0-only
/* The command line of `hotprobe run`, read once for the probe's name and once for everything. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options/options.h"
#include "options/table.h"
#include "probe/doc.h"
#include "util/error.h"
#include "util/text.h"

enum arg_kind {
	ARG_END,
	ARG_WORD,    /* no option */
	ARG_OWN,     /* an option of hotprobe */
	ARG_PROBE,   /* an option of the probe */
	ARG_UNKNOWN, /* an option of neither; only for a scan without a doc comment */
};

/* One argument, or one letter of a group of short options. */
struct arg {
	enum arg_kind kind;
	int at; /* its index in argv */
	const struct option_row *row;
	const struct doc_option *option;
	const char *value; /* also the word of an ARG_WORD */
	char shown[80];	   /* the option as the user wrote it, for messages */
};

struct scan {
	int argc;
	char **argv;
	int next;
	const char *group;     /* what is left of a group of short options */
	bool any;	       /* take options that nobody knows as ARG_UNKNOWN */
	const struct doc *doc; /* NULL when the probe's options are not known */
	int name_at;	       /* index of the probe's name, -1 when it is not known */
	struct error *err;
};

static int unknown_option(struct scan *scan, const struct arg *arg, const char *name)
{
	struct near near = { .wanted = name };
	const struct option_row *row;

	error_usage(scan->err, "unknown option %s", arg->shown);
	for (size_t i = 0; (row = option_row_at(i)); i++)
		near_offer(&near, row->name);
	for (size_t i = 0; scan->doc && i < scan->doc->nr_options; i++)
		near_offer(&near, scan->doc->options[i].name);
	if (*name && near_best(&near))
		return error_hint(scan->err, "did you mean --%s?", near_best(&near));
	return error_hint(scan->err, "`hotprobe %s --help` lists the options",
			  scan->name_at >= 0 ? scan->argv[scan->name_at] : "run");
}

/* Give the option its value: @inline_value from the same word, or else the next word. */
static int take_value(struct scan *scan, struct arg *arg, const char *inline_value)
{
	const char *metavar = arg->row ? arg->row->metavar : arg->option->metavar;

	if (!metavar) {
		if (!inline_value)
			return 0;
		return error_usage(scan->err, "%s takes no value, but '%s' was given", arg->shown,
				   inline_value);
	}
	if (inline_value) {
		arg->value = inline_value;
		return 0;
	}
	if (arg->option && arg->at < scan->name_at) {
		error_usage(scan->err, "%s stands before the probe's name, without its value",
			    arg->shown);
		return error_hint(scan->err, "write --%s=%s there, or put it behind the name",
				  arg->option->name, metavar);
	}
	if (scan->next >= scan->argc || strcmp(scan->argv[scan->next], "--") == 0) {
		/* a scan that does not know all options may have taken a value for an option */
		if (scan->any)
			return 0;
		return error_usage(scan->err, "%s needs a value: %s %s", arg->shown, arg->shown,
				   metavar);
	}
	arg->value = scan->argv[scan->next++];
	return 0;
}

static void find_option(struct scan *scan, struct arg *arg, const char *name, size_t len)
{
	arg->row = option_row_named(name, len);
	if (!arg->row && scan->doc)
		arg->option = doc_option_named(scan->doc, name, len);
	arg->kind = arg->row ? ARG_OWN : arg->option ? ARG_PROBE : ARG_UNKNOWN;
}

static int scan_long(struct scan *scan, struct arg *arg, const char *word)
{
	const char *name = word + 2, *value = NULL;
	size_t len = strcspn(name, "=");
	char wanted[64];

	if (name[len])
		value = name + len + 1;
	snprintf(arg->shown, sizeof(arg->shown), "--%.*s", (int)(len < 64 ? len : 64), name);
	find_option(scan, arg, name, len);
	if (arg->kind != ARG_UNKNOWN)
		return take_value(scan, arg, value);
	if (scan->any)
		return 0;
	snprintf(wanted, sizeof(wanted), "%.*s", (int)(len < 63 ? len : 63), name);
	return unknown_option(scan, arg, wanted);
}

static int scan_letter(struct scan *scan, struct arg *arg)
{
	char letter = *scan->group++;
	const char *rest = *scan->group ? scan->group : NULL;
	const char *metavar;

	/* a letter of more than one byte is shown whole */
	snprintf(arg->shown, sizeof(arg->shown), "-%c%.*s", letter,
		 (letter & 0x80) && rest ? (int)strlen(rest) : 0, rest ? rest : "");
	arg->row = option_row_letter(letter);
	if (!arg->row && scan->doc)
		arg->option = doc_option_letter(scan->doc, letter);
	arg->kind = arg->row ? ARG_OWN : arg->option ? ARG_PROBE : ARG_UNKNOWN;
	if (arg->kind == ARG_UNKNOWN) {
		/* the rest may be letters or this one's value; in either case it is no word */
		scan->group = NULL;
		return scan->any ? 0 : unknown_option(scan, arg, "");
	}
	metavar = arg->row ? arg->row->metavar : arg->option->metavar;
	if (metavar || !rest)
		scan->group = NULL;
	return take_value(scan, arg, metavar ? rest : NULL);
}

static int scan_next(struct scan *scan, struct arg *arg)
{
	const char *word;

	memset(arg, 0, sizeof(*arg));
	if (scan->group) {
		arg->at = scan->next - 1;
		return scan_letter(scan, arg);
	}
	if (scan->next >= scan->argc || strcmp(scan->argv[scan->next], "--") == 0)
		return 0;
	arg->at = scan->next;
	word = scan->argv[scan->next++];
	if (word[0] != '-' || !word[1]) {
		arg->kind = ARG_WORD;
		arg->value = word;
		return 0;
	}
	if (word[1] == '-')
		return scan_long(scan, arg, word);
	scan->group = word + 1;
	return scan_letter(scan, arg);
}

/* The first pass: *name_at is the probe's name's index or -1, *run has help and version. */
static int find_name(int argc, char **argv, int *name_at, struct run_options *run,
		     struct error *err)
{
	struct scan scan = { .argc = argc, .argv = argv, .any = true, .name_at = -1, .err = err };
	struct arg arg;
	int ret;

	*name_at = -1;
	for (;;) {
		ret = scan_next(&scan, &arg);
		if (ret || arg.kind == ARG_END)
			return ret;
		if (arg.kind == ARG_WORD && *name_at < 0)
			*name_at = arg.at;
		if (arg.kind == ARG_OWN && strcmp(arg.row->name, "help") == 0)
			run->help = true;
		if (arg.kind == ARG_OWN && strcmp(arg.row->name, "version") == 0)
			run->version = true;
	}
}

int options_find_probe(int argc, char **argv, const char **probe, struct error *err)
{
	struct run_options run = {};
	int name_at, ret;

	*probe = NULL;
	ret = find_name(argc, argv, &name_at, &run, err);
	if (ret == 0 && name_at >= 0)
		*probe = argv[name_at];
	return ret;
}

static int check_together(const struct run_options *run, struct error *err)
{
	if (run->pid >= 0 && run->command) {
		error_usage(err, "-p and -- COMMAND cannot be used together: one traces a process "
				 "that runs, the other one that it starts");
		return error_hint(err, "leave one of them out");
	}
	if (run->quiet && run->verbose) {
		error_usage(err, "-q and -v cannot be used together");
		return error_hint(err, "leave one of them out");
	}
	return 0;
}

static int parse_own(struct run_options *run, const struct arg *arg, bool *seen, struct error *err)
{
	const struct option_row *first = option_row_at(0);

	if (arg->row->metavar && strcmp(arg->row->name, "define") != 0) {
		if (seen[arg->row - first])
			return error_usage(err, "%s is given twice", arg->shown);
		seen[arg->row - first] = true;
	}
	return arg->row->set(run, arg->value, err);
}

static int parse_all(struct scan *scan, struct run_options *run, struct probe_options *probe)
{
	bool seen[OPTION_ROWS_MAX] = {};
	struct arg arg;
	int ret;

	for (;;) {
		ret = scan_next(scan, &arg);
		if (ret == 0 && arg.kind == ARG_OWN)
			ret = parse_own(run, &arg, seen, scan->err);
		else if (ret == 0 && arg.kind == ARG_PROBE)
			ret = probe_options_add(probe, arg.option, arg.value, scan->err);
		if (ret || arg.kind == ARG_END)
			return ret;
		if (arg.kind == ARG_WORD && arg.at != scan->name_at) {
			error_usage(scan->err, "'%s' is too much: %s is the probe to run",
				    arg.value, scan->argv[scan->name_at]);
			return error_hint(scan->err,
					  "to start and trace a command write: -- %s ...",
					  arg.value);
		}
	}
}

int options_parse(int argc, char **argv, const struct doc *doc, struct run_options *run,
		  struct probe_options *probe, struct error *err)
{
	struct scan scan = { .argc = argc, .argv = argv, .doc = doc, .err = err };
	int ret;

	memset(run, 0, sizeof(*run));
	memset(probe, 0, sizeof(*probe));
	run->pid = -1;
	ret = find_name(argc, argv, &scan.name_at, run, err);
	if (ret || run->help || run->version)
		return ret;
	ret = parse_all(&scan, run, probe);
	if (ret)
		return ret;
	if (scan.name_at < 0) {
		error_usage(err, "which probe?");
		return error_hint(err, "`hotprobe list` shows them");
	}
	if (scan.next < argc) {
		if (scan.next + 1 >= argc) {
			error_usage(err, "no command behind --");
			return error_hint(err, "write the command to start and trace: -- ls -l");
		}
		run->command = argv + scan.next + 1;
	}
	ret = check_together(run, err);
	if (ret == 0 && doc && run->pid >= 0)
		ret = probe_options_default_pid(doc, probe, run->pid, err);
	return ret;
}

void run_options_free(struct run_options *run)
{
	define_list_free(&run->defines);
	memset(run, 0, sizeof(*run));
	run->pid = -1;
}
