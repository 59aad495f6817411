// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "util/buf.h"
#include "util/error.h"
#include "util/text.h"

/* Unicode 15, table 3-7, as a second way to say it: by decoding. */
static size_t utf8_by_value(const unsigned char *s, size_t len)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t need = s[0] < 0x80	  ? 1
		      : s[0] >> 5 == 6	  ? 2
		      : s[0] >> 4 == 0xe  ? 3
		      : s[0] >> 3 == 0x1e ? 4
					  : 0;
	uint32_t value;

	if (need <= 1)
		return need;
	if (len < need)
		return 0;
	value = s[0] & (0x7fu >> need);
	for (size_t i = 1; i < need; i++) {
		if (s[i] >> 6 != 2)
			return 0;
		value = value << 6 | (s[i] & 0x3f);
	}
	if (value < least[need] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
		return 0;
	return need;
}

/* every first and second byte, with the third and fourth at their limits, at every length */
static void test_utf8(void **state)
{
	static const unsigned char edges[] = { 0x00, 0x7f, 0x80, 0x8f, 0x90,
					       0x9f, 0xa0, 0xbf, 0xc0, 0xff };

	(void)state;
	assert_int_equal(text_utf8_len((const unsigned char *)"", 0), 0);
	for (unsigned int a = 0; a < 256; a++)
		for (unsigned int b = 0; b < 256; b++)
			for (size_t c = 0; c < sizeof(edges); c++)
				for (size_t len = 1; len <= 4; len++) {
					unsigned char s[4] = { (unsigned char)a, (unsigned char)b,
							       edges[c], edges[(c + 3) % 10] };

					if (text_utf8_len(s, len) != utf8_by_value(s, len))
						fail_msg("%02x %02x %02x %02x, %zu bytes", s[0],
							 s[1], s[2], s[3], len);
				}
}

static void expect_escape(const char *text, size_t len, const char *expected, size_t columns)
{
	struct buf out = {};

	assert_int_equal(text_escape(&out, text, len), columns);
	assert_string_equal(buf_text(&out), expected);
	buf_free(&out);
}

static void test_escape(void **state)
{
	(void)state;
	expect_escape("", 0, "", 0);
	expect_escape("plain", 5, "plain", 5);
	expect_escape("a\nb\tc\rd\\e", 9, "a\\nb\\tc\\rd\\\\e", 13);
	expect_escape("\0\x1b[2J\x7f", 6, "\\x00\\x1b[2J\\x7f", 15);
	expect_escape("sch\303\266n", 6, "sch\303\266n", 5);
	/* C1 controls are 8-bit escapes to some terminals: U+009B is CSI */
	expect_escape("\302\2332J", 4, "\\xc2\\x9b2J", 10);
	expect_escape("\302\240", 2, "\302\240", 1);
	/* cut, overlong, surrogate */
	expect_escape("\342\202", 2, "\\xe2\\x82", 8);
	expect_escape("\300\257", 2, "\\xc0\\xaf", 8);
	expect_escape("\355\240\200", 3, "\\xed\\xa0\\x80", 12);
	expect_escape("\360\237\220\247x", 5, "\360\237\220\247x", 2);
}

/* What comes out of text_escape is always printable UTF-8. */
static void test_escape_is_safe(void **state)
{
	uint32_t seed = 1;

	(void)state;
	for (int round = 0; round < 2000; round++) {
		struct buf out = {};
		char text[24];

		for (size_t i = 0; i < sizeof(text); i++) {
			seed = seed * 1664525 + 1013904223;
			text[i] = (char)(seed >> 24);
		}
		text_escape(&out, text, sizeof(text));
		for (size_t i = 0; i < out.len;) {
			const unsigned char *s = (unsigned char *)out.data + i;
			size_t len = text_utf8_len(s, out.len - i);

			assert_true(len >= 1);
			assert_true(s[0] >= 0x20 && s[0] != 0x7f);
			assert_false(s[0] == 0xc2 && s[1] < 0xa0);
			i += len;
		}
		buf_free(&out);
	}
}

