/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_CMD_GRID_H
#define HOTPROBE_CMD_GRID_H

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
	unsigned int right; /* bit i: column i stands at its right edge */
};

/* grid_head - name the columns; one whose name begins with > is for numbers */
void grid_head(struct grid *grid, const char *const *names);

/* grid_cell - the next cell, escaped for a terminal; "-" for an empty one */
void grid_cell(struct grid *grid, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* grid_note - a line of its own below the row that is complete, indented */
void grid_note(struct grid *grid, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

void grid_print(struct grid *grid, struct buf *out);

#endif
