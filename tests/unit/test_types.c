// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "types/compare.h"
#include "types/layout.h"
#include "types/types.h"
#include "util/buf.h"
#include "util/error.h"

/*
 * Types by their own compiler: the test's structs, of which gcc says where members lie, are put
 * into BTF by hand, so that both must agree.
 */
struct inner {
	long a;
	char b;
};

struct outer {
	char first;
	int second;
	struct {
		short x;
		union {
			int y;
			char z[3];
		};
	};
	struct inner array[4];
	unsigned int low : 3;
	unsigned int high : 9;
	struct inner *pointer;
	int (*call)(struct inner *, const char *);
	char last;
};

struct fixture {
	struct btf *btf;
	struct types *types;
	struct types_ref outer;
	struct error err;
	struct buf out;
};

static int bits(size_t bytes)
{
	return (int)bytes * 8;
}

/* The offsets in it are written by gcc, not by hand. */
static uint32_t make_outer(struct btf *btf, int shift)
{
	int t_char = btf__add_int(btf, "char", 1, BTF_INT_SIGNED);
	int t_int = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	int t_uint = btf__add_int(btf, "unsigned int", 4, 0);
	int t_long = btf__add_int(btf, "long int", 8, BTF_INT_SIGNED);
	int t_short = btf__add_int(btf, "short int", 2, BTF_INT_SIGNED);
	int t_chars, t_union, t_anon, t_inner, t_array, t_ptr, t_text, t_proto, t_call, id;

	t_chars = btf__add_array(btf, t_int, t_char, 3);
	t_union = btf__add_union(btf, "", sizeof(int));
	btf__add_field(btf, "y", t_int, 0, 0);
	btf__add_field(btf, "z", t_chars, 0, 0);
	t_anon = btf__add_struct(btf, "", 8);
	btf__add_field(btf, "x", t_short, 0, 0);
	btf__add_field(btf, "", t_union, 32, 0);
	t_inner = btf__add_struct(btf, "inner", sizeof(struct inner));
	btf__add_field(btf, "a", t_long, 0, 0);
	btf__add_field(btf, "b", t_char, bits(offsetof(struct inner, b)), 0);
	t_array = btf__add_array(btf, t_int, t_inner, 4);
	t_ptr = btf__add_ptr(btf, t_inner);
	t_text = btf__add_ptr(btf, btf__add_const(btf, t_char));
	t_proto = btf__add_func_proto(btf, t_int);
	btf__add_func_param(btf, "", t_ptr);
	btf__add_func_param(btf, "", t_text);
	t_call = btf__add_ptr(btf, t_proto);
	id = btf__add_struct(btf, "outer", sizeof(struct outer));
	btf__add_field(btf, "first", t_char, 0, 0);
	btf__add_field(btf, "second", t_int, bits(offsetof(struct outer, second)), 0);
	btf__add_field(btf, "", t_anon, bits(offsetof(struct outer, x)), 0);
	btf__add_field(btf, "array", t_array, bits(offsetof(struct outer, array)), 0);
	btf__add_field(btf, "low", t_uint, bits(offsetof(struct outer, pointer) - 8), 3);
	btf__add_field(btf, "high", t_uint, bits(offsetof(struct outer, pointer) - 8) + 3, 9);
	btf__add_field(btf, "pointer", t_ptr, bits(offsetof(struct outer, pointer)), 0);
	btf__add_field(btf, "call", t_call, bits(offsetof(struct outer, call)), 0);
	btf__add_field(btf, "last", t_char, bits(offsetof(struct outer, last)) + shift, 0);
	btf__add_enum(btf, "color", 4);
	btf__add_enum_value(btf, "RED", 1);
	btf__add_enum_value(btf, "BLUE", shift);
	btf__add_typedef(btf, "outer_t", id);
	btf__add_fwd(btf, "hidden", BTF_FWD_STRUCT);
	return (uint32_t)id;
}

static void open_types(struct types **types, struct btf **btf, int shift)
{
	struct error err = {};
	uint32_t size;
	const void *raw;

	*btf = btf__new_empty();
	assert_non_null(*btf);
	make_outer(*btf, shift);
	raw = btf__raw_data(*btf, &size);
	assert_int_equal(types_open_raw(types, raw, size, "the test", &err), 0);
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	open_types(&f->types, &f->btf, 0);
	assert_int_equal(types_find(f->types, TYPES_STRUCT, "outer", &f->outer), 0);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	types_close(f->types);
	btf__free(f->btf);
	buf_free(&f->out);
	free(f);
	return 0;
}

