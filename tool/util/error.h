/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_UTIL_ERROR_H
#define HOTPROBE_UTIL_ERROR_H

#include <limits.h>
#include <stddef.h>

/*
 * The one message a failed run prints, and its exit status.
 *
 * Functions that can fail return 0 or a negative errno and take a struct error as their last
 * parameter; whoever knows the cause writes it there. The first message wins: a caller that adds
 * another one later cannot hide the cause. main() prints it, once, on stderr.
 */
struct error {
	int code;	     /* negative errno of the first failure, 0 when none */
	int status;	     /* the exit status it asks for: 1 failure, 2 wrong usage */
	char text[8192];     /* the message, without "hotprobe: " and without a final newline */
	char hint[4096];     /* what to do about it; "" when there is nothing to say */
	const char *kind;    /* what refused: an ERROR_ constant, NULL for all else */
	char file[PATH_MAX]; /* the user's line that it is about; "" for none */
	unsigned int line;   /* from 1; 0 when it is about no line */
	unsigned int column; /* from 1; 0 for the whole line */
};

/* What editors and scripts are told about where a failure comes from: check -o json's "kind". */
#define ERROR_HEADERS  "headers"  /* they do not describe the running kernel */
#define ERROR_COMPILER "compiler" /* the text does not compile */
#define ERROR_VERIFIER "verifier" /* the kernel refused the program */
#define ERROR_ATTACH   "attach"	  /* there is nothing like that to attach to */

/*
 * error_set - record a failure that is fully explained by its message
 *
 * Returns @code, so that a function can end with return error_set(...).
 */
int error_set(struct error *err, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* error_sys - the same, with ": " and the words for the negative errno @code appended */
int error_sys(struct error *err, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* error_usage - a mistake on the command line: exit status 2; returns -EINVAL */
int error_usage(struct error *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/*
 * error_hint - add what to do about the failure, one sentence; printed on a line of its own
 *
 * The first hint wins. Returns err->code, so that it can be the last thing a function does.
 */
int error_hint(struct error *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/*
 * error_place - tell programs what the message tells people: what refused, and which line it means
 * @kind: an ERROR_ constant
 * @file: NULL when it is about no line
 *
 * The first place wins. Returns err->code.
 */
int error_place(struct error *err, const char *kind, const char *file, unsigned int line,
		unsigned int column);

/* error_print - write "hotprobe: text" and the hint to stderr, escaped for a terminal */
void error_print(const struct error *err);

/*
 * errno_name - "EACCES" for 13
 *
 * @code is positive. Returns NULL for numbers that have no name. Kernel-internal codes that a probe
 * can see (ERESTARTSYS 512 ... ENOTSUPP 524 ... EIOCBQUEUED 529, include/linux/errno.h) are known.
 */
const char *errno_name(int code);

#endif
