// SPDX-License-Identifier: GPL-2.0-only
/* Which brace is not closed. */
#include <stdbool.h>

#include "diagnose/scene.h"
#include "probe/scan.h"

#define DEPTH_MAX 64

struct open_brace {
	unsigned int line, column;
	bool indented; /* its line is */
};

/* Where the next line, or the literal at @s, ends. */
static const char *literal_end(const char *s)
{
	char quote = *s++;

	while (*s && *s != quote && *s != '\n') {
		if (*s == '\\' && s[1] && s[1] != '\n')
			s++;
		s++;
	}
	return *s == quote ? s + 1 : s;
}

/*
 * The end of a function stands at the beginning of a line. If what it closes began in a line that
 * is indented, that is where an end is missing; without such a place, it is the innermost brace.
 */
bool explain_unclosed(const char *text, unsigned int *line, unsigned int *column)
{
	struct open_brace open[DEPTH_MAX], *last;
	unsigned int depth = 0, at = 1;
	const char *start = text;

	for (const char *s = text; *s;) {
		const char *after = scan_comment(s);

		if (after == s && (*s == '"' || *s == '\''))
			after = literal_end(s);
		if (after != s) {
			for (; s < after; s++)
				if (*s == '\n') {
					at++;
					start = s + 1;
				}
			continue;
		}
		if (*s == '{') {
			if (depth == DEPTH_MAX)
				return false;
			open[depth++] = (struct open_brace){
				.line = at,
				.column = (unsigned int)(s - start) + 1,
				.indented = *start == '\t' || *start == ' ',
			};
		} else if (*s == '}' && depth) {
			last = &open[--depth];
			if (s == start && depth && last->indented) {
				*line = last->line;
				*column = last->column;
				return true;
			}
		} else if (*s == '\n') {
			at++;
			start = s + 1;
		}
		s++;
	}
	if (!depth)
		return false;
	*line = open[depth - 1].line;
	*column = open[depth - 1].column;
	return true;
}
