/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_VIEW_GRID_H
#define HOTPROBE_VIEW_GRID_H

#include <stddef.h>

#include "util/buf.h"

#define GRID_COLUMNS 16

/*
 * A table whose columns are as wide as what stands in them. Zero-initialise, fill, grid_print(),
 * which empties it.
 */
struct grid {
	struct buf text; /* every cell and its NUL, row after row */
	size_t nr_cells, columns;
	size_t widths[GRID_COLUMNS];
	unsigned int right;  /* bit i: column i stands at its right edge */
	unsigned int hidden; /* bit i: column i is left out */
};

/* grid_head - name the columns; one whose name begins with > is for numbers */
void grid_head(struct grid *grid, const char *const *names);

/* grid_cell - the next cell, escaped for a terminal; "-" for an empty one */
void grid_cell(struct grid *grid, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* grid_note - a line of its own below the row that is complete, indented */
void grid_note(struct grid *grid, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/*
 * grid_fit - leave out columns until the table is no wider than @width
 * @order: names of columns in the order in which they can go, NULL at its end
 * @gone: receives the names of those that went, "TAG, UID"
 *
 * After the last cell. What still does not fit is left as it is.
 */
void grid_fit(struct grid *grid, size_t width, const char *const *order, struct buf *gone);

void grid_print(struct grid *grid, struct buf *out);

#endif
