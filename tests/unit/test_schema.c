// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <bpf/btf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "object/object.h"

/* The types that most tests need, in BTF as clang would write it. */
struct types {
	struct btf *btf;
	int u8, u16, u32, u64, s32, s64, chr, boolean, u128, flt;
	int u32_t, u64_t, errno_t, argv_t;
};

static int typedef_of(struct types *t, const char *name, int type)
{
	int id = btf__add_typedef(t->btf, name, type);

	assert_true(id > 0);
	return id;
}

static int array_of(struct types *t, int type, uint32_t count)
{
	int id = btf__add_array(t->btf, t->u32, type, count);

	assert_true(id > 0);
	return id;
}

static int setup(void **state)
{
	struct types *t = calloc(1, sizeof(*t));

	assert_non_null(t);
	t->btf = btf__new_empty();
	assert_non_null(t->btf);
	t->u8 = typedef_of(t, "u8", btf__add_int(t->btf, "unsigned char", 1, 0));
	t->u16 = btf__add_int(t->btf, "unsigned short", 2, 0);
	t->u32 = btf__add_int(t->btf, "unsigned int", 4, 0);
	t->u64 = btf__add_int(t->btf, "unsigned long long", 8, 0);
	t->s32 = btf__add_int(t->btf, "int", 4, BTF_INT_SIGNED);
	t->s64 = btf__add_int(t->btf, "long long", 8, BTF_INT_SIGNED);
	/* clang gives char an encoding of 0 or of BTF_INT_CHAR */
	t->chr = btf__add_int(t->btf, "char", 1, BTF_INT_SIGNED);
	t->boolean = btf__add_int(t->btf, "_Bool", 1, BTF_INT_BOOL);
	t->u128 = btf__add_int(t->btf, "unsigned __int128", 16, 0);
	t->flt = btf__add_float(t->btf, "double", 8);
	t->u32_t = typedef_of(t, "u32", t->u32);
	t->u64_t = typedef_of(t, "u64", t->u64);
	t->errno_t = typedef_of(t, "errno_t", typedef_of(t, "s64", t->s64));
	t->argv_t = typedef_of(t, "argv_t", t->chr);
	*state = t;
	return 0;
}

static int teardown(void **state)
{
	struct types *t = *state;

	btf__free(t->btf);
	free(t);
	return 0;
}

static void add(struct types *t, const char *name, int type, uint32_t bit_offset, uint32_t bits)
{
	assert_int_equal(btf__add_field(t->btf, name, type, bit_offset, bits), 0);
}

static int read_schema(struct types *t, int id, struct schema *schema, const char **why)
{
	uint32_t size;
	const void *data = btf__raw_data(t->btf, &size);

	assert_non_null(data);
	memset(schema, 0, sizeof(*schema));
	*why = NULL;
	return schema_from_btf(schema, SCHEMA_EVENT, data, size, (uint32_t)id, why);
}

static const struct schema_field *field_named(const struct schema *schema, const char *name)
{
	for (uint32_t i = 0; i < schema->nr_fields; i++)
		if (strcmp(schema->fields[i].name, name) == 0)
			return &schema->fields[i];
	fail_msg("no field %s", name);
	return NULL;
}

static void expect_field(const struct schema *schema, const char *name, uint32_t kind,
			 const char *type, uint32_t offset, uint32_t size)
{
	const struct schema_field *field = field_named(schema, name);

	if (field->kind != kind || strcmp(field->type, type) || field->offset != offset ||
	    field->size != size)
		fail_msg("%s: kind %u type %s offset %u size %u", name, field->kind, field->type,
			 field->offset, field->size);
}

