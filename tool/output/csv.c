// SPDX-License-Identifier: GPL-2.0-only
/* Events as CSV (RFC 4180, but lines end as they do on Unix). */
#include <string.h>

#include "output/column.h"
#include "util/fmt.h"

/* The cell in out->scratch, quoted if it must be. Its control characters are escaped already. */
static void csv_quoted(struct buf *to, const char *text, size_t len)
{
	if (!memchr(text, ',', len) && !memchr(text, '"', len)) {
		buf_add(to, text, len);
		return;
	}
	buf_char(to, '"');
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
		char text[FMT_MAX + 1], *end = text;
		struct value value;

		if (i)
			*end++ = ',';
		column_decode(col, data, size, time_ns, &value);
		if (!col->cell)
			end = col->scalar(end, col, value.number);
		buf_add(to, text, (size_t)(end - text));
		if (!col->cell)
			continue;
		buf_reset(&out->scratch);
		col->cell(&out->scratch, col, &value);
		if (out->scratch.failed)
			to->failed = true;
		csv_quoted(to, buf_text(&out->scratch), out->scratch.len);
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
