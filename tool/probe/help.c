// SPDX-License-Identifier: GPL-2.0-only
/* What `hotprobe PROBE --help` prints, from the doc comment. */
#include <stdio.h>
#include <string.h>

#include "options/table.h"
#include "probe/doc.h"
#include "util/buf.h"
#include "util/text.h"

#define WIDTH	    80
#define HELP_COLUMN 28

/* Columns of a terminal that @len bytes of UTF-8 take; wide characters are not told apart. */
static size_t columns(const char *s, size_t len)
{
	size_t nr = 0;

	for (size_t i = 0; i < len; i++)
		nr += ((unsigned char)s[i] & 0xc0) != 0x80;
	return nr;
}

/* Words from the column @at on, continued at @indent. */
static void wrap(struct buf *out, const char *text, size_t at, size_t indent)
{
	bool first = true;

	while (*(text += strspn(text, " "))) {
		size_t len = strcspn(text, " ");
		size_t width = columns(text, len);

		if (!first && at + 1 + width > WIDTH) {
			buf_char(out, '\n');
			buf_pad(out, out->len, indent);
			at = indent;
			first = true;
		}
		if (!first) {
			buf_char(out, ' ');
			at++;
		}
		buf_add(out, text, len);
		at += width;
		text += len;
		first = false;
	}
	buf_char(out, '\n');
}

/* @used columns of the line are written; go on at @column, on a new line when that is near. */
static void go_to(struct buf *out, size_t used, size_t column)
{
	if (used + 2 > column) {
		buf_char(out, '\n');
		used = 0;
	}
	buf_pad(out, out->len, column - used);
}

static void option(struct buf *out, char letter, const char *name, const char *metavar,
		   const char *help)
{
	size_t start = out->len;

	if (letter)
		buf_printf(out, "  -%c, --%s", letter, name);
	else
		buf_printf(out, "      --%s", name);
	if (metavar)
		buf_printf(out, "=%s", metavar);
	go_to(out, columns(buf_text(out) + start, out->len - start), HELP_COLUMN);
	wrap(out, help, HELP_COLUMN, HELP_COLUMN);
}

void doc_help_run(struct buf *out)
{
	const struct option_row *row;

	for (size_t i = 0; (row = option_row_at(i)); i++)
		option(out, row->letter, row->name, row->metavar, row->help);
}

static void examples(const struct doc *doc, struct buf *out)
{
	size_t column = 0;

	for (size_t i = 0; i < doc->nr_examples; i++) {
		const char *command = doc->examples[i].command;
		size_t width = columns(command, strlen(command)) + 4;

		/* one very long command must not push all the texts to the right */
		if (width > column && width <= 48)
			column = width;
	}
	buf_str(out, "\nExamples:\n");
	for (size_t i = 0; i < doc->nr_examples; i++) {
		const struct doc_example *example = &doc->examples[i];

		buf_printf(out, "  %s", example->command);
		if (!*example->text) {
			buf_char(out, '\n');
			continue;
		}
		go_to(out, columns(example->command, strlen(example->command)) + 2,
		      column ? column : HELP_COLUMN);
		wrap(out, example->text, column ? column : HELP_COLUMN,
		     column ? column : HELP_COLUMN);
	}
}

static void files(const struct doc *doc, struct buf *out)
{
	buf_str(out, "\nFiles:\n");
	for (size_t i = 0; i < doc->nr_files; i++) {
		const struct doc_file *file = &doc->files[i];

		buf_printf(out, "  --%s: a line for each of %s, - for stdout:\n      %s\n",
			   file->option, file->output, file->form);
	}
}

void doc_help(const struct doc *doc, struct buf *out)
{
	const char *name = doc->present ? doc->name : doc->file;

	buf_printf(out, "Usage: hotprobe %s [OPTIONS] [-- COMMAND...]\n\n", name);
	if (doc->present)
		buf_printf(out, "%s - %s\n", doc->name, doc->summary);
	else
		buf_printf(out, "%s has no doc comment that says what it does.\n", doc->file);
	if (doc->present && *doc->text)
		buf_printf(out, "\n%s", doc->text);
	if (doc->nr_options) {
		buf_str(out, "\nOptions of this probe:\n");
		for (size_t i = 0; i < doc->nr_options; i++)
			option(out, doc->options[i].letter, doc->options[i].name,
			       doc->options[i].metavar, doc->options[i].help);
	}
	if (doc->nr_files)
		files(doc, out);
	for (size_t i = 0; i < doc->nr_sections; i++)
		buf_printf(out, "\n%s:\n%s", doc->sections[i].name, doc->sections[i].text);
	buf_str(out, "\nOptions of every probe:\n");
	doc_help_run(out);
	if (doc->nr_examples)
		examples(doc, out);
}