static void test_plain_types(void **state)
{
	struct types *t = *state;
	struct schema schema;
	const char *why;
	int id, color, flags, vol, ptr, named;

	color = btf__add_enum(t->btf, "color", 4);
	assert_int_equal(btf__add_enum_value(t->btf, "RED", -1), 0);
	flags = btf__add_enum64(t->btf, "flags", 8, false);
	assert_int_equal(btf__add_enum64_value(t->btf, "BIG", 1ULL << 40), 0);
	vol = btf__add_volatile(t->btf, btf__add_const(t->btf, t->u32_t));
	ptr = btf__add_ptr(t->btf, btf__add_const(t->btf, t->chr));
	named = btf__add_struct(t->btf, "inner", 12);
	add(t, "a", t->u32, 0, 0);
	add(t, "b", t->u64, 32, 0);
	id = btf__add_struct(t->btf, "event", 128);
	add(t, "pid", t->u32_t, 0, 0);
	add(t, "plain", t->u32, 32, 0);
	add(t, "ret", t->errno_t, 64, 0);
	add(t, "ok", t->boolean, 128, 0);
	add(t, "letter", t->chr, 136, 0);
	add(t, "port", t->u16, 144, 0);
	add(t, "color", color, 160, 0);
	add(t, "flags", flags, 192, 0);
	add(t, "seen", vol, 256, 0);
	add(t, "where", ptr, 320, 0);
	add(t, "wide", t->u128, 384, 0);
	add(t, "inner", named, 512, 0);
	assert_int_equal(read_schema(t, id, &schema, &why), 0);
	assert_string_equal(schema.type, "event");
	assert_int_equal(schema.size, 128);
	assert_int_equal(schema.nr_fields, 12);
	expect_field(&schema, "pid", FIELD_UINT, "u32", 0, 4);
	expect_field(&schema, "plain", FIELD_UINT, "unsigned int", 4, 4);
	expect_field(&schema, "ret", FIELD_INT, "errno_t", 8, 8);
	expect_field(&schema, "ok", FIELD_BOOL, "_Bool", 16, 1);
	expect_field(&schema, "letter", FIELD_INT, "char", 17, 1);
	expect_field(&schema, "port", FIELD_UINT, "unsigned short", 18, 2);
	expect_field(&schema, "color", FIELD_INT, "color", 20, 4);
	expect_field(&schema, "flags", FIELD_INT, "flags", 24, 8);
	expect_field(&schema, "seen", FIELD_UINT, "u32", 32, 4);
	expect_field(&schema, "where", FIELD_UINT, "void *", 40, 8);
	expect_field(&schema, "wide", FIELD_BYTES, "unsigned __int128", 48, 16);
	expect_field(&schema, "inner", FIELD_BYTES, "inner", 64, 12);
	for (uint32_t i = 0; i < schema.nr_fields; i++)
		assert_int_equal(schema.fields[i].sized, 0);
}

static void test_arrays(void **state)
{
	struct types *t = *state;
	int list = array_of(t, t->s32, 4), id;
	struct schema schema;
	const char *why;
	int matrix = array_of(t, array_of(t, t->chr, 8), 2);
	int text = array_of(t, t->chr, 16), mac = array_of(t, t->u8, 6),
	    argv = array_of(t, t->argv_t, 32), big = array_of(t, t->u64_t, 2),
	    wide = array_of(t, t->u128, 2), none = array_of(t, t->u32, 0),
	    flags = array_of(t, t->boolean, 3), pointers = array_of(t, btf__add_ptr(t->btf, 0), 2);

	id = btf__add_struct(t->btf, "event", 256);
	add(t, "comm", text, 0, 0);
	add(t, "mac", mac, 128, 0);
	add(t, "argv", argv, 176, 0);
	add(t, "list", list, 448, 0);
	add(t, "big", big, 576, 0);
	add(t, "wide", wide, 704, 0);
	add(t, "matrix", matrix, 960, 0);
	add(t, "none", none, 1088, 0);
	add(t, "flags", flags, 1088, 0);
	add(t, "pointers", pointers, 1152, 0);
	assert_int_equal(read_schema(t, id, &schema, &why), 0);
	expect_field(&schema, "comm", FIELD_TEXT, "char", 0, 16);
	expect_field(&schema, "mac", FIELD_BYTES, "u8", 16, 6);
	expect_field(&schema, "argv", FIELD_ARGV, "argv_t", 22, 32);
	expect_field(&schema, "list", FIELD_ARRAY, "int", 56, 16);
	assert_int_equal(field_named(&schema, "list")->elem_size, 4);
	assert_int_equal(field_named(&schema, "list")->elem_signed, 1);
	expect_field(&schema, "big", FIELD_ARRAY, "u64", 72, 16);
	assert_int_equal(field_named(&schema, "big")->elem_size, 8);
	assert_int_equal(field_named(&schema, "big")->elem_signed, 0);
	expect_field(&schema, "wide", FIELD_BYTES, "unsigned __int128", 88, 32);
	assert_int_equal(field_named(&schema, "matrix")->kind, FIELD_BYTES);
	assert_int_equal(field_named(&schema, "matrix")->size, 16);
	assert_int_equal(field_named(&schema, "none")->size, 0);
	expect_field(&schema, "flags", FIELD_BYTES, "_Bool", 136, 3);
	assert_int_equal(field_named(&schema, "pointers")->size, 16);
}

