// SPDX-License-Identifier: GPL-2.0-only
/* Events as a table for people. */
#include <ctype.h>
#include <string.h>

#include "output/column.h"
#include "util/fmt.h"

#define COLOR_ERROR  "\033[31m"
#define COLOR_HEADER "\033[1m"
#define COLOR_END    "\033[0m"

/*
 * Where the next cell may start. Spaces are written only before something, so that no line ends in
 * them; a cell that is too wide moves the next ones until there is room again.
 */
struct table_line {
	struct buf *to;
	size_t at;    /* terminal columns written */
	size_t start; /* where the current column starts if nothing was too wide */
};

/* Spaces up to @until, at least one between cells; returns where @more bytes can follow, or NULL.
 */
static char *table_gap(struct table_line *line, size_t until, size_t more)
{
	size_t gap;
	char *p;

	if (line->at && until <= line->at)
		until = line->at + 1;
	gap = until - line->at;
	line->at = until;
	p = buf_reserve(line->to, gap + more);
	return p ? (char *)memset(p, ' ', gap) + gap : NULL;
}

static void table_scalar(struct table_line *line, const struct column *col, const char *text,
			 size_t len, const char *color)
{
	size_t until = line->start;
	char *p;

	if (col->right && len < col->width)
		until += col->width - len;
	p = table_gap(line, until, len + sizeof(COLOR_ERROR) + sizeof(COLOR_END));
	if (!p)
		return;
	if (color)
		p = fmt_str(p, color);
	memcpy(p, text, len);
	p += len;
	if (color)
		p = fmt_str(p, COLOR_END);
	buf_end(line->to, p);
	line->at += len;
	line->start += col->width + 1;
}

static void table_cell(struct table_line *line, const struct column *col, const struct value *value)
{
	size_t before = line->to->len, at = line->at, columns;
	char *p = table_gap(line, line->start, 0);

	if (!p)
		return;
	buf_end(line->to, p);
	columns = col->cell(line->to, col, value);
	if (columns) {
		line->at += columns;
	} else {
		line->at = at;
		line->to->len = before;
	}
	line->start += col->width + 1;
}

static void table_payloads(struct output *out, struct buf *to, const unsigned char *data,
			   size_t size)
{
	for (unsigned int i = 0; i < out->nr_columns; i++)
		if (out->columns[i].below)
			payload_lines(out, to, &out->columns[i], data, size);
}

static void table_row(struct output *out, struct buf *to, const unsigned char *data, size_t size,
		      uint64_t time_ns)
{
	struct table_line line = { .to = to };
	bool payloads = false;

	for (unsigned int i = 0; i < out->nr_columns; i++) {
		const struct column *col = &out->columns[i];
		char text[FMT_MAX];
		struct value value;
		const char *color = NULL;

		if (col->below) {
			payloads = true;
			continue;
		}
		column_decode(col, data, size, time_ns, &value);
		if (col->cell) {
			table_cell(&line, col, &value);
			continue;
		}
		if (out->color && col->meaning == MEANING_ERRNO && (int64_t)value.number < 0)
			color = COLOR_ERROR;
		table_scalar(&line, col, text,
			     (size_t)(col->scalar(text, col, value.number) - text), color);
	}
	/* no header: there is no column but payloads */
	if (out->header.len)
		buf_char(to, '\n');
	if (payloads)
		table_payloads(out, to, data, size);
}

/*
 * Payloads are indented, so that none of their lines can be taken for a row: rows then start with
 * something. Returns whether there are rows.
 */
static bool table_prepare_rows(struct output *out)
{
	struct column *first = NULL;
	bool payloads = false;

	for (unsigned int i = 0; i < out->nr_columns; i++) {
		payloads |= out->columns[i].below;
		if (!first && !out->columns[i].below)
			first = &out->columns[i];
	}
	if (first && payloads)
		first->right = false;
	return first != NULL;
}

static void table_prepare(struct output *out)
{
	struct table_line line = { .to = &out->header };

	if (!table_prepare_rows(out))
		return;
	if (out->color)
		buf_str(&out->header, COLOR_HEADER);
	for (unsigned int i = 0; i < out->nr_columns; i++) {
		struct column *col = &out->columns[i];
		size_t len = strlen(col->field.name);
		char name[SCHEMA_NAME_MAX];

		if (col->below)
			continue;
		for (size_t k = 0; k <= len; k++)
			name[k] = (char)toupper((unsigned char)col->field.name[k]);
		if (col->width < len)
			col->width = (unsigned int)len;
		table_scalar(&line, col, name, len, NULL);
	}
	if (out->color)
		buf_str(&out->header, COLOR_END);
	buf_char(&out->header, '\n');
}

const struct output_format output_table = {
	.prepare = table_prepare,
	.row = table_row,
};