static void assert_member(struct fixture *f, const char *path, size_t offset, size_t size)
{
	struct types_member member;

	if (types_member(f->outer.btf, f->outer.id, path, &member, &f->err))
		fail_msg("%s: %s", path, f->err.text);
	assert_int_equal(member.bit_offset, offset * 8);
	assert_int_equal(member.bit_size, size * 8);
	assert_false(member.bitfield);
}

static void test_member_paths(void **state)
{
	struct fixture *f = *state;
	struct types_member member;

	assert_member(f, "first", 0, 1);
	assert_member(f, "second", offsetof(struct outer, second), 4);
	assert_member(f, "x", offsetof(struct outer, x), 2);
	assert_member(f, "y", offsetof(struct outer, y), 4);
	assert_member(f, "z", offsetof(struct outer, z), 3);
	assert_member(f, "z[2]", offsetof(struct outer, z[2]), 1);
	assert_member(f, "array", offsetof(struct outer, array), sizeof(struct inner[4]));
	assert_member(f, "array[3].b", offsetof(struct outer, array[3].b), 1);
	assert_member(f, "array[0x2].a", offsetof(struct outer, array[2].a), 8);
	assert_member(f, "pointer", offsetof(struct outer, pointer), 8);
	assert_member(f, "last", offsetof(struct outer, last), 1);

	assert_int_equal(types_member(f->outer.btf, f->outer.id, "high", &member, &f->err), 0);
	assert_true(member.bitfield);
	assert_int_equal(member.bit_size, 9);
	assert_int_equal(member.bit_offset, (offsetof(struct outer, pointer) - 8) * 8 + 3);
}

static void test_member_mistakes(void **state)
{
	static const struct {
		const char *path, *text, *hint;
	} cases[] = {
		{ "secnd", "struct outer has no member secnd", "did you mean second?" },
		{ "pointer.b", "struct inner * has no member b", "look at struct inner.b" },
		{ "array[4]", "array has 4 elements", "" },
		{ "array.a", "struct inner[4] has no member a", "" },
		{ "first[0]", "first is no array", "" },
		{ "array[x]", "an index is a number", "" },
		{ "array[1", "an index is a number", "" },
		{ "array[1]a", "named as in C", "" },
		{ "", "named as in C", "" },
		{ "x.", "named as in C", "" },
		{ "x.y", "short int has no member y", "" },
	};
	struct fixture *f = *state;
	struct types_member member;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct error err = {};

		if (types_member(f->outer.btf, f->outer.id, cases[i].path, &member, &err) >= 0)
			fail_msg("%s was found", cases[i].path);
		if (!strstr(err.text, cases[i].text) || !strstr(err.hint, cases[i].hint))
			fail_msg("%s: %s, %s", cases[i].path, err.text, err.hint);
	}
}

static int count_names(const struct types_ref *ref, const char *name, void *arg)
{
	(void)ref;
	buf_printf(arg, "%s ", name);
	return 0;
}

static void test_find(void **state)
{
	struct fixture *f = *state;
	struct types_ref ref = {};

	assert_int_equal(types_find(f->types, TYPES_ANY, "outer_t", &ref), 0);
	assert_int_equal(types_kind_of_ref(&ref), TYPES_TYPEDEF);
	assert_int_equal(types_find(f->types, TYPES_UNION | TYPES_ENUM, "outer", &ref), -ENOENT);
	/* what is only declared has no members */
	assert_int_equal(types_find(f->types, TYPES_ANY, "hidden", &ref), -ENOENT);
	assert_int_equal(types_each(f->types, TYPES_ANY, "*r*", count_names, &f->out), 0);
	assert_string_equal(buf_text(&f->out), "inner outer color outer_t ");

	assert_int_equal(types_unknown(f->types, TYPES_ANY, "outr", &f->err), -ENOENT);
	assert_string_equal(f->err.text, "there is no type called outr in the test");
	assert_string_equal(f->err.hint, "did you mean outer?");
	memset(&f->err, 0, sizeof(f->err));
	types_unknown(f->types, TYPES_STRUCT, "color", &f->err);
	assert_string_equal(f->err.text, "there is no struct color in the test");
	assert_string_equal(f->err.hint, "of that name there is a type of another kind: enum");
}

