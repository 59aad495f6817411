// SPDX-License-Identifier: GPL-2.0-only
/* The probe that traces the functions that were chosen. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "calltrace/program.h"
#include "util/error.h"
#include "util/text.h"

/* program.bpf, built in */
extern const char calltrace_program_start[];

/* What cannot be in a function's name, nor in a pattern for one; '!' can, as in "[!a-z]". */
#define STRANGE " \t,:+${}()/\\\"'"

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

static bool is_pattern(const char *pattern, size_t end, size_t *len, const char **module)
{
	size_t module_len;

	*len = strcspn(pattern, " ,");
	*module = pattern + *len + strspn(pattern + *len, " ");
	module_len = (size_t)(pattern + end - *module);
	/* '!' would deny, brackets alone would name a module */
	if (!*len || *pattern == '!' || (*pattern == '[' && pattern[*len - 1] == ']') ||
	    strcspn(pattern, STRANGE) < *len)
		return false;
	return !module_len || (module_len > 2 && **module == '[' && pattern[end - 1] == ']' &&
			       strcspn(*module, STRANGE) >= module_len);
}

int calltrace_patterns_add(struct buf *list, const char *option, const char *patterns,
			   struct error *err)
{
	for (const char *s = patterns;; s++) {
		size_t end = strcspn(s, ","), len;
		const char *module;

		if (!is_pattern(s, end, &len, &module)) {
			error_usage(err, "%s: '%.*s' is no pattern for functions", option, (int)end,
				    s);
			return error_hint(err,
					  "it is a name with *, ? or [a-z] in it, and may be "
					  "followed by a module in brackets: '%s bpf_*', '%s nf_* "
					  "[nf_tables]'",
					  option, option);
		}
		buf_printf(list, "%s%.*s%.*s", list->len ? "," : "", (int)len, s,
			   (int)(s + end - module), module);
		s += end;
		if (!*s)
			return 0;
	}
}

/* ",!a,!b" for "a,b" */
static void without(struct buf *out, const struct buf *list)
{
	const char *s = list->len ? list->data : "";

	while (*s) {
		size_t len = strcspn(s, ",");

		buf_printf(out, ",!%.*s", (int)len, s);
		s += len + (s[len] == ',');
	}
}

/*
 * What program.bpf calls before it knows that it is not inside another one of its programs, where
 * the kernel does not see to that.
 */
static const char own_functions[] = ",!bpf_get_smp_processor_id,!bpf_get_current_pid_tgid";

void calltrace_allowed(struct buf *out, const struct calltrace_options *opt)
{
	if (!opt->allow.len)
		return;
	buf_add(out, opt->allow.data, opt->allow.len);
	without(out, &opt->deny);
	without(out, &opt->entry);
	if (opt->fentry)
		buf_str(out, own_functions);
}

static void attach_lines(struct buf *out, const struct calltrace_options *opt)
{
	const char *call = opt->fentry ? "fentry.multi" : "kprobe.multi";
	const char *end = opt->fentry ? "fexit.multi" : "kretprobe.multi";
	struct buf allowed = {};

	/*
	 * The entry last, so that no trace begins which lacks what is not attached yet. And of
	 * probes at one place the last one comes first: the stack of an entry must be told before
	 * the probe of the return puts its own address there.
	 */
	calltrace_allowed(&allowed, opt);
	buf_str(out, " *   tracepoint       sched:sched_process_exit  on_exit\n");
	buf_printf(out, " *   %-16s %s  on_entry_return\n", end, buf_text(&opt->entry));
	if (allowed.len) {
		buf_printf(out, " *   %-16s %s  on_return\n", end, buf_text(&allowed));
		buf_printf(out, " *   %-16s %s  on_call\n", call, buf_text(&allowed));
	}
	buf_printf(out, " *   %-16s %s  on_entry\n", call, buf_text(&opt->entry));
	buf_free(&allowed);
}

void calltrace_program(struct buf *out, const struct calltrace_options *opt)
{
	buf_str(out, "// SPDX-License-Identifier: GPL-2.0-only\n"
		     "/*\n * calltrace - the calls that functions of the kernel make, as a tree\n"
		     " *\n * Attach:\n");
	attach_lines(out, opt);
	buf_str(out, " *\n * Buffer:\n *   1M  a trace can be 25 KB\n */\n");
	if (opt->fentry)
		buf_str(out, "#define TRACE_FENTRY\n");
	if (opt->args)
		buf_str(out, "#define TRACE_ARGS\n");
	if (opt->successful)
		buf_str(out, "#define TRACE_SUCCESS\n");
	if (opt->longer_ns)
		buf_printf(out, "#define TRACE_LONGER %" PRIu64 "ULL\n", opt->longer_ns);
	errors_test(out, "TRACE_ERRORS", opt->errors);
	errors_test(out, "TRACE_NO_ERRORS", opt->no_errors);
	if (opt->allow.len)
		buf_str(out, "#define TRACE_CALLS\n");
	buf_str(out, calltrace_program_start);
}
