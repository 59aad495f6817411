// SPDX-License-Identifier: GPL-2.0-only
/* The parts of which explanations of the compiler's errors are made. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "diagnose/diagnostics.h"
#include "diagnose/scene.h"
#include "diagnose/snippet.h"
#include "util/buf.h"

static const char said[] = "In file included from /x/p.c:7:\n"
			   "In file included from include/linux/a.h:1:\n"
			   "include/linux/b.h:3:2: error: unknown type name 'c'\n"
			   "        c d;\n"
			   "        ^\n"
			   "/x/p.c:9:4: warning: it is: 1:2: odd [-Wodd]\n"
			   "\tint a\n"
			   "\t    ^\n"
			   "\t    ;\n"
			   "/x/p.c:8:1: note: see here\n"
			   "error: p.c:12:30: in function f i32 (): too many args to 0x1\n"
			   "/x/p.c:14:10: fatal error: 'e.h' file not found\n";

static void test_parse(void **state)
{
	struct diags diags = {};
	const struct diag *d;

	(void)state;
	assert_int_equal(diags_parse(&diags, said), 0);
	assert_int_equal(diags.nr, 5);
	d = diags.list;
	assert_int_equal(d[0].level, DIAG_ERROR);
	assert_string_equal(d[0].file, "include/linux/b.h");
	assert_string_equal(d[0].from, "/x/p.c");
	assert_int_equal(d[0].from_line, 7);
	assert_string_equal(d[0].message, "unknown type name 'c'");
	assert_string_equal(d[0].shown, "        c d;\n        ^");
	assert_int_equal(d[1].level, DIAG_WARNING);
	assert_int_equal(d[1].line, 9);
	assert_int_equal(d[1].column, 4);
	assert_string_equal(d[1].message, "it is: 1:2: odd");
	assert_string_equal(d[1].from, "");
	assert_string_equal(d[2].message, "see here");
	assert_string_equal(d[2].shown, "");
	/* LLVM's column is that of another text */
	assert_string_equal(d[3].file, "p.c");
	assert_int_equal(d[3].line, 12);
	assert_int_equal(d[3].column, 0);
	assert_string_equal(d[4].message, "'e.h' file not found");
	diags_free(&diags);
	assert_int_equal(diags_parse(&diags, "/x/p.c:9:4: error: a\n    9 | \tint a\n      | "
					     "\t    ^\n      |             ;"),
			 0);
	assert_string_equal(diags.list[0].shown, "\tint a\n\t    ^\n            ;");
	diags_free(&diags);
	/* cut anywhere: nothing behind it is read */
	for (size_t len = 0; len <= strlen(said); len++) {
		char *copy = strndup(said, len);

		assert_int_equal(diags_parse(&diags, copy), 0);
		diags_free(&diags);
		free(copy);
	}
}

static void test_says(void **state)
{
	char words[2][DIAG_WORD_MAX];

	(void)state;
	assert_true(diag_says("no member named 'a' in 'struct b'; did",
			      "no member named '*' in '*'", words));
	assert_string_equal(words[0], "a");
	assert_string_equal(words[1], "struct b");
	assert_false(diag_says("no member named 'a'", "no member named '*' in '*'", words));
	assert_false(diag_says("", "no", words));
}

static void expect_shown(const char *text, struct diag at, unsigned int column,
			 const char *expected)
{
	struct buf out = {};

	assert_int_equal(snippet_show(&out, text, &at, false), column);
	assert_string_equal(buf_text(&out), expected);
	buf_free(&out);
}

static void test_snippet(void **state)
{
	const char *text = "one\n\tint f(void) { return x; }\ntwo";

	(void)state;
	expect_shown(text, (struct diag){ .line = 2, .column = 23, .shown = "" }, 23,
		     "\n        int f(void) { return x; }\n                             ^");
	/* what stands before a body is blank in what clang got */
	expect_shown(text,
		     (struct diag){ .line = 2,
				    .column = 23,
				    .shown = "                      return x; }\n                  "
					     "           ^\n                             y" },
		     23, "\n        int f(void) { return x; }\n                             ^");
	/* what clang got is something else: no mark is right */
	expect_shown(text,
		     (struct diag){ .line = 2, .column = 23, .shown = "        z();\n        ^" },
		     0, "\n        int f(void) { return x; }");
	expect_shown(text, (struct diag){ .line = 3, .column = 9, .shown = "" }, 0, "\ntwo");
	expect_shown(text, (struct diag){ .line = 4, .column = 1, .shown = "" }, 0, "");
	expect_shown(text, (struct diag){ .line = 0, .shown = "" }, 0, "");
}

static void expect_callee(const char *line, unsigned int column, const char *expected)
{
	char callee[32];

	snippet_callee(line, strlen(line), column, callee, sizeof(callee));
	assert_string_equal(callee, expected);
}

static void test_callee(void **state)
{
	(void)state;
	expect_callee("a = counts.lookup(&b, f(1), c);", 29, "counts.lookup");
	expect_callee("f(g(1));", 6, "g");
	expect_callee("f(g(1), 2);", 10, "f");
	expect_callee("f (1);", 5, "f");
	expect_callee("x;", 1, "");
	expect_callee("x;", 0, "");
	expect_callee("", 1, "");
	expect_callee("f(1);", 99, "");
}

static void expect_unclosed(const char *text, unsigned int line, unsigned int column)
{
	unsigned int at = 0, in = 0;

	assert_int_equal(explain_unclosed(text, &at, &in), line != 0);
	assert_int_equal(at, line);
	assert_int_equal(in, column);
}

static void test_unclosed(void **state)
{
	(void)state;
	expect_unclosed("int f(void)\n{\n}\n", 0, 0);
	expect_unclosed("int f(void)\n{\n", 2, 1);
	expect_unclosed("int f(void)\n{\n\tif (a) {\n}\nint g(void)\n{\n}\n", 3, 9);
	expect_unclosed("int f(void)\n{\n\tif (a) {\n\t}\n", 2, 1);
	/* in comments and texts they are none */
	expect_unclosed("/* { */ // {\nchar *a = \"{\", b = '{';\n", 0, 0);
	expect_unclosed("", 0, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),	 cmocka_unit_test(test_says),
		cmocka_unit_test(test_snippet),	 cmocka_unit_test(test_callee),
		cmocka_unit_test(test_unclosed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
