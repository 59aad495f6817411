// SPDX-License-Identifier: GPL-2.0-only
/* clang's remarks as a list. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "diagnose/diagnostics.h"
#include "util/text.h"

static const struct {
	const char *word;
	enum diag_level level;
} levels[] = {
	{ "fatal error: ", DIAG_ERROR },
	{ "error: ", DIAG_ERROR },
	{ "warning: ", DIAG_WARNING },
	{ "note: ", DIAG_NOTE },
};

static char *take_level(char *s, enum diag_level *level)
{
	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++)
		if (text_starts(s, levels[i].word)) {
			*level = levels[i].level;
			return s + strlen(levels[i].word);
		}
	return NULL;
}

/*
 * "FILE:LINE:COLUMN: ", with @leveled only before "error: " and the like: what stands behind it, or
 * NULL. A file's name may have colons.
 */
static char *take_place(char *s, struct diag *diag, bool leveled)
{
	for (char *colon = s; (colon = strchr(colon, ':')) != NULL; colon++) {
		char *end;

		if (!isdigit((unsigned char)colon[1]))
			continue;
		diag->line = (unsigned int)strtoul(colon + 1, &end, 10);
		if (*end != ':' || !isdigit((unsigned char)end[1]))
			continue;
		diag->column = (unsigned int)strtoul(end + 1, &end, 10);
		if (!text_starts(end, ": ") || (leveled && !take_level(end + 2, &diag->level)))
			continue;
		*colon = '\0';
		diag->file = s;
		return end + 2;
	}
	return NULL;
}

/* One line, which is cut into its parts if it begins a diagnostic. */
static bool take_head(char *line, struct diag *diag)
{
	char *rest = take_level(line, &diag->level), *flag, *message;

	diag->file = diag->from = diag->shown = "";
	if (rest) {
		/* LLVM's: the place follows, of text that libbcc has rewritten */
		diag->message = take_place(rest, diag, false) ?: rest;
		diag->column = 0;
		return true;
	}
	rest = take_place(line, diag, true);
	message = rest ? take_level(rest, &diag->level) : NULL;
	if (!message)
		return false;
	diag->message = message;
	flag = strstr(message, " [-W");
	if (flag && flag[strlen(flag) - 1] == ']')
		*flag = '\0';
	return true;
}

/* "In file included from FILE:LINE:" */
static bool take_from(char *line, const char **file, unsigned int *number)
{
	static const char words[] = "In file included from ";
	size_t len = strlen(line);
	char *colon;

	if (!text_starts(line, words))
		return false;
	if (len && line[len - 1] == ':')
		line[len - 1] = '\0';
	colon = strrchr(line, ':');
	/* the first of several is the outermost */
	if (colon && !**file) {
		*number = (unsigned int)strtoul(colon + 1, NULL, 10);
		*colon = '\0';
		*file = line + strlen(words);
	}
	return true;
}

/* Since clang 17 the source's lines have their numbers before them: "   12 | int a", "      | ^".
 */
static void strip_numbers(char *shown, unsigned int line)
{
	char *from = shown, *to = shown, *end;
	size_t width;

	if (!line || strtoul(shown, &end, 10) != line || !text_starts(end, " |"))
		return;
	width = (size_t)(end - shown) + strlen(" |");
	while (*from) {
		size_t len = strcspn(from, "\n"), skip = len < width ? len : width;

		/* lines of other kinds may follow */
		if (skip < width || from[width - 1] != '|')
			skip = 0;
		else if (from[skip] == ' ')
			skip++;
		memmove(to, from + skip, len - skip);
		to += len - skip;
		from += len;
		if (*from)
			*to++ = *from++;
	}
	*to = '\0';
}

int diags_parse(struct diags *diags, const char *text)
{
	const char *from = "";
	unsigned int from_line = 0;
	size_t cap = 0;
	char *next;

	diags->text = strdup(text);
	if (!diags->text)
		return -ENOMEM;
	for (char *line = diags->text; *line; line = next) {
		char *eol = strchr(line, '\n');
		struct diag diag = {};

		next = eol ? eol + 1 : line + strlen(line);
		if (eol)
			*eol = '\0';
		if (take_from(line, &from, &from_line))
			continue;
		if (!take_head(line, &diag)) {
			/* belongs to the one before: its end comes back */
			if (eol && diags->nr)
				*eol = '\n';
			if (diags->nr && !*diags->list[diags->nr - 1].shown)
				diags->list[diags->nr - 1].shown = line;
			continue;
		}
		/* what was shown so far ends here */
		if (line > diags->text)
			line[-1] = '\0';
		if (diags->nr == cap) {
			size_t more = cap ? cap * 2 : 32;
			struct diag *list = realloc(diags->list, more * sizeof(*list));

			if (!list)
				return -ENOMEM;
			diags->list = list;
			cap = more;
		}
		diag.from = from;
		diag.from_line = from_line;
		/* notes stand where their diagnostic stands */
		from = "";
		from_line = 0;
		diags->list[diags->nr++] = diag;
	}
	for (size_t i = 0; i < diags->nr; i++)
		if (*diags->list[i].shown)
			strip_numbers((char *)diags->list[i].shown, diags->list[i].line);
	return 0;
}

void diags_free(struct diags *diags)
{
	free(diags->list);
	free(diags->text);
	memset(diags, 0, sizeof(*diags));
}

bool diag_says(const char *message, const char *pattern, char words[][DIAG_WORD_MAX])
{
	for (size_t nr = 0; *pattern; pattern++) {
		size_t len;

		if (*pattern != '*') {
			if (*message++ != *pattern)
				return false;
			continue;
		}
		len = pattern[1] ? strcspn(message, (char[]){ pattern[1], '\0' }) : strlen(message);
		if (len >= DIAG_WORD_MAX)
			len = DIAG_WORD_MAX - 1;
		memcpy(words[nr], message, len);
		words[nr++][len] = '\0';
		message += len;
	}
	return true;
}
