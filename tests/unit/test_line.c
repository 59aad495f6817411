// SPDX-License-Identifier: GPL-2.0-only
/* Events as lines of a form. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <sys/socket.h>

#include "events.h"

struct event {
	char label[16];
	unsigned char random[4];
	struct {
		uint32_t size;
		unsigned char data[8];
	} secret;
	uint64_t number;
	int32_t ret;
	int32_t fd;
	struct value_endpoint peer;
	struct {
		uint32_t size;
		char data[8];
	} said;
};

static void event_schema(struct schema *schema)
{
	set_schema(schema, "keys", sizeof(struct event));
	FIELD(schema, struct event, label, "char", FIELD_TEXT);
	FIELD(schema, struct event, random, "u8", FIELD_BYTES);
	SIZED(schema, struct event, secret, "u8", FIELD_BYTES);
	FIELD(schema, struct event, number, "u64", FIELD_UINT);
	FIELD(schema, struct event, ret, "errno_t", FIELD_INT);
	FIELD(schema, struct event, fd, "fd_t", FIELD_INT);
	FIELD(schema, struct event, peer, "endpoint_t", FIELD_BYTES);
	SIZED(schema, struct event, said, "payload_t", FIELD_BYTES);
}

static const char *line(const char *form, const struct event *event)
{
	const struct output_options opt = { .format = OUTPUT_LINE, .form = form };
	static struct schema schema;
	struct output *out;
	struct sink sink;
	const char *text;

	sink_init(&sink, -1);
	event_schema(&schema);
	out = new_output(&sink, &schema, &opt);
	/* there is no header */
	output_header(out);
	assert_int_equal(sink.buf.len, 0);
	assert_int_equal(output_event(out, event, sizeof(*event), 0), 0);
	text = take(&sink);
	output_free(out);
	sink_free(&sink);
	return text;
}

static void test_values(void **state)
{
	struct event event = {
		.label = "CLIENT",
		.random = { 0, 1, 0xab, 0xff },
		.secret = { 2, { 0xca, 0xfe, 0xff } },
		.number = UINT64_MAX,
		.ret = -EACCES,
		.fd = -1,
		.said = { 3, "a\nb" },
	};

	(void)state;
	assert_string_equal(line("{label} {random} {secret}", &event), "CLIENT 0001abff cafe");
	assert_string_equal(line("<{number}{ret}>,\"{label}\"}", &event),
			    "<18446744073709551615-13>,\"CLIENT\"}");
	assert_string_equal(line("{label}{label}", &event), "CLIENTCLIENT");
	assert_string_equal(line("{fd}/{peer}/{said}", &event), "//a\\nb");
	event.fd = 3;
	event.peer = (struct value_endpoint){ .port = 1, .family = AF_INET6 };
	assert_string_equal(line("{fd}/{peer}", &event), "3/[::]:1");
}

/* Whatever a text holds, a line is one line. */
static void test_one_line(void **state)
{
	struct event event = {};

	(void)state;
	for (unsigned int c = 1; c < 256; c++) {
		const char *s;

		event.label[0] = (char)c;
		event.label[1] = '!';
		s = line("{label}", &event);
		assert_null(strpbrk(s, "\n\r\x1b"));
		assert_int_equal(s[strlen(s) - 1], '!');
		if (c >= 0x20 && c < 0x7f && c != '\\') {
			assert_int_equal(strlen(s), 2);
			assert_int_equal((unsigned char)s[0], c);
		}
	}
}

static void test_refused(void **state)
{
	static const char *const forms[] = { "{nothing}", "{label} {", "{label} {}", "{ label }" };
	static struct schema schema;
	static struct error err;
	struct sink sink;
	struct output *out = NULL;
	char many[8 * 70 + 1] = "";

	(void)state;
	sink_init(&sink, -1);
	event_schema(&schema);
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		const struct output_options opt = { .format = OUTPUT_LINE, .form = forms[i] };

		memset(&err, 0, sizeof(err));
		assert_int_equal(output_new(&out, &sink, &schema, &opt, &err), -EINVAL);
		assert_non_null(strstr(err.text, "is no field of keys"));
	}
	for (int i = 0; i < 70; i++)
		strcat(many, "{label} ");
	memset(&err, 0, sizeof(err));
	assert_int_equal(output_new(&out, &sink, &schema,
				    &(struct output_options){ .format = OUTPUT_LINE, .form = many },
				    &err),
			 -E2BIG);
	assert_int_equal(sink.nr_outputs, 0);
	sink_free(&sink);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_one_line),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
