// SPDX-License-Identifier: GPL-2.0-only
/* The doc comment as a whole: finding it, its name line, its sections; see doc_section.c. */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "probe/comment.h"
#include "probe/doc.h"
#include "probe/doc_parser.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/text.h"

int doc_error(struct doc_parser *parser, int line, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return error_set(parser->err, -EINVAL, "%s:%d: %s", parser->doc->file, line, text);
}

int doc_no_memory(struct doc_parser *parser)
{
	return error_set(parser->err, -ENOMEM, "%s: no memory left", parser->doc->file);
}

bool doc_copy(char **copy, const char *s, size_t len)
{
	*copy = strndup(s, len);
	return *copy;
}

void *doc_grow(void *array, size_t *nr, size_t size)
{
	char *grown = reallocarray(array, *nr + 1, size);

	if (grown)
		memset(grown + (*nr)++ * size, 0, size);
	return grown;
}

/* "exec" of "exec - trace programs"; 0 when the line is not of that form. */
static size_t name_length(const char *text)
{
	size_t len = strspn(text,
			    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");

	if (len == 0 || text[0] == '-' || !text_starts(text + len, " - "))
		return 0;
	return text[len + 3 + strspn(text + len + 3, " ")] ? len : 0;
}

static const char *const known_sections[] = {
	[DOC_OPTIONS] = "Options",   [DOC_ATTACH] = "Attach", [DOC_FILES] = "Files",
	[DOC_EXAMPLES] = "Examples", [DOC_BUFFER] = "Buffer",
};

#define NR_KNOWN (sizeof(known_sections) / sizeof(known_sections[0]))

/* "Fields" of a line "Fields:", 0 when the line is something else. */
static size_t heading_length(const char *text)
{
	size_t len = 0;

	while (isalpha((unsigned char)text[len]))
		len++;
	return len && isupper((unsigned char)text[0]) && strcmp(text + len, ":") == 0 ? len : 0;
}

static enum doc_kind section_kind(const char *name, size_t len)
{
	for (size_t i = 0; i < NR_KNOWN; i++)
		if (strlen(known_sections[i]) == len && memcmp(known_sections[i], name, len) == 0)
			return (enum doc_kind)i;
	return DOC_OTHER;
}

static bool is_doc(const struct comment *comment)
{
	bool first = true;

	for (size_t i = 0; i < comment->nr_lines; i++) {
		const char *text = comment->lines[i].text;
		size_t len = heading_length(text);

		if (len && section_kind(text, len) != DOC_OTHER)
			return true;
		if (first && name_length(text))
			return true;
		first = first && !*text;
	}
	return false;
}

/* Nobody wants to send these to a terminal or to a manual page, nor to find out why they did. */
static int check_characters(struct doc_parser *parser)
{
	for (size_t i = 0; i < parser->nr_lines; i++) {
		const unsigned char *s = (const unsigned char *)parser->lines[i].text;
		size_t left = strlen(parser->lines[i].text), len;

		for (; left; s += len, left -= len) {
			len = text_utf8_len(s, left);
			if (len == 0)
				return doc_error(parser, parser->lines[i].nr,
						 "byte 0x%02x in the doc comment is not UTF-8", *s);
			if (*s < 0x20 || *s == 0x7f || (*s == 0xc2 && s[1] < 0xa0))
				return doc_error(parser, parser->lines[i].nr,
						 "control character in the doc comment");
		}
	}
	return 0;
}

static int parse_name(struct doc_parser *parser, const char *expected)
{
	const struct comment_line *line;
	struct doc *doc = parser->doc;
	size_t len;

	while (!*parser->lines[parser->at].text)
		parser->at++;
	line = &parser->lines[parser->at++];
	len = name_length(line->text);
	if (len == 0) {
		doc_error(parser, line->nr, "the doc comment starts with '%s'", line->text);
		return error_hint(parser->err, "its first line has to be '%s - SUMMARY'",
				  expected ? expected : "NAME");
	}
	if (expected && (strlen(expected) != len || memcmp(expected, line->text, len) != 0)) {
		doc_error(parser, line->nr, "the doc comment calls the probe '%.*s', its file '%s'",
			  (int)len, line->text, expected);
		return error_hint(parser->err, "write '%s - ...', or rename the file to %.*s.c",
				  expected, (int)len, line->text);
	}
	doc->line = line->nr;
	if (!doc_copy(&doc->name, line->text, len))
		return doc_no_memory(parser);
	len += 3 + strspn(line->text + len + 3, " ");
	if (!doc_copy(&doc->summary, line->text + len, strlen(line->text + len)))
		return doc_no_memory(parser);
	return 0;
}

/* Lines from..to as text, without the blank ones at both ends. */
static int copy_lines(struct doc_parser *parser, size_t from, size_t to, char **copy)
{
	const struct comment_line *lines = parser->lines;
	struct buf out = {};

	while (from < to && !*lines[from].text)
		from++;
	while (to > from && !*lines[to - 1].text)
		to--;
	for (; from < to; from++) {
		if (*lines[from].text)
			buf_pad(&out, out.len, lines[from].indent);
		buf_str(&out, lines[from].text);
		buf_char(&out, '\n');
	}
	if (!out.failed)
		doc_copy(copy, buf_text(&out), out.len);
	buf_free(&out);
	return *copy ? 0 : doc_no_memory(parser);
}

/* "option:", "Example:", an indented "Options:": meant as a section, but not read as one. */
static int check_near_heading(struct doc_parser *parser, const struct comment_line *line)
{
	size_t len = strlen(line->text);

	if (len == 0 || line->text[len - 1] != ':')
		return 0;
	while (len && (line->text[len - 1] == ':' || line->text[len - 1] == ' '))
		len--;
	if (len && (line->text[len - 1] | 0x20) == 's')
		len--;
	for (size_t i = 0; i < NR_KNOWN; i++) {
		const char *known = known_sections[i];

		if (strncasecmp(line->text, known, len) != 0 ||
		    (known[len] && strcmp(known + len, "s") != 0))
			continue;
		doc_error(parser, line->nr, "'%s' is not read as the section '%s:'", line->text,
			  known);
		return error_hint(parser->err,
				  "write '%s:' on a line of its own, without indentation", known);
	}
	return 0;
}

/* Find where the section (or the text before the first one) that starts at ->at ends. */
static int find_end(struct doc_parser *parser, size_t *end)
{
	size_t at = parser->at;
	int ret;

	for (; at < parser->nr_lines; at++) {
		const struct comment_line *line = &parser->lines[at];
		size_t len = heading_length(line->text);

		if (line->indent == 0 && len && section_kind(line->text, len) != DOC_OTHER)
			break;
		ret = check_near_heading(parser, line);
		if (ret)
			return ret;
		if (line->indent == 0 && len)
			break;
	}
	*end = at;
	return 0;
}

static int check_heading(struct doc_parser *parser, const struct comment_line *line, size_t len)
{
	/* these parts of the manual page are made from elsewhere */
	static const char *const taken[] = { "Name", "Synopsis", "Description" };
	enum doc_kind kind = section_kind(line->text, len);
	struct near near = {};
	char name[32];
	int before = 0;

	snprintf(name, sizeof(name), "%.*s", (int)len, line->text);
	near.wanted = name;
	/* what many a probe has is no Files */
	for (size_t i = 0; kind == DOC_OTHER && strcmp(name, "Fields") != 0 && i < NR_KNOWN; i++)
		near_offer(&near, known_sections[i]);
	if (kind == DOC_OTHER && near_best(&near)) {
		doc_error(parser, line->nr, "'%s' is not the name of a section that is read",
			  line->text);
		return error_hint(parser->err, "did you mean '%s:'?", near_best(&near));
	}
	if (kind != DOC_OTHER)
		before = parser->seen[kind];
	for (size_t i = 0; i < parser->doc->nr_sections; i++)
		if (strncmp(parser->doc->sections[i].name, line->text, len) == 0 &&
		    !parser->doc->sections[i].name[len])
			before = parser->doc->sections[i].line;
	if (before)
		return doc_error(parser, line->nr, "the section '%s' is there already, on line %d",
				 line->text, before);
	for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++)
		if (strlen(taken[i]) == len && memcmp(taken[i], line->text, len) == 0)
			return doc_error(parser, line->nr,
					 "a section cannot be called '%s'; the text under the "
					 "probe's name is its description",
					 line->text);
	return 0;
}

