// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "diagnose/diagnostic.h"

static void expect(const char **text, const char *wanted)
{
	struct diagnostic d;
	char got[512];

	if (!diagnostic_next(&d, text)) {
		assert_null(wanted);
		return;
	}
	assert_non_null(wanted);
	snprintf(got, sizeof(got), "%s|%.*s|%u|%u|%.*s|%.*s", d.severity, (int)d.file_len, d.file,
		 d.line, d.column, (int)d.message_len, d.message, (int)d.more_len, d.more);
	assert_string_equal(got, wanted);
}

static void test_each(void **state)
{
	const char *text = "/x/p.c does not compile:\n"
			   "/x/p.c:4:10: error: use of 'a: b'\n"
			   "\tint a = foo: 3;\n"
			   "\t        ^~~\n"
			   "/x/p.c:5:3: warning: hello [-W#warnings]\n"
			   "/x/h.h:12:1: note: here\n"
			   "12 | x\n"
			   "\n"
			   "a:b:9:1: fatal error: 'x.h' file not found";

	(void)state;
	expect(&text, "error|/x/p.c|4|10|use of 'a: b'|\tint a = foo: 3;\n\t        ^~~");
	expect(&text, "warning|/x/p.c|5|3|hello [-W#warnings]|");
	expect(&text, "note|/x/h.h|12|1|here|12 | x");
	expect(&text, "error|a:b|9|1|'x.h' file not found|");
	expect(&text, NULL);
	expect(&text, NULL);
}

static void test_none(void **state)
{
	static const char *const texts[] = {
		"",
		"\n\n",
		"error: no place",
		"p.c: error: no line",
		"p.c:3: the verifier refused it",
		"p.c:1:1 error: no colon",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		const char *text = texts[i];

		expect(&text, NULL);
	}
}

static void expect_position(const char *message, const char *wanted)
{
	struct diagnostic d;
	const char *rest = diagnostic_position(&d, message);
	char got[256];

	if (d.file)
		snprintf(got, sizeof(got), "%.*s|%u|%u|%s", (int)d.file_len, d.file, d.line,
			 d.column, rest);
	else
		snprintf(got, sizeof(got), "none|%s", rest);
	assert_string_equal(got, wanted);
}

static void test_position(void **state)
{
	(void)state;
	expect_position("/a/b.c:12: the rest: 3", "/a/b.c|12|0|the rest: 3");
	expect_position("/a/b.c:12:7: the rest", "/a/b.c|12|7|the rest");
	expect_position("/a/b.c: no line", "none|/a/b.c: no line");
	expect_position("no place\nb.c:1: in the next line",
			"none|no place\nb.c:1: in the next line");
	expect_position("", "none|");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_position),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
