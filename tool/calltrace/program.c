// SPDX-License-Identifier: GPL-2.0-only
/* The probe that traces the functions that were chosen. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "calltrace/program.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/text.h"

/* program.bpf, built in */
extern const char calltrace_program_start[];

/* as far as errno_name() knows names */
#define ERRNO_MAX 4095

static int errno_number(const char *name, size_t len)
{
	for (int i = 1; i <= ERRNO_MAX; i++) {
		const char *known = errno_name(i);

		if (known && strlen(known) == len && memcmp(known, name, len) == 0)
			return i;
	}
	return 0;
}

int calltrace_errors_check(const char *option, const char *errors, struct error *err)
{
	for (const char *s = errors;; s++) {
		size_t len = strcspn(s, ",");

		if (!errno_number(s, len)) {
			error_usage(err, "%s: '%.*s' is not the name of an error", option, (int)len,
				    s);
			return error_hint(err, "for example %s EINVAL,EPERM", option);
		}
		s += len;
		if (!*s)
			return 0;
	}
}

/* "error == -22 || error == -1" */
static void errors_test(struct buf *out, const char *macro, const char *errors)
{
	if (!errors)
		return;
	buf_printf(out, "#define %s", macro);
	for (const char *s = errors;; s++) {
		size_t len = strcspn(s, ",");

		buf_printf(out, "%s error == -%d", s == errors ? "" : " ||", errno_number(s, len));
		s += len;
		if (!*s)
			break;
	}
	buf_char(out, '\n');
}

/* As kprobe.multi has its target: between commas, without spaces. */
static void target(struct buf *out, const struct globs *globs, const char *before)
{
	for (size_t i = 0; i < globs->nr; i++) {
		buf_printf(out, "%s%s", i || *before == '!' ? "," : "", *before == '!' ? "!" : "");
		for (const char *s = globs->items[i]; *s; s++)
			if (*s != ' ')
				buf_char(out, *s);
	}
}

static void attach_line(struct buf *out, const char *provider, const struct globs *globs,
			const struct globs *deny, const struct globs *entry, const char *function)
{
	buf_printf(out, " *   %s  ", provider);
	target(out, globs, "");
	if (deny)
		target(out, deny, "!");
	if (entry)
		target(out, entry, "!");
	buf_printf(out, "  %s\n", function);
}

void calltrace_program(struct buf *out, const struct calltrace_options *opt)
{
	buf_str(out, "// SPDX-License-Identifier: GPL-2.0-only\n"
		     "/*\n * calltrace - the calls that functions of the kernel make, as a tree\n"
		     " *\n * Attach:\n");
	attach_line(out, "kprobe.multi", &opt->entry, NULL, NULL, "on_entry");
	attach_line(out, "kretprobe.multi", &opt->entry, NULL, NULL, "on_entry_return");
	if (opt->allow.nr) {
		attach_line(out, "kprobe.multi", &opt->allow, &opt->deny, &opt->entry, "on_call");
		attach_line(out, "kretprobe.multi", &opt->allow, &opt->deny, &opt->entry,
			    "on_return");
	}
	buf_str(out, " *\n * Buffer:\n *   1M  a trace can be 25 KB\n */\n");
	if (opt->args)
		buf_str(out, "#define TRACE_ARGS\n");
	if (opt->successful)
		buf_str(out, "#define TRACE_SUCCESS\n");
	if (opt->longer_ns)
		buf_printf(out, "#define TRACE_LONGER %" PRIu64 "ULL\n", opt->longer_ns);
	errors_test(out, "TRACE_ERRORS", opt->errors);
	errors_test(out, "TRACE_NO_ERRORS", opt->no_errors);
	if (opt->allow.nr)
		buf_str(out, "#define TRACE_CALLS\n");
	buf_str(out, calltrace_program_start);
}
