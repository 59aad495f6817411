// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/calltrace_options.h"
#include "options/optval.h"
#include "options/table.h"
#include "probe/doc.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/text.h"

static int set_entry(struct calltrace_args *args, const char *value, struct error *err)
{
	return calltrace_patterns_add(&args->opt.entry, "-e", value, err);
}

static int set_allow(struct calltrace_args *args, const char *value, struct error *err)
{
	return calltrace_patterns_add(&args->opt.allow, "-a", value, err);
}

static int set_deny(struct calltrace_args *args, const char *value, struct error *err)
{
	return calltrace_patterns_add(&args->opt.deny, "-d", value, err);
}

static int set_args(struct calltrace_args *args, const char *value, struct error *err)
{
	(void)value;
	(void)err;
	args->opt.args = true;
	return 0;
}

static int set_fentry(struct calltrace_args *args, const char *value, struct error *err)
{
	(void)value;
	(void)err;
	args->opt.fentry = true;
	return 0;
}

static int set_all(struct calltrace_args *args, const char *value, struct error *err)
{
	(void)value;
	(void)err;
	args->opt.successful = true;
	return 0;
}

/* The last one would win in silence, which a run's own options do not let it, either. */
static int given_twice(const char *option, struct error *err)
{
	error_usage(err, "%s is given twice", option);
	return error_hint(err, "write all names with commas between them: %s EINVAL,EPERM", option);
}

static int set_errors(struct calltrace_args *args, const char *value, struct error *err)
{
	if (args->opt.errors)
		return given_twice("--errors", err);
	args->opt.errors = value;
	return calltrace_errors_check("--errors", value, err);
}

static int set_no_errors(struct calltrace_args *args, const char *value, struct error *err)
{
	if (args->opt.no_errors)
		return given_twice("--no-errors", err);
	args->opt.no_errors = value;
	return calltrace_errors_check("--no-errors", value, err);
}

static int set_longer(struct calltrace_args *args, const char *value, struct error *err)
{
	if (optval_number(OPTVAL_TIME, value, &args->opt.longer_ns) == 0)
		return 0;
	error_usage(err, "--longer: '%s' is not a time", value);
	return error_hint(err, "for example --longer 10ms");
}

static int set_dry_run(struct calltrace_args *args, const char *value, struct error *err)
{
	(void)value;
	(void)err;
	args->dry_run = true;
	return 0;
}

static int set_show(struct calltrace_args *args, const char *value, struct error *err)
{
	(void)value;
	(void)err;
	args->show = true;
	return 0;
}

static int set_help(struct calltrace_args *args, const char *value, struct error *err)
{
	(void)value;
	(void)err;
	args->help = true;
	return 0;
}

/* The options of calltrace's own; all others are those of a run. */
static const struct row {
	const char *name;
	char letter;
	const char *metavar; /* NULL: none */
	const char *help;
	int (*set)(struct calltrace_args *args, const char *value, struct error *err);
} rows[] = {
	{ "entry", 'e', "GLOB", "functions whose calls are traced; several -e add up", set_entry },
	{ "allow", 'a', "GLOB", "functions that are shown in these calls; several add up",
	  set_allow },
	{ "deny", 'd', "GLOB", "but not these", set_deny },
	{ "args", 0, NULL, "also the arguments", set_args },
	{ "all", 'S', NULL, "also calls that do not fail", set_all },
	{ "errors", 0, "E,E", "only calls that fail with these: EINVAL,EPERM", set_errors },
	{ "no-errors", 0, "E,E", "only calls that fail with others", set_no_errors },
	{ "longer", 0, "DURATION", "only calls that take longer", set_longer },
	{ "fentry", 0, NULL, "attach by fentry and fexit instead of kprobes", set_fentry },
	{ "dry-run", 0, NULL, "tell which functions would be traced, and which not and why",
	  set_dry_run },
	{ "show", 0, NULL, "print the probe instead of running it", set_show },
	{ "help", 'h', NULL, "this text", set_help },
};

#define NR_ROWS (sizeof(rows) / sizeof(rows[0]))

/* The row that a long option names; *value is what is attached to it, or NULL. */
static const struct row *row_of(const char *arg, const char **value)
{
	for (size_t i = 0; i < NR_ROWS; i++) {
		size_t len = strlen(rows[i].name);

		if (text_starts(arg, "--") && strncmp(arg + 2, rows[i].name, len) == 0 &&
		    (!arg[2 + len] || arg[2 + len] == '=')) {
			*value = arg[2 + len] ? arg + 2 + len + 1 : NULL;
			return &rows[i];
		}
	}
	return NULL;
}