static bool is_empty(const struct doc_parser *parser, size_t from, size_t to)
{
	for (; from < to; from++)
		if (*parser->lines[from].text)
			return false;
	return true;
}

static int parse_section(struct doc_parser *parser)
{
	const struct comment_line *line = &parser->lines[parser->at];
	size_t len = heading_length(line->text), end = 0;
	enum doc_kind kind = section_kind(line->text, len);
	struct doc *doc = parser->doc;
	struct doc_section *sections;
	int ret = check_heading(parser, line, len);

	if (ret)
		return ret;
	parser->at++;
	ret = find_end(parser, &end);
	if (ret)
		return ret;
	if (is_empty(parser, parser->at, end))
		return doc_error(parser, line->nr, "the section '%s' is empty", line->text);
	if (kind != DOC_OTHER) {
		parser->seen[kind] = line->nr;
		parser->end = end;
		return doc_parse_section(parser, kind);
	}
	sections = doc_grow(doc->sections, &doc->nr_sections, sizeof(*sections));
	if (!sections)
		return doc_no_memory(parser);
	doc->sections = sections;
	sections += doc->nr_sections - 1;
	sections->line = line->nr;
	if (!doc_copy(&sections->name, line->text, len))
		return doc_no_memory(parser);
	ret = copy_lines(parser, parser->at, end, &sections->text);
	parser->at = end;
	return ret;
}

