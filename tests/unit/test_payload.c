// SPDX-License-Identifier: GPL-2.0-only
/* Payloads, endpoints and descriptors in all formats. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <sys/socket.h>

#include "events.h"
#include "json_check.h"
#include "util/fmt.h"

#define DATA_MAX 16384

struct event {
	uint32_t pid;
	int32_t fd;
	struct value_endpoint peer;
	int64_t offset;
	struct {
		uint32_t size;
		char data[DATA_MAX];
	} data;
};

static const char text_type[] = "payload_t", dump_type[] = "hexdump_t";

static void event_schema(struct schema *schema, const char *type)
{
	set_schema(schema, "events", sizeof(struct event));
	FIELD(schema, struct event, pid, "u32", FIELD_UINT);
	FIELD(schema, struct event, fd, "fd_t", FIELD_INT);
	FIELD(schema, struct event, peer, "endpoint_t", FIELD_BYTES);
	FIELD(schema, struct event, offset, "s64", FIELD_INT);
	SIZED(schema, struct event, data, type, FIELD_BYTES);
}

/* One event as @opt wants it, with its header. */
static const char *print_as(const struct output_options *opt, const char *type,
			    const struct event *event)
{
	static struct schema schema;
	struct output *out;
	struct sink sink;
	const char *text;

	sink_init(&sink, -1);
	event_schema(&schema, type);
	out = new_output(&sink, &schema, opt);
	assert_int_equal(output_event(out, event, sizeof(*event), 0), 0);
	text = take(&sink);
	output_free(out);
	sink_free(&sink);
	return text;
}

static struct event *event_of(const void *data, size_t len)
{
	static struct event event;

	assert_true(len <= DATA_MAX);
	memset(&event, 0, sizeof(event));
	event.pid = 42;
	event.fd = 7;
	event.peer.family = AF_INET;
	event.peer.port = 443;
	event.peer.addr[10] = event.peer.addr[11] = 0xff;
	event.peer.addr[12] = 127;
	event.peer.addr[15] = 1;
	event.data.size = (uint32_t)len;
	/* what lies behind its size is not a part of it */
	memset(event.data.data, 'Z', sizeof(event.data.data));
	memcpy(event.data.data, data, len);
	return &event;
}

/* Only the payload's lines. */
static const char *lines(const char *type, const struct event *event)
{
	const struct output_options opt = { .format = OUTPUT_TABLE, .fields = "data" };

	return print_as(&opt, type, event);
}

static const char *text(const char *data)
{
	return lines(text_type, event_of(data, strlen(data)));
}

static void test_table(void **state)
{
	const struct output_options opt = { .format = OUTPUT_TABLE };
	const struct output_options some = { .format = OUTPUT_TABLE, .fields = "data,fd,pid" };
	const struct output_options none = { .format = OUTPUT_TABLE, .fields = "pid,fd" };
	struct event *event = event_of("GET /\r\n\r\nx", 10);

	(void)state;
	/* the first column starts the line, so that no line of a payload looks like a row */
	assert_string_equal(print_as(&opt, text_type, event),
			    "PID       FD PEER                      OFFSET\n"
			    "42         7 127.0.0.1:443                  0\n"
			    "    GET /\\r\n"
			    "    \\r\n"
			    "    x");
	assert_string_equal(print_as(&some, text_type, event), "FD       PID\n"
							       "7         42\n"
							       "    GET /\\r\n"
							       "    \\r\n"
							       "    x");
	assert_string_equal(print_as(&none, text_type, event), "    PID   FD\n"
							       "     42    7");
	event->data.size = 0;
	assert_string_equal(print_as(&some, text_type, event), "FD       PID\n7         42");
	assert_string_equal(print_as(&some, dump_type, event), "FD       PID\n7         42");
}

static void test_text(void **state)
{
	struct event *event;

	(void)state;
	assert_string_equal(text("a"), "    a");
	assert_string_equal(text("a\n"), "    a");
	assert_string_equal(text("a\n\n\nb\n"), "    a\n\n\n    b");
	assert_string_equal(text("\t\\\"'"), "    \\t\\\\\"'");
	assert_string_equal(text("\xc3\xbc\xe2\x82\xac"), "    \xc3\xbc\xe2\x82\xac");
	/* the end of a piece can cut a character in two */
	assert_string_equal(text("\xe2\x82"), "    \\xe2\\x82");
	assert_string_equal(text("\xac!"), "    \\xac!");
	assert_string_equal(text("\x1b[2J\xc2\x9b"), "    \\x1b[2J\\xc2\\x9b");
	assert_string_equal(lines(text_type, event_of("\0a\0\0", 4)), "    \\x00a\\x00\\x00");
	event = event_of("abc", 3);
	event->data.size |= SCHEMA_SIZE_CUT;
	assert_string_equal(lines(text_type, event), "    abc\n    ...");
	event->data.size = (uint32_t)-EFAULT;
	assert_string_equal(lines(text_type, event), "    <EFAULT>");
	assert_string_equal(lines(dump_type, event), "    <EFAULT>");
}

