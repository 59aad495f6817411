// SPDX-License-Identifier: GPL-2.0-only
/* Reading the text of a tracepoint's format file. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attach/tracefs.h"
#include "util/error.h"
#include "util/text.h"

static const char *skip_blanks(const char *s)
{
	while (*s == ' ' || *s == '\t')
		s++;
	return s;
}

static bool is_name_char(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/*
 * The declaration between "field:" and ";", split into type and name. The name is the last
 * identifier that is not within brackets; what stands in brackets behind it belongs to the type.
 */
static int field_declaration(struct tracepoint_field *field, const char *decl, size_t len)
{
	size_t end = len, name_end, name_start, dims;
	int ret;

	if (len > 11 && strncmp(decl, "__data_loc ", 11) == 0)
		field->is_data_loc = true;
	else if (len > 10 && strncmp(decl, "__rel_loc ", 10) == 0)
		field->is_rel_loc = true;
	if (field->is_data_loc || field->is_rel_loc) {
		const char *rest = skip_blanks(decl + (field->is_data_loc ? 11 : 10));

		end = len -= (size_t)(rest - decl);
		decl = rest;
	}
	while (end > 0 && isspace((unsigned char)decl[end - 1]))
		end--;
	len = end;
	while (end > 0 && decl[end - 1] == ']') {
		unsigned int depth = 0;

		/* sizes such as [sizeof(x[0])] nest */
		do {
			end--;
			depth += decl[end] == ']';
			depth -= decl[end] == '[';
		} while (end > 0 && depth > 0);
		if (depth > 0)
			return -EINVAL;
		while (end > 0 && isspace((unsigned char)decl[end - 1]))
			end--;
	}
	dims = name_end = end;
	while (end > 0 && is_name_char(decl[end - 1]))
		end--;
	name_start = end;
	if (name_start == name_end || name_end - name_start >= sizeof(field->name))
		return -EINVAL;
	while (end > 0 && isspace((unsigned char)decl[end - 1]))
		end--;
	if (end == 0)
		return -EINVAL;
	while (dims < len && isspace((unsigned char)decl[dims]))
		dims++;
	memcpy(field->name, decl + name_start, name_end - name_start);
	field->name[name_end - name_start] = '\0';
	ret = snprintf(field->type, sizeof(field->type), "%.*s%.*s", (int)end, decl,
		       (int)(len - dims), decl + dims);
	return ret < 0 || (size_t)ret >= sizeof(field->type) ? -EINVAL : 0;
}

/* "KEY:NUMBER;" after blanks; moves *pos behind it. */
static int field_number(const char **pos, const char *key, uint32_t *value)
{
	const char *s = skip_blanks(*pos);
	unsigned long number;
	char *end;

	if (!text_starts(s, key))
		return -EINVAL;
	s = skip_blanks(s + strlen(key));
	if (!isdigit((unsigned char)*s))
		return -EINVAL;
	number = strtoul(s, &end, 10);
	if (number > UINT32_MAX)
		return -EINVAL;
	s = skip_blanks(end);
	if (*s != ';')
		return -EINVAL;
	*value = (uint32_t)number;
	*pos = s + 1;
	return 0;
}

/* One line, from behind "field:". */
static int field_parse(struct tracepoint_field *field, const char *s)
{
	size_t len = strcspn(s, ";\n");
	uint32_t is_signed = 0;

	memset(field, 0, sizeof(*field));
	if (s[len] != ';' || field_declaration(field, s, len) < 0)
		return -EINVAL;
	s += len + 1;
	if (field_number(&s, "offset:", &field->offset) < 0 ||
	    field_number(&s, "size:", &field->size) < 0)
		return -EINVAL;
	/* not there before Linux 2.6.32, and optional to other readers of this format too */
	if (field_number(&s, "signed:", &is_signed) < 0 && *skip_blanks(s) != '\n' &&
	    *skip_blanks(s) != '\0')
		return -EINVAL;
	field->is_signed = is_signed != 0;
	field->is_common = text_starts(field->name, "common_");
	return 0;
}

int tracepoint_format_parse(struct tracepoint_format *format, const char *text, struct error *err)
{
	bool has_id = false, has_format = false;
	const char *line = text, *next;
	int ret = -EINVAL;

	memset(format, 0, sizeof(*format));
	for (; *line; line = next) {
		size_t len = strcspn(line, "\n");
		const char *s = skip_blanks(line);
		struct tracepoint_field *fields;

		next = line + len + (line[len] == '\n');
		if (text_starts(s, "print fmt:"))
			break;
		if (s == line + len || *s == '\r')
			continue;
		if (text_starts(s, "name:")) {
			s = skip_blanks(s + 5);
			len = strcspn(s, " \t\r\n");
			if (len == 0 || len >= sizeof(format->name))
				goto bad;
			memcpy(format->name, s, len);
			format->name[len] = '\0';
		} else if (text_starts(s, "ID:")) {
			s = skip_blanks(s + 3);
			if (!isdigit((unsigned char)*s))
				goto bad;
			format->id = (uint32_t)strtoul(s, NULL, 10);
			has_id = true;
		} else if (text_starts(s, "format:")) {
			has_format = true;
		} else if (text_starts(s, "field:") || text_starts(s, "field special:")) {
			fields = realloc(format->fields, (format->nr_fields + 1) * sizeof(*fields));
			if (!fields) {
				ret = error_set(err, -ENOMEM, "out of memory");
				goto fail;
			}
			format->fields = fields;
			s = skip_blanks(strchr(s, ':') + 1);
			if (field_parse(&fields[format->nr_fields], s) < 0)
				goto bad;
			format->nr_fields++;
		} else {
			goto bad;
		}
	}
	if (format->name[0] && has_id && has_format)
		return 0;
	error_set(err, -EINVAL, "not a tracepoint's format: no %s line",
		  !format->name[0] ? "name:"
		  : !has_id	   ? "ID:"
				   : "format:");
	goto fail;
bad:
	error_set(err, -EINVAL, "line %d of a tracepoint's format is not understood: %.*s",
		  text_line(text, line), (int)strcspn(line, "\n"), line);
fail:
	tracepoint_format_free(format);
	return ret;
}

void tracepoint_format_free(struct tracepoint_format *format)
{
	free(format->fields);
	memset(format, 0, sizeof(*format));
}
