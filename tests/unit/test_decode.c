// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>

#include "events.h"

/* Decode from a copy that ends where the event ends, so that the sanitizer sees every read behind.
 */
static struct value decode(const struct schema_field *field, const void *event, size_t size,
			   unsigned char **copy)
{
	struct value value = {};

	*copy = malloc(size ? size : 1);
	assert_non_null(*copy);
	memcpy(*copy, event, size);
	value_decoder_of(field)(field, *copy, size, &value);
	return value;
}

static uint64_t number(enum field_kind kind, size_t offset, size_t size, const void *event,
		       size_t event_size)
{
	struct schema_field field = { .kind = kind,
				      .offset = (uint32_t)offset,
				      .size = (uint32_t)size };
	unsigned char *copy;
	struct value value = decode(&field, event, event_size, &copy);

	free(copy);
	return value.number;
}

static void test_integers(void **state)
{
	const unsigned char ff[9] = { 0, 255, 255, 255, 255, 255, 255, 255, 255 };
	const int64_t low = INT64_MIN;
	const int32_t low32 = INT32_MIN;
	const int16_t low16 = INT16_MIN;
	const int8_t low8 = INT8_MIN;

	(void)state;
	/* at an odd address: packed structs have such fields */
	assert_true(number(FIELD_UINT, 1, 1, ff, 9) == UINT8_MAX);
	assert_true(number(FIELD_UINT, 1, 2, ff, 9) == UINT16_MAX);
	assert_true(number(FIELD_UINT, 1, 4, ff, 9) == UINT32_MAX);
	assert_true(number(FIELD_UINT, 1, 8, ff, 9) == UINT64_MAX);
	for (size_t size = 1; size <= 8; size *= 2)
		assert_true((int64_t)number(FIELD_INT, 1, size, ff, 9) == -1);
	assert_true((int64_t)number(FIELD_INT, 0, 8, &low, 8) == INT64_MIN);
	assert_true((int64_t)number(FIELD_INT, 0, 4, &low32, 4) == INT32_MIN);
	assert_true((int64_t)number(FIELD_INT, 0, 2, &low16, 2) == INT16_MIN);
	assert_true((int64_t)number(FIELD_INT, 0, 1, &low8, 1) == INT8_MIN);
	assert_true(number(FIELD_BOOL, 0, 1, ff, 9) == 0);
	assert_true(number(FIELD_BOOL, 1, 1, ff, 9) == 1);
}

struct bits {
	uint32_t before : 3;
	int32_t small : 5;
	uint32_t across : 17;
	bool flag : 1;
	uint64_t wide : 63;
	int64_t last : 1;
};

static uint64_t bit_field(enum field_kind kind, uint32_t offset, uint32_t size, const void *event,
			  size_t event_size)
{
	struct schema_field field = { .kind = kind, .bit_offset = offset, .bit_size = size };
	unsigned char *copy;
	struct value value = decode(&field, event, event_size, &copy);

	free(copy);
	return value.number;
}

static void test_bit_fields(void **state)
{
	struct bits bits = { .before = 5, .small = -16, .across = 0x1abcd, .flag = 1 };
	const unsigned char odd[9] = { 0xff, 1, 2, 3, 4, 5, 6, 7, 0x81 };
	uint64_t want;

	(void)state;
	bits.wide = UINT64_C(0x7edcba9876543210);
	bits.last = -1;
	assert_true(bit_field(FIELD_UINT, 0, 3, &bits, sizeof(bits)) == 5);
	assert_true((int64_t)bit_field(FIELD_INT, 3, 5, &bits, sizeof(bits)) == -16);
	assert_true(bit_field(FIELD_UINT, 8, 17, &bits, sizeof(bits)) == 0x1abcd);
	assert_true(bit_field(FIELD_BOOL, 25, 1, &bits, sizeof(bits)) == 1);
	assert_true(bit_field(FIELD_UINT, 64, 63, &bits, sizeof(bits)) ==
		    UINT64_C(0x7edcba9876543210));
	assert_true((int64_t)bit_field(FIELD_INT, 127, 1, &bits, sizeof(bits)) == -1);

	/* in a packed struct 64 bits can lie in nine bytes */
	memcpy(&want, odd, 8);
	want = want >> 1 | UINT64_C(1) << 63;
	assert_true(bit_field(FIELD_UINT, 1, 64, odd, 9) == want);
	assert_true((int64_t)bit_field(FIELD_INT, 1, 64, odd, 9) == (int64_t)want);
	assert_true((int64_t)bit_field(FIELD_INT, 0, 8, odd, 1) == -1);
}