static int sized_struct(struct types *t, const char *name, int size_type, int data_type,
			uint32_t bytes)
{
	int id = btf__add_struct(t->btf, name, bytes);

	assert_true(id > 0);
	add(t, "size", size_type, 0, 0);
	add(t, "data", data_type, 32, 0);
	return id;
}

static void expect_sized(const struct schema *schema, const char *name, uint32_t at)
{
	assert_int_equal(field_named(schema, name)->sized, 1);
	assert_int_equal(field_named(schema, name)->size_offset, at);
}

static void test_sized(void **state)
{
	struct types *t = *state;
	struct schema schema;
	const char *why;
	int text = array_of(t, t->chr, 60), bytes = array_of(t, t->u8, 12),
	    argv = array_of(t, t->argv_t, 28), ints = array_of(t, t->u32_t, 3), id, a, b, c, d, no1,
	    no2;

	/* TEXT(n) has no name of its own, a typedef may stand over it */
	a = sized_struct(t, NULL, t->u32_t, text, 64);
	b = typedef_of(t, "blob_t", sized_struct(t, NULL, t->u32, bytes, 16));
	c = sized_struct(t, NULL, t->u32_t, argv, 32);
	d = sized_struct(t, NULL, t->u32_t, ints, 16);
	no1 = sized_struct(t, "no1", t->u16, text, 64);
	no2 = sized_struct(t, "no2", t->u32, t->u32, 8);
	id = btf__add_struct(t->btf, "event", 208);
	add(t, "pid", t->u32, 0, 0);
	add(t, "file", a, 32, 0);
	add(t, "blob", b, 32 + 512, 0);
	add(t, "args", c, 32 + 512 + 128, 0);
	add(t, "ints", d, 32 + 512 + 128 + 256, 0);
	add(t, "short_size", no1, 32 + 512 + 128 + 256 + 128, 0);
	add(t, "no_array", no2, 32 + 512 + 128 + 256 + 128 + 512, 0);
	assert_int_equal(read_schema(t, id, &schema, &why), 0);
	expect_field(&schema, "file", FIELD_TEXT, "char", 8, 60);
	expect_sized(&schema, "file", 4);
	expect_field(&schema, "blob", FIELD_BYTES, "u8", 72, 12);
	expect_sized(&schema, "blob", 68);
	expect_field(&schema, "args", FIELD_ARGV, "argv_t", 88, 28);
	expect_sized(&schema, "args", 84);
	expect_field(&schema, "ints", FIELD_ARRAY, "u32", 120, 12);
	expect_sized(&schema, "ints", 116);
	expect_field(&schema, "short_size", FIELD_BYTES, "no1", 132, 64);
	assert_int_equal(field_named(&schema, "short_size")->sized, 0);
	expect_field(&schema, "no_array", FIELD_BYTES, "no2", 196, 8);
}

