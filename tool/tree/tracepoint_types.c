// SPDX-License-Identifier: GPL-2.0-only
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "tree/names.h"
#include "tree/tracepoint_types.h"
#include "util/buf.h"
#include "util/text.h"

#define FORMAT_LIMIT (1 << 20)

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

static void add_format(struct buf *out, const char *format)
{
	const char *line, *end;

	for (line = format; (line = strstr(line, "\tfield:")); line = end) {
		line += strlen("\tfield:");
		end = strpbrk(line, ";\n");
		if (!end)
			return;
		if (*end == ';')
			add_field(out, line, end);
	}
}

static void add_tracepoint(struct buf *out, const char *category, size_t category_len,
			   const char *event, size_t event_len)
{
	static const char *const mounts[] = { "/sys/kernel/tracing", "/sys/kernel/debug/tracing" };
	struct buf format = { 0 };
	char path[PATH_MAX];
	size_t i;

	for (i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
		if (category_len + event_len > NAME_MAX)
			break;
		snprintf(path, sizeof(path), "%s/events/%.*s/%.*s/format", mounts[i],
			 (int)category_len, category, (int)event_len, event);
		buf_reset(&format);
		if (!buf_read_file(&format, path, FORMAT_LIMIT)) {
			add_format(out, buf_text(&format));
			break;
		}
	}
	buf_free(&format);
}

/* TRACEPOINT_PROBE(category, event) */
static void from_macro(struct buf *out, const char *s)
{
	const char *category, *event;

	s = text_skip_space(s);
	if (*s != '(')
		return;
	category = text_skip_space(s + 1);
	s = text_skip_space(category + text_ident_len(category));
	if (*s != ',')
		return;
	event = text_skip_space(s + 1);
	if (text_ident_len(category) && text_ident_len(event))
		add_tracepoint(out, category, text_ident_len(category), event,
			       text_ident_len(event));
}

/*
 * tracepoint__category__event; libbcc splits it at the first and the last "__", so that a category
 * or event with "__" inside does not work there either.
 */
static void from_name(struct buf *out, const char *s)
{
	size_t len = text_ident_len(s);
	const char *split = memmem(s, len, "__", 2);

	if (split && split > s && split + 2 < s + len)
		add_tracepoint(out, s, (size_t)(split - s), split + 2,
			       (size_t)(s + len - split - 2));
}

void tracepoint_types(struct buf *out, const char *text)
{
	static const char macro[] = "TRACEPOINT_PROBE", prefix[] = "tracepoint__";
	const char *s;

	for (s = text; (s = strstr(s, macro)); s += strlen(macro))
		if (names_ident_start(text, s) == s)
			from_macro(out, s + strlen(macro));
	for (s = text; (s = strstr(s, prefix)); s += strlen(prefix))
		if (names_ident_start(text, s) == s)
			from_name(out, s + strlen(prefix));
}
