// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <inttypes.h>
#include <time.h>

#include "events.h"
#include "json_check.h"

static const struct output_options json_opt = { .format = OUTPUT_JSON };

/* The reader must be strict, or what follows proves nothing. */
static void test_reader(void **state)
{
	static const char *const good[] = {
		"{}",
		"{\"a\":1}",
		"{\"a\":-0.5e+3,\"b\":[1,\"\\u0001\\n\",null,true,false]}",
		"{\"a\":{},\"b\":[]}",
		"{\"\xc3\xbc\":\"\xe2\x82\xac\"}",
	};
	static const char *const bad[] = {
		"",
		"[]",
		"{",
		"{}}",
		"{\"a\"}",
		"{\"a\":}",
		"{\"a\":01}",
		"{\"a\":+1}",
		"{\"a\":1,}",
		"{a:1}",
		"{\"a\":'x'}",
		"{\"a\":\"\n\"}",
		"{\"a\":\"\\x\"}",
		"{\"a\":\"\\u00g0\"}",
		"{\"a\":\"\\ud800\"}",
		"{\"a\":\"\xff\"}",
		"{\"a\":\"\xe2\x82\"}",
		"{\"a\":1,\"a\":2}",
		"{\"a\":[1 2]}",
		"{\"a\":1 }",
		"{\"a\":.5}",
		"{\"a\":1.}",
		"{\"a\":1e}",
		"{\"a\":tru}",
		"{\"a\":\"x}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(json_line(good[i], strlen(good[i])));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(json_line(bad[i], strlen(bad[i])));
	assert_string_equal(json_get("{\"a\":[1,2],\"b\":\"x\"}", "a"), "[1,2]");
	assert_null(json_get("{\"a\":{\"b\":1}}", "b"));
}

/* One field alone, the whole line. */
static const char *line(const char *type, enum field_kind kind, const void *data, size_t size)
{
	struct schema schema;
	struct output *out;
	struct sink sink;
	const char *text;

	sink_init(&sink, -1);
	set_schema(&schema, "events", size);
	add_field(&schema, "x", type, kind, 0, size);
	if (kind == FIELD_ARRAY) {
		schema.fields[0].elem_size = 4;
		schema.fields[0].elem_signed = 1;
	}
	out = new_output(&sink, &schema, &json_opt);
	/* there is no header */
	output_header(out);
	assert_int_equal(sink.buf.len, 0);
	assert_int_equal(output_event(out, data, size, 0), 0);
	text = take(&sink);
	assert_true(json_line(text, strlen(text)));
	output_free(out);
	sink_free(&sink);
	return text;
}

static void assert_int(const char *type, enum field_kind kind, uint64_t value, size_t size,
		       const char *want)
{
	assert_string_equal(line(type, kind, &value, size), want);
}

static void test_meanings(void **state)
{
	const int32_t array[] = { 1, -2, INT32_MIN };
	const unsigned char addrs[8] = { 10, 0, 2, 15, 255, 255, 255, 255 };
	const unsigned char local[16] = { 0xfe, 0x80, [15] = 1 };
	const unsigned char raw[5] = { 0, 1, 0x1b, 0x80, 0xff };

	(void)state;
	assert_int("u64", FIELD_UINT, UINT64_MAX, 8, "{\"x\":18446744073709551615}");
	assert_int("s64", FIELD_INT, (uint64_t)INT64_MIN, 8, "{\"x\":-9223372036854775808}");
	assert_int("_Bool", FIELD_BOOL, 1, 1, "{\"x\":true}");
	assert_int("_Bool", FIELD_BOOL, 0, 1, "{\"x\":false}");
	assert_int("errno_t", FIELD_INT, (uint64_t)-2, 4, "{\"x\":-2}");
	assert_int("errno_t", FIELD_INT, 3, 4, "{\"x\":3}");
	assert_int("port_t", FIELD_UINT, 80, 2, "{\"x\":80}");
	assert_int("duration_ns_t", FIELD_UINT, 12345, 8, "{\"x\":12345}");
	assert_int("duration_ns_t", FIELD_INT, (uint64_t)-5, 8, "{\"x\":-5}");
	assert_int("bytes_t", FIELD_UINT, 123456789, 8, "{\"x\":123456789}");
	assert_int("kaddr_t", FIELD_UINT, 0x1234, 8, "{\"x\":\"0x0000000000001234\"}");
	assert_int("kstack_t", FIELD_INT, (uint64_t)-14, 4, "{\"x\":-14}");
	assert_int("signal_t", FIELD_INT, 9, 4, "{\"x\":\"SIGKILL\"}");
	assert_int("signal_t", FIELD_INT, 99, 4, "{\"x\":\"99\"}");
	assert_int("family_t", FIELD_UINT, 10, 2, "{\"x\":\"AF_INET6\"}");
	assert_int("octal_t", FIELD_UINT, 0644, 2, "{\"x\":\"0644\"}");
	assert_int("hex_t", FIELD_UINT, 0x1f, 4, "{\"x\":\"0x1f\"}");
	assert_string_equal(line("ipv4_t", FIELD_UINT, addrs, 4), "{\"x\":\"10.0.2.15\"}");
	assert_string_equal(line("ipv4_t", FIELD_ARRAY, addrs, 8),
			    "{\"x\":[\"10.0.2.15\",\"255.255.255.255\"]}");
	assert_string_equal(line("ipv6_t", FIELD_BYTES, local, 16), "{\"x\":\"fe80::1\"}");
	assert_string_equal(line("u8", FIELD_BYTES, raw, 5), "{\"x\":\"00011b80ff\"}");
	assert_string_equal(line("s32", FIELD_ARRAY, array, 12), "{\"x\":[1,-2,-2147483648]}");
}

static void test_text(void **state)
{
	(void)state;
#define TEXT(s) line("char", FIELD_TEXT, s, sizeof(s))
	assert_string_equal(TEXT("plain"), "{\"x\":\"plain\"}");
	assert_string_equal(TEXT(""), "{\"x\":\"\"}");
	assert_string_equal(TEXT("a\"b\\c/d"), "{\"x\":\"a\\\"b\\\\c/d\"}");
	assert_string_equal(TEXT("\n\t\r\b\f\033\x7f"),
			    "{\"x\":\"\\n\\t\\r\\u0008\\u000c\\u001b\\u007f\"}");
	assert_string_equal(TEXT("Gr\xc3\xbc\xc3\x9f\xf0\x9f\x90\x9d"),
			    "{\"x\":\"Gr\xc3\xbc\xc3\x9f\xf0\x9f\x90\x9d\"}");
	/* C1 control characters are characters, but none that a terminal should get */
	assert_string_equal(TEXT("\xc2\x9b\xc2\xa0"), "{\"x\":\"\\u009b\xc2\xa0\"}");
	/* ill-formed: no byte is lost */
	assert_string_equal(TEXT("a\xff\"b"),
			    "{\"x\":\"a\xef\xbf\xbd\\\"b\",\"x_hex\":\"61ff2262\"}");
	assert_string_equal(TEXT("\xe2\x82"),
			    "{\"x\":\"\xef\xbf\xbd\xef\xbf\xbd\",\"x_hex\":\"e282\"}");
	assert_string_equal(
		TEXT("\xed\xa0\x80"),
		"{\"x\":\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\",\"x_hex\":\"eda080\"}");
	/* one that really was there is no replacement */
	assert_string_equal(TEXT("\xef\xbf\xbd"), "{\"x\":\"\xef\xbf\xbd\"}");
#undef TEXT
#define ARGS(s) line("argv_t", FIELD_ARGV, s, sizeof(s) - 1)
	assert_string_equal(ARGS("ls\0\0a b\0"), "{\"x\":[\"ls\",\"\",\"a b\"]}");
	assert_string_equal(ARGS("\0\0"), "{\"x\":[]}");
	assert_string_equal(ARGS("\n\0\"\0"), "{\"x\":[\"\\n\",\"\\\"\"]}");
	assert_string_equal(
		ARGS("a\0\xff\0b\0"),
		"{\"x\":[\"a\",\"\xef\xbf\xbd\",\"b\"],\"x_hex\":[\"61\",\"ff\",\"62\"]}");
#undef ARGS
}

struct event {
	uint8_t u8;
	int8_t s8;
	uint16_t u16;
	int16_t s16;
	uint32_t u32;
	int32_t s32;
	uint64_t u64;
	int64_t s64;
	bool flag;
	uint32_t bits;
	int64_t error;
	uint32_t v4;
	unsigned char v6[16];
	uint16_t port;
	uint64_t duration;
	uint64_t when;
	uint64_t kaddr;
	uint32_t signal;
	uint16_t family;
	uint32_t mode;
	uint64_t flags;
	char comm[16];
	unsigned char raw[5];
	int16_t array[6];
	struct {
		uint32_t size;
		char data[40];
	} text;
	struct {
		uint32_t size;
		unsigned char data[40];
	} bytes;
	struct {
		uint32_t size;
		char data[100];
	} args;
	char rest[20];
};

static void event_schema(struct schema *schema)
{
	struct schema_field *field;

	set_schema(schema, "events", sizeof(struct event));
	FIELD(schema, struct event, u8, "u8", FIELD_UINT);
	FIELD(schema, struct event, s8, "s8", FIELD_INT);
	FIELD(schema, struct event, u16, "u16", FIELD_UINT);
	FIELD(schema, struct event, s16, "s16", FIELD_INT);
	FIELD(schema, struct event, u32, "u32", FIELD_UINT);
	FIELD(schema, struct event, s32, "s32", FIELD_INT);
	FIELD(schema, struct event, u64, "u64", FIELD_UINT);
	FIELD(schema, struct event, s64, "s64", FIELD_INT);
	FIELD(schema, struct event, flag, "_Bool", FIELD_BOOL);
	field = add_field(schema, "bits", "u32", FIELD_INT, 0, 0);
	field->bit_offset = 8 * offsetof(struct event, bits) + 3;
	field->bit_size = 13;
	FIELD(schema, struct event, error, "errno_t", FIELD_INT);
	FIELD(schema, struct event, v4, "ipv4_t", FIELD_UINT);
	FIELD(schema, struct event, v6, "ipv6_t", FIELD_BYTES);
	FIELD(schema, struct event, port, "port_t", FIELD_UINT);
	FIELD(schema, struct event, duration, "duration_ns_t", FIELD_UINT);
	FIELD(schema, struct event, when, "time_ns_t", FIELD_UINT);
	FIELD(schema, struct event, kaddr, "kaddr_t", FIELD_UINT);
	FIELD(schema, struct event, signal, "signal_t", FIELD_UINT);
	FIELD(schema, struct event, family, "family_t", FIELD_UINT);
	FIELD(schema, struct event, mode, "octal_t", FIELD_UINT);
	FIELD(schema, struct event, flags, "hex_t", FIELD_UINT);
	FIELD(schema, struct event, comm, "char", FIELD_TEXT);
	FIELD(schema, struct event, raw, "u8", FIELD_BYTES);
	FIELD(schema, struct event, array, "s16", FIELD_ARRAY);
	field = &schema->fields[schema->nr_fields - 1];
	field->elem_size = 2;
	field->elem_signed = 1;
	SIZED(schema, struct event, text, "char", FIELD_TEXT);
	SIZED(schema, struct event, bytes, "u8", FIELD_BYTES);
	SIZED(schema, struct event, args, "argv_t", FIELD_ARGV);
	FIELD(schema, struct event, rest, "char", FIELD_TEXT);
}

static void random_bytes(void *to, size_t len, int ascii)
{
	unsigned char *bytes = to;

	for (size_t i = 0; i < len; i++) {
		long r = lrand48();

		bytes[i] = (unsigned char)(r >> 8);
		if (r % 8 < ascii)
			bytes[i] = (unsigned char)(' ' + bytes[i] % 95);
		if (r % 64 == 63)
			bytes[i] = 0;
	}
}

static uint32_t random_size(uint32_t most)
{
	long r = lrand48();

	switch (r % 16) {
	case 0:
		return most + (uint32_t)(r >> 8) % 100;
	case 1:
		return -(uint32_t)((r >> 8) % 4200);
	case 2:
		return (uint32_t)mrand48();
	default:
		return (uint32_t)(r >> 8) % (most + 1);
	}
}

/* bytes of one JSON string in hex, to compare with what a NAME_hex key says */
static void from_hex(const char *hex, unsigned char *out, size_t *len)
{
	*len = strlen(hex) / 2 - 1;
	assert_int_equal(strlen(hex) % 2, 0);
	assert_int_equal(strspn(hex + 1, "0123456789abcdef"), *len * 2);
	for (size_t i = 0; i < *len; i++) {
		char two[3] = { hex[1 + 2 * i], hex[2 + 2 * i] };

		out[i] = (unsigned char)strtoul(two, NULL, 16);
	}
}

/* A text's exact bytes come back: from the string itself, or else from NAME_hex. */
static void assert_bytes(const char *text, const char *key, const void *want, size_t want_len)
{
	unsigned char got[4096];
	char hex_key[80];
	const char *hex;
	size_t len;

	snprintf(hex_key, sizeof(hex_key), "%s_hex", key);
	hex = json_get(text, hex_key);
	if (hex) {
		from_hex(hex, got, &len);
	} else {
		const char *value = json_get(text, key);
		struct json json = { .pos = value, .end = value + strlen(value) };

		assert_true(json_string(&json, (char *)got, &len));
	}
	assert_int_equal(len, want_len);
	assert_memory_equal(got, want, len);
}

static void __attribute__((format(printf, 3, 4)))
assert_number(const char *text, const char *key, const char *fmt, ...)
{
	char want[32];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(want, sizeof(want), fmt, ap);
	va_end(ap);
	assert_string_equal(json_get(text, key), want);
}

static void assert_sized_text(const char *text, const char *key, uint32_t size, const char *data,
			      size_t most, size_t there)
{
	char cut_key[80], errno_key[80];

	snprintf(cut_key, sizeof(cut_key), "%s_cut", key);
	snprintf(errno_key, sizeof(errno_key), "%s_errno", key);
	if (there > most)
		there = most;
	if (size > UINT32_MAX - 4095) {
		assert_string_equal(json_get(text, key), "null");
		assert_null(json_get(text, cut_key));
		assert_number(text, errno_key, "%d", (int)size);
		return;
	}
	assert_null(json_get(text, errno_key));
	if (size > there) {
		assert_string_equal(json_get(text, cut_key), "true");
		size = (uint32_t)there;
	} else {
		assert_null(json_get(text, cut_key));
	}
	while (size && !data[size - 1])
		size--;
	assert_bytes(text, key, data, size);
}

static void test_random_events(void **state)
{
	struct schema schema;
	struct output *out;
	struct sink sink;
	uint32_t min;

	(void)state;
	sink_init(&sink, -1);
	event_schema(&schema);
	min = value_min_size(&schema);
	assert_int_equal(min, offsetof(struct event, args.data));
	out = new_output(&sink, &schema, &json_opt);
	srand48(1);
	for (int i = 0; i < 10000; i++) {
		size_t size = i % 2 ? sizeof(struct event) + (size_t)i % 8
				    : min + (size_t)lrand48() % (sizeof(struct event) - min + 1);
		size_t there = size < sizeof(struct event) ? size : sizeof(struct event);
		/* of exactly its size, so that the sanitizer sees every byte too many */
		unsigned char *copy = malloc(size);
		struct event event;
		const char *text;
		size_t len;

		assert_non_null(copy);
		random_bytes(&event, sizeof(event), i % 9);
		event.flag = lrand48() & 1;
		event.text.size = random_size(sizeof(event.text.data));
		event.bytes.size = random_size(sizeof(event.bytes.data));
		event.args.size = random_size(sizeof(event.args.data));
		memset(copy, 0xaa, size);
		memcpy(copy, &event, there);
		assert_int_equal(output_event(out, copy, size, 0), 0);
		free(copy);

		assert_true(sink.buf.len > 1);
		assert_int_equal(sink.buf.data[sink.buf.len - 1], '\n');
		assert_null(memchr(sink.buf.data, '\n', sink.buf.len - 1));
		text = take(&sink);
		if (!json_line(text, strlen(text)))
			fail_msg("no valid JSON: %s", text);
		for (const char *c = text; *c; c++)
			assert_true((unsigned char)*c >= 0x20 && *c != 0x7f);

		assert_number(text, "u8", "%u", event.u8);
		assert_number(text, "s8", "%d", event.s8);
		assert_number(text, "s16", "%d", event.s16);
		assert_number(text, "u32", "%u", event.u32);
		assert_number(text, "u64", "%" PRIu64, event.u64);
		assert_number(text, "s64", "%" PRId64, event.s64);
		assert_number(text, "error", "%" PRId64, event.error);
		assert_number(text, "kaddr", "\"0x%016" PRIx64 "\"", event.kaddr);
		assert_number(text, "flags", "\"0x%" PRIx64 "\"", event.flags);
		assert_number(text, "bits", "%" PRId64,
			      (int64_t)((uint64_t)event.bits << 48) >> 51);
		assert_bytes(text, "comm", event.comm, strnlen(event.comm, 16));
		from_hex(json_get(text, "raw"), (unsigned char[5]){ 0 }, &len);
		assert_int_equal(len, 5);
		assert_sized_text(text, "text", event.text.size, event.text.data,
				  sizeof(event.text.data), there);
		assert_bytes(text, "rest", event.rest,
			     there > offsetof(struct event, rest)
				     ? strnlen(event.rest, there - offsetof(struct event, rest))
				     : 0);
	}
	output_free(out);
	sink_free(&sink);
}

static void test_sized(void **state)
{
	struct event event = {};
	struct output_options opt = { .format = OUTPUT_JSON, .fields = "bytes,text,args" };
	struct schema schema;
	struct output *out;
	struct sink sink;

	(void)state;
	sink_init(&sink, -1);
	event_schema(&schema);
	out = new_output(&sink, &schema, &opt);
	memcpy(event.text.data, "\0a\0b", 5);
	event.text.size = 5;
	memcpy(event.bytes.data, "\0\1\0", 4);
	event.bytes.size = 3;
	memcpy(event.args.data, "a\0\0\xff\0", 5);
	event.args.size = 5;
	assert_int_equal(output_event(out, &event, sizeof(event), 0), 0);
	assert_string_equal(take(&sink), "{\"bytes\":\"000100\",\"text\":\"\\u0000a\\u0000b\","
					 "\"args\":[\"a\",\"\",\"\xef\xbf\xbd\"],"
					 "\"args_hex\":[\"61\",\"\",\"ff\"]}");
	event.text.size = (uint32_t)-14;
	event.args.size = 1000;
	event.bytes.size = (uint32_t)-1;
	memset(event.args.data, 'x', sizeof(event.args.data));
	event.args.data[98] = 0;
	event.args.data[1] = 0;
	assert_int_equal(output_event(out, &event, offsetof(struct event, args.data) + 4, 0), 0);
	assert_string_equal(take(&sink), "{\"bytes\":null,\"bytes_errno\":-1,"
					 "\"text\":null,\"text_errno\":-14,"
					 "\"args\":[\"x\",\"xx\"],\"args_cut\":true}");
	output_free(out);
	sink_free(&sink);
}

/* Keys that the output adds keep out of the way of fields that are called the same. */
static void test_keys(void **state)
{
	struct {
		char a[4], a_hex[4], a_hex_[4], event[4];
		uint32_t time;
	} event = { "\xff", "b", "c", "d", 5 };
	struct output_options opt = { .format = OUTPUT_JSON, .wall_time = true };
	struct schema schema;
	struct output *out, *other;
	struct sink sink;
	const char *text;

	(void)state;
	sink_init(&sink, -1);
	set_schema(&schema, "events", sizeof(event));
	add_field(&schema, "a", "char", FIELD_TEXT, 0, 4);
	add_field(&schema, "a_hex", "char", FIELD_TEXT, 4, 4);
	add_field(&schema, "a_hex_", "char", FIELD_TEXT, 8, 4);
	add_field(&schema, "event", "char", FIELD_TEXT, 12, 4);
	add_field(&schema, "time", "u32", FIELD_UINT, 16, 4);
	out = new_output(&sink, &schema, &opt);
	other = new_output(&sink, &schema, &opt);
	assert_int_equal(output_event(out, &event, sizeof(event), 0), 0);
	text = take(&sink);
	assert_true(json_line(text, strlen(text)));
	assert_memory_equal(text, "{\"event_\":\"events\",\"time_\":\"", 28);
	assert_string_equal(
		strstr(text, ",\"a\""),
		",\"a\":\"\xef\xbf\xbd\",\"a_hex__\":\"ff\",\"a_hex\":\"b\",\"a_hex_\":\"c\","
		"\"event\":\"d\",\"time\":5}");
	output_free(other);
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
	a = new_output(&sink, &schema, &json_opt);
	output_event(a, &pid, 4, 0);
	assert_string_equal(take(&sink), "{\"pid\":7}");
	strcpy(schema.name, "ends");
	b = new_output(&sink, &schema, &json_opt);
	output_event(a, &pid, 4, 0);
	output_event(b, &pid, 4, 0);
	assert_string_equal(take(&sink),
			    "{\"event\":\"starts\",\"pid\":7}\n{\"event\":\"ends\",\"pid\":7}");
	output_free(a);
	output_free(b);
	sink_free(&sink);
}

/* Both times are those of the sample, in UTC, to the nanosecond. */
static void test_time(void **state)
{
	struct output_options opt = { .format = OUTPUT_JSON, .wall_time = true };
	struct timespec mono, real;
	uint64_t now, pid = 3;
	char text[200], second[32];
	struct schema schema;
	struct output *out;
	struct sink sink;
	long ns;

	(void)state;
	sink_init(&sink, -1);
	set_schema(&schema, "events", 8);
	add_field(&schema, "pid", "u64", FIELD_UINT, 0, 8);
	out = new_output(&sink, &schema, &opt);
	clock_gettime(CLOCK_MONOTONIC, &mono);
	clock_gettime(CLOCK_REALTIME, &real);
	/* the middle of the current second, so that the test is not near its ends */
	now = (uint64_t)mono.tv_sec * 1000000000 + (uint64_t)mono.tv_nsec - (uint64_t)real.tv_nsec +
	      500000000;
	output_event(out, &pid, sizeof(pid), now);
	strcpy(text, take(&sink));
	strftime(second, sizeof(second), "{\"time\":\"%Y-%m-%dT%H:%M:%S.", gmtime(&real.tv_sec));
	assert_memory_equal(text, second, strlen(second));
	assert_string_equal(text + strlen(second) + 9, "Z\",\"pid\":3}");
	ns = strtol(text + strlen(second), NULL, 10);
	assert_true(ns > 400000000 && ns < 600000000);
	output_free(out);

	/* a field of the event with the same stamp says the same */
	strcpy(schema.fields[0].type, "time_ns_t");
	out = new_output(&sink, &schema, &opt);
	output_event(out, &now, sizeof(now), 0);
	assert_memory_equal(json_get(take(&sink), "pid"), text + 8, 20);
	output_free(out);
	sink_free(&sink);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reader),	    cmocka_unit_test(test_meanings),
		cmocka_unit_test(test_text),	    cmocka_unit_test(test_random_events),
		cmocka_unit_test(test_sized),	    cmocka_unit_test(test_keys),
		cmocka_unit_test(test_two_schemas), cmocka_unit_test(test_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
