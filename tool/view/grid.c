// SPDX-License-Identifier: GPL-2.0-only
/* A table whose columns are as wide as what stands in them. */
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/text.h"
#include "view/grid.h"

/* what a cell that is a note begins with; escaped text never does */
#define NOTE '\001'

static void cell_add(struct grid *grid, const char *fmt, va_list ap)
{
	char *text = NULL;
	int len = vasprintf(&text, fmt, ap);
	size_t width, column = grid->nr_cells % grid->columns;

	if (len < 0) {
		grid->text.failed = true;
		return;
	}
	width = text_escape(&grid->text, text[0] ? text : "-", text[0] ? (size_t)len : 1);
	buf_char(&grid->text, '\0');
	if (width > grid->widths[column])
		grid->widths[column] = width;
	grid->nr_cells++;
	free(text);
}

void grid_cell(struct grid *grid, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	cell_add(grid, fmt, ap);
	va_end(ap);
}

void grid_head(struct grid *grid, const char *const *names)
{
	memset(grid->widths, 0, sizeof(grid->widths));
	grid->columns = grid->right = grid->hidden = 0;
	while (names[grid->columns] && grid->columns < GRID_COLUMNS)
		grid->columns++;
	for (size_t i = 0; i < grid->columns; i++) {
		if (names[i][0] == '>')
			grid->right |= 1u << i;
		grid_cell(grid, "%s", names[i] + (names[i][0] == '>'));
	}
}

void grid_note(struct grid *grid, const char *fmt, ...)
{
	va_list ap;

	buf_char(&grid->text, NOTE);
	va_start(ap, fmt);
	text_escape_format(&grid->text, fmt, ap);
	va_end(ap);
	buf_char(&grid->text, '\0');
}

/* Columns of a text that text_escape() has passed: a UTF-8 sequence is one. */
static size_t columns_of(const char *text)
{
	size_t columns = 0;

	for (; *text; text++)
		columns += ((unsigned char)*text & 0xc0) != 0x80;
	return columns;
}

static size_t total_width(const struct grid *grid)
{
	size_t width = 0;

	for (size_t i = 0; i < grid->columns; i++)
		if (!(grid->hidden >> i & 1))
			width += grid->widths[i] + (width ? 2 : 0);
	return width;
}

static bool column_find(const struct grid *grid, const char *name, size_t *column)
{
	/* the head's cells are the first; cells that are notes come behind them */
	const char *cell = grid->text.data;

	for (*column = 0; *column < grid->columns; ++*column, cell += strlen(cell) + 1)
		if (strcmp(cell, name) == 0)
			return true;
	return false;
}

void grid_fit(struct grid *grid, size_t width, const char *const *order, struct buf *gone)
{
	size_t column;

	for (; *order && !grid->text.failed && total_width(grid) > width; order++) {
		if (!column_find(grid, *order, &column))
			continue;
		grid->hidden |= 1u << column;
		buf_printf(gone, "%s%s", gone->len ? ", " : "", *order);
	}
}

void grid_print(struct grid *grid, struct buf *out)
{
	const char *cell = grid->text.data, *end = cell ? cell + grid->text.len : cell;
	size_t column = 0, last = grid->columns;
	bool any = false;

	while (last && grid->hidden >> (last - 1) & 1)
		last--;
	for (; cell < end && !grid->text.failed; cell += strlen(cell) + 1) {
		size_t fill;

		if (*cell == NOTE) {
			buf_printf(out, "        %s\n", cell + 1);
			continue;
		}
		fill = grid->widths[column] - columns_of(cell);
		if (!(grid->hidden >> column & 1)) {
			if (any)
				buf_str(out, "  ");
			if (grid->right >> column & 1)
				buf_printf(out, "%*s%s", (int)fill, "", cell);
			else if (column + 1 < last)
				buf_printf(out, "%s%*s", cell, (int)fill, "");
			else
				buf_str(out, cell);
			any = true;
		}
		if (++column == grid->columns) {
			column = 0;
			any = false;
			buf_char(out, '\n');
		}
	}
	if (grid->text.failed)
		out->failed = true;
	buf_free(&grid->text);
	grid->nr_cells = 0;
}
