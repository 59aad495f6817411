// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "probe/expand.h"
#include "util/buf.h"
#include "util/error.h"

static struct error err;

/* ---- fields_of_type ------------------------------------------------------------------------ */

static void expect_fields(const char *text, const char *type, const char *expected)
{
	struct buf names = {};
	int ret = fields_of_type(text, type, &names);

	if (!expected)
		assert_int_equal(ret, -ENOENT);
	else if (ret || strcmp(buf_text(&names), expected))
		fail_msg("%s\ngives %d '%s'", text, ret, buf_text(&names));
	buf_free(&names);
}

static void test_declarations(void **state)
{
	(void)state;
	expect_fields("struct event { u32 pid; };", "struct event", "pid ");
	expect_fields("struct event\n{\n\tu32 pid, tid;\n\tchar comm[16];\n};", "struct event",
		      "pid tid comm ");
	expect_fields("struct event { u32 a : 3, b : 5; unsigned long c[2][3]; void *p; };",
		      "struct event", "a b c p ");
	expect_fields("struct event { struct task_struct *task; enum color color; };",
		      "struct event", "task color ");
	expect_fields("struct event { TEXT(256) file; ARGV(PAGE_SIZE - 1) args; };", "struct event",
		      "file.data args ");
	expect_fields(
		"struct event { u32 pid; union { u32 v4; struct { u64 hi, lo; }; }; int z; };",
		"struct event", "pid v4 hi lo z ");
	expect_fields("struct event { u32 pid __attribute__((aligned(8))); };", "struct event",
		      "pid ");
	expect_fields("struct event { __attribute__((aligned(8))) u32 pid; };", "struct event",
		      "pid ");
	expect_fields("struct event { };", "struct event", "");
	expect_fields("struct event {\r\n\tu32 pid;\r\n};\r\n", "struct event", "pid ");
}

static void test_comments_and_directives(void **state)
{
	(void)state;
	expect_fields("struct event {\n\tu32 pid; /* who; what, [ } */\n\t// int no;\n\tu32 b;\n};",
		      "struct event", "pid b ");
	expect_fields("struct event { u32 pid /* of the process */; u32 /* b */ tid; };",
		      "struct event", "pid tid ");
	expect_fields("struct event {\n\tu32 a;\n#ifdef X\n\tu32 b;\n#else\n\tu64 c;\n#endif\n};",
		      "struct event", "a b c ");
	expect_fields("/* struct event { int wrong; } */\nstruct event { int right; };",
		      "struct event", "right ");
	expect_fields("// struct event { int wrong; }\nstruct event { int right; };",
		      "struct event", "right ");
}

static void test_definition(void **state)
{
	(void)state;
	expect_fields("struct event;\nstruct event_more { int no; };\nstruct event { int a; };",
		      "struct event", "a ");
	expect_fields("struct event;", "struct event", NULL);
	expect_fields("", "struct event", NULL);
	expect_fields("struct event { int a; struct event *next; } x;", "struct event", "a next ");
	expect_fields("struct other { struct event e; };", "struct event", NULL);
}

/* what does not end is no reason to read on */
static void test_open_ends(void **state)
{
	static const char *const texts[] = {
		"struct event {",	    "struct event { int a", "struct event { int a; /*",
		"struct event { int a; //", "struct event { #",	    "struct event { TEXT(",
		"struct event { int a[",    "struct event { {{{{",  "struct event { int a; }",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		char *copy = strdup(texts[i]);
		struct buf names = {};

		assert_int_equal(fields_of_type(copy, "struct event", &names), 0);
		buf_free(&names);
		free(copy);
	}
}

/* ---- where_rewrite ------------------------------------------------------------------------- */

#define FIELDS "pid ret comm args e x1f UL file.data "

/* Each byte of the result that also stands in the expression must point at itself there. */
static void check_map(const char *expr, const struct buf *out, const int *map)
{
	for (size_t i = 0; i < out->len; i++) {
		assert_true(map[i] >= 0 && (size_t)map[i] < strlen(expr));
		if (i)
			assert_true(map[i] >= map[i - 1]);
	}
}

static void expect_where(const char *expr, const char *expected)
{
	struct buf out = {};
	int *map = NULL;

	memset(&err, 0, sizeof(err));
	if (where_rewrite(expr, FIELDS, &out, &map, &err) || strcmp(buf_text(&out), expected))
		fail_msg("%s\ngives %s\nnot   %s\n%s", expr, buf_text(&out), expected, err.text);
	check_map(expr, &out, map);
	free(map);
	buf_free(&out);
}

