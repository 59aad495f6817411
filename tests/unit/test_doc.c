// SPDX-License-Identifier: GPL-2.0-only
/* Doc comments: what is read from them, and each fault with its line. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "attach/attach.h"
#include "probe/doc.h"
#include "util/buf.h"
#include "util/error.h"

static const char whole[] = "// SPDX-License-Identifier: GPL-2.0\n"
			    "\n"
			    "/*\n"
			    " * exec - trace programs as they start\n"
			    " *\n"
			    " * One line for every execve(2): who called it.\n"
			    " *     a literal line\n"
			    " *\n"
			    " * A second paragraph.\n"
			    " *\n"
			    " * Options:\n"
			    " *   -x, --failed       also calls that failed\n"
			    " *   -A, --args=N       keep at most N arguments\n"
			    " *                      - and no more - [default: 20] [range: 1-64]\n"
			    " *\n"
			    " *       --binary=FILE  the program [not with: --mode, --failed]\n"
			    " *       --mode=tcp|udp\n"
			    " *           one protocol\n"
			    " *       --slow=DURATION  only slower ones [default: 1.5ms]\n"
			    " *       --size=SIZE  of it [range: 4K-1G]\n"
			    " *   -z, --name=NAME  a name\n"
			    " *\n"
			    " * Attach:\n"
			    " *   uprobe  ${binary}:symbol   function\n"
			    " *   perf_event   cpu-clock@99  sample\n"
			    " *\n"
			    " * Fields:\n"
			    " *   pid   the process\n"
			    " *\n"
			    " *   ret   its result\n"
			    " *\n"
			    " * Examples:\n"
			    " *   hotprobe exec                       every exec\n"
			    " *   hotprobe exec --where 'comm  == \"a\"'     only those\n"
			    " *                                          of a\n"
			    " *   hotprobe exec -x\n"
			    " */\n"
			    "int x; /* other - comment */\n";

static void parse(const char *source, const char *name, struct doc *doc)
{
	struct error err = {};
	int ret = doc_parse("exec.c", source, name, doc, &err);

	if (ret)
		fail_msg("%s", err.text);
	assert_string_equal(err.text, "");
}

static void test_whole(void **state)
{
	struct doc doc;

	(void)state;
	parse(whole, "exec", &doc);
	assert_true(doc.present);
	assert_string_equal(doc.file, "exec.c");
	assert_string_equal(doc.name, "exec");
	assert_int_equal(doc.line, 4);
	assert_string_equal(doc.summary, "trace programs as they start");
	assert_string_equal(doc.text, "One line for every execve(2): who called it.\n"
				      "    a literal line\n\nA second paragraph.\n");
	assert_int_equal(doc.nr_sections, 1);
	assert_string_equal(doc.sections[0].name, "Fields");
	assert_string_equal(doc.sections[0].text, "  pid   the process\n\n  ret   its result\n");
	assert_int_equal(doc.sections[0].line, 27);
	doc_free(&doc);
	assert_null(doc.options);
}

