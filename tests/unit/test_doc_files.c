// SPDX-License-Identifier: GPL-2.0-only
/* The section Files of a doc comment: what is read, told, and defined for the compiler. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "options/options.h"
#include "probe/doc.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/form.h"

/* A doc comment with this in its section Files, whose lines are the 10th and so on. */
static int parse(const char *files, struct doc *doc, struct error *err)
{
	struct buf source = {};
	int ret;

	buf_printf(&source,
		   "/*\n"
		   " * tls - trace it\n"
		   " *\n"
		   " * Options:\n"
		   " *   --keylog=FILE  keys\n"
		   " *   --flag         none\n"
		   " *   --name=TEXT    none\n"
		   " *\n"
		   " * Files:\n"
		   "%s\n"
		   " */\n",
		   files);
	memset(err, 0, sizeof(*err));
	ret = doc_parse("tls.c", buf_text(&source), "tls", doc, err);
	buf_free(&source);
	return ret;
}

static void test_read(void **state)
{
	static struct error err;
	struct doc doc;

	(void)state;
	assert_int_equal(parse(" *   keys   ${keylog}   {label}  {a}{b} c\n"
			       " *\n"
			       " *   more_2 ${keylog} {x}",
			       &doc, &err),
			 0);
	assert_int_equal(doc.nr_files, 2);
	assert_int_equal(doc.files[0].line, 10);
	assert_string_equal(doc.files[0].output, "keys");
	assert_string_equal(doc.files[0].option, "keylog");
	/* what stands between fields is the probe's affair, spaces too */
	assert_string_equal(doc.files[0].form, "{label}  {a}{b} c");
	assert_int_equal(doc.files[1].line, 12);
	assert_string_equal(doc.files[1].output, "more_2");
	assert_string_equal(doc.files[1].form, "{x}");
	assert_int_equal(doc.nr_sections, 0);
	assert_true(doc_option_is_file(&doc, doc_option_named(&doc, "keylog", 6)));
	assert_false(doc_option_is_file(&doc, doc_option_named(&doc, "name", 4)));
	doc_free(&doc);
}

static void test_faults(void **state)
{
	static const struct {
		const char *files, *want;
	} faults[] = {
		{ " *   keys", "tls.c:10: cannot read 'keys'" },
		{ " *   keys ${keylog}", "tls.c:10: cannot read 'keys ${keylog}'" },
		{ " *   ${keylog} {x}", "tls.c:10: cannot read" },
		{ " *   keys keylog {x}", "tls.c:10: cannot read" },
		{ " *   keys a ${keylog} {x}", "tls.c:10: cannot read" },
		{ " *   keys ${keylog}.txt {x}", "tls.c:10: cannot read" },
		{ " *   keys ${keylog {x", "tls.c:10: cannot read" },
		{ " *   keys ${} {x}", "tls.c:10: cannot read" },
		{ " *   1keys ${keylog} {x}", "tls.c:10: cannot read" },
		{ " *   keys ${keylog} x", "tls.c:10: the line 'x' has none" },
		{ " *   keys ${keylog} {x} {", "tls.c:10: '{' does not start with a field" },
		{ " *   keys ${keylog} {x} {a b}",
		  "tls.c:10: '{a b}' does not start with a field" },
		{ " *   keys ${keylog} {x} {}", "tls.c:10: '{}' does not start with a field" },
		{ " *   keys ${keylog} {x}\n *   keys ${keylog} {y}",
		  "tls.c:11: keys is there already, on line 10" },
		{ " *   keys ${nothing} {x}",
		  "tls.c:10: '${nothing}' names an option that there is not" },
		{ " *   keys ${flag} {x}", "tls.c:10: --flag is not the name of a file" },
		{ " *   keys ${name} {x}", "tls.c:10: --name is not the name of a file" },
		{ " * keys ${keylog} {x}", "tls.c:10: 'keys ${keylog} {x}' does not belong" },
		{ " *", "tls.c:9: the section 'Files:' is empty" },
		{ " *   keys ${keylog} {x}\n *\n * File:\n *   x",
		  "tls.c:12: 'File:' is not read" },
	};
	static struct error err;
	struct doc doc;

	(void)state;
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		assert_int_equal(parse(faults[i].files, &doc, &err), -EINVAL);
		if (!strstr(err.text, faults[i].want))
			fail_msg("%s\n%s", err.text, faults[i].want);
		doc_free(&doc);
	}
}

