// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "compile/run.h"
#include "probe/expand.h"
#include "util/buf.h"
#include "util/text.h"

/* libbcc's remark between the first attempt and the second (loader.cc) */
static const char second_try[] = "WARNING: compilation failure, trying with system bpf.h";

/* "FILE:LINE:COLUMN: ", which starts a diagnostic; other lines belong to the one before */
static bool is_diagnostic(const char *line, const char *end)
{
	for (const char *s = line; s + 1 < end; s++) {
		const char *digits = s + 1;

		if (*s != ':' || !isdigit((unsigned char)*digits))
			continue;
		digits += strspn(digits, "0123456789");
		if (*digits == ':' && isdigit((unsigned char)digits[1]))
			return true;
	}
	return false;
}

/* "--where:1:17: error: ..." in terms of the user's expression; clang's copy has other columns */
static void where_diagnostic(struct buf *out, const char *line, const char *end,
			     const struct expansion *exp, const char *where)
{
	const char *message = strstr(line, ": ");
	int column = atoi(line + strlen(EXPAND_WHERE_FILE ":1:"));

	if (!message || message > end)
		return;
	message += 2;
	if (text_starts(message, "error: "))
		message += strlen("error: ");
	buf_printf(out, "--where: %.*s    %s\n    %*s^\n", (int)(end - message), message, where,
		   expand_where_column(exp, column) - 1, "");
}

/* Is there an error in a line that somebody but us has written? */
static bool errors_elsewhere(const char *text, const char *end)
{
	while (text < end) {
		const char *eol = memchr(text, '\n', (size_t)(end - text)) ?: end;

		if (memmem(text, (size_t)(eol - text), ": error: ", 9) &&
		    !text_starts(text, EXPAND_OWN_FILE ":"))
			return true;
		text = eol + 1;
	}
	return false;
}

/* "3 errors generated." says nothing that cannot be seen. */
static bool is_count(const char *line, const char *end)
{
	return isdigit((unsigned char)*line) &&
	       memmem(line, (size_t)(end - line), " generated.", 11);
}

void diagnostics_clean(struct buf *out, const char *text, const struct expansion *exp,
		       const char *where)
{
	const char *end = strstr(text, second_try);
	bool skip = false, elsewhere;

	if (!end)
		end = text + strlen(text);
	elsewhere = errors_elsewhere(text, end);
	while (text < end && *text) {
		const char *eol = strchr(text, '\n'), *next = eol ? eol + 1 : text + strlen(text);

		bool note = memmem(text, (size_t)(next - text), ": note: ", 8);

		/* a note belongs to the diagnostic before it */
		if (is_diagnostic(text, next) && !note)
			skip = false;
		if (where && text_starts(text, EXPAND_WHERE_FILE ":1:")) {
			where_diagnostic(out, text, next, exp, where);
			skip = true;
		} else if (text_starts(text, EXPAND_OWN_FILE ":") && (note || elsewhere)) {
			/* remarks on our own text, and what follows there from an error elsewhere
			 */
			skip = true;
		} else if (!skip && !is_count(text, next)) {
			buf_add(out, text, (size_t)(next - text));
		}
		text = next;
	}
	while (out->len && out->data[out->len - 1] == '\n')
		out->data[--out->len] = '\0';
}