static void test_options(void **state)
{
	static const struct {
		int line;
		char letter;
		const char *name, *metavar, *help, *fallback;
		enum optval_kind kind;
	} wanted[] = {
		{ 12, 'x', "failed", NULL, "also calls that failed", NULL, OPTVAL_FLAG },
		{ 13, 'A', "args", "N",
		  "keep at most N arguments - and no more - [default: 20] [range: 1-64]", "20",
		  OPTVAL_INT },
		{ 16, 0, "binary", "FILE", "the program [not with: --mode, --failed]", NULL,
		  OPTVAL_FILE },
		{ 17, 0, "mode", "tcp|udp", "one protocol", NULL, OPTVAL_CHOICE },
		{ 19, 0, "slow", "DURATION", "only slower ones [default: 1.5ms]", "1.5ms",
		  OPTVAL_TIME },
		{ 20, 0, "size", "SIZE", "of it [range: 4K-1G]", NULL, OPTVAL_SIZE },
		{ 21, 'z', "name", "NAME", "a name", NULL, OPTVAL_TEXT },
	};
	struct doc doc;

	(void)state;
	parse(whole, "exec", &doc);
	assert_int_equal(doc.nr_options, 7);
	for (size_t i = 0; i < 7; i++) {
		const struct doc_option *option = &doc.options[i];

		assert_int_equal(option->line, wanted[i].line);
		assert_int_equal(option->letter, wanted[i].letter);
		assert_string_equal(option->name, wanted[i].name);
		assert_string_equal(option->metavar ? option->metavar : "-",
				    wanted[i].metavar ? wanted[i].metavar : "-");
		assert_string_equal(option->help, wanted[i].help);
		assert_string_equal(option->fallback ? option->fallback : "-",
				    wanted[i].fallback ? wanted[i].fallback : "-");
		assert_int_equal(option->type.kind, wanted[i].kind);
	}
	assert_true(doc.options[1].type.ranged);
	assert_int_equal(doc.options[1].type.min, 1);
	assert_int_equal(doc.options[1].type.max, 64);
	assert_int_equal(doc.options[5].type.min, 4096);
	assert_int_equal(doc.options[5].type.max, 1 << 30);
	assert_true(doc_option_enemy(&doc.options[2], "mode", 4));
	assert_true(doc_option_enemy(&doc.options[2], "failed", 6));
	assert_false(doc_option_enemy(&doc.options[2], "args", 4));
	assert_false(doc_option_enemy(&doc.options[2], "fail", 4));
	assert_false(doc_option_enemy(&doc.options[0], "binary", 6));
	assert_ptr_equal(doc_option_named(&doc, "args=3", 4), &doc.options[1]);
	assert_null(doc_option_named(&doc, "arg", 3));
	assert_ptr_equal(doc_option_letter(&doc, 'z'), &doc.options[6]);
	assert_null(doc_option_letter(&doc, 0));
	doc_free(&doc);
}

static void test_attach_and_examples(void **state)
{
	struct doc doc;

	(void)state;
	parse(whole, NULL, &doc);
	assert_int_equal(doc.nr_attaches, 2);
	assert_int_equal(doc.attaches[0].line, 24);
	assert_ptr_equal(doc.attaches[0].provider, provider_by_name("uprobe"));
	assert_string_equal(doc.attaches[0].target, "${binary}:symbol");
	assert_string_equal(doc.attaches[0].function, "function");
	assert_ptr_equal(doc.attaches[1].provider, provider_by_name("perf_event"));
	assert_int_equal(doc.nr_examples, 3);
	assert_int_equal(doc.examples[0].line, 33);
	assert_string_equal(doc.examples[0].command, "hotprobe exec");
	assert_string_equal(doc.examples[0].text, "every exec");
	assert_string_equal(doc.examples[1].command, "hotprobe exec --where 'comm  == \"a\"'");
	assert_string_equal(doc.examples[1].text, "only those of a");
	assert_string_equal(doc.examples[2].command, "hotprobe exec -x");
	assert_string_equal(doc.examples[2].text, "");
	doc_free(&doc);
}

/* The ways to write the comment itself. */
static void test_forms(void **state)
{
	static const char *const sources[] = {
		"/* a - b */",
		"/** a - b\n**/",
		"/*\na - b\n*/",
		"/*\r\n * a - b\r\n */\r\n",
		"// one\n\t// two\n/*\n *\n *\n *   a - b   \n */",
		"/* SPDX-License-Identifier: GPL-2.0 */\n/* Copyright (c) nobody\n */\n/* a - b */",
		"/*\n\t* a -  b\n\t*/",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
		struct doc doc;

		parse(sources[i], "a", &doc);
		assert_true(doc.present);
		assert_string_equal(doc.name, "a");
		assert_string_equal(doc.summary, "b");
		assert_string_equal(doc.text, "");
		doc_free(&doc);
	}
}

