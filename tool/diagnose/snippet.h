/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_DIAGNOSE_SNIPPET_H
#define HOTPROBE_DIAGNOSE_SNIPPET_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct diag;

/* text_line_at - the line @line of a text, without its end; false when there is none */
bool text_line_at(const char *text, unsigned int line, const char **start, size_t *len);

/*
 * snippet_show - a line of a file with a caret below, as clang shows them
 * @text: the file; @at: what is said of it, with what clang has shown, or "" as its shown
 *
 * @correction: with what clang would write instead
 *
 * clang shows what it was given, which is not always what the file has: then its marks are left
 * out. Returns the column if it was right, else 0; each line that is appended begins with a line
 * end.
 */
unsigned int snippet_show(struct buf *out, const char *text, const struct diag *at,
			  bool correction);

/*
 * snippet_callee - the function that is called around a column of a line: "counts.lookup"
 *
 * "" when the call does not begin in that line.
 */
void snippet_callee(const char *line, size_t len, unsigned int column, char *callee, size_t size);

#endif
