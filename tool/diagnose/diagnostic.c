// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "diagnose/diagnostic.h"
#include "util/text.h"

/* ":DIGITS" at @s: the number, and *@s behind it; 0 when there is none */
static unsigned int take_number(const char **s)
{
	unsigned long value;
	char *end;

	if (**s != ':' || !isdigit((unsigned char)(*s)[1]))
		return 0;
	value = strtoul(*s + 1, &end, 10);
	*s = end;
	return value > INT32_MAX ? 0 : (unsigned int)value;
}

const char *diagnostic_position(struct diagnostic *out, const char *message)
{
	size_t line_len = strcspn(message, "\n");

	out->file = NULL;
	out->file_len = 0;
	out->line = out->column = 0;
	for (const char *s = message; s < message + line_len; s++) {
		const char *rest = s;
		unsigned int line = take_number(&rest), column = line ? take_number(&rest) : 0;

		if (!line || s == message || rest[0] != ':' || rest[1] != ' ')
			continue;
		out->file = message;
		out->file_len = (size_t)(s - message);
		out->line = line;
		out->column = column;
		return rest + 2;
	}
	return message;
}

/* Does a remark start here? Then it is in @out, but for its lines. */
static bool diagnostic_start(struct diagnostic *out, const char *line)
{
	static const char *const words[][2] = {
		{ "error: ", "error" },
		{ "fatal error: ", "error" },
		{ "warning: ", "warning" },
		{ "note: ", "note" },
	};
	const char *rest = diagnostic_position(out, line);

	for (size_t i = 0; out->file && i < sizeof(words) / sizeof(words[0]); i++) {
		if (!text_starts(rest, words[i][0]))
			continue;
		out->severity = words[i][1];
		out->message = rest + strlen(words[i][0]);
		out->message_len = strcspn(out->message, "\n");
		return true;
	}
	return false;
}

bool diagnostic_next(struct diagnostic *out, const char **text)
{
	struct diagnostic other;
	const char *s = *text;

	while (*s && !diagnostic_start(out, s)) {
		s += strcspn(s, "\n");
		s += *s == '\n';
	}
	*text = s;
	if (!*s)
		return false;
	s = out->message + out->message_len;
	s += *s == '\n';
	out->more = s;
	while (*s && !diagnostic_start(&other, s)) {
		s += strcspn(s, "\n");
		s += *s == '\n';
	}
	out->more_len = (size_t)(s - out->more);
	while (out->more_len && out->more[out->more_len - 1] == '\n')
		out->more_len--;
	*text = s;
	return true;
}
