// SPDX-License-Identifier: GPL-2.0-only
/* Values of options: numbers, sizes and times, exact to the last unit. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "options/optval.h"
#include "util/buf.h"

static void test_numbers(void **state)
{
	static const struct {
		enum optval_kind kind;
		const char *text;
		int ret;
		uint64_t number;
	} cases[] = {
		{ OPTVAL_INT, "0", 0, 0 },
		{ OPTVAL_INT, "0x1f", 0, 31 },
		{ OPTVAL_INT, "9223372036854775807", 0, INT64_MAX },
		{ OPTVAL_INT, "9223372036854775808", -ERANGE, 0 },
		{ OPTVAL_INT, "+1", -EINVAL, 0 },
		{ OPTVAL_INT, " 1", -EINVAL, 0 },
		{ OPTVAL_INT, "1K", -EINVAL, 0 },
		{ OPTVAL_SIZE, "1", 0, 1 },
		{ OPTVAL_SIZE, "4k", 0, 4096 },
		{ OPTVAL_SIZE, "3M", 0, 3 << 20 },
		{ OPTVAL_SIZE, "2G", 0, UINT64_C(2) << 30 },
		{ OPTVAL_SIZE, "8589934592G", -ERANGE, 0 },
		{ OPTVAL_SIZE, "18446744073709551616", -ERANGE, 0 },
		{ OPTVAL_SIZE, "18446744073709551615", -ERANGE, 0 },
		{ OPTVAL_SIZE, "K", -EINVAL, 0 },
		{ OPTVAL_SIZE, "1.5M", -EINVAL, 0 },
		{ OPTVAL_SIZE, "", -EINVAL, 0 },
		{ OPTVAL_TIME, "2", 0, 2000000000 },
		{ OPTVAL_TIME, "2s", 0, 2000000000 },
		{ OPTVAL_TIME, "0.000000001", 0, 1 },
		{ OPTVAL_TIME, "1.25ms", 0, 1250000 },
		{ OPTVAL_TIME, "300us", 0, 300000 },
		{ OPTVAL_TIME, "7ns", 0, 7 },
		{ OPTVAL_TIME, "1.5m", 0, UINT64_C(90000000000) },
		{ OPTVAL_TIME, "9223372036s", 0, UINT64_C(9223372036000000000) },
		{ OPTVAL_TIME, "9223372037s", -ERANGE, 0 },
		{ OPTVAL_TIME, "99999999999999999999m", -ERANGE, 0 },
		{ OPTVAL_TIME, "999999999999999999999999999999999999999", -ERANGE, 0 },
		{ OPTVAL_TIME, ".5", -EINVAL, 0 },
		{ OPTVAL_TIME, "1.", -EINVAL, 0 },
		{ OPTVAL_TIME, "1.s", -EINVAL, 0 },
		{ OPTVAL_TIME, "1.2.3", -EINVAL, 0 },
		{ OPTVAL_TIME, "1 s", -EINVAL, 0 },
		{ OPTVAL_TIME, "", -EINVAL, 0 },
		{ OPTVAL_TEXT, "1", -EINVAL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint64_t number = 0;

		assert_int_equal(optval_number(cases[i].kind, cases[i].text, &number),
				 cases[i].ret);
		if (cases[i].ret == 0)
			assert_int_equal(number, cases[i].number);
	}
}

static void test_size_text(void **state)
{
	static const struct {
		uint64_t bytes;
		const char *text;
	} cases[] = {
		{ 0, "0" },	  { 1, "1" },	     { 4096, "4K" },
		{ 4097, "4097" }, { 1 << 20, "1M" }, { UINT64_C(2048) << 30, "2048G" },
	};
	struct buf out = {};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		buf_reset(&out);
		optval_size_text(&out, cases[i].bytes);
		assert_string_equal(buf_text(&out), cases[i].text);
	}
	buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_size_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
