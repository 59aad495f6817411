// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "probe/comment.h"
#include "util/buf.h"
#include "util/text.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/*
 * Append one line's text. @first: the line that holds the comment's opening, whose column is that
 * of the text behind it; it has no " *" to take away.
 */
static void comment_add_line(struct buf *out, const char *s, const char *end, size_t column,
			     bool first)
{
	const char *star = s;
	size_t spaces = 0;

	while (end > s && is_blank(end[-1]))
		end--;
	while (!first && star < end && is_blank(*star))
		star++;
	if (!first && star < end && *star == '*') {
		for (; s <= star; s++)
			column = *s == '\t' ? (column / 8 + 1) * 8 : column + 1;
		first = true;
	}
	for (bool margin = first; s < end; s++) {
		size_t next = *s == '\t' ? (column / 8 + 1) * 8 : column + 1;

		spaces = is_blank(*s) ? next - column : 0;
		if (margin && spaces)
			spaces--;
		margin = false;
		column = next;
		if (is_blank(*s))
			buf_pad(out, out->len, spaces);
		else
			buf_char(out, *s);
	}
}

/* Cut the text between the comment's marks into lines. */
static int comment_split(const char *s, const char *end, int nr, size_t column,
			 struct comment *comment)
{
	struct buf out = {};
	size_t lines = 1;
	char *text;

	for (const char *c = s; c < end; c++)
		lines += *c == '\n';
	comment->lines = calloc(lines, sizeof(*comment->lines));
	if (!comment->lines)
		return -ENOMEM;
	for (size_t i = 0; i < lines; i++) {
		const char *stop = memchr(s, '\n', (size_t)(end - s));

		comment_add_line(&out, s, stop ? stop : end, i ? 0 : column, i == 0);
		buf_char(&out, '\0');
		s = stop ? stop + 1 : end;
	}
	if (out.failed) {
		buf_free(&out);
		return -ENOMEM;
	}
	comment->data = text = out.data;
	comment->nr_lines = lines;
	for (size_t i = 0; i < lines; i++) {
		size_t indent = strspn(text, " ");

		comment->lines[i].nr = nr + (int)i;
		comment->lines[i].indent = (unsigned int)indent;
		comment->lines[i].text = text + indent;
		text += strlen(text) + 1;
	}
	return 0;
}

int comment_next(const char *source, const char **pos, struct comment *comment)
{
	const char *s = *pos, *start, *end, *line;
	int ret;

	memset(comment, 0, sizeof(*comment));
	for (;;) {
		while (isspace((unsigned char)*s))
			s++;
		if (!text_starts(s, "//"))
			break;
		s += strcspn(s, "\n");
	}
	*pos = s;
	if (!text_starts(s, "/*"))
		return 0;
	start = s + 2;
	end = strstr(start, "*/");
	if (!end)
		return -EINVAL;
	while (start < end && *start == '*')
		start++;
	for (line = s; line > source && line[-1] != '\n';)
		line--;
	ret = comment_split(start, end, text_line(source, s), (size_t)(start - line), comment);
	if (ret) {
		comment_free(comment);
		return ret;
	}
	*pos = end + 2;
	return 1;
}

void comment_free(struct comment *comment)
{
	free(comment->lines);
	free(comment->data);
	memset(comment, 0, sizeof(*comment));
}
