// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "disasm/parts.h"
#include "output/stack.h"
#include "probe/expand.h"
#include "refusal/place.h"
#include "util/text.h"

bool parts_symbol(struct symbols *symbols, uint64_t addr, char *name, size_t size)
{
	static const char start[] = "+0x0";
	struct buf text = {};
	bool found;

	stack_line(&text, symbols, addr);
	found = text_ends(buf_text(&text), start);
	if (found)
		snprintf(name, size, "%.*s", (int)(text.len - (sizeof(start) - 1)), text.data);
	buf_free(&text);
	return found;
}

const char *parts_file(const char *file)
{
	static const char libbcc[] = "/virtual/include/";
	const char *own = strstr(file, EXPAND_OWN_FILE);

	if (own)
		return own;
	return text_starts(file, libbcc) ? file + sizeof(libbcc) - 1 : file;
}

void parts_source(struct buf *out, struct places *places, const struct place *place,
		  const char *source)
{
	const char *name = parts_file(place->file);
	struct buf text = {};
	const char *s;

	buf_str(out, "; ");
	if (strcmp(name, source) != 0) {
		text_escape(out, name, strlen(name));
		buf_char(out, ':');
	}
	buf_printf(out, "%u", place->line);
	place_line(places, place->file, place->line, &text);
	s = text_skip_space(buf_text(&text));
	if (*s) {
		buf_str(out, ": ");
		text_escape(out, s, strlen(s));
	}
	buf_char(out, '\n');
	buf_free(&text);
}
