// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "util/buf.h"
#include "util/fmt.h"
#include "util/json.h"
#include "util/text.h"

#define REPLACEMENT "\xef\xbf\xbd"

static void json_escape(struct buf *to, unsigned char c)
{
	char letter = c == '"' ? '"' : text_escape_letter(c);
	char *p = buf_reserve(to, 6);

	if (!p)
		return;
	*p++ = '\\';
	if (letter)
		*p++ = letter;
	else
		p = fmt_base16(fmt_str(p, "u00"), &c, 1);
	buf_end(to, p);
}

/* @strict: give up at the first byte that is no UTF-8 */
static bool json_quote(struct buf *to, const char *text, size_t len, bool strict)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t i = text_plain_len(text, len), from = 0;
	char *p = buf_reserve(to, len + 2);
	size_t start = to->len;
	bool exact = true;

	if (!p)
		return true;
	*p++ = '"';
	if (i == len) {
		memcpy(p, text, len);
		p += len;
		*p++ = '"';
		buf_end(to, p);
		return true;
	}
	buf_end(to, p);
	while (i < len) {
		size_t run;

		run = text_utf8_len(s + i, len - i);
		/* C1 controls (C2 80 to C2 9F) are valid JSON but not for a terminal's eyes */
		if (run > 1 && (s[i] != 0xc2 || s[i + 1] >= 0xa0)) {
			i += run;
		} else if (!run && strict) {
			to->len = start;
			return false;
		} else {
			buf_add(to, s + from, i - from);
			if (run) {
				json_escape(to, s[i + run - 1]);
				i += run;
			} else {
				buf_str(to, REPLACEMENT);
				exact = false;
				i++;
			}
			from = i;
		}
		i += text_plain_len(text + i, len - i);
	}
	buf_add(to, s + from, len - from);
	buf_char(to, '"');
	return exact;
}

bool json_string(struct buf *to, const char *text, size_t len)
{
	return json_quote(to, text, len, false);
}

bool json_utf8(struct buf *to, const char *text, size_t len)
{
	return json_quote(to, text, len, true);
}

void json_member(struct buf *to, const char *key)
{
	char last = to->len ? to->data[to->len - 1] : '{';

	if (last != '{' && last != '[')
		buf_char(to, ',');
	json_string(to, key, strlen(key));
	buf_char(to, ':');
}

void json_add_text(struct buf *to, const char *key, const char *text)
{
	json_member(to, key);
	if (text)
		json_string(to, text, strlen(text));
	else
		buf_str(to, "null");
}

void json_add_u64(struct buf *to, const char *key, uint64_t value)
{
	char digits[FMT_MAX];

	json_member(to, key);
	buf_add(to, digits, (size_t)(fmt_u64(digits, value) - digits));
}

void json_add_bool(struct buf *to, const char *key, bool value)
{
	json_member(to, key);
	buf_str(to, value ? "true" : "false");
}

void json_list(struct buf *to, const char *key)
{
	json_member(to, key);
	buf_char(to, '[');
}

void json_next(struct buf *to)
{
	if (to->len && to->data[to->len - 1] != '[')
		buf_char(to, ',');
}