static int parse_comment(struct doc_parser *parser, const char *expected_name)
{
	size_t end = 0;
	int ret = check_characters(parser);

	if (ret)
		return ret;
	ret = parse_name(parser, expected_name);
	if (ret)
		return ret;
	ret = find_end(parser, &end);
	if (ret)
		return ret;
	ret = copy_lines(parser, parser->at, end, &parser->doc->text);
	parser->at = end;
	while (ret == 0 && parser->at < parser->nr_lines)
		ret = parse_section(parser);
	return ret ? ret : doc_check(parser);
}

int doc_parse(const char *file, const char *source, const char *expected_name, struct doc *doc,
	      struct error *err)
{
	struct doc_parser parser = { .doc = doc, .err = err };
	struct comment comment = {};
	const char *pos = source;
	int ret;

	memset(doc, 0, sizeof(*doc));
	if (!doc_copy(&doc->file, file, strlen(file)))
		return error_set(err, -ENOMEM, "%s: no memory left", file);
	while ((ret = comment_next(source, &pos, &comment)) > 0 && !is_doc(&comment))
		comment_free(&comment);
	if (ret == -EINVAL) {
		doc_error(&parser, text_line(source, pos), "this comment does not end");
		error_hint(err, "close it with */");
	} else if (ret < 0) {
		doc_no_memory(&parser);
	} else if (ret > 0) {
		doc->present = true;
		parser.lines = comment.lines;
		parser.nr_lines = comment.nr_lines;
		ret = parse_comment(&parser, expected_name);
	}
	comment_free(&comment);
	return ret;
}

void doc_free(struct doc *doc)
{
	for (size_t i = 0; i < doc->nr_options; i++) {
		free(doc->options[i].name);
		free(doc->options[i].metavar);
		free(doc->options[i].help);
		free(doc->options[i].fallback);
		free(doc->options[i].enemies);
	}
	for (size_t i = 0; i < doc->nr_attaches; i++) {
		free(doc->attaches[i].target);
		free(doc->attaches[i].function);
	}
	for (size_t i = 0; i < doc->nr_constants; i++) {
		free(doc->constants[i].target);
		free(doc->constants[i].name);
	}
	for (size_t i = 0; i < doc->nr_files; i++) {
		free(doc->files[i].output);
		free(doc->files[i].option);
		free(doc->files[i].form);
	}
	for (size_t i = 0; i < doc->nr_examples; i++) {
		free(doc->examples[i].command);
		free(doc->examples[i].text);
	}
	for (size_t i = 0; i < doc->nr_sections; i++) {
		free(doc->sections[i].name);
		free(doc->sections[i].text);
	}
	free(doc->options);
	free(doc->attaches);
	free(doc->constants);
	free(doc->files);
	free(doc->examples);
	free(doc->sections);
	free(doc->file);
	free(doc->name);
	free(doc->summary);
	free(doc->text);
	memset(doc, 0, sizeof(*doc));
}

const struct doc_option *doc_option_named(const struct doc *doc, const char *name, size_t len)
{
	for (size_t i = 0; i < doc->nr_options; i++)
		if (strlen(doc->options[i].name) == len &&
		    memcmp(doc->options[i].name, name, len) == 0)
			return &doc->options[i];
	return NULL;
}

const struct doc_option *doc_option_letter(const struct doc *doc, char letter)
{
	for (size_t i = 0; i < doc->nr_options; i++)
		if (doc->options[i].letter && doc->options[i].letter == letter)
			return &doc->options[i];
	return NULL;
}

bool doc_option_enemy(const struct doc_option *option, const char *name, size_t len)
{
	const char *pos = option->enemies, *word;
	size_t word_len;

	while (pos && (word_len = doc_next_word(&pos, &word)))
		if (word_len == len + 2 && memcmp(word + 2, name, len) == 0)
			return true;
	return false;
}

size_t doc_next_word(const char **pos, const char **word)
{
	size_t len;

	*word = *pos + strspn(*pos, " ,");
	len = strcspn(*word, " ,");
	*pos = *word + len;
	return len;
}

size_t doc_next_reference(const char **pos, const char **start, const char **name)
{
	const char *end;

	*start = strstr(*pos, "${");
	if (!*start)
		return 0;
	*name = *start + 2;
	end = strchr(*name, '}');
	if (!end || end == *name)
		return SIZE_MAX;
	*pos = end + 1;
	return (size_t)(end - *name);
}