/* What stands in a payload is neither a C string nor numbers, whatever its type is made of. */
static void test_payloads(void **state)
{
	struct types *t = *state;
	struct schema schema;
	const char *why;
	int text = typedef_of(t, "payload_t", t->chr), dump = typedef_of(t, "hexdump_t", t->u8), id;

	text = sized_struct(t, NULL, t->u32_t, array_of(t, text, 60), 64);
	dump = sized_struct(t, NULL, t->u32_t, array_of(t, dump, 28), 32);
	id = btf__add_struct(t->btf, "event", 96);
	add(t, "text", text, 0, 0);
	add(t, "dump", dump, 512, 0);
	assert_int_equal(read_schema(t, id, &schema, &why), 0);
	expect_field(&schema, "text", FIELD_BYTES, "payload_t", 4, 60);
	expect_sized(&schema, "text", 0);
	expect_field(&schema, "dump", FIELD_BYTES, "hexdump_t", 68, 28);
	expect_sized(&schema, "dump", 64);
}

static void test_bit_fields_and_packing(void **state)
{
	struct types *t = *state;
	const struct schema_field *field;
	struct schema schema;
	const char *why;
	int id = btf__add_struct(t->btf, "event", 17);

	/* packed: a u64 at an odd byte; bit-fields across a byte */
	add(t, "one", t->u8, 0, 0);
	add(t, "far", t->u64, 8, 0);
	add(t, "low", t->u32, 72, 3);
	add(t, "mid", t->s32, 75, 7);
	add(t, "yes", t->boolean, 82, 1);
	/* unnamed padding is no field */
	add(t, NULL, t->u32, 83, 5);
	add(t, "all", t->u64, 88, 48);
	assert_int_equal(read_schema(t, id, &schema, &why), 0);
	assert_int_equal(schema.nr_fields, 6);
	expect_field(&schema, "far", FIELD_UINT, "unsigned long long", 1, 8);
	field = field_named(&schema, "low");
	assert_int_equal(field->bit_offset, 72);
	assert_int_equal(field->bit_size, 3);
	assert_int_equal(field->kind, FIELD_UINT);
	field = field_named(&schema, "mid");
	assert_int_equal(field->bit_offset, 75);
	assert_int_equal(field->bit_size, 7);
	assert_int_equal(field->kind, FIELD_INT);
	assert_int_equal(field_named(&schema, "yes")->kind, FIELD_BOOL);
	assert_int_equal(field_named(&schema, "all")->bit_size, 48);
	assert_int_equal(field_named(&schema, "one")->bit_size, 0);
}

static void test_anonymous_members(void **state)
{
	struct types *t = *state;
	struct schema schema;
	const char *why;
	int bottom, onion, middle, id;

	bottom = btf__add_struct(t->btf, NULL, 8);
	add(t, "deep", t->u16, 16, 0);
	add(t, "bit", t->u32, 35, 2);
	onion = btf__add_union(t->btf, NULL, 8);
	add(t, NULL, bottom, 0, 0);
	add(t, "whole", t->u64, 0, 0);
	onion = btf__add_const(t->btf, onion);
	middle = btf__add_struct(t->btf, NULL, 16);
	add(t, "first", t->u32, 0, 0);
	add(t, NULL, onion, 64, 0);
	id = btf__add_struct(t->btf, "event", 24);
	add(t, "pid", t->u32, 0, 0);
	add(t, NULL, middle, 64, 0);
	assert_int_equal(read_schema(t, id, &schema, &why), 0);
	assert_int_equal(schema.nr_fields, 5);
	expect_field(&schema, "first", FIELD_UINT, "unsigned int", 8, 4);
	expect_field(&schema, "whole", FIELD_UINT, "unsigned long long", 16, 8);
	expect_field(&schema, "deep", FIELD_UINT, "unsigned short", 18, 2);
	assert_int_equal(field_named(&schema, "bit")->bit_offset, 128 + 35);
}