static void test_names(void **state)
{
	struct fixture *f = *state;
	struct types_member member;

	assert_int_equal(types_member(f->outer.btf, f->outer.id, "call", &member, &f->err), 0);
	types_name(&f->out, f->outer.btf, member.type);
	assert_string_equal(buf_text(&f->out), "int (*)(struct inner *, const char *)");
	buf_reset(&f->out);
	types_declare(&f->out, f->outer.btf, member.type, "call", 0);
	assert_string_equal(buf_text(&f->out), "int (*call)(struct inner *, const char *)");
	buf_reset(&f->out);
	assert_int_equal(types_member(f->outer.btf, f->outer.id, "array", &member, &f->err), 0);
	types_name(&f->out, f->outer.btf, member.type);
	assert_string_equal(buf_text(&f->out), "struct inner[4]");
	buf_reset(&f->out);
	types_declare(&f->out, f->outer.btf, member.type, "array", 20);
	assert_string_equal(buf_text(&f->out), "struct inner         array[4]");
}

static void test_layout(void **state)
{
	struct fixture *f = *state;
	struct layout layout;

	assert_int_equal(layout_of(&layout, f->outer.btf, f->outer.id), 0);
	assert_int_equal(layout.size, sizeof(struct outer));
	assert_int_equal(layout.nr_members, 9);
	/* behind first, and what is left of the last 8 bytes before pointer */
	assert_int_equal(layout.members[0].hole, offsetof(struct outer, second) - 1);
	assert_int_equal(layout.members[5].bit_hole, 32 - 12);
	assert_int_equal(layout.members[5].hole, 4);
	assert_int_equal(layout.members[5].unit_bit, 3);
	assert_int_equal(layout.holes, 2);
	assert_int_equal(layout.bit_holes, 1);
	assert_int_equal(layout.padding, sizeof(struct outer) - offsetof(struct outer, last) - 1);
	layout_free(&layout);
}

static void test_listing(void **state)
{
	static const char want[] =
		"struct outer {\n"
		"\tchar                       first;                /*     0     1 */\n"
		"\n"
		"\t/* XXX 3 bytes hole, try to pack */\n"
		"\n"
		"\tint                        second;               /*     4     4 */\n"
		"\tstruct {\n"
		"\t\tshort int          x;                    /*     8     2 */\n"
		"\n"
		"\t\t/* XXX 2 bytes hole, try to pack */\n"
		"\n"
		"\t\tunion {\n"
		"\t\t\tint        y;                    /*    12     4 */\n"
		"\t\t\tchar       z[3];                 /*    12     3 */\n"
		"\t\t};                                       /*    12     4 */\n"
		"\t};                                               /*     8     8 */\n"
		"\tstruct inner               array[4];             /*    16    64 */\n"
		"\t/* --- cacheline 1 boundary (64 bytes) was 16 bytes ago --- */\n"
		"\tunsigned int               low:3;                /*    80: 0  4 */\n"
		"\tunsigned int               high:9;               /*    80: 3  4 */\n"
		"\n"
		"\t/* XXX 20 bits hole, try to pack */\n"
		"\t/* XXX 4 bytes hole, try to pack */\n"
		"\n"
		"\tstruct inner *             pointer;              /*    88     8 */\n"
		"\tint                        (*call)(struct inner *, const char *); "
		"/*    96     8 */\n"
		"\tchar                       last;                 /*   104     1 */\n"
		"\n"
		"\t/* size: 112, cachelines: 2, members: 9 */\n"
		"\t/* sum members: 94, holes: 2, sum holes: 7 */\n"
		"\t/* sum bitfield members: 12 bits, bit holes: 1, sum bit holes: 20 bits */\n"
		"\t/* padding: 7 */\n"
		"\t/* last cacheline: 48 bytes */\n"
		"};\n";
	struct fixture *f = *state;

	layout_print(&f->out, f->outer.btf, f->outer.id);
	assert_string_equal(buf_text(&f->out), want);
}

