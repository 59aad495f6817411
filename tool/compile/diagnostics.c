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

/* "--where:1:17: error: ..." and the two lines below it, in terms of the user's expression */
static const char *where_diagnostic(struct buf *out, const char *line, const struct expansion *exp,
				    const char *where)
{
	const char *message, *next;
	int column = atoi(line + strlen(EXPAND_WHERE_FILE ":1:"));

	message = strstr(line, ": ");
	next = strchr(line, '\n');
	if (!message || !next || message > next)
		return NULL;
	column = expand_where_column(exp, column);
	buf_printf(out, "--where: %.*s\n    %s\n    %*s^\n", (int)(next - message - 2), message + 2,
		   where, column - 1, "");
	/* clang's own copy of the expression has other columns */
	for (next++; *next == ' ' || text_starts(next, "return"); next++) {
		next = strchr(next, '\n');
		if (!next)
			return "";
	}
	return next;
}

void diagnostics_clean(struct buf *out, const char *text, const struct expansion *exp,
		       const char *where)
{
	const char *end = strstr(text, second_try);

	if (!end)
		end = text + strlen(text);
	while (text < end && *text) {
		const char *eol = strchr(text, '\n'), *next;

		next = eol ? eol + 1 : text + strlen(text);
		if (where && text_starts(text, EXPAND_WHERE_FILE ":1:")) {
			const char *after = where_diagnostic(out, text, exp, where);

			if (after) {
				text = after[0] ? after : end;
				continue;
			}
		}
		/* "3 errors generated." says nothing that cannot be seen */
		if (!(isdigit((unsigned char)*text) && strstr(text, " generated.") &&
		      strstr(text, " generated.") < next))
			buf_add(out, text, (size_t)(next - text));
		text = next;
	}
	while (out->len && out->data[out->len - 1] == '\n')
		out->data[--out->len] = '\0';
}
