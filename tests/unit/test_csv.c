// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>

#include "events.h"

struct event {
	uint32_t pid;
	int32_t ret;
	uint64_t took;
	uint64_t when;
	uint16_t mode;
	bool ok;
	char text[32];
	struct {
		uint32_t size;
		char data[64];
	} args;
};

static const struct output_options csv = { .format = OUTPUT_CSV };

static void event_schema(struct schema *schema)
{
	set_schema(schema, "events", sizeof(struct event));
	FIELD(schema, struct event, pid, "u32", FIELD_UINT);
	FIELD(schema, struct event, ret, "errno_t", FIELD_INT);
	FIELD(schema, struct event, took, "duration_ns_t", FIELD_UINT);
	FIELD(schema, struct event, mode, "octal_t", FIELD_UINT);
	FIELD(schema, struct event, ok, "_Bool", FIELD_BOOL);
	FIELD(schema, struct event, text, "char", FIELD_TEXT);
	SIZED(schema, struct event, args, "argv_t", FIELD_ARGV);
}

static void test_lines(void **state)
{
	struct event event = { 1, -2, 12345, 0, 0644, true, "plain", { 6, "ls\0-l" } };
	struct schema schema;
	struct output *out;
	struct sink sink;

	(void)state;
	sink_init(&sink, -1);
	event_schema(&schema);
	out = new_output(&sink, &schema, &csv);
	assert_int_equal(output_event(out, &event, sizeof(event), 0), 0);
	assert_string_equal(take(&sink), "pid,ret,took,mode,ok,text,args\n"
					 "1,-2,12345,0644,yes,plain,ls -l");
	strcpy(event.text, "a,\"b\"");
	memcpy(event.args.data, "x,y\0\"\0", 6);
	event.args.size = 6;
	assert_int_equal(output_event(out, &event, sizeof(event), 0), 0);
	assert_string_equal(take(&sink), "1,-2,12345,0644,yes,\"a,\"\"b\"\"\",\"x,y '\"\"'\"");
	strcpy(event.text, "\"");
	event.args.size = 100;
	memset(event.args.data, 'z', sizeof(event.args.data));
	memcpy(event.args.data + 1, "", 1);
	assert_int_equal(output_event(out, &event, offsetof(struct event, args.data) + 3, 0), 0);
	assert_string_equal(take(&sink), "1,-2,12345,0644,yes,\"\"\"\",z z ...");
	strcpy(event.text, "a\nb\033\xff");
	event.args.size = 0;
	assert_int_equal(output_event(out, &event, sizeof(event), 0), 0);
	assert_string_equal(take(&sink), "1,-2,12345,0644,yes,a\\nb\\x1b\\xff,");
	event.args.size = (uint32_t)-EFAULT;
	event.text[0] = '\0';
	assert_int_equal(output_event(out, &event, sizeof(event), 0), 0);
	assert_string_equal(take(&sink), "1,-2,12345,0644,yes,,<EFAULT>");
	assert_int_equal(output_event(out, &event, 3, 0), -EBADMSG);
	assert_string_equal(take(&sink), "");
	output_free(out);
	sink_free(&sink);
}

static void test_other_kinds(void **state)
{
	const int32_t array[3] = { 1, -2, 3 };
	struct output_options opt = { .format = OUTPUT_CSV, .wall_time = true };
	struct schema schema;
	struct output *out;
	struct sink sink;
	const char *text;

	(void)state;
	sink_init(&sink, -1);
	set_schema(&schema, "events", sizeof(array));
	add_field(&schema, "array", "s32", FIELD_ARRAY, 0, 12);
	schema.fields[0].elem_size = 4;
	schema.fields[0].elem_signed = 1;
	add_field(&schema, "raw", "u8", FIELD_BYTES, 0, 3);
	out = new_output(&sink, &schema, &opt);
	output_header(out);
	assert_string_equal(take(&sink), "time,array,raw");
	assert_int_equal(output_event(out, array, sizeof(array), 1), 0);
	text = take(&sink);
	/* 2026-01-02T15:04:05.123456789Z */
	assert_int_equal(text[10], 'T');
	assert_string_equal(text + 29, "Z,\"1,-2,3\",010000");
	output_free(out);
	sink_free(&sink);
}

static void test_two_schemas(void **state)
{
	uint32_t pid = 7;
	struct schema schema;
	struct output *a, *b;
	struct sink sink;

	(void)state;
	sink_init(&sink, -1);
	set_schema(&schema, "starts", 4);
	add_field(&schema, "pid", "u32", FIELD_UINT, 0, 4);
	a = new_output(&sink, &schema, &csv);
	strcpy(schema.name, "ends");
	strcpy(schema.fields[0].name, "tid");
	b = new_output(&sink, &schema, &csv);
	output_event(a, &pid, 4, 0);
	output_event(a, &pid, 4, 0);
	output_event(b, &pid, 4, 0);
	assert_string_equal(take(&sink), "event,pid\nstarts,7\nstarts,7\nevent,tid\nends,7");
	output_free(a);
	output_free(b);
	sink_free(&sink);
}

/* Read back by RFC 4180's rules: the cells are there, whatever bytes the event has. */
static void test_random_texts(void **state)
{
	struct output_options opt = { .format = OUTPUT_CSV, .fields = "text,pid,args" };
	struct schema schema;
	struct output *out;
	struct sink sink;

	(void)state;
	sink_init(&sink, -1);
	event_schema(&schema);
	out = new_output(&sink, &schema, &opt);
	output_header(out);
	take(&sink);
	srand48(2);
	for (int i = 0; i < 10000; i++) {
		struct event event = { .pid = (uint32_t)i };
		char cells[3][1024], want[32];
		unsigned int nr = 0;
		const char *text;

		for (size_t k = 0; k < sizeof(event.text); k++)
			event.text[k] = lrand48() % 3 ? (char)lrand48() : ",\"\n a"[lrand48() % 5];
		for (size_t k = 0; k < sizeof(event.args.data); k++)
			event.args.data[k] = lrand48() % 3 ? (char)lrand48()
							   : ",\"\n\0a"[lrand48() % 5];
		event.args.size = (uint32_t)lrand48() % 70;
		assert_int_equal(output_event(out, &event, sizeof(event), 0), 0);
		text = take(&sink);
		assert_null(strchr(text, '\n'));
		do {
			size_t len = 0;
			bool quoted = *text == '"';

			assert_true(nr < 3);
			text += quoted;
			while (*text && (quoted || *text != ',')) {
				if (*text == '"') {
					assert_true(quoted);
					if (text[1] != '"')
						break;
					text++;
				}
				cells[nr][len++] = *text++;
			}
			cells[nr++][len] = '\0';
			if (quoted)
				assert_int_equal(*text++, '"');
		} while (*text && *text++ == ',');
		assert_int_equal(*text, 0);
		assert_int_equal(nr, 3);
		snprintf(want, sizeof(want), "%d", i);
		assert_string_equal(cells[1], want);
	}
	output_free(out);
	sink_free(&sink);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_other_kinds),
		cmocka_unit_test(test_two_schemas),
		cmocka_unit_test(test_random_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
