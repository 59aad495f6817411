// SPDX-License-Identifier: GPL-2.0-only
/* The sections Options and Examples of a doc comment, and what its sections say of each other. */
#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options/table.h"
#include "probe/comment.h"
#include "probe/doc.h"
#include "probe/doc_parser.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/text.h"

/* of each CPU's buffer: every page size fits into the one, and no machine is filled with the other
 */
#define BUFFER_LEAST (UINT64_C(64) << 10)
#define BUFFER_MOST  (UINT64_C(64) << 20)

static const char option_form[] =
	"an option is '-x, --name=VALUE  description', with two spaces before the description; "
	"-x and =VALUE may be missing";

/* The content of "[default: 20]" for @key "default"; 0 and *value NULL when there is none. */
static size_t note(const char *help, const char *key, const char **value)
{
	size_t len = strlen(key);

	*value = NULL;
	for (const char *s = strchr(help, '['); s; s = strchr(s + 1, '[')) {
		const char *end = strchr(s, ']');

		if (!end || !text_starts(s + 1, key) || s[1 + len] != ':')
			continue;
		*value = s + 2 + len;
		*value += strspn(*value, " ");
		while (end > *value && end[-1] == ' ')
			end--;
		return (size_t)(end - *value);
	}
	return 0;
}

static int copy_note(struct doc_parser *parser, const struct doc_option *option, const char *key,
		     char **copy)
{
	const char *value;
	size_t len = note(option->help, key, &value);

	if (!value)
		return 0;
	if (!len)
		return doc_error(parser, option->line, "[%s:] of --%s is empty", key, option->name);
	return doc_copy(copy, value, len) ? 0 : doc_no_memory(parser);
}

static int option_range(struct doc_parser *parser, struct doc_option *option)
{
	char *range = NULL;
	int ret = copy_note(parser, option, "range", &range);

	if (ret == 0 && range && !optval_is_number(&option->type)) {
		ret = doc_error(parser, option->line, "--%s has a range, but %s is not a number",
				option->name, option->metavar ? option->metavar : "a flag");
		error_hint(parser->err, "numbers are N, SIZE, BYTES, SECONDS and DURATION");
	} else if (ret == 0 && range && optval_range(&option->type, range)) {
		ret = doc_error(parser, option->line, "[range: %s] of --%s is not a range", range,
				option->name);
		error_hint(parser->err, "a range is LEAST-MOST, as in [range: 1-64]");
	}
	free(range);
	return ret;
}

static int option_default(struct doc_parser *parser, struct doc_option *option)
{
	char why[512];
	int ret = copy_note(parser, option, "default", &option->fallback);

	if (ret || !option->fallback)
		return ret;
	if (option->type.kind == OPTVAL_FLAG)
		return doc_error(parser, option->line, "--%s has a default but no value",
				 option->name);
	if (optval_check(&option->type, option->fallback, why, sizeof(why)))
		return doc_error(parser, option->line, "[default: %s] of --%s: %s",
				 option->fallback, option->name, why);
	return 0;
}

static int option_choices(struct doc_parser *parser, const struct doc_option *option)
{
	const char *s = option->metavar;

	if (option->type.kind != OPTVAL_CHOICE)
		return 0;
	for (bool start = true;; s++) {
		bool end = !*s || *s == '|';

		if ((start && end) || (!end && !isalnum((unsigned char)*s) && !strchr("_-", *s)))
			return doc_error(parser, option->line,
					 "'%s' is not a list of words between |", option->metavar);
		start = end;
		if (!*s)
			return 0;
	}
}

/* What the description says besides text. */
static int finish_option(struct doc_parser *parser, struct doc_option *option)
{
	int ret;

	if (!*option->help) {
		doc_error(parser, option->line, "--%s has no description", option->name);
		return error_hint(parser->err, "%s", option_form);
	}
	ret = option_range(parser, option);
	if (ret == 0)
		ret = option_choices(parser, option);
	if (ret == 0)
		ret = option_default(parser, option);
	if (ret == 0)
		ret = copy_note(parser, option, "not with", &option->enemies);
	return ret;
}

static int check_option_name(struct doc_parser *parser, int line, char letter, const char *name,
			     size_t len)
{
	const struct doc_option *twin = doc_option_named(parser->doc, name, len);

	if (option_row_named(name, len)) {
		doc_error(parser, line, "--%.*s is an option of hotprobe's own", (int)len, name);
		return error_hint(parser->err, "give it another name");
	}
	if (letter && option_row_letter(letter)) {
		doc_error(parser, line, "-%c is hotprobe's own --%s", letter,
			  option_row_letter(letter)->name);
		return error_hint(parser->err, "use another letter, or none");
	}
	if (twin)
		return doc_error(parser, line, "--%.*s is there already, on line %d", (int)len,
				 name, twin->line);
	twin = letter ? doc_option_letter(parser->doc, letter) : NULL;
	if (twin)
		return doc_error(parser, line, "-%c is there already, on line %d", letter,
				 twin->line);
	return 0;
}

