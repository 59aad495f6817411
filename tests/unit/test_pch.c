// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compile/pch.h"
#include "object/deps.h"
#include "object/request.h"
#include "util/process.h"

/* What is taken out of @text, which has @prelude before it; the rest must keep every line. */
static void split(const char *prelude, const char *text, const char *head, const char *rest)
{
	struct buf whole = {}, got_head = {}, got_rest = {};
	const char *one, *other;

	buf_str(&whole, prelude);
	buf_str(&whole, text);
	pch_split(buf_text(&whole), strlen(prelude), &got_head, &got_rest);
	assert_string_equal(buf_text(&got_head), head);
	assert_int_equal(got_rest.len, whole.len);
	assert_memory_equal(got_rest.data, prelude, strlen(prelude));
	assert_string_equal(buf_text(&got_rest) + strlen(prelude), rest);
	/* what is left stands where it stood, or diagnostics would point elsewhere */
	for (one = buf_text(&whole), other = buf_text(&got_rest); *one; one++, other++)
		assert_true(*one == *other || (*other == ' ' && *one != '\n'));
	buf_free(&whole);
	buf_free(&got_head);
	buf_free(&got_rest);
}

static void test_split(void **state)
{
	(void)state;
	split("", "", "", "");
	split("", "int a;\n", "", "int a;\n");
	split("", "#include <a.h>\nint a;\n", "#include <a.h>\n", "              \nint a;\n");
	split("struct p;\n#include <own.h>\n", "#include <a.h>\n#include <b/c.h>\n",
	      "#include <a.h>\n#include <b/c.h>\n", "              \n                \n");
	/* one spelling of each, so that one precompiled file serves them all */
	split("", "  #\tinclude\t<a.h>\n", "#include <a.h>\n", "                 \n");
	split("", "#include<a.h> // why\n", "#include <a.h>\n", "              // why\n");
	split("", "#include <a.h> /* a */ /* b */\n", "#include <a.h>\n",
	      "               /* a */ /* b */\n");
	split("", "#include <a.h>\r\n", "#include <a.h>\n", "              \r\n");
	split("", "#include <a.h>", "#include <a.h>\n", "              ");
}

static void test_split_between(void **state)
{
	(void)state;
	split("",
	      "/* #include <no.h> */\n// #include <no.h>\n#line 3 \"x\"\n#include <a.h>\nint a;",
	      "#include <a.h>\n",
	      "/* #include <no.h> */\n// #include <no.h>\n#line 3 \"x\"\n              \nint a;");
	split("", "/* a */ #include <a.h>\n", "#include <a.h>\n", "/* a */               \n");
}

/* Whatever could give the next include another meaning ends the head. */
static void test_split_end(void **state)
{
	static const char *const ends[] = {
		"#define A 1\n",
		"#undef A\n",
		"#if 0\n",
		"#ifdef A\n",
		"#pragma pack(1)\n",
		"#include \"a.h\"\n",
		"#include MACRO\n",
		"#include <a.h> junk\n",
		"#include <a.h\n",
		"#include_next <a>\n",
		"#include <a\\\n.h>\n",
		"int a;\n",
		"#include <a.h> /* to\nhere */\n",
		"#import <a.h>\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		char text[256], rest[256];

		snprintf(text, sizeof(text), "#include <z.h>\n%s#include <b.h>\n", ends[i]);
		snprintf(rest, sizeof(rest), "              \n%s#include <b.h>\n", ends[i]);
		split("", text, "#include <z.h>\n", rest);
	}
}

static bool same_key(const struct request *one, const struct request *other, const char *source)
{
	struct pch a, b;
	char why[CACHE_WHY_MAX];
	bool same;

	assert_int_not_equal(pch_find(&a, one, 0, "/source", why), 0);
	assert_int_not_equal(pch_find(&b, other, 0, source, why), 0);
	assert_true(a.key.len && b.key.len);
	same = a.key.len == b.key.len && memcmp(a.key.data, b.key.data, a.key.len) == 0;
	pch_close(&a);
	pch_close(&b);
	return same;
}

static void test_key(void **state)
{
	struct request one = { .text = "#include <a.h>\nint a;",
			       .release = "6.1",
			       .header_kind = 2,
			       .header_path = "/proc/self/fd/4",
			       .work_dir = "/tmp/1",
			       .flags = { "-DA" },
			       .nr_flags = 1 };
	struct request other = one;

	(void)state;
	assert_true(same_key(&one, &other, "/source"));
	assert_false(same_key(&one, &other, "/other"));
	other.text = "\n#include <a.h>\nint b;";
	other.work_dir = "/tmp/2";
	assert_true(same_key(&one, &other, "/source"));
	other.text = "#include <b.h>\nint b;";
	assert_false(same_key(&one, &other, "/source"));
	other = one;
	other.release = "6.2";
	assert_false(same_key(&one, &other, "/source"));
	other = one;
	other.header_kind = 1;
	assert_false(same_key(&one, &other, "/source"));
	other = one;
	other.flags[0] = "-DB";
	assert_false(same_key(&one, &other, "/source"));
	other.flags[0] = "-DA=1";
	assert_false(same_key(&one, &other, "/source"));
	/* what is the probe's own no header sees */
	other = one;
	other.flags[other.nr_flags++] = "-DOPT_FAILED";
	other.flags[other.nr_flags++] = "-DHAVE_TRACEPOINT_sched__sched_switch";
	other.formats[other.nr_formats].event = "sched/sched_switch";
	other.formats[other.nr_formats++].format = "name: sched_switch";
	assert_true(same_key(&one, &other, "/source"));
	other.flags[other.nr_flags++] = "-DDEBUG";
	assert_false(same_key(&one, &other, "/source"));
}

static int setup(void **state)
{
	static char dir[64];

	snprintf(dir, sizeof(dir), "/tmp/test-pch-XXXXXX");
	assert_non_null(mkdtemp(dir));
	setenv("HOTPROBE_CACHE", dir, 1);
	*state = dir;
	return 0;
}

static int teardown(void **state)
{
	folder_remove(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_split_between),
		cmocka_unit_test(test_split_end),
		cmocka_unit_test_setup_teardown(test_key, setup, teardown),
	};

	return cmocka_run_group_tests_name("pch", tests, NULL, NULL);
}
