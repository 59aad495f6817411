// SPDX-License-Identifier: GPL-2.0-only
/*
 * What hotprobe bpf reads: fdinfo, raw BTF, values by their types.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <bpf/btf.h>
#include <errno.h>
#include <linux/btf.h>
#include <stdlib.h>
#include <string.h>

#include "bpf/btf_store.h"
#include "bpf/fdinfo.h"
#include "bpf/value.h"
#include "bpf/words.h"
#include "util/buf.h"

/* ---- fdinfo ------------------------------------------------------------------------------------
 */

static void test_fdinfo(void **state)
{
	const char *text = "pos:\t0\nflags:\t02000002\nlink_type:\ttracing\nlink_id:\t7\n"
			   "prog_tag:\t59f4a931744dcdc6\nprog_id:\t12\nmemlock:\t8589934592\n";
	enum kbpf_kind kind;

	(void)state;
	assert_int_equal(fdinfo_id(text, KBPF_LINK), 7);
	assert_int_equal(fdinfo_id(text, KBPF_PROG), 12);
	assert_int_equal(fdinfo_id(text, KBPF_MAP), 0);
	assert_true(fdinfo_number(text, "memlock") == 8589934592);
	assert_int_equal(fdinfo_number(text, "mem"), -1);
	assert_int_equal(fdinfo_number("", "memlock"), -1);
	assert_true(fdinfo_kind("anon_inode:bpf-map", &kind));
	assert_int_equal(kind, KBPF_MAP);
	assert_true(fdinfo_kind("anon_inode:bpf_link", &kind));
	assert_int_equal(kind, KBPF_LINK);
	assert_false(fdinfo_kind("anon_inode:[eventpoll]", &kind));
	assert_false(fdinfo_kind("/bpf-map", &kind));
}

/* ---- where types begin -------------------------------------------------------------------------
 */

static struct btf *make_btf(void)
{
	struct btf *btf = btf__new_empty();
	int number = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);

	btf__add_enum(btf, "color", 4);
	btf__add_enum_value(btf, "RED", 0);
	btf__add_enum_value(btf, "GREEN", 7);
	btf__add_struct(btf, "pair", 8);
	btf__add_field(btf, "a", number, 0, 0);
	btf__add_field(btf, "b", number, 32, 0);
	btf__add_func(btf, "f", BTF_FUNC_GLOBAL, btf__add_func_proto(btf, number));
	btf__add_float(btf, "double", 8);
	return btf;
}

static void test_index(void **state)
{
	struct btf *btf = make_btf();
	uint32_t size, *offsets;
	const char *data = btf__raw_data(btf, &size);
	int nr = btf_index(data, size, &offsets);

	(void)state;
	assert_int_equal(nr, btf__type_cnt(btf) - 1);
	for (int i = 0; i < nr; i++)
		assert_memory_equal(data + offsets[i], btf__type_by_id(btf, (uint32_t)i + 1),
				    sizeof(struct btf_type));
	free(offsets);
	btf__free(btf);
}

/* Cut anywhere, or with any one byte another: an answer or -EINVAL, and nothing read outside. */
static void test_index_broken(void **state)
{
	struct btf *btf = make_btf();
	uint32_t size, *offsets;
	const char *data = btf__raw_data(btf, &size);

	(void)state;
	for (uint32_t len = 0; len < size; len++) {
		char *cut = malloc(len + 1);

		memcpy(cut, data, len);
		assert_int_equal(btf_index(cut, len, &offsets), -EINVAL);
		assert_null(offsets);
		free(cut);
	}
	for (uint32_t at = 0; at < size; at++) {
		for (int byte = 0; byte < 256; byte += 51) {
			char *copy = malloc(size);
			int nr;

			memcpy(copy, data, size);
			copy[at] = (char)byte;
			nr = btf_index(copy, size, &offsets);
			assert_true(nr >= 0 || nr == -EINVAL);
			for (int i = 0; i < nr; i++)
				assert_true(offsets[i] + sizeof(struct btf_type) <= size);
			free(offsets);
			free(copy);
		}
	}
	btf__free(btf);
}

/* ---- values ------------------------------------------------------------------------------------
 */

struct sample {
	uint32_t pid;
	char comm[8];
	int32_t color;
	int low : 3, high : 5;
	union {
		struct {
			int16_t x;
			uint8_t bytes[2];
		};
	};
	double half;
	_Bool yes;
	void *where;
};

static struct btf *values_btf(int *id)
{
	struct btf *btf = btf__new_empty();
	int number = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	int word = btf__add_typedef(btf, "u32", btf__add_int(btf, "unsigned int", 4, 0));
	int letter = btf__add_int(btf, "char", 1, BTF_INT_SIGNED);
	int byte = btf__add_int(btf, "unsigned char", 1, 0);
	int small = btf__add_int(btf, "short", 2, BTF_INT_SIGNED);
	int yes = btf__add_int(btf, "_Bool", 1, BTF_INT_BOOL);
	int half = btf__add_float(btf, "double", 8);
	int text = btf__add_array(btf, number, letter, 8);
	int bytes = btf__add_array(btf, number, byte, 2);
	int pointer = btf__add_ptr(btf, 0);
	int color, inner, outer;