static void test_typedef_of_struct(void **state)
{
	struct types *t = *state;
	struct schema schema;
	const char *why;
	int id = btf__add_struct(t->btf, NULL, 4);

	add(t, "pid", t->u32, 0, 0);
	id = btf__add_const(t->btf, typedef_of(t, "event_t", id));
	assert_int_equal(read_schema(t, id, &schema, &why), 0);
	assert_string_equal(schema.type, "event_t");
}

static void test_field_limits(void **state)
{
	struct types *t = *state;
	struct schema schema;
	char name[80];
	const char *why;
	int id;

	for (unsigned int nr = SCHEMA_FIELDS_MAX; nr <= SCHEMA_FIELDS_MAX + 1; nr++) {
		id = btf__add_struct(t->btf, "event", 4 * nr);
		for (unsigned int i = 0; i < nr; i++) {
			snprintf(name, sizeof(name), "f%u", i);
			add(t, name, t->u32, 32 * i, 0);
		}
		if (nr == SCHEMA_FIELDS_MAX) {
			assert_int_equal(read_schema(t, id, &schema, &why), 0);
			assert_int_equal(schema.nr_fields, SCHEMA_FIELDS_MAX);
		} else {
			assert_int_equal(read_schema(t, id, &schema, &why), -EINVAL);
			assert_non_null(strstr(why, "64 fields"));
		}
	}
	memset(name, 'n', 64);
	for (size_t len = 63; len <= 64; len++) {
		name[len] = '\0';
		id = btf__add_struct(t->btf, "event", 4);
		add(t, name, t->u32, 0, 0);
		assert_int_equal(read_schema(t, id, &schema, &why), len == 63 ? 0 : -EINVAL);
		if (len == 64)
			assert_non_null(strstr(why, "63 characters"));
		name[len] = 'n';
	}
}

static void test_refused(void **state)
{
	struct types *t = *state;
	struct schema schema;
	const char *why;
	int id;

	assert_int_equal(read_schema(t, t->u32, &schema, &why), -EINVAL);
	assert_non_null(strstr(why, "no struct"));
	assert_int_equal(read_schema(t, 0, &schema, &why), -EINVAL);
	assert_non_null(why);
	assert_int_equal(read_schema(t, 100000, &schema, &why), -EINVAL);
	assert_non_null(why);
	assert_int_equal(schema_from_btf(&schema, SCHEMA_EVENT, "nonsense", 8, 1, &why), -EINVAL);
	assert_non_null(strstr(why, "BTF"));
	id = btf__add_struct(t->btf, "event", 8);
	add(t, "ratio", t->flt, 0, 0);
	assert_int_equal(read_schema(t, id, &schema, &why), -EINVAL);
	assert_non_null(strstr(why, "cannot be printed"));
	/* an array of a type that is only declared has no size */
	id = btf__add_fwd(t->btf, "later", BTF_FWD_STRUCT);
	id = array_of(t, id, 2);
	assert_true(btf__add_struct(t->btf, "event", 8) > 0);
	add(t, "list", id, 0, 0);
	id = (int)btf__type_cnt(t->btf) - 1;
	assert_int_equal(read_schema(t, id, &schema, &why), -EINVAL);
	assert_non_null(strstr(why, "cannot be printed"));
}

static void test_empty_struct(void **state)
{
	struct types *t = *state;
	struct schema schema;
	const char *why;
	int id = btf__add_struct(t->btf, "event", 0);

	assert_int_equal(read_schema(t, id, &schema, &why), 0);
	assert_int_equal(schema.nr_fields, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_plain_types),
		TEST(test_arrays),
		TEST(test_sized),
		TEST(test_payloads),
		TEST(test_bit_fields_and_packing),
		TEST(test_anonymous_members),
		TEST(test_typedef_of_struct),
		TEST(test_field_limits),
		TEST(test_refused),
		TEST(test_empty_struct),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
