// SPDX-License-Identifier: GPL-2.0-only
/* Events as lines of a form that the probe gives: "{label} {client_random} {secret}". */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "output/column.h"
#include "util/error.h"
#include "util/fmt.h"
#include "util/form.h"

static void line_row(struct output *out, struct buf *to, const unsigned char *data, size_t size,
		     uint64_t time_ns)
{
	const char *pos = out->form, *piece;
	unsigned int column = 0;
	enum form_piece kind;
	size_t len;

	while ((kind = form_next(&pos, &piece, &len)) != FORM_END) {
		const struct column *col = &out->columns[column];
		struct value value;
		char *p;

		if (kind == FORM_TEXT) {
			buf_add(to, piece, len);
			continue;
		}
		column++;
		column_decode(col, data, size, time_ns, &value);
		if (col->cell) {
			col->cell(to, col, &value);
			continue;
		}
		p = buf_reserve(to, FMT_MAX);
		if (p)
			buf_end(to, col->scalar(p, col, value.number));
	}
	buf_char(to, '\n');
}

static void line_prepare(struct output *out)
{
	(void)out;
}

const struct output_format output_line = {
	.prepare = line_prepare,
	.row = line_row,
};
