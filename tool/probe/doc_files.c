// SPDX-License-Identifier: GPL-2.0-only
/* The section Files of a doc comment: outputs whose events are lines of a file. */
#include <string.h>

#include "options/optval.h"
#include "probe/comment.h"
#include "probe/doc.h"
#include "probe/doc_parser.h"
#include "util/error.h"
#include "util/form.h"
#include "util/text.h"

static const char line_form[] = "a line of Files is 'OUTPUT  ${OPTION}  FORM', as in "
				"'keys  ${keylog}  {label} {client_random} {secret}'";

static int files_line_error(struct doc_parser *parser, const struct comment_line *line)
{
	doc_error(parser, line->nr, "cannot read '%s'", line->text);
	return error_hint(parser->err, "%s", line_form);
}

static int check_form(struct doc_parser *parser, const struct comment_line *line, const char *form)
{
	const char *pos = form, *piece;
	enum form_piece kind;
	bool any = false;
	size_t len;

	while ((kind = form_next(&pos, &piece, &len)) != FORM_END) {
		any |= kind == FORM_FIELD;
		if (kind != FORM_BROKEN)
			continue;
		doc_error(parser, line->nr, "'%s' does not start with a field in braces", piece);
		return error_hint(parser->err, "write a field of the event's struct as in {label}");
	}
	if (any)
		return 0;
	doc_error(parser, line->nr, "the line '%s' has none of the event's fields in it", form);
	return error_hint(parser->err, "%s", line_form);
}

static int add_file(struct doc_parser *parser, const struct comment_line *line)
{
	const char *output = line->text, *pos = output, *start, *option = NULL, *form;
	size_t output_len = text_ident_len(output), option_len;
	struct doc *doc = parser->doc;
	struct doc_file *file;
	int ret;

	option_len = doc_next_reference(&pos, &start, &option);
	if (!output_len || !option_len || option_len == SIZE_MAX || output[output_len] != ' ' ||
	    start != output + output_len + strspn(output + output_len, " ") || *pos != ' ')
		return files_line_error(parser, line);
	form = pos + strspn(pos, " ");
	ret = check_form(parser, line, form);
	if (ret)
		return ret;
	for (size_t i = 0; i < doc->nr_files; i++)
		if (strlen(doc->files[i].output) == output_len &&
		    memcmp(doc->files[i].output, output, output_len) == 0)
			return doc_error(parser, line->nr, "%.*s is there already, on line %d",
					 (int)output_len, output, doc->files[i].line);
	file = doc_grow(doc->files, &doc->nr_files, sizeof(*file));
	if (!file)
		return doc_no_memory(parser);
	doc->files = file;
	file += doc->nr_files - 1;
	file->line = line->nr;
	if (!doc_copy(&file->output, output, output_len) ||
	    !doc_copy(&file->option, option, option_len) ||
	    !doc_copy(&file->form, form, strlen(form)))
		return doc_no_memory(parser);
	return 0;
}

int doc_parse_files(struct doc_parser *parser)
{
	int ret = 0;

	for (; ret == 0 && parser->at < parser->end; parser->at++) {
		const struct comment_line *line = &parser->lines[parser->at];

		if (!*line->text)
			continue;
		if (line->indent == 0)
			return doc_section_error(parser, line, "Files");
		ret = add_file(parser, line);
	}
	return ret;
}

int doc_check_files(struct doc_parser *parser)
{
	const struct doc *doc = parser->doc;

	for (size_t i = 0; i < doc->nr_files; i++) {
		const struct doc_file *file = &doc->files[i];
		const struct doc_option *option = doc_option_named(doc, file->option,
								   strlen(file->option));

		if (option && option->type.kind == OPTVAL_FILE)
			continue;
		if (option)
			doc_error(parser, file->line, "--%s is not the name of a file",
				  file->option);
		else
			doc_error(parser, file->line, "'${%s}' names an option that there is not",
				  file->option);
		return error_hint(parser->err, "have '--%s=FILE' under Options", file->option);
	}
	return 0;
}

bool doc_option_is_file(const struct doc *doc, const struct doc_option *option)
{
	for (size_t i = 0; i < doc->nr_files; i++)
		if (strcmp(doc->files[i].option, option->name) == 0)
			return true;
	return false;
}
