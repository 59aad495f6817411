// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "compile/run.h"
#include "probe/expand.h"
#include "util/buf.h"
#include "util/error.h"

static void expect_clean(const char *text, const struct expansion *exp, const char *where,
			 const char *expected)
{
	struct buf out = {};

	diagnostics_clean(&out, text, exp, where);
	if (strcmp(buf_text(&out), expected))
		fail_msg("%s\ninstead of\n%s", buf_text(&out), expected);
	buf_free(&out);
}

#define FIRST "/x/p.c:3:2: error: expected ';'\n\tint a\n\t     ^\n"
#define AGAIN "WARNING: compilation failure, trying with system bpf.h\n"

static void test_each_error_once(void **state)
{
	const struct expansion none = {};

	(void)state;
	expect_clean("", &none, NULL, "");
	expect_clean("\n\n", &none, NULL, "");
	expect_clean(FIRST "1 error generated.\n" AGAIN FIRST "1 error generated.\n", &none, NULL,
		     "/x/p.c:3:2: error: expected ';'\n\tint a\n\t     ^");
	expect_clean(FIRST "12 warnings and 3 errors generated.", &none, NULL,
		     "/x/p.c:3:2: error: expected ';'\n\tint a\n\t     ^");
	expect_clean("no line end", &none, NULL, "no line end");
	/* a line of source may begin with a digit */
	expect_clean(FIRST "3 things\n", &none, NULL,
		     "/x/p.c:3:2: error: expected ';'\n\tint a\n\t     ^\n3 things");
}

static void test_where(void **state)
{
	static struct error err;
	struct expansion exp = {};
	struct buf line = {}, text = {};
	const char *where = "ret < nope";

	(void)state;
	assert_int_equal(where_rewrite(where, "ret ", &line, &exp.where_map, &err), 0);
	exp.where_len = line.len;
	buf_printf(&text,
		   EXPAND_WHERE_FILE ":1:%d: error: use of undeclared identifier 'nope'\n%s\n"
				     "            ^\n1 error generated.\n",
		   (int)(strstr(line.data, "nope") - line.data) + 1, buf_text(&line));
	expect_clean(buf_text(&text), &exp, where,
		     "--where: use of undeclared identifier 'nope'\n    ret < nope\n          ^");
	/* cut anywhere: no crash, nothing beyond it read */
	for (size_t len = 0; len <= text.len; len++) {
		char *copy = strndup(text.data, len);
		struct buf out = {};

		diagnostics_clean(&out, copy, &exp, where);
		buf_free(&out);
		free(copy);
	}
	buf_free(&text);
	buf_free(&line);
	expansion_free(&exp);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_error_once),
		cmocka_unit_test(test_where),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
