// SPDX-License-Identifier: GPL-2.0-only
/* Events as JSON (RFC 8259), one object a line. */
#include <stdio.h>
#include <string.h>

#include "output/column.h"
#include "util/fmt.h"
#include "util/json.h"
#include "util/text.h"

static void json_hex(struct buf *to, const unsigned char *data, size_t len)
{
	char text[FMT_MAX];

	buf_char(to, '"');
	while (len) {
		size_t part = len < sizeof(text) / 2 ? len : sizeof(text) / 2;

		fmt_base16(text, data, part);
		buf_add(to, text, 2 * part);
		data += part;
		len -= part;
	}
	buf_char(to, '"');
}

static void json_text(struct buf *to, const struct column *col, const struct value *value)
{
	if (json_string(to, (const char *)value->data, value->len))
		return;
	buf_add(to, col->key_hex.data, col->key_hex.len);
	json_hex(to, value->data, value->len);
}

static void json_argv(struct buf *to, const struct column *col, const struct value *value)
{
	bool exact = true;
	const char *arg;
	size_t pos, len;

	pos = 0;
	buf_char(to, '[');
	while (value_argument(value, &pos, &arg, &len)) {
		if ((const unsigned char *)arg != value->data)
			buf_char(to, ',');
		exact &= json_string(to, arg, len);
	}
	buf_char(to, ']');
	if (exact)
		return;
	pos = 0;
	buf_add(to, col->key_hex.data, col->key_hex.len);
	buf_char(to, '[');
	while (value_argument(value, &pos, &arg, &len)) {
		if ((const unsigned char *)arg != value->data)
			buf_char(to, ',');
		json_hex(to, (const unsigned char *)arg, len);
	}
	buf_char(to, ']');
}

/* One integer. No scalar needs escaping: they are numbers, names, dates and addresses. */
static void json_scalar(struct buf *to, const struct column *col, uint64_t number)
{
	char text[FMT_MAX + 2], *end = text;

	if (col->quote)
		*end++ = '"';
	end = col->scalar(end, col, number);
	if (col->quote)
		*end++ = '"';
	buf_add(to, text, (size_t)(end - text));
}

static void json_array(struct buf *to, const struct column *col, const struct value *value)
{
	size_t nr = value_elements(&col->field, value);

	buf_char(to, '[');
	for (size_t i = 0; i < nr; i++) {
		if (i)
			buf_char(to, ',');
		json_scalar(to, col, value_element(&col->field, value, i));
	}
	buf_char(to, ']');
}

static void json_base64(struct buf *to, const unsigned char *data, size_t len)
{
	char *p = buf_reserve(to, FMT_BASE64_LEN(len) + 2);

	if (!p)
		return;
	*p++ = '"';
	p = fmt_base64(p, data, len);
	*p++ = '"';
	buf_end(to, p);
}

/* The key that was written already is right only if it is text. */
static void json_payload(struct buf *to, const struct column *col, const struct value *value)
{
	size_t start = to->len - col->lead_len;

	if (json_utf8(to, (const char *)value->data, value->len))
		return;
	to->len = start;
	buf_add(to, col->key_base64.data, col->key_base64.len);
	json_base64(to, value->data, value->len);
}

static void json_bytes(struct buf *to, const struct column *col, const struct value *value)
{
	char text[FMT_MAX], *end;

	if (column_is_payload(col)) {
		json_payload(to, col, value);
		return;
	}
	if (col->meaning == MEANING_ENDPOINT) {
		end = column_endpoint(text + 1, value);
		if (!end) {
			buf_str(to, "null");
			return;
		}
		text[0] = *end++ = '"';
		buf_add(to, text, (size_t)(end - text));
		return;
	}
	if (col->meaning != MEANING_IPV6 && col->meaning != MEANING_INET) {
		json_hex(to, value->data, value->len);
		return;
	}
	buf_char(to, '"');
	buf_add(to, text, (size_t)(column_address(text, col, value) - text));
	buf_char(to, '"');
}

