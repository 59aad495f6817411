/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_UTIL_TEXT_H
#define HOTPROBE_UTIL_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

/*
 * The nearest of many names to one that was not found, for "did you mean".
 *
 * Zero-initialise, offer every candidate, then read near_best(). Candidates are copied.
 */
struct near {
	const char *wanted;
	unsigned int distance;
	char best[128];
};

void near_offer(struct near *near, const char *candidate);

/* near_best - the nearest candidate if it is near enough to be meant, else NULL */
const char *near_best(const struct near *near);

/* text_ident_len - length of the C identifier that @s starts with, 0 when none */
size_t text_ident_len(const char *s);

/* text_skip_space - behind the spaces, tabs and line ends at @s */
const char *text_skip_space(const char *s);

bool text_starts(const char *s, const char *prefix);

/* text_starts_any - does it start with one of the @nr @prefixes? */
bool text_starts_any(const char *s, const char *const *prefixes, size_t nr);

bool text_ends(const char *s, const char *suffix);

/* text_escape_letter - what C and JSON write after a backslash for @c; 0 when neither has a letter
 */
char text_escape_letter(unsigned char c);

/*
 * text_escape - append @len bytes of untrusted text so that a terminal cannot be controlled by it
 *
 * Printable ASCII and well-formed UTF-8 (no C1 controls) stay; \n \t \r \\ become C escapes, other
 * bytes \xHH. Returns the number of terminal columns appended, counting each UTF-8 sequence as one.
 */
size_t text_escape(struct buf *out, const char *s, size_t len);

/* text_quote - the same as a C string literal, in quotes */
void text_quote(struct buf *out, const char *s, size_t len);

/* text_escape_format - text_escape() of a formatted text; without memory @out has failed */
void text_escape_format(struct buf *out, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));

/*
 * text_plain_len - how many bytes at the start of @s stand for themselves wherever they are written
 *
 * Printable ASCII but quote (") and backslash.
 */
size_t text_plain_len(const char *s, size_t len);

/*
 * text_utf8_len - length in bytes of the well-formed UTF-8 sequence at @s, 0 when ill-formed
 *
 * Well-formed as in Unicode 15 table 3-7: no overlong forms, no surrogates, nothing over U+10FFFF.
 */
size_t text_utf8_len(const unsigned char *s, size_t len);

/* text_line - the 1-based number of the line that @pos points to in @text */
int text_line(const char *text, const char *pos);

/* text_u64 - parse a whole decimal, 0x or 0 octal number; 0, -EINVAL or -ERANGE */
int text_u64(const char *s, uint64_t *value);

#endif
