// SPDX-License-Identifier: GPL-2.0-only
/* The user's own lines, below what is said of them. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "diagnose/diagnostics.h"
#include "diagnose/snippet.h"
#include "util/buf.h"
#include "util/text.h"

/* clang's -ftabstop */
#define TAB 8

bool text_line_at(const char *text, unsigned int line, const char **start, size_t *len)
{
	if (!line)
		return false;
	while (--line) {
		text = strchr(text, '\n');
		if (!text)
			return false;
		text++;
	}
	*start = text;
	*len = strcspn(text, "\n");
	return true;
}

/* The line as clang would show it; *@at receives where the byte @column (from 1) stands then. */
static void untabify(struct buf *out, const char *line, size_t len, unsigned int column, size_t *at)
{
	size_t width = 0;

	for (size_t i = 0; i <= len; i++) {
		if (i + 1 == column)
			*at = width;
		if (i == len)
			break;
		if (line[i] == '\t') {
			do {
				buf_char(out, ' ');
			} while (++width % TAB);
		} else {
			buf_char(out, line[i]);
			/* bytes that continue a character take no room */
			width += ((unsigned char)line[i] & 0xc0) != 0x80;
		}
	}
}

/* Did clang see the same? What stands before a function's body is blank in what it was given. */
static bool same_line(const char *user, const char *shown)
{
	size_t len = strcspn(shown, "\n"), user_len = strlen(user);
	size_t first = strspn(shown, " ");

	while (len && shown[len - 1] == ' ')
		len--;
	while (user_len && user[user_len - 1] == ' ')
		user_len--;
	if (first >= len)
		return false;
	/* a body that stands in one line ends there, and the next begins on a line of its own */
	return len <= user_len && memcmp(user + first, shown + first, len - first) == 0;
}

unsigned int snippet_show(struct buf *out, const char *text, const struct diag *at, bool correction)
{
	struct buf user = {};
	const char *line, *marks;
	size_t len, caret = 0;
	unsigned int column = at->column;

	if (!text_line_at(text, at->line, &line, &len))
		return 0;
	if (column > len + 1)
		column = 0;
	untabify(&user, line, len, column, &caret);
	buf_printf(out, "\n%s", buf_text(&user));
	marks = strchr(at->shown, '\n');
	if (*at->shown && !same_line(buf_text(&user), at->shown)) {
		column = 0;
	} else if (column && marks && marks[1]) {
		size_t end = correction ? strlen(marks) : 1 + strcspn(marks + 1, "\n");

		while (end && (marks[end - 1] == '\n' || marks[end - 1] == ' '))
			end--;
		buf_add(out, marks, end);
	} else if (column) {
		buf_printf(out, "\n%*s^", (int)caret, "");
	}
	buf_free(&user);
	return column;
}

void snippet_callee(const char *line, size_t len, unsigned int column, char *callee, size_t size)
{
	const char *s = line + (column <= len ? column : len), *end;
	int depth = 0;

	callee[0] = '\0';
	if (!column)
		return;
	/* the column may be that of the closing parenthesis */
	if (s > line)
		s--;
	while (s > line) {
		s--;
		if (*s == ')')
			depth++;
		else if (*s == '(' && depth-- == 0)
			break;
	}
	if (s == line || *s != '(')
		return;
	while (s > line && isspace((unsigned char)s[-1]))
		s--;
	end = s;
	while (s > line && (isalnum((unsigned char)s[-1]) || s[-1] == '_' || s[-1] == '.'))
		s--;
	snprintf(callee, size, "%.*s", (int)(end - s), s);
}