static void assert_text(const struct schema_field *field, const void *event, size_t size,
			const char *want, size_t len)
{
	unsigned char *copy;
	struct value value = decode(field, event, size, &copy);

	assert_int_equal(value.len, len);
	assert_memory_equal(value.data, want, len);
	assert_false(value.cut);
	free(copy);
}

static void test_text(void **state)
{
	struct schema_field field = { .kind = FIELD_TEXT, .offset = 4, .size = 8 };

	(void)state;
	assert_text(&field, "....bash\0\0\0\0", 12, "bash", 4);
	assert_text(&field, "....12345678", 12, "12345678", 8);
	assert_text(&field, "....ab\0rest!", 12, "ab", 2);
	assert_text(&field, "....\0xxxxxxx", 12, "", 0);
	/* an event that ends in the text, at its start, and before it */
	assert_text(&field, "....ab", 6, "ab", 2);
	assert_text(&field, "....", 4, "", 0);
	assert_text(&field, "..", 2, "", 0);
}

struct sized {
	uint32_t size;
	char data[8];
};

static struct value sized(enum field_kind kind, uint32_t size, const char *data, size_t there,
			  unsigned char **copy)
{
	struct schema_field field = { .kind = kind, .offset = 4, .size = 8, .sized = 1 };
	struct sized event = { .size = size };

	memcpy(event.data, data, 8);
	return decode(&field, &event, 4 + there, copy);
}