static void test_rewrite(void **state)
{
	(void)state;
	expect_where("pid", "hp_e->pid");
	expect_where("ret < 0 && pid != 1", "hp_e->ret < 0 && hp_e->pid != 1");
	expect_where("pid1 == pid_ + Xpid", "pid1 == pid_ + Xpid");
	expect_where("(pid)", "(hp_e->pid)");
	expect_where("-ret == EACCES", "-hp_e->ret == EACCES");
	expect_where("comm[0] == 'p'", "hp_e->comm[0] == 'p'");
	expect_where("comm[pid] == '\\''", "hp_e->comm[hp_e->pid] == '\\''");
	expect_where("a.pid == b->pid", "a.pid == b->pid");
	expect_where("a . pid == b ->\tpid", "a . pid == b ->\tpid");
	expect_where("e.pid > pid", "hp_e->e.pid > hp_e->pid");
	expect_where("1 >pid", "1 >hp_e->pid");
	expect_where(">pid", ">hp_e->pid");
	/* digits and their suffixes are no names, though fields are called like them */
	expect_where("0x1f + 10UL + 1e", "0x1f + 10UL + 1e");
	expect_where("x1f + UL + e", "hp_e->x1f + hp_e->UL + hp_e->e");
	expect_where("'pid' == 0", "'pid' == 0");
}

/* What a text comparison means, told by what it makes of a field. */
static void expect_bytes(const char *literal, const char *bytes, size_t len)
{
	char expr[64];
	struct buf out = {}, expected = {};
	int *map;

	snprintf(expr, sizeof(expr), "comm == \"%s\"", literal);
	buf_str(&expected, "(");
	for (size_t i = 0; i < len; i++)
		buf_printf(&expected, "sizeof(hp_e->comm) > %zu && (u8)hp_e->comm[%zu] == %u && ",
			   i, i, (unsigned char)bytes[i]);
	buf_printf(&expected, "(sizeof(hp_e->comm) == %zu || (u8)hp_e->comm[%zu] == 0))", len, len);
	memset(&err, 0, sizeof(err));
	assert_int_equal(where_rewrite(expr, FIELDS, &out, &map, &err), 0);
	assert_string_equal(buf_text(&out), buf_text(&expected));
	check_map(expr, &out, map);
	free(map);
	buf_free(&out);
	buf_free(&expected);
}

static void test_text(void **state)
{
	(void)state;
	expect_bytes("", "", 0);
	expect_bytes("dd", "dd", 2);
	expect_bytes("a b", "a b", 3);
	expect_bytes("\\n\\t\\r\\a\\b\\f\\v\\e", "\n\t\r\a\b\f\v\033", 8);
	expect_bytes("\\\\\\\"\\'\\?", "\\\"'?", 4);
	expect_bytes("\\x41\\x7e", "A~", 2);
	expect_bytes("\\101\\0\\18\\0333", "A\0\001\070\0333", 6);
	expect_bytes("\303\266", "\303\266", 2);
	expect_where("comm != \"\"", "!((sizeof(hp_e->comm) == 0 || (u8)hp_e->comm[0] == 0))");
	expect_where("comm==\"\"||pid",
		     "((sizeof(hp_e->comm) == 0 || (u8)hp_e->comm[0] == 0))||hp_e->pid");
	/* a TEXT(n): as much of it as its size says */
	expect_where("file == \"a\"",
		     "((s32)hp_e->file.size > 0 && sizeof(hp_e->file.data) > 0 && "
		     "(u8)hp_e->file.data[0] == 97 && (hp_e->file.size == 1 || "
		     "(sizeof(hp_e->file.data) == 1 || (u8)hp_e->file.data[1] == 0)))");
	expect_where("file.size > pid", "hp_e->file.size > hp_e->pid");
	/* what is no field is left to the compiler */
	expect_where("foo == \"x\"", "foo == \"x\"");
}