static void test_json(void **state)
{
	struct fixture *f = *state;
	struct types_ref ref = {};

	buf_char(&f->out, '{');
	layout_json(&f->out, f->outer.btf, f->outer.id);
	assert_non_null(strstr(buf_text(&f->out), "{\"size\":112,\"cachelines\":2,\"holes\":2"));
	assert_non_null(strstr(buf_text(&f->out),
			       "{\"name\":\"high\",\"type\":\"unsigned int\",\"offset\":80,"
			       "\"size\":4,\"bit_offset\":3,\"bit_size\":9,"));
	assert_non_null(
		strstr(buf_text(&f->out), "{\"name\":\"y\",\"type\":\"int\",\"offset\":12,"));
	buf_reset(&f->out);
	assert_int_equal(types_find(f->types, TYPES_ENUM, "color", &ref), 0);
	buf_char(&f->out, '{');
	layout_json(&f->out, ref.btf, ref.id);
	assert_string_equal(buf_text(&f->out),
			    "{\"size\":4,\"enumerators\":{\"RED\":1,\"BLUE\":0}");
}

static void test_compare(void **state)
{
	struct fixture *f = *state;
	struct types_ref shifted = {};
	struct compare compare;
	struct types *other;
	struct btf *btf;

	assert_int_equal(compare_types(&compare, &f->outer, &f->outer), 0);
	assert_false(compare.differ);
	compare_free(&compare);

	open_types(&other, &btf, 8);
	assert_int_equal(types_find(other, TYPES_STRUCT, "outer", &shifted), 0);
	assert_int_equal(compare_types(&compare, &f->outer, &shifted), 0);
	assert_true(compare.differ);
	for (size_t i = 0; i < compare.nr_rows; i++)
		assert_int_equal(compare.rows[i].differs,
				 strcmp(compare.rows[i].name, "last") == 0);
	/* anonymous members are where C sees them: x, y, z and 8 named ones */
	assert_int_equal(compare.nr_rows, 11);
	compare_free(&compare);

	assert_int_equal(types_find(f->types, TYPES_ENUM, "color", &f->outer), 0);
	assert_int_equal(types_find(other, TYPES_ENUM, "color", &shifted), 0);
	assert_int_equal(compare_types(&compare, &f->outer, &shifted), 0);
	assert_true(compare.differ);
	assert_false(compare.rows[0].differs);
	assert_true(compare.rows[1].differs);
	assert_int_equal(compare.rows[1].value[1], 8);
	compare_free(&compare);
	types_close(other);
	btf__free(btf);
}

/* Whatever a file holds, reading it ends, and with an error where it is broken. */
static void test_broken_files(void **state)
{
	char path[] = "/tmp/test_types.XXXXXX";
	int fd = mkstemp(path);
	uint32_t size;
	struct fixture *f = *state;
	const char *raw = btf__raw_data(f->btf, &size);

	assert_true(fd >= 0);
	srandom(1);
	for (int round = 0; round < 2000; round++) {
		struct types *types = NULL;
		struct error err = {};
		char copy[4096];
		size_t len = size;

		assert_true(size <= sizeof(copy));
		memcpy(copy, raw, size);
		if (round % 4 == 0)
			len = (size_t)random() % size;
		for (int i = 0; i < 1 + round % 8; i++)
			copy[24 + random() % (size - 24)] = (char)random();
		assert_int_equal(ftruncate(fd, 0), 0);
		assert_int_equal(pwrite(fd, copy, len, 0), len);
		if (types_open(&types, path, &err)) {
			assert_true(err.code < 0 && err.text[0]);
			continue;
		}
		buf_reset(&f->out);
		for (uint32_t id = 1; id < 40; id++) {
			struct types_ref ref = types_top(types, id);
			struct compare compare;

			if (!types_kind_of_ref(&ref))
				continue;
			layout_print(&f->out, ref.btf, ref.id);
			layout_json(&f->out, ref.btf, ref.id);
			compare_types(&compare, &ref, &f->outer);
			compare_free(&compare);
		}
		types_close(types);
	}
	close(fd);
	unlink(path);
}

static int silent(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	(void)level;
	(void)fmt;
	(void)ap;
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_member_paths, setup, teardown),
		cmocka_unit_test_setup_teardown(test_member_mistakes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_find, setup, teardown),
		cmocka_unit_test_setup_teardown(test_names, setup, teardown),
		cmocka_unit_test_setup_teardown(test_layout, setup, teardown),
		cmocka_unit_test_setup_teardown(test_listing, setup, teardown),
		cmocka_unit_test_setup_teardown(test_json, setup, teardown),
		cmocka_unit_test_setup_teardown(test_compare, setup, teardown),
		cmocka_unit_test_setup_teardown(test_broken_files, setup, teardown),
	};

	libbpf_set_print(silent);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
