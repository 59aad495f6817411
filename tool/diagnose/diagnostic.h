/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_DIAGNOSE_DIAGNOSTIC_H
#define HOTPROBE_DIAGNOSE_DIAGNOSTIC_H

#include <stdbool.h>
#include <stddef.h>

/* One of the compiler's remarks, as programs want it. The pointers go into its text. */
struct diagnostic {
	const char *severity; /* "error", "warning" or "note" */
	const char *file;     /* @file_len bytes */
	size_t file_len;
	unsigned int line;   /* from 1 */
	unsigned int column; /* from 1 */
	const char *message; /* @message_len bytes */
	size_t message_len;
	const char *more; /* @more_len bytes: the lines that follow: source, caret, macros */
	size_t more_len;
};

/*
 * diagnostic_next - the next remark in text of clang's form, "FILE:LINE:COLUMN: error: MESSAGE"
 * @text: moved behind it
 *
 * False when there is none any more. Lines before the first remark are passed over.
 */
bool diagnostic_next(struct diagnostic *out, const char **text);

/*
 * diagnostic_position - the place that a message starts with: "FILE:LINE: " or "FILE:LINE:COLUMN: "
 *
 * Returns what follows it. When there is none, that is @message, and @out's file is NULL.
 */
const char *diagnostic_position(struct diagnostic *out, const char *message);

#endif
