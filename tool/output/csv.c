// SPDX-License-Identifier: GPL-2.0-only
/* Events as CSV (RFC 4180, but lines end as they do on Unix). */
#include <string.h>

#include "output/column.h"
#include "util/fmt.h"

/* Quote what was written from @start on, if it must be. Control characters are escaped already. */
static void csv_quote(struct output *out, struct buf *to, size_t start)
{
	struct buf *cell = &out->scratch;
	const char *text = buf_text(to) + start;
	size_t len = to->len - start;

	if (!memchr(text, ',', len) && !memchr(text, '"', len))
		return;
	buf_reset(cell);
	buf_add(cell, text, len);
	to->failed |= cell->failed;
	to->len = start;
	buf_char(to, '"');
	text = buf_text(cell);
	len = cell->len;
	while (len) {
		const char *quote = memchr(text, '"', len);
		size_t part = quote ? (size_t)(quote - text) + 1 : len;

		buf_add(to, text, part);
		if (quote)
			buf_char(to, '"');
		text += part;
		len -= part;
	}
	buf_char(to, '"');
}

static void csv_row(struct output *out, struct buf *to, const unsigned char *data, size_t size,
		    uint64_t time_ns)
{
	if (out->sink->nr_outputs > 1)
		buf_add(to, out->event.data, out->event.len);
	for (unsigned int i = 0; i < out->nr_columns; i++) {
		const struct column *col = &out->columns[i];
		char *p = buf_reserve(to, FMT_MAX + 1);
		struct value value;

		if (!p)
			return;
		if (i)
			*p++ = ',';
		column_decode(col, data, size, time_ns, &value);
		buf_end(to, col->cell ? p : col->scalar(p, col, value.number));
		if (col->cell) {
			size_t start = to->len;

			col->cell(to, col, &value);
			csv_quote(out, to, start);
		}
	}
	buf_char(to, '\n');
}

static void csv_prepare(struct output *out)
{
	buf_str(&out->event, out->schema_name);
	buf_char(&out->event, ',');
	for (unsigned int i = 0; i < out->nr_columns; i++) {
		if (i)
			buf_char(&out->header, ',');
		buf_str(&out->header, out->columns[i].field.name);
	}
	buf_char(&out->header, '\n');
}

const struct output_format output_csv = {
	.prepare = csv_prepare,
	.row = csv_row,
	.event_header = "event,",
};