/* Whatever a payload holds, its lines are indented or empty, and hold only what can be seen. */
static void test_harmless(void **state)
{
	char data[512];

	(void)state;
	for (int round = 0; round < 2000; round++) {
		const char *s;

		for (size_t i = 0; i < sizeof(data); i++)
			data[i] = (char)(lrand48() % 3 ? lrand48()
						       : "\n\r\x1b\xc2\x9b "[lrand48() % 6]);
		s = lines(round % 2 ? text_type : dump_type, event_of(data, sizeof(data)));
		for (size_t i = 0; s[i]; i++) {
			unsigned char c = (unsigned char)s[i];

			assert_true(c >= 0x20 || c == '\n');
			assert_true(c != 0x7f && !(c == 0xc2 && (unsigned char)s[i + 1] < 0xa0));
			if (i == 0 || s[i - 1] == '\n')
				assert_true(c == '\n' || memcmp(s + i, "    ", 4) == 0);
		}
	}
}

static void test_dump(void **state)
{
	char data[40];
	struct event *event;

	(void)state;
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (char)(i + 60);
	data[3] = '\n';
	data[39] = (char)0xff;
	event = event_of(data, sizeof(data));
	assert_string_equal(
		lines(dump_type, event),
		"    00000000  3c 3d 3e 0a 40 41 42 43  44 45 46 47 48 49 4a 4b  "
		"|<=>.@ABCDEFGHIJK|\n"
		"    00000010  4c 4d 4e 4f 50 51 52 53  54 55 56 57 58 59 5a 5b  "
		"|LMNOPQRSTUVWXYZ[|\n"
		"    00000020  5c 5d 5e 5f 60 61 62 ff                           |\\]^_`ab.|");
	/* it counts on from the event's offset, which need be no column, nor small */
	event->offset = 0x123456789a;
	event->data.size = 9 | SCHEMA_SIZE_CUT;
	assert_string_equal(lines(dump_type, event),
			    "    123456789a  3c 3d 3e 0a 40 41 42 43  44                       "
			    "|<=>.@ABCD|\n    ...");
}

/* Every byte, in each place of a group of three: what decodes base64 is another hand than wrote it.
 */
static size_t unbase64(const char *s, unsigned char *to)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	unsigned int bits = 0, nr = 0;
	size_t len = 0;

	for (; *s && *s != '='; s++) {
		const char *digit = strchr(digits, *s);

		assert_non_null(digit);
		bits = bits << 6 | (unsigned int)(digit - digits);
		nr += 6;
		if (nr >= 8) {
			nr -= 8;
			to[len++] = (unsigned char)(bits >> nr);
		}
	}
	return len;
}

static void assert_base64(const void *data, size_t len)
{
	char coded[FMT_BASE64_LEN(300) + 1], *end = fmt_base64(coded, data, len);
	unsigned char again[300];

	*end = '\0';
	assert_int_equal(end - coded, FMT_BASE64_LEN(len));
	assert_int_equal(unbase64(coded, again), len);
	assert_memory_equal(again, data, len);
}

static void test_base64(void **state)
{
	unsigned char data[258];
	char text[16];

	(void)state;
	/* RFC 4648 10 */
	*fmt_base64(text, (const unsigned char *)"foobar", 6) = '\0';
	assert_string_equal(text, "Zm9vYmFy");
	*fmt_base64(text, (const unsigned char *)"fooba", 5) = '\0';
	assert_string_equal(text, "Zm9vYmE=");
	*fmt_base64(text, (const unsigned char *)"foob", 4) = '\0';
	assert_string_equal(text, "Zm9vYg==");
	*fmt_base64(text, (const unsigned char *)"", 0) = '\0';
	assert_string_equal(text, "");
	for (size_t shift = 0; shift < 3; shift++) {
		for (size_t i = 0; i < sizeof(data); i++)
			data[i] = (unsigned char)(i - shift);
		for (size_t len = 0; len <= sizeof(data); len++)
			assert_base64(data, len);
	}
}