/* The macro of an option's file must not be the same as another option's. */
static void test_macro_taken(void **state)
{
	static struct error err;
	struct doc doc;

	(void)state;
	assert_int_equal(doc_parse("tls.c",
				   "/*\n * tls - it\n * Options:\n *   --log-stdout  a\n"
				   " *   --log=FILE  b\n * Files:\n *   keys ${log} {x}\n */\n",
				   NULL, &doc, &err),
			 -EINVAL);
	assert_non_null(strstr(err.text, "tls.c:5: --log would define OPT_LOG_STDOUT"));
	doc_free(&doc);
}

/* What the compiler is told does not depend on the file's name. */
static void assert_defines(const char *value, const char *want)
{
	static struct error err;
	struct probe_options given = {};
	struct define_list list = {};
	struct buf all = {};
	struct doc doc;

	assert_int_equal(parse(" *   keys ${keylog} {x}", &doc, &err), 0);
	if (value)
		assert_int_equal(
			probe_options_add(&given, doc_option_named(&doc, "keylog", 6), value, &err),
			0);
	assert_int_equal(probe_options_defines(&doc, &given, "OPT_KEYLOG", &list, &err), 0);
	for (size_t i = 0; i < list.nr; i++)
		buf_printf(&all, "%s ", list.items[i]);
	assert_string_equal(buf_text(&all), want);
	buf_free(&all);
	define_list_free(&list);
	probe_options_free(&given);
	doc_free(&doc);
}

static void test_defines(void **state)
{
	(void)state;
	assert_defines(NULL, "");
	assert_defines("/tmp/keys", "-DOPT_KEYLOG=1 ");
	assert_defines("other \"keys\"", "-DOPT_KEYLOG=1 ");
	assert_defines("-", "-DOPT_KEYLOG=1 -DOPT_KEYLOG_STDOUT=1 ");
	assert_defines("./-", "-DOPT_KEYLOG=1 ");
}

static void test_told(void **state)
{
	static struct error err;
	struct buf help = {}, man = {};
	const char *files;
	struct doc doc;

	(void)state;
	assert_int_equal(
		parse(" *   keys ${keylog} {label} \\x -\n *\n * Fields:\n *   a  b", &doc, &err),
		0);
	doc_help(&doc, &help);
	assert_non_null(strstr(buf_text(&help),
			       "\nFiles:\n  --keylog: a line for each of keys, - for stdout:\n"
			       "      {label} \\x -\n"));
	assert_int_equal(doc_man(&doc, "November 22, 2026", &man, &err), 0);
	files = strstr(buf_text(&man), ".Sh FILES\n");
	assert_non_null(files);
	/* nothing in it is roff's */
	assert_non_null(strstr(files, "\n{label} \\ex \\-\n"));
	assert_true(files < strstr(buf_text(&man), ".Sh SEE ALSO"));
	assert_true(files > strstr(buf_text(&man), ".Sh FIELDS"));
	buf_free(&help);
	buf_free(&man);
	doc_free(&doc);
}

static void test_form(void **state)
{
	const char *pos = "a{b}{c_1} }{d", *piece;
	static const struct {
		enum form_piece kind;
		const char *text;
	} want[] = {
		{ FORM_TEXT, "a" },  { FORM_FIELD, "b" },   { FORM_FIELD, "c_1" },
		{ FORM_TEXT, " }" }, { FORM_BROKEN, "{d" }, { FORM_END, "" },
	};
	size_t len;

	(void)state;
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		assert_int_equal(form_next(&pos, &piece, &len), want[i].kind);
		assert_int_equal(len, strlen(want[i].text));
		assert_memory_equal(piece, want[i].text, len);
	}
	assert_int_equal(form_next(&pos, &piece, &len), FORM_END);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),	    cmocka_unit_test(test_faults),
		cmocka_unit_test(test_macro_taken), cmocka_unit_test(test_defines),
		cmocka_unit_test(test_told),	    cmocka_unit_test(test_form),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
