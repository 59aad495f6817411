// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "match/place.h"
#include "util/text.h"

/* The end of the file's name at @s: before the first :LINE:COLUMN; NULL none. */
static const char *file_end(const char *s, const char *end)
{
	for (; s < end; s++)
		if (*s == ':' && isdigit((unsigned char)s[1]) &&
		    s[1 + strspn(s + 1, "0123456789")] == ':')
			return s;
	return NULL;
}

const char *place_file_end(const char *file)
{
	return file_end(file, file + strcspn(file, "\n"));
}

const char *place_read(const char *s, const char *end, struct place *last)
{
	static const char none[] = "<invalid sloc>";
	const char *line = s;

	if (text_starts(s, none))
		return s + strlen(none);
	if (text_starts(s, "col:")) {
		last->column = (unsigned int)strtoul(s + 4, NULL, 10);
		return s + 4 + strspn(s + 4, "0123456789");
	}
	if (text_starts(s, "line:")) {
		line += 5;
	} else {
		line = file_end(s, end);
		if (!line)
			return end;
		last->file = s;
		line++;
	}
	last->line = (unsigned int)strtoul(line, NULL, 10);
	line += strspn(line, "0123456789");
	if (*line != ':')
		return line;
	last->column = (unsigned int)strtoul(line + 1, NULL, 10);
	return line + 1 + strspn(line + 1, "0123456789");
}

const char *place_range(const char *s, const char *end, struct place *last, struct place *first,
			struct place *final)
{
	while (s < end && *s != '>') {
		if (*s == ',' || *s == ' ') {
			s++;
			continue;
		}
		s = place_read(s, end, last);
		if (!first->file)
			*first = *last;
		*final = *last;
	}
	return s < end ? s + 1 : end;
}

bool place_same_file(const struct place *a, const struct place *b)
{
	const char *s = a->file, *t = b->file, *end;

	if (!s || !t || s == t)
		return s == t;
	end = place_file_end(s);
	return end && strncmp(s, t, (size_t)(end - s) + 1) == 0;
}