/* Returns how many bytes of the line the option takes; 0 when it is malformed. */
static size_t split_option(const char *text, char *letter, const char **name, size_t *name_len,
			   const char **metavar, size_t *metavar_len)
{
	const char *s = text;

	*letter = 0;
	*metavar = NULL;
	*metavar_len = 0;
	if (isalnum((unsigned char)s[1])) {
		if (!text_starts(s + 2, ", "))
			return 0;
		*letter = s[1];
		s += 3 + strspn(s + 3, " ");
	}
	if (!text_starts(s, "--") || !islower((unsigned char)s[2]))
		return 0;
	s += 2;
	*name = s;
	while (islower((unsigned char)*s) || isdigit((unsigned char)*s) || *s == '-')
		s++;
	*name_len = (size_t)(s - *name);
	if (*s == '=') {
		*metavar = ++s;
		s += strcspn(s, " ");
		*metavar_len = (size_t)(s - *metavar);
		if (!*metavar_len)
			return 0;
	}
	return *s && !text_starts(s, "  ") ? 0 : (size_t)(s - text);
}

static int add_option(struct doc_parser *parser, const struct comment_line *line,
		      unsigned int *column)
{
	struct doc *doc = parser->doc;
	struct doc_option *option;
	const char *name = NULL, *metavar, *help;
	size_t name_len, metavar_len, len;
	char letter;
	int ret;

	len = split_option(line->text, &letter, &name, &name_len, &metavar, &metavar_len);
	if (!len) {
		doc_error(parser, line->nr, "cannot read the option '%s'", line->text);
		return error_hint(parser->err, "%s", option_form);
	}
	ret = check_option_name(parser, line->nr, letter, name, name_len);
	if (ret)
		return ret;
	option = doc_grow(doc->options, &doc->nr_options, sizeof(*option));
	if (!option)
		return doc_no_memory(parser);
	doc->options = option;
	option += doc->nr_options - 1;
	option->line = line->nr;
	option->letter = letter;
	help = line->text + len + strspn(line->text + len, " ");
	*column = *help ? line->indent + (unsigned int)(help - line->text) : 0;
	if (!doc_copy(&option->name, name, name_len) ||
	    !doc_copy(&option->help, help, strlen(help)) ||
	    (metavar && !doc_copy(&option->metavar, metavar, metavar_len)))
		return doc_no_memory(parser);
	optval_type_init(&option->type, option->metavar);
	return 0;
}

static int add_text(struct doc_parser *parser, char **text, const char *more)
{
	char *joined = malloc(strlen(*text) + strlen(more) + 2);

	if (!joined)
		return doc_no_memory(parser);
	joined[0] = '\0';
	if (**text)
		strcat(strcpy(joined, *text), " ");
	strcat(joined, more);
	free(*text);
	*text = joined;
	return 0;
}

/*
 * A line that starts with a dash is an option, unless it stands as far to the right as the
 * description of the option before: then it belongs to that, as all other lines do.
 */
static int parse_options(struct doc_parser *parser)
{
	const struct comment_line *line, *start = NULL;
	struct doc *doc = parser->doc;
	unsigned int column = 0;
	int ret = 0;

	for (; ret == 0 && parser->at < parser->end; parser->at++) {
		line = &parser->lines[parser->at];
		if (!*line->text)
			continue;
		if (line->indent == 0)
			return doc_section_error(parser, line, "Options");
		if (line->text[0] == '-' && (!column || line->indent < column)) {
			ret = add_option(parser, line, &column);
			start = line;
		} else if (start && line->indent > start->indent) {
			ret = add_text(parser, &doc->options[doc->nr_options - 1].help, line->text);
			if (!column)
				column = line->indent;
		} else {
			doc_error(parser, line->nr, "'%s' is not an option", line->text);
			return error_hint(parser->err, "%s", option_form);
		}
	}
	for (size_t i = 0; ret == 0 && i < doc->nr_options; i++)
		ret = finish_option(parser, &doc->options[i]);
	return ret;
}

/* Where the command of an example ends: at two spaces that are not inside quotes. */
static size_t command_length(const char *s)
{
	char quote = 0;
	size_t len;

	for (len = 0; s[len]; len++) {
		if (quote && s[len] == quote)
			quote = 0;
		else if (!quote && (s[len] == '\'' || s[len] == '"'))
			quote = s[len];
		else if (!quote && text_starts(s + len, "  "))
			break;
	}
	return len;
}

static int parse_examples(struct doc_parser *parser)
{
	const struct comment_line *line, *start = NULL;
	struct doc *doc = parser->doc;
	struct doc_example *example;
	int ret = 0;

	for (; ret == 0 && parser->at < parser->end; parser->at++) {
		size_t len;

		line = &parser->lines[parser->at];
		if (!*line->text)
			continue;
		if (line->indent == 0)
			return doc_section_error(parser, line, "Examples");
		if (start && line->indent > start->indent) {
			ret = add_text(parser, &doc->examples[doc->nr_examples - 1].text,
				       line->text);
			continue;
		}
		start = line;
		example = doc_grow(doc->examples, &doc->nr_examples, sizeof(*example));
		if (!example)
			return doc_no_memory(parser);
		doc->examples = example;
		example += doc->nr_examples - 1;
		example->line = line->nr;
		len = command_length(line->text);
		if (!doc_copy(&example->command, line->text, len))
			return doc_no_memory(parser);
		len += strspn(line->text + len, " ");
		if (!doc_copy(&example->text, line->text + len, strlen(line->text + len)))
			return doc_no_memory(parser);
	}
	return ret;
}