	color = btf__add_enum(btf, "color", 4);
	btf__add_enum_value(btf, "MINUS", -2);
	btf__add_enum_value(btf, "GREEN", 7);
	inner = btf__add_struct(btf, NULL, 4);
	btf__add_field(btf, "x", small, 0, 0);
	btf__add_field(btf, "bytes", bytes, 16, 0);
	outer = btf__add_union(btf, NULL, 4);
	btf__add_field(btf, NULL, inner, 0, 0);
	*id = btf__add_struct(btf, "sample", sizeof(struct sample));
	btf__add_field(btf, "pid", word, 0, 0);
	btf__add_field(btf, "comm", text, 32, 0);
	btf__add_field(btf, "color", color, 96, 0);
	btf__add_field(btf, "low", number, 128, 3);
	btf__add_field(btf, "high", number, 131, 5);
	btf__add_field(btf, NULL, outer, 8 * offsetof(struct sample, x), 0);
	btf__add_field(btf, "half", half, 8 * offsetof(struct sample, half), 0);
	btf__add_field(btf, "yes", yes, 8 * offsetof(struct sample, yes), 0);
	btf__add_field(btf, "where", pointer, 8 * offsetof(struct sample, where), 0);
	return btf;
}

static void format_is(const struct sample *sample, bool json, const char *want)
{
	struct buf out = {};
	struct btf *btf;
	int id;

	btf = values_btf(&id);
	value_format(&out, btf, (uint32_t)id, sample, sizeof(*sample), json);
	assert_string_equal(buf_text(&out), want);
	buf_free(&out);
	btf__free(btf);
}

static void test_value(void **state)
{
	struct sample sample = { .pid = 4000000000u,
				 .comm = "a\"b\n",
				 .color = 7,
				 .low = -3,
				 .high = 9,
				 .x = -5,
				 .bytes = { 1, 255 },
				 .half = 0.5,
				 .yes = 1,
				 .where = (void *)0x1234 };

	(void)state;
	format_is(&sample, false,
		  "{.pid = 4000000000, .comm = \"a\\\"b\\n\", .color = GREEN, .low = -3, "
		  ".high = 9, .x = -5, .bytes = {1, 255}, .half = 0.5, .yes = true, "
		  ".where = 0x1234}");
	format_is(&sample, true,
		  "{\"pid\":4000000000,\"comm\":\"a\\\"b\\n\",\"color\":\"GREEN\",\"low\":-3,"
		  "\"high\":9,\"x\":-5,\"bytes\":[1,255],\"half\":0.5,\"yes\":true,"
		  "\"where\":\"0x1234\"}");
	/* an unknown enumerator is a number; text with something behind its NUL is not text */
	sample.color = 3;
	sample.comm[7] = 1;
	format_is(&sample, true,
		  "{\"pid\":4000000000,\"comm\":[97,34,98,10,0,0,0,1],\"color\":3,\"low\":-3,"
		  "\"high\":9,\"x\":-5,\"bytes\":[1,255],\"half\":0.5,\"yes\":true,"
		  "\"where\":\"0x1234\"}");
}

static void test_value_unknown(void **state)
{
	struct buf out = {};
	struct btf *btf;
	int id;

	(void)state;
	value_format(&out, NULL, 0, "\x01\xab\xff", 3, false);
	assert_string_equal(buf_text(&out), "01 ab ff");
	buf_reset(&out);
	value_format(&out, NULL, 0, "\x01\xab\xff", 3, true);
	assert_string_equal(buf_text(&out), "\"01abff\"");
	/* types that are larger than what is there are not believed, nor are ids out of range */
	btf = values_btf(&id);
	buf_reset(&out);
	value_format(&out, btf, (uint32_t)id, "abcd", 4, true);
	assert_string_equal(buf_text(&out), "\"61626364\"");
	buf_reset(&out);
	value_format(&out, btf, 9999, "abcd", 4, true);
	assert_string_equal(buf_text(&out), "\"61626364\"");
	btf__free(btf);
	buf_free(&out);
}

/* Global variables: a map's value is a section of them. */
static void test_value_section(void **state)
{
	struct btf *btf = btf__new_empty();
	int number = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	int first = btf__add_var(btf, "first", BTF_VAR_STATIC, number);
	int second = btf__add_var(btf, "second", BTF_VAR_GLOBAL_ALLOCATED, number);
	int section = btf__add_datasec(btf, ".bss", 12);
	const int32_t data[] = { 5, 0, -6 };
	struct buf out = {};

	(void)state;
	btf__add_datasec_var_info(btf, first, 0, 4);
	btf__add_datasec_var_info(btf, second, 8, 4);
	value_format(&out, btf, (uint32_t)section, data, sizeof(data), false);
	assert_string_equal(buf_text(&out), "{.first = 5, .second = -6}");
	buf_reset(&out);
	value_format(&out, btf, (uint32_t)section, data, sizeof(data), true);
	assert_string_equal(buf_text(&out), "{\"first\":5,\"second\":-6}");
	buf_reset(&out);
	/* the second one lies outside */
	value_format(&out, btf, (uint32_t)section, data, 8, true);
	assert_string_equal(buf_text(&out), "{\"first\":5,\"second\":null}");
	buf_free(&out);
	btf__free(btf);
}

static void test_words(void **state)
{
	char word[WORD_MAX];
	struct buf out = {};

	(void)state;
	assert_string_equal(word_prog_type(BPF_PROG_TYPE_XDP, word), "xdp");
	assert_string_equal(word_prog_type(32, word), "netfilter");
	assert_string_equal(word_prog_type(999, word), "type 999");
	assert_string_equal(word_link_type(12, word), "uprobe_multi");
	assert_string_equal(word_map_type(BPF_MAP_TYPE_PROG_ARRAY, word), "prog_array");
	word_map_flags(&out, BPF_F_NO_PREALLOC | BPF_F_MMAPABLE | 1u << 31);
	assert_string_equal(buf_text(&out), "no_prealloc,mmapable,0x80000000");
	buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fdinfo),	      cmocka_unit_test(test_index),
		cmocka_unit_test(test_index_broken),  cmocka_unit_test(test_value),
		cmocka_unit_test(test_value_unknown), cmocka_unit_test(test_value_section),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