static const char *json(const char *type, const struct event *event)
{
	const struct output_options opt = { .format = OUTPUT_JSON, .fields = "data" };
	const char *s = print_as(&opt, type, event);

	assert_true(json_line(s, strlen(s)));
	return s;
}

static void test_json(void **state)
{
	const struct output_options opt = { .format = OUTPUT_JSON };
	const struct output_options after = { .format = OUTPUT_JSON, .fields = "pid,data,fd" };
	struct event *event;

	(void)state;
	for (int i = 0; i < 2; i++) {
		const char *type = i ? dump_type : text_type;

		assert_string_equal(json(type, event_of("", 0)), "{\"data\":\"\"}");
		assert_string_equal(json(type, event_of("a\r\n\"\\\x1b\x7f\xc3\xbc", 9)),
				    "{\"data\":\"a\\r\\n\\\"\\\\\\u001b\\u007f\xc3\xbc\"}");
		assert_string_equal(json(type, event_of("\0\0", 2)),
				    "{\"data\":\"\\u0000\\u0000\"}");
		assert_string_equal(json(type, event_of("\xff", 1)), "{\"data_base64\":\"/w==\"}");
		/* all that came before the bad byte is taken back */
		assert_string_equal(json(type, event_of("a\nb\"\xe2\x82", 6)),
				    "{\"data_base64\":\"YQpiIuKC\"}");
	}
	event = event_of("\xff!", 2);
	assert_string_equal(print_as(&after, text_type, event),
			    "{\"pid\":42,\"data_base64\":\"/yE=\",\"fd\":7}");
	assert_string_equal(print_as(&opt, text_type, event),
			    "{\"pid\":42,\"fd\":7,\"peer\":\"127.0.0.1:443\",\"offset\":0,"
			    "\"data_base64\":\"/yE=\"}");
	event->data.size |= SCHEMA_SIZE_CUT;
	assert_string_equal(json(text_type, event), "{\"data_base64\":\"/yE=\",\"data_cut\":true}");
	event->data.size = (uint32_t)-EFAULT;
	assert_string_equal(json(text_type, event), "{\"data\":null,\"data_errno\":-14}");
}

/* A field that has the name that the other form would have. */
static void test_json_taken(void **state)
{
	struct {
		uint32_t data_base64;
		struct {
			uint32_t size;
			char data[2];
		} data;
	} event = { 1, { 1, "\xff" } };
	const struct output_options opt = { .format = OUTPUT_JSON };
	struct schema schema;
	struct output *out;
	struct sink sink;

	(void)state;
	sink_init(&sink, -1);
	set_schema(&schema, "events", sizeof(event));
	FIELD(&schema, typeof(event), data_base64, "u32", FIELD_UINT);
	SIZED(&schema, typeof(event), data, text_type, FIELD_BYTES);
	out = new_output(&sink, &schema, &opt);
	assert_int_equal(output_event(out, &event, sizeof(event), 0), 0);
	assert_string_equal(take(&sink), "{\"data_base64\":1,\"data_base64_\":\"/w==\"}");
	output_free(out);
	sink_free(&sink);
}

/* The largest payload, of the bytes that become the longest in each format. */
static void test_large(void **state)
{
	static char data[DATA_MAX];
	static struct event *event;
	const char *s;

	(void)state;
	memset(data, 'x', sizeof(data));
	event = event_of(data, sizeof(data));
	s = json(text_type, event);
	assert_int_equal(strlen(s), strlen("{\"data\":\"\"}") + DATA_MAX);
	assert_int_equal(strlen(lines(text_type, event)), 4 + DATA_MAX);
	memset(data, 0x80, sizeof(data));
	event = event_of(data, sizeof(data));
	s = json(text_type, event);
	assert_int_equal(strlen(s), strlen("{\"data_base64\":\"\"}") + FMT_BASE64_LEN(DATA_MAX));
}

static const char *csv(const char *type, const struct event *event)
{
	const struct output_options opt = { .format = OUTPUT_CSV, .fields = "fd,peer,data" };

	return strchr(print_as(&opt, type, event), '\n') + 1;
}

