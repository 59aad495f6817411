/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_PROBE_COMMENT_H
#define HOTPROBE_PROBE_COMMENT_H

#include <stddef.h>

/*
 * One block comment of a probe's source, as its lines of text: the leading " *" and one space are
 * gone, tabs are spaces (stops of 8 columns in the file), no line ends in a space.
 */
struct comment_line {
	int nr;		     /* line in the file, from 1 */
	unsigned int indent; /* spaces before the text */
	const char *text;    /* behind the indentation; "" for a blank line */
};

struct comment {
	struct comment_line *lines;
	size_t nr_lines;
	char *data; /* what the lines' text points into */
};

/*
 * comment_next - the next block comment that stands before any code
 *
 * @source is the whole file, *pos where to go on (first @source). Lines that start with two slashes
 * are passed over. Free the comment with comment_free().
 *
 * Returns 1 with a comment, 0 when code or the file's end comes first, -EINVAL when the comment
 * does not end (*pos is its start), -ENOMEM.
 */
int comment_next(const char *source, const char **pos, struct comment *comment);

void comment_free(struct comment *comment);

#endif
