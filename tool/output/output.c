// SPDX-License-Identifier: GPL-2.0-only
/* Chooses the columns once, then prints events. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "output/column.h"
#include "util/error.h"
#include "util/form.h"
#include "util/text.h"

/* When the sink holds this much it is written without waiting for the end of the batch. */
#define SINK_FULL 65536

static void column_prepare(struct output *out, struct column *col, const struct output_options *opt)
{
	col->meaning = value_meaning(&col->field);
	col->decode = value_decoder_of(&col->field);
	col->clock = &out->clock;
	scalar_prepare(col, opt->format);
	cell_prepare(col, opt->format);
}

static const struct schema_field *output_field(const struct schema *schema, const char *name,
					       size_t len)
{
	for (uint32_t i = 0; i < schema->nr_fields; i++)
		if (strlen(schema->fields[i].name) == len &&
		    memcmp(schema->fields[i].name, name, len) == 0)
			return &schema->fields[i];
	return NULL;
}

static int output_unknown_field(const struct schema *schema, const char *name, struct error *err)
{
	struct near near = { .wanted = name };
	struct buf list = {};
	const char *best;

	for (uint32_t i = 0; i < schema->nr_fields; i++) {
		near_offer(&near, schema->fields[i].name);
		buf_str(&list, i ? ", " : "");
		buf_str(&list, schema->fields[i].name);
	}
	best = near_best(&near);
	if (best)
		error_usage(err, "--fields: the event has no field '%s'; did you mean '%s'?", name,
			    best);
	else
		error_usage(err, "--fields: the event has no field '%s'", name);
	error_hint(err, "its fields are: %s", buf_text(&list));
	buf_free(&list);
	return -EINVAL;
}

static int output_add_field(struct output *out, const struct schema *schema, const char *name,
			    struct error *err)
{
	const struct schema_field *field;

	if (!name[0])
		return error_usage(err, "--fields: a name is missing: give them as in pid,comm");
	for (unsigned int i = 0; i < out->nr_columns; i++)
		if (strcmp(out->columns[i].field.name, name) == 0)
			return error_usage(err, "--fields: '%s' is given twice", name);
	field = output_field(schema, name, strlen(name));
	if (!field)
		return output_unknown_field(schema, name, err);
	out->columns[out->nr_columns++].field = *field;
	return 0;
}

static int output_choose_fields(struct output *out, const struct schema *schema, const char *fields,
				struct error *err)
{
	char *copy, *pos, *name;
	int ret = 0;

	if (!fields) {
		for (uint32_t i = 0; i < schema->nr_fields; i++)
			out->columns[out->nr_columns++].field = schema->fields[i];
		return 0;
	}
	copy = strdup(fields);
	if (!copy)
		return error_sys(err, -ENOMEM, "cannot prepare the output");
	pos = copy;
	while (!ret && (name = strsep(&pos, ","))) {
		size_t len;

		name += strspn(name, " ");
		len = strlen(name);
		while (len && name[len - 1] == ' ')
			name[--len] = '\0';
		ret = output_add_field(out, schema, name, err);
	}
	free(copy);
	return ret;
}

/* A line's columns are the fields in its form, one each time that it is named. */
static int output_take_form(struct output *out, const struct schema *schema, const char *form,
			    struct error *err)
{
	const char *pos, *piece;
	enum form_piece kind;
	size_t len;

	pos = out->form = strdup(form);
	if (!out->form)
		return error_sys(err, -ENOMEM, "cannot prepare the output");
	while ((kind = form_next(&pos, &piece, &len)) != FORM_END) {
		const struct schema_field *field;

		if (kind == FORM_TEXT)
			continue;
		field = kind == FORM_FIELD ? output_field(schema, piece, len) : NULL;
		if (!field)
			return error_set(err, -EINVAL, "%s: '%.*s' is no field of %s", form,
					 (int)len, piece, schema->name);
		if (out->nr_columns == OUTPUT_COLUMNS_MAX)
			return error_set(err, -E2BIG, "%s: more than %d fields", form,
					 OUTPUT_COLUMNS_MAX);
		out->columns[out->nr_columns++].field = *field;
	}
	return 0;
}

/* Hex dumps count on from the event's offset, whether or not that is a column. */
static void output_find_offset(struct output *out, const struct schema *schema)
{
	for (uint32_t i = 0; i < schema->nr_fields; i++) {
		const struct schema_field *field = &schema->fields[i];

		if (strcmp(field->name, "offset") == 0 &&
		    (field->kind == FIELD_INT || field->kind == FIELD_UINT)) {
			out->offset = *field;
			out->has_offset = true;
		}
	}
}

