/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_TESTS_EVENTS_H
#define HOTPROBE_TESTS_EVENTS_H

/*
 * For the tests of decoding and printing: schemas from C structs, events to text. Include after
 * cmocka.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "decode/value.h"
#include "output/output.h"
#include "util/error.h"

static inline struct schema_field *add_field(struct schema *schema, const char *name,
					     const char *type, enum field_kind kind, size_t offset,
					     size_t size)
{
	struct schema_field *field = &schema->fields[schema->nr_fields++];

	snprintf(field->name, sizeof(field->name), "%s", name);
	snprintf(field->type, sizeof(field->type), "%s", type);
	field->kind = kind;
	field->offset = (uint32_t)offset;
	field->size = (uint32_t)size;
	return field;
}

/* a member of @event as a field of the same name */
#define FIELD(schema, event, member, type, kind)                        \
	add_field(schema, #member, type, kind, offsetof(event, member), \
		  sizeof(((event *)NULL)->member))

/* a member that is struct { u32 size; T data[N]; } */
#define SIZED(schema, event, member, type, kind)                                               \
	do {                                                                                   \
		struct schema_field *sized_ = add_field(schema, #member, type, kind,           \
							offsetof(event, member.data),          \
							sizeof(((event *)NULL)->member.data)); \
		sized_->sized = 1;                                                             \
		sized_->size_offset = offsetof(event, member.size);                            \
	} while (0)

static inline void set_schema(struct schema *schema, const char *name, size_t size)
{
	memset(schema, 0, sizeof(*schema));
	snprintf(schema->name, sizeof(schema->name), "%s", name);
	snprintf(schema->type, sizeof(schema->type), "struct event");
	schema->size = (uint32_t)size;
}

/* an output that must come to be, on a sink that is never flushed */
static inline struct output *new_output(struct sink *sink, const struct schema *schema,
					const struct output_options *opt)
{
	struct output *out = NULL;
	struct error *err = calloc(1, sizeof(*err));

	assert_non_null(err);
	if (output_new(&out, sink, schema, opt, err))
		fail_msg("%s", err->text);
	free(err);
	return out;
}

/* the sink's text since the last call, without its last line end; for one check */
static inline const char *take(struct sink *sink)
{
	static char text[65536];

	assert_true(sink->buf.len < sizeof(text));
	memcpy(text, buf_text(&sink->buf), sink->buf.len);
	text[sink->buf.len] = '\0';
	if (sink->buf.len && text[sink->buf.len - 1] == '\n')
		text[sink->buf.len - 1] = '\0';
	buf_reset(&sink->buf);
	return text;
}

#endif
