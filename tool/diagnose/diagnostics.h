/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_DIAGNOSE_DIAGNOSTICS_H
#define HOTPROBE_DIAGNOSE_DIAGNOSTICS_H

#include <stdbool.h>
#include <stddef.h>

enum diag_level {
	DIAG_NOTE,
	DIAG_WARNING,
	DIAG_ERROR,
};

/* One remark of the compiler. */
struct diag {
	enum diag_level level;
	const char *file; /* "" for none */
	unsigned int line, column;
	const char *message; /* without the name of the option that turns it off */
	const char *shown;   /* what clang shows below it: a source line, carets, a correction */
	/* the include line of the user's file that brought in @file; "" when it is not included */
	const char *from;
	unsigned int from_line;
};

/* What the compiler said, in order. Zero-initialise; diags_free() it. */
struct diags {
	struct diag *list;
	size_t nr;
	char *text;
};

/*
 * diags_parse - take clang's text apart
 *
 * "FILE:LINE:COLUMN: LEVEL: MESSAGE [-Wflag]", lines that belong to it, and before it "In file
 * included from FILE:LINE:" (clang/lib/Frontend/TextDiagnostic.cpp). LLVM's own have no column that
 * could be trusted: "error: FILE:LINE:COLUMN: in function ...". Returns 0 or -ENOMEM.
 */
int diags_parse(struct diags *diags, const char *text);
void diags_free(struct diags *diags);

#define DIAG_WORD_MAX 160

/*
 * diag_says - does the message begin with these words?
 * @pattern: '*' stands for text up to the character that follows it, and goes into words[]
 */
bool diag_says(const char *message, const char *pattern, char words[][DIAG_WORD_MAX]);

#endif