static void test_tabs(void **state)
{
	struct doc doc;

	(void)state;
	parse("/*\n * a - b\n *\n *\tliteral\n *\n * Options:\n *\t--one\t\tfirst\n"
	      " *\t\t\tand more\n *\t--two=N\t\tsecond\n */",
	      "a", &doc);
	assert_string_equal(doc.text, "     literal\n");
	assert_int_equal(doc.nr_options, 2);
	assert_string_equal(doc.options[0].help, "first and more");
	assert_string_equal(doc.options[1].help, "second");
	doc_free(&doc);
}

static void test_none(void **state)
{
	static const char *const sources[] = {
		"",
		"\n\n",
		"int x;\n/* exec - too late */\n",
		"#include <a.h>\n/*\n * exec - too late\n */\n",
		"/* Copyright (c) 2020\n * All rights reserved: none.\n */\nint x;",
		"/**/ int x;",
		"// exec - trace programs",
		"/* exec -trace */",
		"/* exec.c - trace */",
		"/* exec - */",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
		struct doc doc;

		parse(sources[i], "exec", &doc);
		assert_false(doc.present);
		assert_null(doc.name);
		assert_string_equal(doc.file, "exec.c");
		doc_free(&doc);
	}
}

#define DOC(text)     "/*\n * exec - s\n *\n" text " */\n"
#define OPTIONS(text) DOC(" * Options:\n" text)
#define BUFFER(size)  "/* exec - x\n *\n * Buffer:\n *   " size "\n */\n"
#define ATTACH(text)  DOC(" * Options:\n *   --bin=FILE  b\n *   --on  o\n * Attach:\n" text)