static void test_csv(void **state)
{
	struct event *event = event_of("a,\"b\"\r\n\xff\\", 9);

	(void)state;
	assert_string_equal(csv(text_type, event),
			    "7,127.0.0.1:443,\"a,\"\"b\"\"\\r\\n\\xff\\\\\"");
	assert_string_equal(csv(dump_type, event), "7,127.0.0.1:443,612c2262220d0aff5c");
	event->fd = -1;
	event->peer.family = AF_UNSPEC;
	event->data.size = 0;
	assert_string_equal(csv(text_type, event), ",,");
}

static void assert_peer(const unsigned char addr[16], uint16_t port, uint16_t family,
			const char *table, const char *as_json)
{
	const struct output_options for_table = { .format = OUTPUT_TABLE, .fields = "peer" };
	const struct output_options for_json = { .format = OUTPUT_JSON, .fields = "peer" };
	struct event *event = event_of("", 0);
	char want[128];

	memcpy(event->peer.addr, addr, 16);
	event->peer.port = port;
	event->peer.family = family;
	assert_string_equal(strchr(print_as(&for_table, text_type, event), '\n') + 1, table);
	snprintf(want, sizeof(want), "{\"peer\":%s}", as_json);
	assert_string_equal(print_as(&for_json, text_type, event), want);
}

static void test_endpoints(void **state)
{
	const unsigned char v4[16] = { [10] = 0xff, 0xff, 192, 168, 100, 200 };
	const unsigned char v6[16] = { 0x20, 1, 0xd, 0xb8, [15] = 1 }, any[16] = {};
	unsigned char longest[16];

	(void)state;
	memset(longest, 0xff, sizeof(longest));
	assert_peer(v4, 65535, AF_INET, "192.168.100.200:65535", "\"192.168.100.200:65535\"");
	/* a socket for both families knows an IPv4 address as a mapped one */
	assert_peer(v4, 80, AF_INET6, "192.168.100.200:80", "\"192.168.100.200:80\"");
	assert_peer(v6, 443, AF_INET6, "[2001:db8::1]:443", "\"[2001:db8::1]:443\"");
	assert_peer(any, 0, AF_INET6, "[::]:0", "\"[::]:0\"");
	assert_peer(longest, 65535, AF_INET6, "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535",
		    "\"[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535\"");
	assert_peer(v4, 443, AF_UNSPEC, "-", "null");
	assert_peer(v4, 443, AF_UNIX, "unix", "\"unix\"");
	assert_peer(v4, 443, AF_VSOCK, "AF_VSOCK", "\"AF_VSOCK\"");
	assert_peer(v4, 443, 999, "999", "\"999\"");
}

static void test_descriptors(void **state)
{
	const struct output_options for_table = { .format = OUTPUT_TABLE, .fields = "fd" };
	const struct output_options for_json = { .format = OUTPUT_JSON, .fields = "fd" };
	struct event *event = event_of("", 0);

	(void)state;
	assert_string_equal(print_as(&for_table, text_type, event), "  FD\n   7");
	event->fd = 0;
	assert_string_equal(print_as(&for_json, text_type, event), "{\"fd\":0}");
	event->fd = -1;
	assert_string_equal(print_as(&for_table, text_type, event), "  FD\n   -");
	assert_string_equal(print_as(&for_json, text_type, event), "{\"fd\":null}");
}

/* Names alone do not make a meaning, and a part of an event that is not there is no payload. */
static void test_schema(void **state)
{
	struct schema_field field = { .kind = FIELD_BYTES, .size = 19 };
	static struct schema schema;

	(void)state;
	strcpy(field.type, "endpoint_t");
	assert_int_equal(value_meaning(&field), MEANING_NUMBER);
	field.size = 20;
	assert_int_equal(value_meaning(&field), MEANING_ENDPOINT);
	field.kind = FIELD_UINT;
	field.size = 4;
	strcpy(field.type, "fd_t");
	assert_int_equal(value_meaning(&field), MEANING_NUMBER);
	field.kind = FIELD_TEXT;
	strcpy(field.type, text_type);
	assert_int_equal(value_meaning(&field), MEANING_NUMBER);
	event_schema(&schema, text_type);
	assert_int_equal(value_min_size(&schema), offsetof(struct event, data.data));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),	    cmocka_unit_test(test_text),
		cmocka_unit_test(test_harmless),    cmocka_unit_test(test_dump),
		cmocka_unit_test(test_base64),	    cmocka_unit_test(test_json),
		cmocka_unit_test(test_json_taken),  cmocka_unit_test(test_large),
		cmocka_unit_test(test_csv),	    cmocka_unit_test(test_endpoints),
		cmocka_unit_test(test_descriptors), cmocka_unit_test(test_schema),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