/* -T: the time in front, under a name that no field has. */
static void output_add_time(struct output *out)
{
	/* an underscore for each field that is in the way */
	char name[sizeof("time") + SCHEMA_FIELDS_MAX] = "time";
	struct column *col = &out->columns[0];
	bool taken = true;

	for (unsigned int i = 0; i < out->nr_columns; i++)
		if (value_meaning(&out->columns[i].field) == MEANING_TIME)
			return;
	while (taken) {
		taken = false;
		for (unsigned int i = 0; i < out->nr_columns; i++)
			taken |= strcmp(out->columns[i].field.name, name) == 0;
		if (taken)
			strcat(name, "_");
	}
	memmove(col + 1, col, out->nr_columns++ * sizeof(*col));
	memset(col, 0, sizeof(*col));
	col->sample_time = true;
	col->field.kind = FIELD_UINT;
	col->field.size = sizeof(uint64_t);
	strcpy(col->field.type, "time_ns_t");
	snprintf(col->field.name, sizeof(col->field.name), "%.63s", name);
}

static bool output_out_of_memory(const struct output *out)
{
	bool failed = out->header.failed || out->event.failed;

	for (unsigned int i = 0; i < out->nr_columns; i++) {
		const struct column *col = &out->columns[i];

		failed |= col->key_hex.failed || col->key_base64.failed || col->key_cut.failed ||
			  col->key_errno.failed;
	}
	return failed;
}

static void custom_prepare(struct output *out)
{
	(void)out;
}

static void custom_row(struct output *out, struct buf *to, const unsigned char *data, size_t size,
		       uint64_t time_ns)
{
	(void)time_ns;
	out->custom->write(out->custom->arg, to, data, size);
}

static const struct output_format output_custom = {
	.prepare = custom_prepare,
	.row = custom_row,
};

int output_new(struct output **result, struct sink *sink, const struct schema *schema,
	       const struct output_options *opt, struct error *err)
{
	static const struct output_format *const formats[] = {
		[OUTPUT_TABLE] = &output_table,
		[OUTPUT_JSON] = &output_json,
		[OUTPUT_CSV] = &output_csv,
		[OUTPUT_LINE] = &output_line,
	};
	struct output *out;
	int ret;

	ret = value_check_schema(schema, err);
	if (ret)
		return ret;
	out = calloc(1, sizeof(*out));
	if (!out)
		return error_sys(err, -ENOMEM, "cannot prepare the output");
	out->sink = sink;
	sink->nr_outputs++;
	out->color = opt->color;
	out->event_size = schema->size;
	out->min_size = value_min_size(schema);
	out->custom = opt->custom;
	out->format = opt->custom ? &output_custom : formats[opt->format];
	strcpy(out->schema_name, schema->name);
	wall_clock_init(&out->clock);
	output_find_offset(out, schema);

	ret = opt->format == OUTPUT_LINE ? output_take_form(out, schema, opt->form, err)
					 : output_choose_fields(out, schema, opt->fields, err);
	if (ret)
		goto fail;
	if (opt->wall_time)
		output_add_time(out);
	for (unsigned int i = 0; i < out->nr_columns; i++)
		column_prepare(out, &out->columns[i], opt);
	out->format->prepare(out);
	if (output_out_of_memory(out)) {
		ret = error_sys(err, -ENOMEM, "cannot prepare the output");
		goto fail;
	}
	*result = out;
	return 0;
fail:
	output_free(out);
	return ret;
}

void output_header(struct output *out)
{
	struct sink *sink = out->sink;
	struct buf *above = &sink->header;

	if (sink->last == out)
		return;
	sink->last = out;
	if (!out->header.len)
		return;
	/* after --watch has swapped the probe: the same columns need no new header */
	if (sink->nr_outputs == 1 && above->len == out->header.len &&
	    memcmp(above->data, out->header.data, above->len) == 0)
		return;
	buf_reset(above);
	buf_add(above, out->header.data, out->header.len);
	if (sink->nr_outputs > 1 && out->format->event_header)
		buf_str(&sink->buf, out->format->event_header);
	buf_add(&sink->buf, out->header.data, out->header.len);
}

int output_event(struct output *out, const void *data, size_t size, uint64_t time_ns)
{
	struct buf *to = &out->sink->buf;
	size_t used, before = to->len;
	int ret;

	ret = value_event_size(out->event_size, out->min_size, size, &used);
	if (ret)
		return ret;
	output_header(out);
	out->format->row(out, to, data, used, time_ns);
	if (to->failed) {
		/* no half line: what was there before is whole */
		to->failed = false;
		to->len = before;
		return -ENOMEM;
	}
	return to->len >= SINK_FULL ? sink_flush(out->sink) : 0;
}

void output_free(struct output *out)
{
	if (!out)
		return;
	for (unsigned int i = 0; i < out->nr_columns; i++) {
		struct column *col = &out->columns[i];

		buf_free(&col->key_hex);
		buf_free(&col->key_base64);
		buf_free(&col->key_cut);
		buf_free(&col->key_errno);
	}
	free(out->form);
	buf_free(&out->header);
	buf_free(&out->scratch);
	buf_free(&out->event);
	if (out->sink->last == out)
		out->sink->last = NULL;
	out->sink->nr_outputs--;
	free(out);
}