/* "2M  because ..." */
int doc_parse_buffer(struct doc_parser *parser)
{
	const struct comment_line *line = &parser->lines[parser->at];
	uint64_t *size = &parser->doc->buffer_size;
	char text[32];
	size_t len;

	while (!*line->text)
		line++;
	parser->at = parser->end;
	if (line->indent == 0)
		return doc_section_error(parser, line, "Buffer");
	len = strcspn(line->text, " ");
	snprintf(text, sizeof(text), "%.*s", (int)len, line->text);
	if (len < sizeof(text) && optval_number(OPTVAL_SIZE, text, size) == 0 &&
	    *size >= BUFFER_LEAST && *size <= BUFFER_MOST && (*size & (*size - 1)) == 0)
		return 0;
	doc_error(parser, line->nr, "'%.*s' is not the size of a perf buffer", (int)len,
		  line->text);
	return error_hint(parser->err, "it is a power of two from 64K to 64M, for each CPU");
}

int doc_section_error(struct doc_parser *parser, const struct comment_line *line,
		      const char *section)
{
	doc_error(parser, line->nr, "'%s' does not belong into the section '%s:'", line->text,
		  section);
	return error_hint(parser->err, "the lines of a section are indented; put other text before "
				       "the sections, or under 'Notes:'");
}

int doc_parse_section(struct doc_parser *parser, enum doc_kind kind)
{
	if (kind == DOC_OPTIONS)
		return parse_options(parser);
	if (kind == DOC_ATTACH)
		return doc_parse_attach(parser);
	if (kind == DOC_BUFFER)
		return doc_parse_buffer(parser);
	if (kind == DOC_FILES)
		return doc_parse_files(parser);
	return parse_examples(parser);
}

static int check_enemies(struct doc_parser *parser, const struct doc_option *option)
{
	const char *pos = option->enemies, *word;
	size_t len;

	while (pos && (len = doc_next_word(&pos, &word)))
		if (len < 3 || !text_starts(word, "--") ||
		    !doc_option_named(parser->doc, word + 2, len - 2))
			return doc_error(
				parser, option->line,
				"[not with: %s] of --%s: '%.*s' is no option of this probe",
				option->enemies, option->name, (int)len, word);
	return 0;
}

/* Append " OPT_A OPT_B ", all macros that an option can define. */
static void option_macros(struct buf *out, const struct doc *doc, const struct doc_option *option)
{
	const char *pos = option->metavar, *word;
	size_t len;

	buf_char(out, ' ');
	if (option->type.kind != OPTVAL_CHOICE) {
		optval_macro(out, option->name, NULL, 0);
		buf_char(out, ' ');
		if (doc_option_is_file(doc, option)) {
			optval_macro(out, option->name, "stdout", strlen("stdout"));
			buf_char(out, ' ');
		}
		return;
	}
	while ((len = optval_choice(&pos, &word))) {
		optval_macro(out, option->name, word, len);
		buf_char(out, ' ');
	}
}

/* --mode=a|b and --mode-a would both be OPT_MODE_A; so would two choices "a-b" and "a_b". */
static int check_macros(struct doc_parser *parser)
{
	const struct doc *doc = parser->doc;
	struct buf seen = {}, mine = {}, macro = {};
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < doc->nr_options; i++) {
		buf_reset(&mine);
		option_macros(&mine, doc, &doc->options[i]);
		for (const char *s = buf_text(&mine) + 1; ret == 0 && *s;) {
			size_t len = strcspn(s, " ");

			buf_reset(&macro);
			buf_printf(&macro, " %.*s ", (int)len, s);
			if (strstr(buf_text(&seen), buf_text(&macro)))
				ret = doc_error(parser, doc->options[i].line,
						"--%s would define %.*s, as another option or "
						"value does already",
						doc->options[i].name, (int)len, s);
			buf_str(&seen, buf_text(&macro));
			s += len + 1;
		}
	}
	if (ret == 0 && (seen.failed || mine.failed || macro.failed))
		ret = doc_no_memory(parser);
	buf_free(&seen);
	buf_free(&mine);
	buf_free(&macro);
	return ret;
}

int doc_check(struct doc_parser *parser)
{
	const struct doc *doc = parser->doc;
	int ret = check_macros(parser);

	if (ret == 0)
		ret = doc_check_attach(parser);
	for (size_t i = 0; ret == 0 && i < doc->nr_options; i++)
		ret = check_enemies(parser, &doc->options[i]);
	return ret ?: doc_check_files(parser);
}
