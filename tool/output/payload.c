// SPDX-License-Identifier: GPL-2.0-only
/* Payloads in a table: lines below the event's row, as text or as a hex dump. */
#include <string.h>

#include "output/column.h"
#include "util/fmt.h"
#include "util/text.h"

/* what tells a payload's lines from rows: see table_prepare() */
#define INDENT	    "    "
#define INDENT_LEN  (sizeof(INDENT) - 1)

#define DUMP_BYTES  16 /* of the payload in one line */
#define DUMP_DIGITS 8  /* of the offset, at least */
/* the indentation, an offset, three columns and a gap for each byte, the bytes once more in | | */
#define DUMP_LINE_MAX (INDENT_LEN + FMT_MAX + 4 * DUMP_BYTES + 8)

static void payload_text(struct buf *to, const char *text, size_t len)
{
	while (len) {
		const char *end = memchr(text, '\n', len);
		size_t part = end ? (size_t)(end - text) : len;

		/* as elsewhere in a table, no line ends in spaces of hotprobe's own */
		if (part)
			buf_add(to, INDENT, INDENT_LEN);
		text_escape(to, text, part);
		buf_char(to, '\n');
		part += end != NULL;
		text += part;
		len -= part;
	}
}

/* "00000010  48 54 54 50 2f 31 2e 31  20 32 30 30 20 4f 4b 0d  |HTTP/1.1 200 OK.|", as hexdump -C
 */
static void payload_dump_line(struct buf *to, uint64_t offset, const unsigned char *data,
			      size_t len)
{
	char text[FMT_MAX], *end = fmt_hex(text, offset, DUMP_DIGITS);
	char *p = buf_reserve(to, DUMP_LINE_MAX);

	if (!p)
		return;
	p = (char *)memcpy(p, INDENT, INDENT_LEN) + INDENT_LEN;
	/* without the 0x */
	p = (char *)memcpy(p, text + 2, (size_t)(end - text) - 2) + (end - text) - 2;
	*p++ = ' ';
	for (size_t i = 0; i < DUMP_BYTES; i++) {
		*p++ = ' ';
		if (i == DUMP_BYTES / 2)
			*p++ = ' ';
		p = i < len ? fmt_base16(p, data + i, 1) : fmt_str(p, "  ");
	}
	p = fmt_str(p, "  |");
	for (size_t i = 0; i < len; i++)
		*p++ = data[i] >= 0x20 && data[i] < 0x7f ? (char)data[i] : '.';
	p = fmt_str(p, "|\n");
	buf_end(to, p);
}

static void payload_dump(struct buf *to, uint64_t offset, const unsigned char *data, size_t len)
{
	for (size_t i = 0; i < len; i += DUMP_BYTES)
		payload_dump_line(to, offset + i, data + i,
				  len - i < DUMP_BYTES ? len - i : DUMP_BYTES);
}

void payload_lines(const struct output *out, struct buf *to, const struct column *col,
		   const unsigned char *data, size_t size)
{
	size_t before;
	struct value value, offset = {};

	col->decode(&col->field, data, size, &value);
	if (col->meaning == MEANING_HEXDUMP) {
		if (out->has_offset)
			value_decoder_of (&out->offset)(&out->offset, data, size, &offset);
		payload_dump(to, offset.number, value.data, value.len);
	} else {
		payload_text(to, (const char *)value.data, value.len);
	}
	before = to->len;
	buf_add(to, INDENT, INDENT_LEN);
	if (cell_rest(to, &value))
		buf_char(to, '\n');
	else
		to->len = before;
}
