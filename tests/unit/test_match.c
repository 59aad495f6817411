// SPDX-License-Identifier: GPL-2.0-only
/* What headers say against what BTF says, with BTF made here, a module's beside it. */
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
#include <unistd.h>

#include "match/access.h"
#include "match/kernel.h"
#include "util/buf.h"
#include "util/text.h"

struct fixture {
	char dir[64], vmlinux[96], module[96];
	struct access_list list;
	struct match_result result;
	struct buf differences, unknown, doubts;
};

static void write_btf(const char *path, const struct btf *btf)
{
	uint32_t size;
	const void *data = btf__raw_data(btf, &size);
	FILE *file = fopen(path, "w");

	assert_non_null(data);
	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, size, file), size);
	fclose(file);
}

/*
 * struct inner { u32 first; u32 second; };
 * typedef struct { int counter; } count_t;
 * struct outer { u64 before; struct inner in; union { u32 a; u64 b; }; u32 low:4, high:4; u16
 *array[3][2]; struct inner *to; count_t count; struct { u32 deep; } named; }; enum small {
 *SMALL_ONE = 1, SMALL_MINUS = -1 }; enum wide : u64 { WIDE = 1 << 40 }; struct twice { u32 a; };
 *struct twice { u64 pad; u32 a; };
 */
static struct btf *make_vmlinux(void)
{
	struct btf *btf = btf__new_empty();
	int u32 = btf__add_int(btf, "u32", 4, 0), u64 = btf__add_int(btf, "u64", 8, 0);
	int u16 = btf__add_int(btf, "u16", 2, 0), i32 = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	int inner, count, any, deep, row, array, to, qualified;

	inner = btf__add_struct(btf, "inner", 8);
	btf__add_field(btf, "first", u32, 0, 0);
	btf__add_field(btf, "second", u32, 32, 0);
	count = btf__add_struct(btf, NULL, 4);
	btf__add_field(btf, "counter", i32, 0, 0);
	count = btf__add_typedef(btf, "count_t", count);
	any = btf__add_union(btf, NULL, 8);
	btf__add_field(btf, "a", u32, 0, 0);
	btf__add_field(btf, "b", u64, 0, 0);
	deep = btf__add_struct(btf, NULL, 4);
	btf__add_field(btf, "deep", u32, 0, 0);
	row = btf__add_array(btf, u32, u16, 2);
	array = btf__add_array(btf, u32, row, 3);
	qualified = btf__add_const(btf, inner);
	to = btf__add_ptr(btf, qualified);
	btf__add_struct(btf, "outer", 64);
	btf__add_field(btf, "before", u64, 0, 0);
	btf__add_field(btf, "in", inner, 64, 0);
	btf__add_field(btf, NULL, any, 128, 0);
	btf__add_field(btf, "low", u32, 192, 4);
	btf__add_field(btf, "high", u32, 196, 4);
	btf__add_field(btf, "array", array, 224, 0);
	btf__add_field(btf, "to", to, 320, 0);
	btf__add_field(btf, "count", count, 384, 0);
	btf__add_field(btf, "named", deep, 416, 0);
	btf__add_enum(btf, "small", 4);
	btf__add_enum_value(btf, "SMALL_ONE", 1);
	btf__add_enum_value(btf, "SMALL_MINUS", -1);
	btf__add_enum64(btf, "wide", 8, false);
	btf__add_enum64_value(btf, "WIDE", 1ull << 40);
	btf__add_struct(btf, "twice", 4);
	btf__add_field(btf, "a", u32, 0, 0);
	btf__add_struct(btf, "twice", 16);
	btf__add_field(btf, "pad", u64, 0, 0);
	btf__add_field(btf, "a", u32, 64, 0);
	return btf;
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct btf *btf = make_vmlinux(), *split = btf__new_empty_split(btf);
	int u32 = btf__find_by_name(btf, "u32");

