// SPDX-License-Identifier: GPL-2.0-only
/* How text, bytes, lists and addresses look in a table, and before quoting in CSV. */
#include <string.h>
#include <sys/socket.h>

#include "decode/names.h"
#include "output/column.h"
#include "util/error.h"
#include "util/fmt.h"
#include "util/text.h"

/* the widest a text column in the middle of a table is made */
#define TEXT_WIDTH 32

size_t cell_rest(struct buf *to, const struct value *value)
{
	char text[FMT_MAX], *end = text;
	const char *name;

	if (value->cut) {
		buf_str(to, "...");
		return 3;
	}
	if (!value->failed)
		return 0;
	name = errno_name(-value->failed);
	*end++ = '<';
	end = name ? fmt_str(end, name) : fmt_i64(end, value->failed);
	*end++ = '>';
	buf_add(to, text, (size_t)(end - text));
	return (size_t)(end - text);
}

static size_t cell_text(struct buf *to, const struct column *col, const struct value *value)
{
	(void)col;
	return text_escape(to, (const char *)value->data, value->len) + cell_rest(to, value);
}

static size_t cell_hex(struct buf *to, const struct value *value)
{
	char text[FMT_MAX];

	for (size_t i = 0; i < value->len; i += sizeof(text) / 2) {
		size_t len = value->len - i;

		if (len > sizeof(text) / 2)
			len = sizeof(text) / 2;
		fmt_base16(text, value->data + i, len);
		buf_add(to, text, 2 * len);
	}
	return 2 * value->len;
}

static size_t cell_bytes(struct buf *to, const struct column *col, const struct value *value)
{
	(void)col;
	return cell_hex(to, value) + cell_rest(to, value);
}

char *column_address(char *p, const struct column *col, const struct value *value)
{
	return col->meaning == MEANING_INET ? fmt_inet(p, value->data) : fmt_ipv6(p, value->data);
}

static size_t cell_address(struct buf *to, const struct column *col, const struct value *value)
{
	char text[FMT_MAX];
	size_t len = (size_t)(column_address(text, col, value) - text);

	buf_add(to, text, len);
	return len;
}

char *column_endpoint(char *p, const struct value *value)
{
	struct value_endpoint end;
	char *start = p;

	memcpy(&end, value->data, sizeof(end));
	if (end.family == AF_UNSPEC)
		return NULL;
	if (end.family == AF_UNIX)
		return fmt_str(p, "unix");
	if (end.family != AF_INET && end.family != AF_INET6)
		return name_family(p, end.family);
	p = fmt_inet(p + 1, end.addr);
	/* only an IPv6 address has colons, whose end has to be told from the port's */
	if (memchr(start + 1, ':', (size_t)(p - start) - 1)) {
		*start = '[';
		*p++ = ']';
	} else {
		p = (char *)memmove(start, start + 1, (size_t)(p - start) - 1) + (p - start) - 1;
	}
	*p++ = ':';
	return fmt_u64(p, end.port);
}

static size_t cell_endpoint(struct buf *to, const struct column *col, const struct value *value)
{
	char text[FMT_MAX], *end = column_endpoint(text, value);
	size_t len = end ? (size_t)(end - text) : 0;

	(void)col;
	buf_add(to, text, len);
	return len;
}

/* People see that it is not known, not that nothing is there. */
static size_t cell_endpoint_table(struct buf *to, const struct column *col,
				  const struct value *value)
{
	size_t len = cell_endpoint(to, col, value);

	if (!len)
		buf_char(to, '-');
	return len ? len : 1;
}

static size_t cell_array(struct buf *to, const struct column *col, const struct value *value)
{
	size_t nr = value_elements(&col->field, value), columns = 0;
	char text[FMT_MAX + 1];

	for (size_t i = 0; i < nr; i++) {
		char *end = text;

		if (i)
			*end++ = ',';
		end = col->scalar(end, col, value_element(&col->field, value, i));
		buf_add(to, text, (size_t)(end - text));
		columns += (size_t)(end - text);
	}
	return columns + cell_rest(to, value);
}

/* What no shell takes for anything but itself, anywhere in a word. */
static bool cell_bare(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c && strchr("%+,-./:=@_^", c)) || c >= 0x80;
}

static size_t cell_argument(struct buf *to, const char *arg, size_t len)
{
	bool bare = len > 0, escape = false;
	size_t columns = 3, chars = 0;

	for (size_t i = 0; i < len; chars++) {
		size_t run = text_utf8_len((const unsigned char *)arg + i, len - i);
		unsigned char c = (unsigned char)arg[i];

		bare &= cell_bare(c);
		/* what cannot stand in '': the quote, and what text_escape() changes except the
		 * backslash (C2 80 to C2 9F are C1 controls) */
		escape |= !run || c < 0x20 || c == 0x7f || c == '\'' ||
			  (c == 0xc2 && (unsigned char)arg[i + 1] < 0xa0);
		i += run ? run : 1;
	}
	if (!escape) {
		if (!bare)
			buf_char(to, '\'');
		buf_add(to, arg, len);
		if (!bare)
			buf_char(to, '\'');
		return chars + (bare ? 0 : 2);
	}
	buf_str(to, "$'");
	while (len) {
		const char *end = memchr(arg, '\'', len);
		size_t part = end ? (size_t)(end - arg) : len;

		columns += text_escape(to, arg, part);
		if (end) {
			buf_str(to, "\\'");
			columns += 2;
			part++;
		}
		arg += part;
		len -= part;
	}
	buf_char(to, '\'');
	return columns;
}

static size_t cell_argv(struct buf *to, const struct column *col, const struct value *value)
{
	size_t pos = 0, len, columns = 0;
	const char *arg;

	(void)col;
	while (value_argument(value, &pos, &arg, &len)) {
		if (columns) {
			buf_char(to, ' ');
			columns++;
		}
		columns += cell_argument(to, arg, len);
	}
	if (columns && value->cut) {
		buf_char(to, ' ');
		columns++;
	}
	return columns + cell_rest(to, value);
}

static void cell_prepare_bytes(struct column *col, enum output_kind format)
{
	uint32_t size = col->field.size;

	col->cell = cell_bytes;
	col->width = size < TEXT_WIDTH / 2 ? 2 * size : TEXT_WIDTH;
	switch (col->meaning) {
	case MEANING_IPV6:
	case MEANING_INET:
		col->cell = cell_address;
		/* most are shorter than the longest, 39 */
		col->width = 26;
		break;
	case MEANING_ENDPOINT:
		col->cell = format == OUTPUT_TABLE ? cell_endpoint_table : cell_endpoint;
		/* the longest of IPv4 */
		col->width = 21;
		break;
	case MEANING_PAYLOAD:
		/* what a shell's $'' reads loses nothing, text or not */
		col->cell = cell_text;
		col->below = format == OUTPUT_TABLE;
		break;
	case MEANING_HEXDUMP:
		col->below = format == OUTPUT_TABLE;
		break;
	default:
		break;
	}
}

void cell_prepare(struct column *col, enum output_kind format)
{
	uint32_t size = col->field.size;

	switch (col->field.kind) {
	case FIELD_TEXT:
	case FIELD_ARGV:
		col->cell = col->field.kind == FIELD_TEXT ? cell_text : cell_argv;
		col->width = size < TEXT_WIDTH ? size : TEXT_WIDTH;
		break;
	case FIELD_BYTES:
		cell_prepare_bytes(col, format);
		break;
	case FIELD_ARRAY:
		col->cell = cell_array;
		col->width = TEXT_WIDTH / 2;
		break;
	default:
		return;
	}
	col->right = false;
}