static void test_faults(void **state)
{
	static const struct {
		const char *source, *message;
	} faults[] = {
		/* the comment */
		{ "\n/* exec - s\n", "exec.c:2: this comment does not end" },
		{ "/* other */\n\n/*", "exec.c:3: this comment does not end" },
		{ DOC(" * a\001b\n"), "exec.c:4: control character in the doc comment" },
		{ DOC(" * a\033[0m\n"), "exec.c:4: control character in the doc comment" },
		{ DOC(" * a\177b\n"), "exec.c:4: control character in the doc comment" },
		{ DOC(" * a\302\205b\n"), "exec.c:4: control character in the doc comment" },
		{ DOC(" * a\xff\n"), "exec.c:4: byte 0xff in the doc comment is not UTF-8" },
		/* the name */
		{ "/*\n * some text\n * exec - s\n * Options:\n *  --a  b\n */",
		  "exec.c:2: the doc comment starts with 'some text'" },
		{ "/*\n * Attach:\n *  kprobe a b\n */",
		  "exec.c:2: the doc comment starts with 'Attach:'" },
		{ "/*\n * exec -\n * Examples:\n *   a\n */",
		  "exec.c:2: the doc comment starts with 'exec -'" },
		{ "\n/*\n * exce - s\n */",
		  "exec.c:3: the doc comment calls the probe 'exce', its file 'exec'" },
		{ "/* executes - s */",
		  "exec.c:1: the doc comment calls the probe 'executes', its file 'exec'" },
		/* sections */
		{ DOC(" * options:\n"),
		  "exec.c:4: 'options:' is not read as the section 'Options:'" },
		{ DOC(" * Option:\n *   --a  b\n"),
		  "exec.c:4: 'Option:' is not read as the section 'Options:'" },
		{ DOC(" *   Examples:\n *     a\n"),
		  "exec.c:4: 'Examples:' is not read as the section 'Examples:'" },
		{ DOC(" * Notes:\n *   a\n * ATTACH :\n"),
		  "exec.c:6: 'ATTACH :' is not read as the section 'Attach:'" },
		{ OPTIONS(" *   --a  b\n * Notes:\n *   n\n * Options:\n *   --c  d\n"),
		  "exec.c:8: the section 'Options:' is there already, on line 4" },
		{ DOC(" * Notes:\n *   n\n *\n * Notes:\n *   n\n"),
		  "exec.c:7: the section 'Notes:' is there already, on line 4" },
		{ DOC(" * Synopsis:\n *   n\n"),
		  "exec.c:4: a section cannot be called 'Synopsis:'; the text under the probe's "
		  "name is its description" },
		{ DOC(" * Notes:\n *\n * Fields:\n *   n\n"),
		  "exec.c:4: the section 'Notes:' is empty" },
		{ OPTIONS(""), "exec.c:4: the section 'Options:' is empty" },
		{ OPTIONS(" *   --a  b\n *\n * more\n"),
		  "exec.c:7: 'more' does not belong into the section 'Options:'" },
		{ DOC(" * Attach:\n * kprobe a b\n"),
		  "exec.c:5: 'kprobe a b' does not belong into the section 'Attach:'" },
		{ DOC(" * Examples:\n *   a\n * b\n"),
		  "exec.c:6: 'b' does not belong into the section 'Examples:'" },
		/* the form of an option */
		{ OPTIONS(" *   --a\n"), "exec.c:5: --a has no description" },
		{ OPTIONS(" *   --a  b\n *   -c, --c=N\n *   --d  d\n"),
		  "exec.c:6: --c has no description" },
		{ OPTIONS(" *   a  b\n"), "exec.c:5: 'a  b' is not an option" },
		{ OPTIONS(" *   --a  b\n *   more\n"), "exec.c:6: 'more' is not an option" },
		{ OPTIONS(" *   -a  b\n"), "exec.c:5: cannot read the option '-a  b'" },
		{ OPTIONS(" *   -a --b  c\n"), "exec.c:5: cannot read the option '-a --b  c'" },
		{ OPTIONS(" *   --a b\n"), "exec.c:5: cannot read the option '--a b'" },
		{ OPTIONS(" *   --a N  b\n"), "exec.c:5: cannot read the option '--a N  b'" },
		{ OPTIONS(" *   --a=  b\n"), "exec.c:5: cannot read the option '--a=  b'" },
		{ OPTIONS(" *   --A  b\n"), "exec.c:5: cannot read the option '--A  b'" },
		{ OPTIONS(" *   --a_b  c\n"), "exec.c:5: cannot read the option '--a_b  c'" },
		{ OPTIONS(" *   ---a  c\n"), "exec.c:5: cannot read the option '---a  c'" },
		{ OPTIONS(" *   -\n"), "exec.c:5: cannot read the option '-'" },
		/* its name */
		{ OPTIONS(" *   --a  b\n *   --a=N  b\n"),
		  "exec.c:6: --a is there already, on line 5" },
		{ OPTIONS(" *   -a, --a  b\n *\n *   -a, --b  b\n"),
		  "exec.c:7: -a is there already, on line 5" },
		{ OPTIONS(" *   --where=N  b\n"),
		  "exec.c:5: --where is an option of hotprobe's own" },
		{ OPTIONS(" *   -h, --host=NAME  b\n"), "exec.c:5: -h is hotprobe's own --help" },
		{ OPTIONS(" *   --m=a|b  c\n *   --m-a  d\n"),
		  "exec.c:6: --m-a would define OPT_M_A, as another option or value does already" },
		{ OPTIONS(" *   --m=a-b|a_b  c\n"),
		  "exec.c:5: --m would define OPT_M_A_B, as another option or value does "
		  "already" },
		/* its notes */
		{ OPTIONS(" *   --a=N  b [default: x]\n"),
		  "exec.c:5: [default: x] of --a: 'x' is not a number" },
		{ OPTIONS(" *   --a=N  b\n *      [default: -1]\n"),
		  "exec.c:5: [default: -1] of --a: '-1' is not a number" },
		{ OPTIONS(" *   --a=N  b [default: 9999999999999999999]\n"),
		  "exec.c:5: [default: 9999999999999999999] of --a: '9999999999999999999' is too "
		  "large" },
		{ OPTIONS(" *   --a=SIZE  b [default: 1T]\n"),
		  "exec.c:5: [default: 1T] of --a: '1T' is not a number of bytes such as 4096, "
		  "64K or 2M" },
		{ OPTIONS(" *   --a=SECONDS  b [default: 1h]\n"),
		  "exec.c:5: [default: 1h] of --a: '1h' is not a time such as 1.5 (seconds), "
		  "20ms or 300us" },
		{ OPTIONS(" *   --a=x|y  b [default: z]\n"),
		  "exec.c:5: [default: z] of --a: 'z' is none of x|y" },
		{ OPTIONS(" *   --a=N  b [default: 9] [range: 1-8]\n"),
		  "exec.c:5: [default: 9] of --a: '9' is not in the range 1 to 8" },
		{ OPTIONS(" *   --a  b [default: 1]\n"),
		  "exec.c:5: --a has a default but no value" },
		{ OPTIONS(" *   --a=N  b [default: ]\n"), "exec.c:5: [default:] of --a is empty" },
		{ OPTIONS(" *   --a=N  b [range: 8-1]\n"),
		  "exec.c:5: [range: 8-1] of --a is not a range" },
		{ OPTIONS(" *   --a=N  b [range: 1..8]\n"),
		  "exec.c:5: [range: 1..8] of --a is not a range" },
		{ OPTIONS(" *   --a=N  b [range: a-b]\n"),
		  "exec.c:5: [range: a-b] of --a is not a range" },
		{ OPTIONS(" *   --a=NAME  b [range: 1-8]\n"),
		  "exec.c:5: --a has a range, but NAME is not a number" },
		{ OPTIONS(" *   --a  b [range: 1-8]\n"),
		  "exec.c:5: --a has a range, but a flag is not a number" },
		{ OPTIONS(" *   --a=x||y  b\n"),
		  "exec.c:5: 'x||y' is not a list of words between |" },
		{ OPTIONS(" *   --a=|x  b\n"), "exec.c:5: '|x' is not a list of words between |" },
		{ OPTIONS(" *   --a=x|y|  b\n"),
		  "exec.c:5: 'x|y|' is not a list of words between |" },
		{ OPTIONS(" *   --a=x|y+z  b\n"),
		  "exec.c:5: 'x|y+z' is not a list of words between |" },
		{ OPTIONS(" *   --a  b [not with: --c]\n"),
		  "exec.c:5: [not with: --c] of --a: '--c' is no option of this probe" },
		{ OPTIONS(" *   --a  b [not with: c]\n *   --c  d\n"),
		  "exec.c:5: [not with: c] of --a: 'c' is no option of this probe" },
		/* attach points */
		{ ATTACH(" *   kprobbe  f  g\n"), "exec.c:8: 'kprobbe' is not a way to attach" },
		{ ATTACH(" *   kprobe  f\n"), "exec.c:8: 'kprobe  f' has 2 words, not three" },
		{ ATTACH(" *   kprobe\n"), "exec.c:8: 'kprobe' has 1 word, not three" },
		{ ATTACH(" *   kprobe  f  g\n *   kprobe f g h\n"),
		  "exec.c:9: 'kprobe f g h' has 4 words, not three" },
		{ ATTACH(" *   kprobe  f  g()\n"),
		  "exec.c:8: 'g()' is not the name of a function" },
		{ ATTACH(" *   kprobe  f  0g\n"), "exec.c:8: '0g' is not the name of a function" },
		{ ATTACH(" *   uprobe  ${bni}:f  g\n"),
		  "exec.c:8: '${bni}' names an option that there is not" },
		{ ATTACH(" *   uprobe  ${on}:f  g\n"),
		  "exec.c:8: '${on}' names an option that has no value" },
		{ ATTACH(" *   uprobe  ${bin}${bin:f  g\n"),
		  "exec.c:8: '${bin:f' is not of the form ${option}" },
		{ ATTACH(" *   uprobe  ${}:f  g\n"),
		  "exec.c:8: '${}:f' is not of the form ${option}" },
		{ ATTACH(" *   kprobe?  f  g\n"),
		  "exec.c:8: a kprobe is always there or never: it takes no '?'" },
		{ ATTACH(" *   ?  f  g\n"), "exec.c:8: '?' is not a way to attach" },
		{ ATTACH(" *   symbl  /f:g  G\n"), "exec.c:8: 'symbl' is not a way to attach" },
		{ ATTACH(" *   symbol  /f:g\n"),
		  "exec.c:8: 'symbol  /f:g' has 2 words, not three" },
		{ ATTACH(" *   symbol  /f:g  0G\n"), "exec.c:8: '0G' is not the name of a macro" },
		{ ATTACH(" *   symbol  ${bni}:g  G\n"),
		  "exec.c:8: '${bni}' names an option that there is not" },
		{ ATTACH(" *   go  /f  g\n"), "exec.c:8: 'go  /f  g' has 3 words, not two" },
		{ ATTACH(" *   go?  /f\n"), "exec.c:8: 'go' takes no '?'" },
		/* the buffer */
		{ BUFFER("3M"), "exec.c:4: '3M' is not the size of a perf buffer" },
		{ BUFFER("2MB  much"), "exec.c:4: '2MB' is not the size of a perf buffer" },
		{ BUFFER("32K"), "exec.c:4: '32K' is not the size of a perf buffer" },
		{ BUFFER("128M"), "exec.c:4: '128M' is not the size of a perf buffer" },
		{ BUFFER("-1"), "exec.c:4: '-1' is not the size of a perf buffer" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		struct error err = {};
		struct doc doc;

		assert_int_equal(doc_parse("exec.c", faults[i].source, "exec", &doc, &err),
				 -EINVAL);
		assert_string_equal(err.text, faults[i].message);
		assert_int_equal(err.status, 1);
		doc_free(&doc);
	}
}

static void test_files_facts(void **state)
{
	static const char source[] = ATTACH(" *   symbol   /f:a.(*T).b+body  B\n"
					    " *   symbol?  /f:c              C\n"
					    " *   uprobe?  /f:d+ret          on_d\n"
					    " *   go       /f\n");
	struct error err = {};
	struct doc doc;

	(void)state;
	assert_int_equal(doc_parse("exec.c", source, "exec", &doc, &err), 0);
	assert_int_equal(doc.nr_attaches, 1);
	assert_true(doc.attaches[0].optional);
	assert_ptr_equal(doc.attaches[0].provider, provider_by_name("uprobe"));
	assert_string_equal(doc.attaches[0].target, "/f:d+ret");
	assert_int_equal(doc.nr_constants, 3);
	assert_int_equal(doc.constants[0].line, 8);
	assert_int_equal(doc.constants[0].kind, DOC_CONSTANT_SYMBOL);
	assert_string_equal(doc.constants[0].target, "/f:a.(*T).b+body");
	assert_string_equal(doc.constants[0].name, "B");
	assert_false(doc.constants[0].optional);
	assert_true(doc.constants[1].optional);
	assert_int_equal(doc.constants[2].kind, DOC_CONSTANT_GO);
	assert_string_equal(doc.constants[2].target, "/f");
	assert_int_equal(doc.buffer_size, 0);
	doc_free(&doc);

	assert_int_equal(doc_parse("exec.c", BUFFER("2M  many"), "exec", &doc, &err), 0);
	assert_int_equal(doc.buffer_size, 2 << 20);
	doc_free(&doc);
}

static void test_too_long_attach(void **state)
{
	struct error err = {};
	char source[1024];
	char name[600];
	struct doc doc;

	(void)state;
	memset(name, 'f', sizeof(name));
	name[128] = '\0';
	snprintf(source, sizeof(source), DOC(" * Attach:\n *   kprobe  f  %s\n"), name);
	assert_int_equal(doc_parse("exec.c", source, "exec", &doc, &err), -EINVAL);
	assert_string_equal(err.text, "exec.c:5: a name on this line is too long");
	doc_free(&doc);
	name[127] = '\0';
	snprintf(source, sizeof(source), DOC(" * Attach:\n *   kprobe  f  %s\n"), name);
	parse(source, "exec", &doc);
	assert_string_equal(doc.attaches[0].function, name);
	doc_free(&doc);
}

static void test_hints(void **state)
{
	static const struct {
		const char *source, *hint;
	} cases[] = {
		{ ATTACH(" *   kprobbe  f  g\n"), "did you mean kprobe?" },
		{ "/* exce - s */", "write 'exec - ...', or rename the file to exce.c" },
		{ "/* x\n * Options:\n *  --a b\n */",
		  "its first line has to be 'exec - SUMMARY'" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct error err = {};
		struct doc doc;

		assert_int_equal(doc_parse("exec.c", cases[i].source, "exec", &doc, &err), -EINVAL);
		assert_string_equal(err.hint, cases[i].hint);
		doc_free(&doc);
	}
}

static void test_help(void **state)
{
	static const char start[] =
		"Usage: hotprobe exec [OPTIONS] [-- COMMAND...]\n"
		"\n"
		"exec - trace programs as they start\n"
		"\n"
		"One line for every execve(2): who called it.\n"
		"    a literal line\n"
		"\n"
		"A second paragraph.\n"
		"\n"
		"Options of this probe:\n"
		"  -x, --failed              also calls that failed\n"
		"  -A, --args=N              keep at most N arguments - and no more - [default:\n"
		"                            20] [range: 1-64]\n"
		"      --binary=FILE         the program [not with: --mode, --failed]\n"
		"      --mode=tcp|udp        one protocol\n";
	static const char end[] = "\nExamples:\n"
				  "  hotprobe exec                         every exec\n"
				  "  hotprobe exec --where 'comm  == \"a\"'  only those of a\n"
				  "  hotprobe exec -x\n";
	struct buf out = {};
	struct doc doc;

	(void)state;
	parse(whole, "exec", &doc);
	doc_help(&doc, &out);
	assert_memory_equal(buf_text(&out), start, strlen(start));
	assert_non_null(strstr(buf_text(&out), "\nFields:\n  pid   the process\n"));
	assert_non_null(strstr(buf_text(&out), "\nOptions of every probe:\n"));
	assert_non_null(strstr(buf_text(&out), "\n  -n, --limit=COUNT "));
	assert_string_equal(buf_text(&out) + out.len - strlen(end), end);
	doc_free(&doc);

	buf_reset(&out);
	parse("int x;", "exec", &doc);
	doc_help(&doc, &out);
	assert_memory_equal(buf_text(&out), "Usage: hotprobe exec.c [OPTIONS]", 32);
	assert_non_null(strstr(buf_text(&out), "\nexec.c has no doc comment"));
	assert_null(strstr(buf_text(&out), "of this probe:"));
	doc_free(&doc);
	buf_free(&out);
}

static void test_man(void **state)
{
	static const char source[] = "/* exec - a \"b\" 'c' - d\\e\n"
				     " *\n"
				     " * .Sh is text; so is ~^`.\n"
				     " * 'tis text, too: \xc3\xa4\xe2\x80\x93\xf0\x9f\x98\x80\n"
				     " *\n"
				     " *   .literal --x\n"
				     " *\n"
				     " *     deeper\n"
				     " *\n"
				     " * Next.\n"
				     " *\n"
				     " * Options:\n"
				     " *   -x, --fa-il=A|B  .Op no request\n"
				     " *   --flag  text\n"
				     " * Bugs:\n"
				     " *   none\n"
				     " * Examples:\n"
				     " *   .hotprobe 'a'    shows -a\n"
				     " *   second           Ends with a dot.\n"
				     " * Fields:\n"
				     " * text\n"
				     " */\n";
	static const char page[] = ".\\\" Made from the doc comment of exec.c; edit that instead.\n"
				   ".Dd November 21, 2026\n"
				   ".Dt HOTPROBE-EXEC 8\n"
				   ".Os\n"
				   ".Sh NAME\n"
				   ".Nm hotprobe-exec\n"
				   ".Nd \"\\&a \\(dqb\\(dq \\(aqc\\(aq \\- d\\ee\"\n"
				   ".Sh SYNOPSIS\n"
				   ".Nm hotprobe\n"
				   ".Cm \"\\&exec\"\n"
				   ".Op Fl \"\\&x\" Ar \"\\&A|B\"\n"
				   ".Op Fl Fl \"\\&flag\"\n"
				   ".Op Ar run-options\n"
				   ".Op Fl \\- Ar command ...\n"
				   ".Sh DESCRIPTION\n"
				   "\\&.Sh is text; so is \\(ti\\(ha\\(ga.\n"
				   "\\(aqtis text, too: \\[u00E4]\\[u2013]\\[u1F600]\n"
				   ".Bd -literal -offset indent\n"
				   "\\&.literal \\-\\-x\n"
				   "\n"
				   "  deeper\n"
				   ".Ed\n"
				   ".Pp\n"
				   "Next.\n"
				   ".Sh OPTIONS\n"
				   "The options of this probe are:\n"
				   ".Bl -tag -width Ds\n"
				   ".It Fl \"\\&x\" , Fl Fl \"\\&fa\\-il\" Ns = Ns Ar \"\\&A|B\"\n"
				   "\\&.Op no request\n"
				   ".It Fl Fl \"\\&flag\"\n"
				   "text\n"
				   ".El\n"
				   ".Pp\n"
				   "The\n"
				   ".Ar run-options\n"
				   "are those of every probe; see\n"
				   ".Xr hotprobe 8 .\n"
				   ".Sh FIELDS\n"
				   "text\n"
				   ".Sh EXAMPLES\n"
				   "Shows \\-a:\n"
				   ".Bd -literal -offset indent\n"
				   "\\&.hotprobe \\(aqa\\(aq\n"
				   ".Ed\n"
				   ".Pp\n"
				   "Ends with a dot.\n"
				   ".Bd -literal -offset indent\n"
				   "second\n"
				   ".Ed\n"
				   ".Sh SEE ALSO\n"
				   ".Xr hotprobe 8\n"
				   ".Sh BUGS\n"
				   ".Bd -literal -offset indent\n"
				   "none\n"
				   ".Ed\n";
	struct error err = {};
	struct buf out = {};
	struct doc doc;

	(void)state;
	parse(source, "exec", &doc);
	assert_int_equal(doc_man(&doc, "November 21, 2026", &out, &err), 0);
	assert_string_equal(buf_text(&out), page);
	doc_free(&doc);
	parse("int x;", NULL, &doc);
	assert_int_equal(doc_man(&doc, "November 21, 2026", &out, &err), -ENOENT);
	assert_string_equal(err.text, "exec.c has no doc comment to make a manual page of");
	doc_free(&doc);
	buf_free(&out);
}

/* Every prefix of a good file must be read, or refused, without a fault of memory. */
static void test_cut(void **state)
{
	char source[sizeof(whole)];

	(void)state;
	for (size_t len = 0; len < sizeof(whole); len++) {
		struct error err = {};
		struct doc doc;
		int ret;

		memcpy(source, whole, len);
		source[len] = '\0';
		ret = doc_parse("exec.c", source, "exec", &doc, &err);
		assert_int_equal(ret, err.code);
		assert_int_equal(ret != 0, err.text[0] != 0);
		doc_free(&doc);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_attach_and_examples),
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_tabs),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_files_facts),
		cmocka_unit_test(test_too_long_attach),
		cmocka_unit_test(test_hints),
		cmocka_unit_test(test_help),
		cmocka_unit_test(test_man),
		cmocka_unit_test(test_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