	snprintf(f->dir, sizeof(f->dir), "/tmp/hotprobe-match-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->vmlinux, sizeof(f->vmlinux), "%s/vmlinux", f->dir);
	snprintf(f->module, sizeof(f->module), "%s/module", f->dir);
	write_btf(f->vmlinux, btf);
	btf__add_struct(split, "of_module", 8);
	btf__add_field(split, "member", u32, 32, 0);
	write_btf(f->module, split);
	btf__free(split);
	btf__free(btf);
	*state = f;
	return 0;
}

static void forget(struct fixture *f)
{
	access_free(&f->list);
	buf_free(&f->differences);
	buf_free(&f->unknown);
	buf_free(&f->doubts);
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	forget(f);
	unlink(f->vmlinux);
	unlink(f->module);
	rmdir(f->dir);
	free(f);
	return 0;
}

/* Offsets and sizes in bits; a @size that does not matter is 0. */
static void reads(struct fixture *f, const char *record, const char *member, uint64_t offset,
		  uint64_t size)
{
	struct access access = { .kind = ACCESS_MEMBER, .offset = offset, .size = size };

	snprintf(access.record, sizeof(access.record), "%s", record);
	snprintf(access.member, sizeof(access.member), "%s", member);
	snprintf(access.file, sizeof(access.file), "probe.c");
	access.line = (unsigned int)f->list.nr + 1;
	access.column = 2;
	access_add(&f->list, &access);
}

static struct access *last(struct fixture *f)
{
	return &f->list.items[f->list.nr - 1];
}

static void uses(struct fixture *f, const char *name, int64_t value)
{
	struct access access = { .kind = ACCESS_ENUMERATOR, .record = "enum", .value = value };

	snprintf(access.member, sizeof(access.member), "%s", name);
	access_add(&f->list, &access);
}

static void compare(struct fixture *f)
{
	struct kernel_btf *kernel = kernel_btf_open(f->vmlinux);

	assert_non_null(kernel);
	assert_int_equal(match_compare(kernel, &f->list, &f->result, &f->differences, &f->unknown,
				       &f->doubts),
			 0);
	kernel_btf_close(kernel);
}

static void assert_differs(struct fixture *f, const char *words)
{
	compare(f);
	assert_string_equal(buf_text(&f->differences), words);
	assert_int_equal(f->result.differences, words[0] != '\0');
	forget(f);
	f->list = (struct access_list){};
	f->differences = f->unknown = f->doubts = (struct buf){};
}

static void test_same(void **state)
{
	struct fixture *f = *state;

	reads(f, "struct outer", "before", 0, 64);
	reads(f, "struct outer", "in", 64, 64);
	reads(f, "struct outer", "a", 128, 32);
	reads(f, "struct outer", "b", 128, 64);
	reads(f, "struct outer", "low", 192, 4);
	reads(f, "struct outer", "high", 196, 4);
	reads(f, "struct outer", "array", 224, 16);
	last(f)->element = true;
	reads(f, "struct outer", "to", 320, 0);
	reads(f, "struct outer", "named.deep", 416, 32);
	reads(f, "struct outer", "to->second", 32, 32);
	reads(f, "count_t", "counter", 0, 32);
	reads(f, "struct of_module", "member", 32, 32);
	reads(f, "struct twice", "a", 64, 32);
	uses(f, "SMALL_ONE", 1);
	uses(f, "SMALL_MINUS", -1);
	uses(f, "WIDE", 1ll << 40);
	compare(f);
	assert_string_equal(buf_text(&f->differences), "");
	assert_string_equal(buf_text(&f->unknown), "");
	assert_int_equal(f->result.members, 13);
	assert_int_equal(f->result.records, 4);
	assert_int_equal(f->result.enumerators, 3);
}

static void test_differences(void **state)
{
	struct fixture *f = *state;

	reads(f, "struct outer", "before", 64, 64);
	assert_differs(
		f, "probe.c:1:2: struct outer.before: offset 8 by the headers, 0 in the kernel\n");
	reads(f, "struct outer", "a", 128, 64);
	assert_differs(
		f, "probe.c:1:2: struct outer.a: 8 bytes by the headers, 4 bytes in the kernel\n");
	reads(f, "struct outer", "high", 192, 8);
	assert_differs(
		f,
		"probe.c:1:2: struct outer.high: offset 24 bit 0 by the headers, 24 bit 4 in the "
		"kernel; 1 byte by the headers, 4 bits in the kernel\n");
	reads(f, "struct outer", "array", 224, 32);
	last(f)->element = true;
	assert_differs(
		f,
		"probe.c:1:2: struct outer.array: elements of 4 bytes by the headers, 2 bytes in "
		"the kernel\n");
	reads(f, "struct outer", "gone", 8, 8);
	assert_differs(
		f,
		"probe.c:1:2: struct outer has no member gone in the kernel; by the headers it is "
		"at offset 1\n");
	reads(f, "struct outer", "to->second", 0, 32);
	assert_differs(
		f,
		"probe.c:1:2: struct outer.to->second: offset 0 by the headers, 4 in the kernel\n");
	reads(f, "count_t", "counter", 32, 32);
	assert_differs(f,
		       "probe.c:1:2: count_t.counter: offset 4 by the headers, 0 in the kernel\n");
	reads(f, "struct of_module", "member", 0, 32);
	assert_differs(
		f,
		"probe.c:1:2: struct of_module.member: offset 0 by the headers, 4 in the kernel\n");
	/* neither of the two */
	reads(f, "struct twice", "a", 32, 32);
	compare(f);
	assert_int_equal(f->result.differences, 1);
	forget(f);
	f->differences = (struct buf){};
	uses(f, "SMALL_ONE", 2);
	assert_differs(f, "SMALL_ONE: 2 by the headers, 1 in the kernel\n");
	uses(f, "WIDE", 1);
	assert_differs(f, "WIDE: 1 by the headers, 1099511627776 in the kernel\n");
}

static void test_stride(void **state)
{
	struct access access = { .kind = ACCESS_STRIDE, .record = "struct inner", .size = 64 };
	struct fixture *f = *state;

	access_add(&f->list, &access);
	assert_differs(f, "");
	access.size = 96;
	access_add(&f->list, &access);
	assert_differs(f, "struct inner: 12 bytes by the headers, 8 bytes in the kernel\n");
}

static void test_renamed(void **state)
{
	struct fixture *f = *state;

	/* by a pointer, by what lies within, and not at all */
	reads(f, "struct outer", "to", 320, 0);
	snprintf(last(f)->type, sizeof(last(f)->type), "const struct was *");
	reads(f, "struct was", "second", 0, 32);
	assert_differs(
		f, "probe.c:2:2: struct was.second: offset 0 by the headers, 4 in the kernel\n");
	reads(f, "struct outer", "in", 64, 0);
	snprintf(last(f)->type, sizeof(last(f)->type), "struct was");
	reads(f, "struct was", "second", 32, 32);
	assert_differs(f, "");
	reads(f, "struct was", "second", 0, 32);
	uses(f, "NEVER", 1);
	compare(f);
	assert_string_equal(buf_text(&f->unknown), "struct was, NEVER");
	assert_int_equal(f->result.differences, 0);
}

static void test_own(void **state)
{
	struct fixture *f = *state;

	/* a bad copy of the kernel's is a doubt; what has another member is no copy */
	reads(f, "struct inner", "second", 64, 32);
	last(f)->own = true;
	reads(f, "struct outer", "pid", 64, 32);
	last(f)->own = true;
	reads(f, "struct outer", "before", 128, 32);
	last(f)->own = true;
	uses(f, "SMALL_ONE", 7);
	last(f)->own = true;
	compare(f);
	assert_int_equal(f->result.differences, 0);
	assert_string_equal(buf_text(&f->differences), "");
	assert_non_null(strstr(buf_text(&f->doubts),
			       "struct inner.second: offset 8 here, 4 in the kernel"));
	assert_null(strstr(buf_text(&f->doubts), "struct outer"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_same),    TEST(test_differences), TEST(test_stride),
		TEST(test_renamed), TEST(test_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