static void test_sized(void **state)
{
	static const struct {
		enum field_kind kind;
		uint32_t size;
		size_t there, len;
		bool cut;
		int failed;
	} cases[] = {
		{ FIELD_TEXT, 0, 8, 0, false, 0 },
		/* text: NULs inside are meant, the one at the end is not */
		{ FIELD_TEXT, 3, 8, 3, false, 0 },
		{ FIELD_TEXT, 4, 8, 3, false, 0 },
		{ FIELD_TEXT, 8, 8, 8, false, 0 },
		{ FIELD_BYTES, 4, 8, 4, false, 0 },
		{ FIELD_ARGV, 4, 8, 4, false, 0 },
		{ FIELD_BYTES, 8, 8, 8, false, 0 },
		/* more than it can hold, more than there is */
		{ FIELD_BYTES, 9, 8, 8, true, 0 },
		{ FIELD_TEXT, 0x7fffffff, 8, 8, true, 0 },
		{ FIELD_BYTES, 0xfffff000, 8, 8, true, 0 },
		{ FIELD_BYTES, 8, 7, 7, true, 0 },
		{ FIELD_BYTES, 1, 0, 0, true, 0 },
		{ FIELD_BYTES, 7, 7, 7, false, 0 },
		/* what bpf_probe_read_str() returns when the page is not there */
		{ FIELD_TEXT, (uint32_t)-EFAULT, 8, 0, false, -EFAULT },
		{ FIELD_ARGV, (uint32_t)-1, 8, 0, false, -1 },
		{ FIELD_BYTES, (uint32_t)-4095, 8, 0, false, -4095 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		unsigned char *copy;
		struct value value = sized(cases[i].kind, cases[i].size, "ab\1\0efgh",
					   cases[i].there, &copy);

		assert_int_equal(value.len, cases[i].len);
		assert_int_equal(value.cut, cases[i].cut);
		assert_int_equal(value.failed, cases[i].failed);
		assert_memory_equal(value.data, "ab\1\0efgh", value.len);
		free(copy);
	}
}

static void assert_args(bool is_sized, const char *list, size_t len, const char *want)
{
	struct schema_field field = {
		.kind = FIELD_ARGV, .offset = 4, .size = 32, .sized = is_sized
	};
	unsigned char event[36] = {}, *copy;
	uint32_t size = (uint32_t)len;
	struct value value;
	char got[128] = "";
	const char *arg;
	size_t pos = 0;

	memcpy(event, &size, 4);
	memcpy(event + 4, list, len);
	value = decode(&field, event, is_sized ? 4 + len : sizeof(event), &copy);
	while (value_argument(&value, &pos, &arg, &len)) {
		strcat(got, "[");
		strncat(got, arg, len);
		strcat(got, "]");
	}
	assert_string_equal(got, want);
	free(copy);
}

static void test_arguments(void **state)
{
	(void)state;
	assert_args(true, "", 0, "");
	assert_args(true, "\0", 1, "[]");
	assert_args(true, "ls\0-l\0", 6, "[ls][-l]");
	assert_args(true, "ls\0\0-l\0\0", 8, "[ls][][-l][]");
	/* cut in the last one */
	assert_args(true, "ls\0-l", 5, "[ls][-l]");
	/* without a size the zeros that fill up are no arguments */
	assert_args(false, "ls\0-l\0", 6, "[ls][-l]");
	assert_args(false, "ls\0\0-l", 6, "[ls][][-l]");
	assert_args(false, "", 0, "");
	assert_args(false, "abcdefghabcdefghabcdefghabcdefgh", 32,
		    "[abcdefghabcdefghabcdefghabcdefgh]");
}

static void test_array(void **state)
{
	const int32_t numbers[] = { 1, -2, INT32_MIN, INT32_MAX };
	struct schema_field field = {
		.kind = FIELD_ARRAY, .size = 16, .elem_size = 4, .elem_signed = 1
	};
	unsigned char *copy;
	struct value value = decode(&field, numbers, sizeof(numbers), &copy);

	(void)state;
	assert_int_equal(value_elements(&field, &value), 4);
	for (size_t i = 0; i < 4; i++)
		assert_true((int64_t)value_element(&field, &value, i) == numbers[i]);
	field.elem_signed = 0;
	assert_true(value_element(&field, &value, 1) == UINT32_MAX - 1);
	free(copy);
}

static void test_meanings(void **state)
{
	static const struct {
		const char *type;
		enum field_kind kind;
		uint32_t size;
		enum meaning want;
	} cases[] = {
		{ "errno_t", FIELD_INT, 4, MEANING_ERRNO },
		{ "errno_t", FIELD_INT, 8, MEANING_ERRNO },
		{ "errno_t", FIELD_UINT, 4, MEANING_NUMBER },
		{ "ipv4_t", FIELD_UINT, 4, MEANING_IPV4 },
		{ "ipv4_t", FIELD_UINT, 8, MEANING_NUMBER },
		{ "ipv6_t", FIELD_BYTES, 16, MEANING_IPV6 },
		{ "ipv6_t", FIELD_BYTES, 32, MEANING_NUMBER },
		{ "port_t", FIELD_UINT, 2, MEANING_PORT },
		{ "port_t", FIELD_UINT, 4, MEANING_NUMBER },
		{ "duration_ns_t", FIELD_UINT, 8, MEANING_DURATION },
		{ "time_ns_t", FIELD_UINT, 8, MEANING_TIME },
		{ "time_ns_t", FIELD_UINT, 4, MEANING_NUMBER },
		{ "bytes_t", FIELD_UINT, 8, MEANING_COUNT },
		{ "kaddr_t", FIELD_UINT, 8, MEANING_KADDR },
		{ "ustack_t", FIELD_INT, 4, MEANING_USTACK },
		{ "kstack_t", FIELD_INT, 4, MEANING_KSTACK },
		{ "signal_t", FIELD_INT, 4, MEANING_SIGNAL },
		{ "family_t", FIELD_UINT, 2, MEANING_FAMILY },
		{ "octal_t", FIELD_UINT, 2, MEANING_OCTAL },
		{ "hex_t", FIELD_UINT, 8, MEANING_HEX },
		{ "void *", FIELD_UINT, 8, MEANING_HEX },
		{ "_Bool", FIELD_BOOL, 1, MEANING_BOOL },
		{ "hex_t", FIELD_TEXT, 8, MEANING_NUMBER },
		{ "whatever_t", FIELD_UINT, 4, MEANING_NUMBER },
		{ "", FIELD_UINT, 4, MEANING_NUMBER },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct schema_field field = { .kind = cases[i].kind, .size = cases[i].size };

		strcpy(field.type, cases[i].type);
		assert_int_equal(value_meaning(&field), cases[i].want);
	}
	/* an array's type is its element's */
	struct schema_field field = {
		.type = "ipv4_t", .kind = FIELD_ARRAY, .size = 8, .elem_size = 4
	};

	assert_int_equal(value_meaning(&field), MEANING_IPV4);
	field.elem_size = 8;
	assert_int_equal(value_meaning(&field), MEANING_NUMBER);
}

struct event {
	uint32_t pid;
	uint64_t when;
	char comm[16];
	struct {
		uint32_t size;
		char data[100];
	} path;
};

static void event_schema(struct schema *schema)
{
	set_schema(schema, "events", sizeof(struct event));
	FIELD(schema, struct event, pid, "u32", FIELD_UINT);
	FIELD(schema, struct event, when, "time_ns_t", FIELD_UINT);
	FIELD(schema, struct event, comm, "char", FIELD_TEXT);
	SIZED(schema, struct event, path, "char", FIELD_TEXT);
}

static void test_sizes(void **state)
{
	struct schema schema;
	uint32_t min;
	size_t used;

	(void)state;
	event_schema(&schema);
	min = value_min_size(&schema);
	assert_int_equal(min, offsetof(struct event, path.data));
	assert_int_equal(value_event_size(schema.size, min, min, &used), 0);
	assert_int_equal(used, min);
	assert_int_equal(value_event_size(schema.size, min, min - 1, &used), -EBADMSG);
	assert_int_equal(value_event_size(schema.size, min, 0, &used), -EBADMSG);
	/* perf's padding, which must not be taken for data */
	assert_int_equal(value_event_size(schema.size, min, schema.size + 7, &used), 0);
	assert_int_equal(used, schema.size);
	assert_int_equal(value_event_size(schema.size, min, schema.size + 8, &used), -EBADMSG);

	/* plain text may be missing altogether; addresses, arrays and bits may not */
	schema.nr_fields = 3;
	assert_int_equal(value_min_size(&schema), 16);
	schema.fields[2].kind = FIELD_BYTES;
	assert_int_equal(value_min_size(&schema), 16);
	strcpy(schema.fields[2].type, "ipv6_t");
	assert_int_equal(value_min_size(&schema), 32);
	schema.fields[2].kind = FIELD_ARRAY;
	schema.fields[2].elem_size = 4;
	assert_int_equal(value_min_size(&schema), 32);
	schema.fields[2] =
		(struct schema_field){ .kind = FIELD_UINT, .bit_offset = 130, .bit_size = 7 };
	assert_int_equal(value_min_size(&schema), 18);
}

/* Whatever the file says, a schema is refused or safe. */
static void test_broken_schemas(void **state)
{
	struct error *err = calloc(1, sizeof(*err));
	struct schema good, bad;

	(void)state;
	assert_non_null(err);
	event_schema(&good);
	assert_int_equal(value_check_schema(&good, err), 0);

#define REFUSED(change)                                                   \
	do {                                                              \
		bad = good;                                               \
		memset(err, 0, sizeof(*err));                             \
		change;                                                   \
		assert_int_equal(value_check_schema(&bad, err), -EINVAL); \
		assert_true(err->text[0]);                                \
	} while (0)

	REFUSED(bad.nr_fields = 0);
	REFUSED(bad.nr_fields = SCHEMA_FIELDS_MAX + 1);
	REFUSED(bad.nr_fields = UINT32_MAX);
	REFUSED(memset(bad.name, 'a', sizeof(bad.name)));
	REFUSED(strcpy(bad.name, "a\"b"));
	REFUSED(bad.fields[1].name[0] = '\0');
	REFUSED(strcpy(bad.fields[1].name, "a\nb"));
	REFUSED(strcpy(bad.fields[1].name, "a,b"));
	REFUSED(memset(bad.fields[1].name, 'a', SCHEMA_NAME_MAX));
	REFUSED(memset(bad.fields[1].type, 'a', SCHEMA_NAME_MAX));
	REFUSED(bad.fields[0].kind = 0);
	REFUSED(bad.fields[0].kind = 99);
	REFUSED(bad.fields[0].size = 3);
	REFUSED(bad.fields[0].size = 16);
	REFUSED(bad.fields[0].offset = bad.size - 3);
	REFUSED(bad.fields[0].offset = UINT32_MAX - 1);
	REFUSED(bad.fields[2].size = UINT32_MAX);
	REFUSED(bad.fields[2].offset = bad.size);
	REFUSED(bad.fields[3].size_offset = bad.size - 3);
	REFUSED(bad.fields[3].size_offset = UINT32_MAX);
	REFUSED(bad.fields[0].sized = 1);
	REFUSED(bad.fields[0].bit_size = 65);
	REFUSED((bad.fields[0].bit_size = 2, bad.fields[0].bit_offset = 8 * bad.size - 1));
	REFUSED((bad.fields[0].bit_size = 2, bad.fields[0].bit_offset = UINT32_MAX));
	REFUSED(bad.fields[2].bit_size = 3);
	REFUSED(bad.fields[2].kind = FIELD_ARRAY);
	REFUSED((bad.fields[2].kind = FIELD_ARRAY, bad.fields[2].elem_size = 16));
#undef REFUSED
	free(err);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_integers),       cmocka_unit_test(test_bit_fields),
		cmocka_unit_test(test_text),	       cmocka_unit_test(test_sized),
		cmocka_unit_test(test_arguments),      cmocka_unit_test(test_array),
		cmocka_unit_test(test_meanings),       cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_broken_schemas),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
