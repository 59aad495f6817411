// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/buf.h"
#include "util/text.h"

#define MIN3(a, b, c) ((a) < (b) ? ((a) < (c) ? (a) : (c)) : ((b) < (c) ? (b) : (c)))

/* Levenshtein distance, where swapping two neighbours counts as one (optimal string alignment). */
static unsigned int text_distance(const char *a, const char *b)
{
	unsigned int rows[3][128];
	size_t la = strlen(a), lb = strlen(b);

	if (la > 126 || lb > 126)
		return 1000;
	for (size_t j = 0; j <= lb; j++)
		rows[0][j] = (unsigned int)j;
	for (size_t i = 1; i <= la; i++) {
		unsigned int *cur = rows[i % 3], *prev = rows[(i + 2) % 3];
		const unsigned int *before = rows[(i + 1) % 3];

		cur[0] = (unsigned int)i;
		for (size_t j = 1; j <= lb; j++) {
			unsigned int cost = a[i - 1] != b[j - 1];

			cur[j] = MIN3(prev[j] + 1, cur[j - 1] + 1, prev[j - 1] + cost);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    before[j - 2] + 1 < cur[j])
				cur[j] = before[j - 2] + 1;
		}
	}
	return rows[la % 3][lb];
}

void near_offer(struct near *near, const char *candidate)
{
	unsigned int distance = text_distance(near->wanted, candidate);

	/* what the user only began to type is meant before what is merely similar */
	if (near->wanted[0] && text_starts(candidate, near->wanted))
		distance = 1;
	if (near->best[0] &&
	    (distance > near->distance ||
	     (distance == near->distance && strlen(candidate) >= strlen(near->best))))
		return;
	near->distance = distance;
	snprintf(near->best, sizeof(near->best), "%s", candidate);
}

const char *near_best(const struct near *near)
{
	size_t len = strlen(near->wanted);

	if (!near->best[0])
		return NULL;
	return near->distance <= (len < 4 ? 1 : len < 8 ? 2 : len / 3) ? near->best : NULL;
}

size_t text_ident_len(const char *s)
{
	size_t len = 0;

	if (isdigit((unsigned char)s[0]))
		return 0;
	while (isalnum((unsigned char)s[len]) || s[len] == '_')
		len++;
	return len;
}

const char *text_skip_space(const char *s)
{
	return s + strspn(s, " \t\n");
}

bool text_starts(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool text_starts_any(const char *s, const char *const *prefixes, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		if (text_starts(s, prefixes[i]))
			return true;
	return false;
}

bool text_ends(const char *s, const char *suffix)
{
	size_t ls = strlen(s), lx = strlen(suffix);

	return ls >= lx && strcmp(s + ls - lx, suffix) == 0;
}

size_t text_utf8_len(const unsigned char *s, size_t len)
{
	size_t need;

	if (len == 0)
		return 0;
	if (s[0] < 0x80)
		return 1;
	if (s[0] >= 0xc2 && s[0] <= 0xdf)
		need = 2;
	else if (s[0] >= 0xe0 && s[0] <= 0xef)
		need = 3;
	else if (s[0] >= 0xf0 && s[0] <= 0xf4)
		need = 4;
	else
		return 0;
	if (len < need)
		return 0;
	for (size_t i = 1; i < need; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
	    (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
		return 0;
	return need;
}

/* Which of eight bytes is a control character, a quote, a backslash, or no ASCII: their top bits.
 * Asks all of them at once; what a byte borrows from or carries to the next one comes only from a
 * byte that is, so that the lowest bit is right, and 0. */
static uint64_t text_special(uint64_t word)
{
	const uint64_t ones = UINT64_C(0x0101010101010101), tops = ones << 7;
	uint64_t quote = word ^ ones * '"', backslash = word ^ ones * '\\';

	return (word | (word - ones * 0x20) | (word + ones) | (quote - ones) | (backslash - ones)) &
	       tops;
}

void text_quote(struct buf *out, const char *s, size_t len)
{
	buf_char(out, '"');
	while (len) {
		const char *quote = memchr(s, '"', len);
		size_t part = quote ? (size_t)(quote - s) : len;

		text_escape(out, s, part);
		if (quote)
			buf_str(out, "\\\"");
		part += quote != NULL;
		s += part;
		len -= part;
	}
	buf_char(out, '"');
}

void text_escape_format(struct buf *out, const char *fmt, va_list ap)
{
	char *text = NULL;
	int len = vasprintf(&text, fmt, ap);

	if (len < 0) {
		out->failed = true;
		return;
	}
	text_escape(out, text, (size_t)len);
	free(text);
}

size_t text_plain_len(const char *s, size_t len)
{
	size_t i = 0;

	for (uint64_t word; i + sizeof(word) <= len; i += sizeof(word)) {
		uint64_t special;

		memcpy(&word, s + i, sizeof(word));
		special = text_special(word);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
		if (special)
			return i + (size_t)__builtin_ctzll(special) / 8;
#else
		if (special)
			break;
#endif
	}
	while (i < len && s[i] >= 0x20 && s[i] < 0x7f && s[i] != '"' && s[i] != '\\')
		i++;
	return i;
}

char text_escape_letter(unsigned char c)
{
	switch (c) {
	case '\n':
		return 'n';
	case '\t':
		return 't';
	case '\r':
		return 'r';
	case '\\':
		return '\\';
	}
	return '\0';
}

/* A byte that a terminal must not see as it is; returns how many stand for it. */
static size_t text_escape_byte(struct buf *out, unsigned char c)
{
	static const char digits[] = "0123456789abcdef";
	char letter = text_escape_letter(c);
	char esc[4] = { '\\', letter ?: 'x', digits[c >> 4], digits[c & 15] };
	size_t len = letter ? 2 : 4;
	char *p = buf_reserve(out, sizeof(esc));

	if (p)
		buf_end(out, (char *)memcpy(p, esc, sizeof(esc)) + len);
	return len;
}

size_t text_escape(struct buf *out, const char *s, size_t len)
{
	const unsigned char *u = (const unsigned char *)s;
	size_t columns = 0, from = 0, i = 0;

	while (i < len) {
		size_t run = text_plain_len(s + i, len - i);

		i += run;
		columns += run;
		if (i == len)
			break;
		run = text_utf8_len(u + i, len - i);
		/* C2 80 to C2 9F are the C1 controls: each of the bytes is escaped */
		if (u[i] == '"' || (run >= 2 && !(u[i] == 0xc2 && u[i + 1] < 0xa0))) {
			i += run;
			columns++;
			continue;
		}
		buf_add(out, s + from, i - from);
		columns += text_escape_byte(out, u[i]);
		from = ++i;
	}
	buf_add(out, s + from, len - from);
	return columns;
}

int text_line(const char *text, const char *pos)
{
	int line = 1;

	for (; text < pos && *text; text++)
		line += *text == '\n';
	return line;
}

int text_u64(const char *s, uint64_t *value)
{
	char *end;

	if (!isdigit((unsigned char)s[0]))
		return -EINVAL;
	errno = 0;
	*value = strtoull(s, &end, 0);
	if (errno)
		return -errno;
	return *end ? -EINVAL : 0;
}
