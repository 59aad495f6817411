// SPDX-License-Identifier: GPL-2.0-only
/* What the verifier said, as far as it helps. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "load/load.h"
#include "util/error.h"
#include "util/text.h"

#define TAIL_LINES 12

/* The start of the last lines of a text. */
static const char *tail(const char *text, int lines)
{
	const char *s = text + strlen(text);

	while (s > text && s[-1] == '\n')
		s--;
	while (s > text && lines) {
		s--;
		if (*s == '\n' && --lines == 0)
			return s + 1;
	}
	return s;
}

/* The line of statistics that ends every log; it says nothing about the cause. */
static size_t log_len(const char *log)
{
	const char *end = strstr(log, "\nprocessed ");
	size_t len = end ? (size_t)(end - log) : strlen(log);

	while (len && isspace((unsigned char)log[len - 1]))
		len--;
	return len;
}

int refusal_explain(const struct loaded *loaded, const char *function, int code, const char *log,
		    struct error *err)
{
	char end[4096];
	size_t len = log_len(log);
	const char *last;

	if (!len)
		return error_sys(err, code,
				 "%s: the kernel refused the program %s without a reason",
				 loaded->source, function);
	if (len >= sizeof(end)) {
		log += len - (sizeof(end) - 1);
		len = sizeof(end) - 1;
	}
	snprintf(end, sizeof(end), "%.*s", (int)len, log);
	last = tail(end, 1);
	error_set(err, code, "%s: the verifier refused the program %s: %s\n%s", loaded->source,
		  function, last, tail(end, TAIL_LINES));
	if (strstr(last, "invalid mem access 'scalar'") || strstr(last, "invalid mem access 'inv'"))
		error_hint(err, "kernel memory is read through a pointer that libbcc did not "
				"recognise: use "
				"read_kernel(&value, sizeof(value), pointer)");
	else if (strstr(last, "invalid indirect read from stack"))
		error_hint(
			err,
			"part of the struct was never set, perhaps its padding: start with = {} or "
			"__builtin_memset()");
	else if (strstr(last, "map_value_or_null"))
		error_hint(err, "what lookup() returns can be NULL: test it first");
	return code;
}
