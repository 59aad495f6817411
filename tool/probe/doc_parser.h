/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_PROBE_DOC_PARSER_H
#define HOTPROBE_PROBE_DOC_PARSER_H

/* What doc.c, doc_section.c and the files of single sections share; nothing for others. */

#include <stdbool.h>
#include <stddef.h>

struct comment_line;
struct doc;
struct error;

enum doc_kind {
	DOC_OPTIONS,
	DOC_ATTACH,
	DOC_FILES,
	DOC_EXAMPLES,
	DOC_BUFFER,
	DOC_OTHER,
};

struct doc_parser {
	struct doc *doc;
	struct error *err;
	const struct comment_line *lines;
	size_t nr_lines;
	size_t at;	     /* the next line */
	size_t end;	     /* doc_parse_section: behind the section's last line */
	int seen[DOC_OTHER]; /* the line of each section that was there, 0 when it was not */
};

/* doc_error - a fault in line @line; returns -EINVAL */
int doc_error(struct doc_parser *parser, int line, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* doc_no_memory - returns -ENOMEM */
int doc_no_memory(struct doc_parser *parser);

/* doc_copy - a new string of @len bytes of @s; false without memory */
bool doc_copy(char **copy, const char *s, size_t len);

/* doc_grow - an array with one more element, of zeros, at its end; NULL without memory */
void *doc_grow(void *array, size_t *nr, size_t size);

/* doc_next_word - the next of a list of words between commas or spaces; 0 behind the last */
size_t doc_next_word(const char **pos, const char **word);

/* doc_parse_section - read the lines ->at to ->end as that kind of section; moves ->at there */
int doc_parse_section(struct doc_parser *parser, enum doc_kind kind);

/* doc_section_error - a line that cannot stand in the section called @section; -EINVAL */
int doc_section_error(struct doc_parser *parser, const struct comment_line *line,
		      const char *section);

/* doc_parse_attach and so on - doc_parse_section() of those sections */
int doc_parse_attach(struct doc_parser *parser);
int doc_parse_files(struct doc_parser *parser);
int doc_parse_buffer(struct doc_parser *parser);

/* doc_check_attach, doc_check_files - doc_check() of those sections */
int doc_check_attach(struct doc_parser *parser);
int doc_check_files(struct doc_parser *parser);

/* doc_check - what can be checked only when all sections were read */
int doc_check(struct doc_parser *parser);

#endif
