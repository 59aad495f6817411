// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "tree/padding.h"
#include "util/buf.h"
#include "util/text.h"

/* Bits of the unnamed bit-field that a line is, 0 when it is none. "long: 0;" aligns and stays. */
static unsigned int padding_bits(const char *line)
{
	static const char *const types[] = { "long:", "int:", "short:", "char:" };

	line += strspn(line, " \t");
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (text_starts(line, types[i]))
			return (unsigned int)atoi(line + strlen(types[i]));
	return 0;
}

/* "unsigned int flag: 1;" */
static bool is_bit_field(const char *line, const char *end)
{
	while (end > line && end[-1] != ':')
		if (!isdigit((unsigned char)*--end) && *end != ';' && *end != ' ' && *end != '\n')
			return false;
	return end > line;
}

void padding_to_bytes(struct buf *out, const char *text)
{
	unsigned int number = 0;
	bool in_bits = false;

	while (*text) {
		const char *next = strchr(text, '\n');
		unsigned int bits = padding_bits(text), run = 0;

		next = next ? next + 1 : text + strlen(text);
		/* what fills the rest of a named bit-field's own word shares an integer of 64 at
		 * most */
		if (!bits || (in_bits && bits < 64)) {
			buf_add(out, text, (size_t)(next - text));
			in_bits = is_bit_field(text, next);
			text = next;
			continue;
		}
		while ((bits = padding_bits(text)) != 0) {
			run += bits;
			next = strchr(text, '\n');
			text = next ? next + 1 : text + strlen(text);
		}
		buf_printf(out, "\tchar hp_pad%u[%u];\n", number++, run / 8);
		in_bits = false;
	}
}