static const char *nearest(struct near *near, const char *wanted, const char *const *names)
{
	*near = (struct near){ .wanted = wanted };
	while (*names)
		near_offer(near, *names++);
	return near_best(near);
}

static void test_near(void **state)
{
	static const char *const names[] = { "exec",	   "open",	"write",
					     "tcpconnect", "sockalloc", NULL };
	static const char *const none[] = { NULL };
	char long_name[300];
	const char *const long_names[] = { long_name, NULL };
	struct near near;

	(void)state;
	assert_string_equal(nearest(&near, "exce", names), "exec");
	assert_string_equal(nearest(&near, "opne", names), "open");
	assert_string_equal(nearest(&near, "wirte", names), "write");
	assert_string_equal(nearest(&near, "tcpconect", names), "tcpconnect");
	assert_string_equal(nearest(&near, "sock", names), "sockalloc");
	assert_string_equal(nearest(&near, "exec", names), "exec");
	assert_null(nearest(&near, "banana", names));
	assert_null(nearest(&near, "xyz", names));
	assert_null(nearest(&near, "exec", none));
	assert_null(nearest(&near, "", names));
	memset(long_name, 'x', sizeof(long_name) - 1);
	long_name[sizeof(long_name) - 1] = '\0';
	assert_null(nearest(&near, "xxxx_", long_names));
	assert_null(nearest(&near, long_name, names));
}

static void test_ident(void **state)
{
	(void)state;
	assert_int_equal(text_ident_len("abc_9(x)"), 5);
	assert_int_equal(text_ident_len("_x"), 2);
	assert_int_equal(text_ident_len("9x"), 0);
	assert_int_equal(text_ident_len(""), 0);
	assert_int_equal(text_ident_len(" a"), 0);
	assert_int_equal(text_ident_len("\303\266"), 0);
}

static void test_starts_ends(void **state)
{
	static const char *const prefixes[] = { "abcd", "ab" };

	(void)state;
	assert_true(text_starts("abc", "ab"));
	assert_true(text_starts("abc", ""));
	assert_false(text_starts("ab", "abc"));
	assert_true(text_starts_any("abc", prefixes, 2));
	assert_false(text_starts_any("abc", prefixes, 1));
	assert_false(text_starts_any("abc", prefixes, 0));
	assert_true(text_ends("exec.c", ".c"));
	assert_true(text_ends(".c", ".c"));
	assert_false(text_ends("c", ".c"));
}

static void test_line(void **state)
{
	const char *text = "a\nb\n\nc";

	(void)state;
	assert_int_equal(text_line(text, text), 1);
	assert_int_equal(text_line(text, text + 1), 1);
	assert_int_equal(text_line(text, text + 2), 2);
	assert_int_equal(text_line(text, text + 5), 4);
}