static void json_value(struct buf *to, const struct column *col, const struct value *value)
{
	char text[FMT_MAX];

	if (value->failed) {
		buf_str(to, "null");
		buf_add(to, col->key_errno.data, col->key_errno.len);
		buf_add(to, text, (size_t)(fmt_i64(text, value->failed) - text));
		return;
	}
	switch (col->field.kind) {
	case FIELD_TEXT:
		json_text(to, col, value);
		break;
	case FIELD_ARGV:
		json_argv(to, col, value);
		break;
	case FIELD_ARRAY:
		json_array(to, col, value);
		break;
	default:
		json_bytes(to, col, value);
	}
	if (value->cut) {
		buf_add(to, col->key_cut.data, col->key_cut.len);
		buf_str(to, "true");
	}
}

/* The key, by blocks of a size that the compiler knows: most need one. */
static char *json_lead(char *p, const struct column *col)
{
	for (unsigned int i = 0; i < col->lead_len; i += 16)
		memcpy(p + i, col->lead + i, 16);
	return p + col->lead_len;
}

static void json_row(struct output *out, struct buf *to, const unsigned char *data, size_t size,
		     uint64_t time_ns)
{
	size_t start = to->len;

	if (out->sink->nr_outputs > 1) {
		buf_char(to, '{');
		buf_add(to, out->event.data, out->event.len);
	}
	for (unsigned int i = 0; i < out->nr_columns; i++) {
		const struct column *col = &out->columns[i];
		char *p = buf_reserve(to, COLUMN_LEAD_MAX + FMT_MAX + 1);
		struct value value;

		if (!p)
			return;
		column_decode(col, data, size, time_ns, &value);
		p = json_lead(p, col);
		if (col->cell) {
			buf_end(to, p);
			json_value(to, col, &value);
			continue;
		}
		/* no scalar needs escaping: they are numbers, names, dates and addresses */
		p = col->scalar(p, col, value.number);
		if (col->quote)
			*p++ = '"';
		buf_end(to, p);
	}
	buf_add(to, "}\n", 2);
	/* over the comma before the first key, if there is nothing that it divides from that */
	if (!to->failed)
		to->data[start] = '{';
}

/* Append '"NAME":', with as many underscores more as make it a key of its own. Names of fields
 * hold nothing that JSON would escape. */
static void json_key(struct output *out, struct buf *key, const char *name, const char *suffix)
{
	char full[SCHEMA_NAME_MAX * 3];
	int len = snprintf(full, sizeof(full), "%s%s", name, suffix);
	bool taken = true;

	while (taken && *suffix) {
		taken = false;
		for (unsigned int i = 0; i < out->nr_columns; i++)
			taken |= strcmp(out->columns[i].field.name, full) == 0;
		if (taken && len < (int)sizeof(full) - 1) {
			full[len++] = '_';
			full[len] = '\0';
		}
	}
	buf_char(key, '"');
	buf_str(key, full);
	buf_str(key, "\":");
}

static void json_sibling(struct output *out, struct buf *key, const char *name, const char *suffix)
{
	buf_char(key, ',');
	json_key(out, key, name, suffix);
}

static void json_prepare(struct output *out)
{
	json_key(out, &out->event, "", "event");
	json_string(&out->event, out->schema_name, strlen(out->schema_name));
	for (unsigned int i = 0; i < out->nr_columns; i++) {
		struct column *col = &out->columns[i];
		const char *name = col->field.name;
		char *end = fmt_str(fmt_str(fmt_str(col->lead, ",\""), name), "\":");

		if (!col->cell && col->quote)
			*end++ = '"';
		col->lead_len = (unsigned int)(end - col->lead);
		json_sibling(out, &col->key_hex, name, "_hex");
		json_sibling(out, &col->key_base64, name, "_base64");
		json_sibling(out, &col->key_cut, name, "_cut");
		json_sibling(out, &col->key_errno, name, "_errno");
	}
}

const struct output_format output_json = {
	.prepare = json_prepare,
	.row = json_row,
};
