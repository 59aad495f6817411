// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "tree/names.h"
#include "tree/tracepoint_types.h"
#include "util/buf.h"

/* "	field:pid_t child_pid;	offset:..." gives "pid_t ;" */
static void add_field(struct buf *out, const char *type, const char *end)
{
	/* the name is last, before any [N] */
	if (end > type && end[-1] == ']')
		while (end > type && *--end != '[')
			;
	end = names_ident_start(type, end);
	buf_add(out, type, (size_t)(end - type));
	buf_str(out, ";\n");
}

void tracepoint_types(struct buf *out, const char *formats)
{
	const char *line, *end;

	for (line = formats; (line = strstr(line, "\tfield:")); line = end) {
		line += strlen("\tfield:");
		end = strpbrk(line, ";\n");
		if (!end)
			return;
		if (*end == ';')
			add_field(out, line, end);
	}
}