static void test_u64(void **state)
{
	static const struct {
		const char *text;
		int ret;
		uint64_t value;
	} cases[] = {
		{ "0", 0, 0 },
		{ "42", 0, 42 },
		{ "0x1F", 0, 31 },
		{ "010", 0, 8 },
		{ "18446744073709551615", 0, UINT64_MAX },
		{ "18446744073709551616", -ERANGE, 0 },
		{ "", -EINVAL, 0 },
		{ "-1", -EINVAL, 0 },
		{ "+1", -EINVAL, 0 },
		{ " 1", -EINVAL, 0 },
		{ "1 ", -EINVAL, 0 },
		{ "0x", -EINVAL, 0 },
		{ "08", -EINVAL, 0 },
		{ "1k", -EINVAL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint64_t value = 0;
		int ret = text_u64(cases[i].text, &value);

		if (ret != cases[i].ret || (!ret && value != cases[i].value))
			fail_msg("'%s': %d", cases[i].text, ret);
	}
}

static void test_buf(void **state)
{
	struct buf buf = {};

	(void)state;
	assert_string_equal(buf_text(&buf), "");
	buf_add(&buf, NULL, 0);
	assert_string_equal(buf.data, "");
	buf_printf(&buf, "%d-%s", 7, "x");
	buf_pad(&buf, 0, 6);
	buf_char(&buf, '|');
	assert_string_equal(buf_text(&buf), "7-x   |");
	buf_pad(&buf, 0, 3);
	assert_int_equal(buf.len, 7);
	for (int i = 0; i < 3000; i++)
		buf_str(&buf, "abc");
	assert_int_equal(buf.len, 9007);
	assert_int_equal(strlen(buf.data), 9007);
	/* more than there can be: remembered, and the content stays */
	buf_add(&buf, "", SIZE_MAX / 2);
	assert_true(buf.failed);
	buf_str(&buf, "more");
	assert_int_equal(buf.len, 9007);
	buf_reset(&buf);
	assert_false(buf.failed);
	assert_string_equal(buf_text(&buf), "");
	buf_free(&buf);
	assert_null(buf.data);
}

static void test_error_first_wins(void **state)
{
	static struct error err;

	(void)state;
	memset(&err, 0, sizeof(err));
	assert_int_equal(error_sys(&err, -EACCES, "cannot open %s", "x"), -EACCES);
	assert_int_equal(error_set(&err, -EINVAL, "later"), -EINVAL);
	assert_int_equal(error_sys(&err, -ENOENT, "later"), -ENOENT);
	assert_int_equal(error_usage(&err, "later"), -EINVAL);
	assert_int_equal(err.code, -EACCES);
	assert_int_equal(err.status, 1);
	assert_string_equal(err.text, "cannot open x: Permission denied");
	assert_int_equal(error_hint(&err, "one"), -EACCES);
	error_hint(&err, "two");
	assert_string_equal(err.hint, "one");

	memset(&err, 0, sizeof(err));
	error_usage(&err, "what");
	assert_int_equal(err.status, 2);

	/* too long a message is cut, and its errno with it */
	memset(&err, 0, sizeof(err));
	error_sys(&err, -EIO, "%9000s", "x");
	assert_int_equal(strlen(err.text), sizeof(err.text) - 1);
}

static void test_errno_names(void **state)
{
	(void)state;
	assert_string_equal(errno_name(EACCES), "EACCES");
	assert_string_equal(errno_name(524), "ENOTSUPP");
	assert_string_equal(errno_name(512), "ERESTARTSYS");
	assert_string_equal(errno_name(529), "EIOCBQUEUED");
	assert_string_equal(errno_name(530), "ERECALLCONFLICT");
	assert_null(errno_name(0));
	assert_null(errno_name(-13));
	assert_null(errno_name(520));
	assert_null(errno_name(531));
	assert_null(errno_name(4096));
}

/* Each byte at each place among plain ones, behind another that is not plain or not. */
static void test_plain_len(void **state)
{
	(void)state;
	for (unsigned int c = 0; c < 256; c++) {
		bool plain = c >= 0x20 && c < 0x7f && c != '"' && c != '\\';

		for (size_t at = 0; at < 20; at++) {
			char text[21];

			memset(text, 'a', sizeof(text));
			text[at] = (char)c;
			assert_int_equal(text_plain_len(text, 20), plain ? 20 : at);
			text[20] = '\n';
			assert_int_equal(text_plain_len(text, 21), plain ? 20 : at);
			if (at)
				text[at - 1] = (char)0xff;
			assert_int_equal(text_plain_len(text, 20), at ? at - 1 : plain ? 20 : 0);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain_len),
		cmocka_unit_test(test_utf8),
		cmocka_unit_test(test_escape),
		cmocka_unit_test(test_escape_is_safe),
		cmocka_unit_test(test_near),
		cmocka_unit_test(test_ident),
		cmocka_unit_test(test_starts_ends),
		cmocka_unit_test(test_line),
		cmocka_unit_test(test_u64),
		cmocka_unit_test(test_buf),
		cmocka_unit_test(test_error_first_wins),
		cmocka_unit_test(test_errno_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