/* A position in the result is one in what the user typed. */
static void test_map(void **state)
{
	const char *expr = "ret < nope";
	struct expansion exp = {};
	struct buf out = {};
	const char *at;

	(void)state;
	memset(&err, 0, sizeof(err));
	assert_int_equal(where_rewrite(expr, FIELDS, &out, &exp.where_map, &err), 0);
	exp.where_len = out.len;
	at = strstr(out.data, "nope");
	assert_int_equal(expand_where_column(&exp, (int)(at - out.data) + 1), 7);
	at = strstr(out.data, "<");
	assert_int_equal(expand_where_column(&exp, (int)(at - out.data) + 1), 5);
	at = strstr(out.data, "ret");
	assert_int_equal(expand_where_column(&exp, (int)(at - out.data) + 1), 1);
	assert_int_equal(expand_where_column(&exp, 1), 1);
	/* outside of it */
	assert_int_equal(expand_where_column(&exp, 0), 1);
	assert_int_equal(expand_where_column(&exp, -5), 1);
	assert_int_equal(expand_where_column(&exp, 5000), (int)strlen(expr) + 1);
	buf_free(&out);
	expansion_free(&exp);
	assert_int_equal(expand_where_column(&exp, 5), 1);
}

static void expect_refused(const char *expr, const char *why)
{
	struct buf out = {};
	int *map = NULL;

	memset(&err, 0, sizeof(err));
	if (!where_rewrite(expr, FIELDS, &out, &map, &err))
		fail_msg("'%s' is taken", expr);
	assert_int_equal(err.status, 2);
	assert_null(map);
	if (!strstr(err.text, why))
		fail_msg("'%s': %s", expr, err.text);
	buf_free(&out);
}

static void test_refused(void **state)
{
	static const char letters[] = ";{}#\n\\";
	char expr[64], *long_expr;

	(void)state;
	for (const char *c = letters; *c; c++) {
		snprintf(expr, sizeof(expr), "pid %c 1", *c);
		expect_refused(expr, "cannot stand");
		/* inside of a text they are as good as any, but for the end of a line */
		if (*c != '\n' && *c != '\\') {
			struct buf out = {};
			int *map = NULL;

			memset(&err, 0, sizeof(err));
			snprintf(expr, sizeof(expr), "comm == \"%c\"", *c);
			assert_int_equal(where_rewrite(expr, FIELDS, &out, &map, &err), 0);
			free(map);
			buf_free(&out);
		}
	}
	expect_refused("", "empty");
	expect_refused(" \t ", "empty");
	expect_refused("pid // x", "cannot stand");
	expect_refused("pid /* x */", "cannot stand");
	expect_refused("pid) || (1", "cannot stand");
	expect_refused("(pid", "is missing");
	expect_refused("comm == \"x", "quote is not closed");
	expect_refused("comm == \"x\\\"", "quote is not closed");
	expect_refused("comm == \"x\n\"", "quote is not closed");
	expect_refused("comm == \"x\\\n\"", "quote is not closed");
	expect_refused("pid == 'x", "quote is not closed");
	expect_refused("'", "quote is not closed");
	expect_refused("'\\", "quote is not closed");
	long_expr = calloc(1, 5000);
	assert_non_null(long_expr);
	memset(long_expr, '1', 4097);
	expect_refused(long_expr, "longer than 4096");
	free(long_expr);
}

/* The caret stands under what is refused. */
static void test_caret(void **state)
{
	(void)state;
	expect_refused("ret < 0; pid", "\n    ret < 0; pid\n           ^");
	expect_refused(")", "\n    )\n    ^");
}

static void test_mutations(void **state)
{
	static const char alphabet[] = "pid ret comm==\"'\\x0()[]{}->.;,&|!<>#/*\n\t1\377";
	uint32_t seed = 7;

	(void)state;
	for (int round = 0; round < 10000; round++) {
		char expr[40];
		struct buf out = {};
		int *map = NULL;
		size_t len = 0;

		seed = seed * 1664525 + 1013904223;
		for (size_t want = (seed >> 16) % (sizeof(expr) - 1); len < want; len++) {
			seed = seed * 1664525 + 1013904223;
			expr[len] = alphabet[(seed >> 16) % (sizeof(alphabet) - 1)];
		}
		expr[len] = '\0';
		memset(&err, 0, sizeof(err));
		if (where_rewrite(expr, FIELDS, &out, &map, &err) == 0)
			check_map(expr, &out, map);
		else
			assert_true(err.text[0]);
		free(map);
		buf_free(&out);
		fields_of_type(expr, "pid", &out);
		buf_free(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_declarations), cmocka_unit_test(test_comments_and_directives),
		cmocka_unit_test(test_definition),   cmocka_unit_test(test_open_ends),
		cmocka_unit_test(test_rewrite),	     cmocka_unit_test(test_text),
		cmocka_unit_test(test_map),	     cmocka_unit_test(test_refused),
		cmocka_unit_test(test_caret),	     cmocka_unit_test(test_mutations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