static const struct row *row_letter(char letter)
{
	for (size_t i = 0; i < NR_ROWS; i++)
		if (rows[i].letter == letter)
			return &rows[i];
	return NULL;
}

static int parse_one(struct calltrace_args *args, const struct row *row, const char *value,
		     char ***argv, struct error *err)
{
	if (!row->metavar && value)
		return error_usage(err, "--%s takes no value", row->name);
	if (row->metavar && !value) {
		value = (*argv)[1];
		if (!value)
			return error_usage(err, "--%s needs %s", row->name, row->metavar);
		++*argv;
	}
	return row->set(args, value, err);
}

/* A group of short options, such as -qSe: what is a run's own is left in it. */
static int parse_group(struct calltrace_args *args, char *word, char ***argv, struct error *err)
{
	size_t kept = 1;
	int ret = 0;

	for (size_t i = 1; word[i] && !ret; i++) {
		const struct option_row *own = option_row_letter(word[i]);
		const struct row *row = row_letter(word[i]);

		if (!row && (!own || own->metavar)) {
			/* that one's value, or letters that nobody knows */
			memmove(word + kept, word + i, strlen(word + i) + 1);
			args->rest[args->nr_rest++] = word;
			return 0;
		}
		if (!row) {
			word[kept++] = word[i];
			continue;
		}
		ret = parse_one(args, row, row->metavar && word[i + 1] ? word + i + 1 : NULL, argv,
				err);
		if (row->metavar)
			break;
	}
	word[kept] = '\0';
	if (kept > 1)
		args->rest[args->nr_rest++] = word;
	return ret;
}

int calltrace_args_parse(struct calltrace_args *args, int argc, char **argv, struct error *err)
{
	bool command = false;
	int ret = 0;

	args->rest = calloc((size_t)argc + 2, sizeof(*args->rest));
	if (!args->rest)
		return error_sys(err, -ENOMEM, "cannot trace");
	args->rest[args->nr_rest++] = (char *)"calltrace";
	for (; *argv && !ret; argv++) {
		const char *value;
		const struct row *row = command ? NULL : row_of(*argv, &value);

		command |= strcmp(*argv, "--") == 0;
		if (row)
			ret = parse_one(args, row, value, &argv, err);
		else if (!command && (*argv)[0] == '-' && (*argv)[1] && (*argv)[1] != '-')
			ret = parse_group(args, *argv, &argv, err);
		else
			args->rest[args->nr_rest++] = *argv;
	}
	if (ret || args->help)
		return ret;
	if (!args->opt.entry.len) {
		error_usage(err, "which calls? -e names the functions whose calls are traced");
		return error_hint(err, "for example hotprobe calltrace -e '*sys_bpf' -a 'bpf_*'");
	}
	if (args->opt.deny.len && !args->opt.allow.len) {
		error_usage(err, "-d takes functions away from those of -a, and there is no -a");
		return error_hint(err, "how long to trace is --duration, with calltrace");
	}
	return 0;
}

void calltrace_args_free(struct calltrace_args *args)
{
	buf_free(&args->opt.entry);
	buf_free(&args->opt.allow);
	buf_free(&args->opt.deny);
	free(args->rest);
}

void calltrace_usage(struct buf *out)
{
	buf_str(out,
		"Usage: hotprobe calltrace -e GLOB [-a GLOB] [OPTIONS] [-- COMMAND...]\n\n"
		"Find the function of the kernel that returned an error: of each call of a "
		"function\n-e that fails, the tree of the calls of functions -a that it made.\n\n"
		"Options:\n");
	for (size_t i = 0; i < NR_ROWS; i++) {
		size_t start = out->len;

		if (rows[i].letter)
			buf_printf(out, "  -%c, --%s", rows[i].letter, rows[i].name);
		else
			buf_printf(out, "      --%s", rows[i].name);
		if (rows[i].metavar)
			buf_printf(out, "=%s", rows[i].metavar);
		buf_pad(out, start, 28);
		buf_printf(out, "%s\n", rows[i].help);
	}
	buf_str(out, "\nOptions of every run:\n");
	doc_help_run(out);
	buf_str(out,
		"\nExamples:\n"
		"  hotprobe calltrace -e '*sys_bpf' -a 'bpf_*' -a 'map_*'    why bpf(2) fails\n"
		"  hotprobe calltrace -e '*sys_mount' -a '*mount*' --args -- mount /dev/sdb /mnt\n"
		"  hotprobe calltrace -e vfs_read -a 'ext4_*' --all --longer 10ms\n");
}
