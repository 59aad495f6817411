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
#include <sys/stat.h>
#include <unistd.h>

#include "probe/expand.h"
#include "util/error.h"
#include "util/process.h"

/* A probe in a folder of its own, and what became of it. */
struct fixture {
	char dir[64];
	struct source src;
	struct expansion exp;
	struct filters filters;
	struct error err;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	strcpy(f->dir, "/tmp/test_expand.XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->src.path, sizeof(f->src.path), "%s/probe.c", f->dir);
	strcpy(f->src.name, "probe");
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	expansion_free(&f->exp);
	source_free(&f->src);
	folder_remove(f->dir);
	free(f);
	return 0;
}

static void put(struct fixture *f, const char *name, const char *text)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", f->dir, name);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static int expand(struct fixture *f, const char *text)
{
	expansion_free(&f->exp);
	source_free(&f->src);
	memset(&f->err, 0, sizeof(f->err));
	buf_str(&f->src.text, text);
	return expand_source(&f->exp, &f->src, &f->filters, NULL, &f->err);
}

static void expect_ok(struct fixture *f, const char *text)
{
	if (expand(f, text))
		fail_msg("%s\n%s", text, f->err.text);
}

static void expect_refused(struct fixture *f, const char *text, const char *why)
{
	if (!expand(f, text))
		fail_msg("taken: %s", text);
	if (!strstr(f->err.text, why))
		fail_msg("%s\ninstead of %s", f->err.text, why);
}

/*
 * Ask the real preprocessor for the line and file of each MARK(n) in the expansion, and compare
 * with where it stands in @text, the file @name.
 */
static void expect_lines(struct fixture *f, const char *name, const char *text)
{
	char command[256], line[4096], file[256] = "";
	unsigned int seen = 0, wanted = 0;
	long number = 0;
	FILE *out;

	put(f, "expanded.i.c", buf_text(&f->exp.text));
	snprintf(command, sizeof(command), "cc -E -nostdinc %s/expanded.i.c", f->dir);
	out = popen(command, "r");
	assert_non_null(out);
	while (fgets(line, sizeof(line), out)) {
		const char *mark;

		if (sscanf(line, "# %ld \"%255[^\"]\"", &number, file) == 2)
			continue;
		for (mark = line; (mark = strstr(mark, "MARK_")) != NULL; mark++) {
			char word[32];
			const char *at;
			long expected = 1;

			if (sscanf(mark, "%31[A-Z_0-9]", word) != 1)
				continue;
			at = strstr(text, word);
			if (!at)
				continue;
			for (const char *s = text; s < at; s++)
				expected += *s == '\n';
			if (number != expected || strcmp(strrchr(file, '/') + 1, name))
				fail_msg("%s is at %s:%ld, not %s:%ld", word, file, number, name,
					 expected);
			seen++;
		}
		number++;
	}
	assert_int_equal(pclose(out), 0);
	for (const char *s = text; (s = strstr(s, "MARK_")) != NULL; s++)
		wanted++;
	assert_int_equal(seen, wanted);
}

static void test_lines(void **state)
{
	static const char *const texts[] = {
		"MARK_1\nMARK_2",
		"struct event { int a; };\nEVENTS(events, struct event);\nMARK_1\n",
		"struct event { int a; };\n  EVENTS ( events ,\n\tstruct event )  ; "
		"MARK_1\nMARK_2\n",
		"int f(void)\n{\n\tMARK_1\n}\nMARK_2\n",
		"int f(void) { MARK_1 }\nMARK_2\nint g(void) {\n\n\tMARK_3 }\nMARK_4",
		"int f(void)\r\n{\r\n\tMARK_1\r\n}\r\nMARK_2\r\n",
		"#define X(a) do { \\\n\ta; \\\n} while (0)\nMARK_1\nint f() { X(MARK_2); "
		"}\nMARK_3\n",
		"#define X(a) do (a) { \\\r\n\ta; (b) { \\\r\n } \\\r\n\r\nMARK_1\r\n",
		"/* EVENTS(no, struct no); */ MARK_1\n// int f() { \\\n{ still a comment\nMARK_2\n",
		"char *s = \"EVENTS(no, struct no); int f() {\"; MARK_1\nint g() {\nMARK_2 }\n",
		"#if 0\n#error don't { worry\n#endif\nMARK_1\n",
		"#if 0 /* over\n two lines */\n#endif\nMARK_1\n",
		"struct a { struct { int x; } y; };\nMARK_1\nint f(struct a *p) {\nif (p) { MARK_2 "
		"} "
		"}\nMARK_3",
		"int f(void)\n{ MARK_1\n\tfor (;;) {\n\tMARK_2\n\t}\n}\nMARK_3\n",
		"int a = '\\'';\nint b = '{';\nint f() { char c = '}'; MARK_1\n}\nMARK_2\n",
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		expect_ok(f, texts[i]);
		expect_lines(f, "probe.c", texts[i]);
	}
}

/* a path that needs escapes in a C string */
static void test_odd_path(void **state)
{
	struct fixture *f = *state;
	size_t len = strlen(f->dir);

	snprintf(f->src.path + len, sizeof(f->src.path) - len, "/a\\b\"c.c");
	expect_ok(f, "int x;\n");
	assert_non_null(strstr(buf_text(&f->exp.text), "/a\\\\b\\\"c.c\"\n"));
}

static unsigned int outputs(struct fixture *f, const char *text)
{
	expect_ok(f, text);
	return f->exp.nr_outputs;
}

static void test_events_found(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(outputs(f, "struct e { int a; };\nEVENTS(ev, struct e);\n"), 1);
	assert_string_equal(f->exp.outputs[0].name, "ev");
	assert_string_equal(f->exp.outputs[0].type, "struct e");
	assert_false(f->exp.outputs[0].plain);
	assert_non_null(strstr(buf_text(&f->exp.text), "int ev_emit(void *"));
	assert_int_equal(outputs(f, "/* x */ EVENTS\t( ev\t,\r\n struct e\t) ;"), 1);
	assert_string_equal(f->exp.outputs[0].type, "struct e");
	assert_int_equal(outputs(f, "EVENTS(a, struct e);\nEVENTS(b, e_t);"), 2);
	assert_string_equal(f->exp.outputs[1].type, "e_t");
	assert_int_equal(outputs(f, "BPF_PERF_OUTPUT(plain);\n"), 1);
	assert_true(f->exp.outputs[0].plain);
	/* what is not an EVENTS line */
	assert_int_equal(outputs(f, "// EVENTS(a, struct e);\n"), 0);
	assert_int_equal(outputs(f, "/*\nEVENTS(a, struct e);\n*/"), 0);
	assert_int_equal(outputs(f, "char *s =\n\"EVENTS(a, struct e);\";"), 0);
	assert_int_equal(outputs(f, "#define X \\\nEVENTS(a, struct e);\n"), 0);
	assert_int_equal(outputs(f, "int MY_EVENTS(a, b);\nint EVENTS;\nint EVENTS_(a);"), 0);
}

static void test_events_malformed(void **state)
{
	static const char *const texts[] = {
		"EVENTS();",
		"EVENTS(a);",
		"EVENTS(a, struct b)",
		"EVENTS(a, struct b",
		"EVENTS(a, struct b, c);",
		"EVENTS(, struct b);",
		"EVENTS(a, );",
		"EVENTS(9a, struct b);",
		"EVENTS(a b, struct b);",
		"EVENTS(a; struct b);",
		"int x; EVENTS(a, struct b);",
		"int f() {\nEVENTS(a, struct b);\n}",
		"EVENTS(",
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		char text[256];

		snprintf(text, sizeof(text), "\n\n%s", texts[i]);
		expect_refused(f, text, "this EVENTS line is not understood");
		assert_non_null(strstr(f->err.text, strstr(texts[i], "{\n") ? ":4: " : ":3: "));
		assert_non_null(strstr(f->err.hint, "EVENTS(name, struct type);"));
	}
	expect_refused(f, "EVENTS(a, struct b);\nEVENTS(a, struct c);", ":2: the output a");
	expect_refused(f, "EVENTS(a, struct b);\nBPF_PERF_OUTPUT(a);", ":2: the output a");
	expect_refused(f, "EVENTS(a123456789a123456789a123456789a123456789a12345678, struct b);",
		       "longer than 48");
}

static void test_too_many(void **state)
{
	struct fixture *f = *state;
	struct buf text = {};

	for (int i = 0; i < EXPAND_EVENTS_MAX; i++)
		buf_printf(&text, "EVENTS(e%d, struct e);\n", i);
	assert_int_equal(outputs(f, buf_text(&text)), EXPAND_EVENTS_MAX);
	buf_str(&text, "EVENTS(last, struct e);\n");
	expect_refused(f, buf_text(&text), ":17: more than 16 outputs");
	buf_reset(&text);
	for (int i = 0; i <= EXPAND_TRACEPOINTS_MAX; i++)
		buf_printf(&text, "TRACEPOINT_PROBE(c, e%d) {}\n", i);
	expect_refused(f, buf_text(&text), ":65: more than 64 tracepoints");
	buf_free(&text);
}

static void expect_tracepoint(struct fixture *f, const char *text, const char *name)
{
	expect_ok(f, text);
	if (f->exp.nr_tracepoints != (name ? 1 : 0) ||
	    (name && strcmp(f->exp.tracepoints[0], name)))
		fail_msg("%s: %u, %s", text, f->exp.nr_tracepoints, f->exp.tracepoints[0]);
}

static void test_tracepoints(void **state)
{
	struct fixture *f = *state;
	char text[600], name[256];

	expect_tracepoint(f, "TRACEPOINT_PROBE(sched, sched_switch)\n{\n}", "sched/sched_switch");
	expect_tracepoint(f, "TRACEPOINT_PROBE  (\tsched\n,  sched_switch ) {}",
			  "sched/sched_switch");
	expect_tracepoint(f, "TRACEPOINT_PROBE(9p, 9p_client_req) {}", "9p/9p_client_req");
	expect_tracepoint(f, "int f(struct tracepoint__sched__sched_switch *x) {}",
			  "sched/sched_switch");
	expect_tracepoint(f, "int tracepoint__a__b(struct tracepoint__a__b *x) {}", "a/b");
	expect_tracepoint(f, "// TRACEPOINT_PROBE(a, b)\n", NULL);
	expect_tracepoint(f, "char *s = \"TRACEPOINT_PROBE(a, b)\";", NULL);
	expect_tracepoint(f, "RAW_TRACEPOINT_PROBE(sched_switch) {}", NULL);
	expect_tracepoint(f, "TRACEPOINT_PROBE(a) {}", NULL);
	expect_tracepoint(f, "TRACEPOINT_PROBE(a, b, c) {}", NULL);
	expect_tracepoint(f, "TRACEPOINT_PROBE(, b) {}", NULL);
	expect_tracepoint(f, "TRACEPOINT_PROBE(../a, b) {}", NULL);
	expect_tracepoint(f, "TRACEPOINT_PROBE(a, b/c) {}", NULL);
	expect_tracepoint(f, "struct tracepoint__ x; struct tracepoint__a y;", NULL);
	/* never a name without its slash */
	for (size_t len = 1; len < sizeof(name); len++) {
		memset(name, 'n', len);
		name[len] = '\0';
		snprintf(text, sizeof(text), "TRACEPOINT_PROBE(%s, b) {} struct tracepoint__%s__b;",
			 name, name);
		expect_ok(f, text);
		for (unsigned int i = 0; i < f->exp.nr_tracepoints; i++)
			assert_non_null(strchr(f->exp.tracepoints[i], '/'));
	}
}

static void test_includes(void **state)
{
	struct fixture *f = *state;
	const char *inner = "MARK_5\n", *outer = "MARK_3\n#include \"inner.h\"\nMARK_4",
		   *text = "MARK_1\n #\tinclude \t\"outer.h\" // a comment\nMARK_2\n"
			   "#include \"outer.h\"\n#include \"inner.h\"\nMARK_6\n";

	put(f, "inner.h", inner);
	put(f, "outer.h", outer);
	expect_ok(f, text);
	assert_int_equal(f->exp.nr_includes, 2);
	expect_lines(f, "probe.c", text);
	expect_lines(f, "outer.h", outer);
	expect_lines(f, "inner.h", inner);
	/* what is not there is left to the compiler, as are headers in angles */
	expect_ok(f, "#include \"missing.h\"\n#include <inner.h>\n#include\n#include \"inner.h\n");
	assert_int_equal(f->exp.nr_includes, 0);
	assert_non_null(strstr(buf_text(&f->exp.text), "#include \"missing.h\"\n"));
	/* an error in an included file is one in that file */
	put(f, "bad.h", "\nEVENTS(;\n");
	expect_refused(f, "#include \"bad.h\"\n", "bad.h:2: ");
	/* EVENTS in an included file */
	put(f, "good.h", "EVENTS(e, struct e);");
	assert_int_equal(outputs(f, "#include \"good.h\"\nint x;"), 1);
}

static void test_include_oddities(void **state)
{
	struct fixture *f = *state;
	char name[32], text[64], path[128];

	/* a cycle ends, a chain may be too long */
	put(f, "a.h", "#include \"b.h\"\nint a;\n");
	put(f, "b.h", "#include \"a.h\"\nint b;\n");
	expect_ok(f, "#include \"a.h\"\n");
	assert_int_equal(f->exp.nr_includes, 2);
	for (int i = 0; i < 10; i++) {
		snprintf(name, sizeof(name), "deep%d.h", i);
		snprintf(text, sizeof(text), "#include \"deep%d.h\"\n", i + 1);
		put(f, name, text);
	}
	expect_refused(f, "#include \"deep0.h\"\n", "deep7.h:1: includes are nested more than 8");
	/* no probe text: neither read nor waited for */
	expect_refused(f, "#include \".\"\n", "a folder");
	snprintf(path, sizeof(path), "%s/fifo.h", f->dir);
	assert_int_equal(mkfifo(path, 0600), 0);
	expect_refused(f, "#include \"fifo.h\"\n", "not a regular file");
}

/* as much as a file may have, and every prefix of one with everything in it */
static void test_sizes(void **state)
{
	static const char all[] =
		"/* doc */\n#include \"inner.h\"\n#define X \\\n{\nstruct event { u32 pid; TEXT(8) "
		"t; "
		"};\nEVENTS(events, struct event);\nTRACEPOINT_PROBE(sched, "
		"sched_switch)\n{\n\tchar "
		"c = '}', *s = \"\\\"{\"; // }\n\tevents_emit(args, &e);\n}\nBPF_PERF_OUTPUT(p);\n"
		"int tracepoint__a__b(void *x) { struct q v; p.perf_submit(x, &v, 4); }\n";
	struct fixture *f = *state;
	struct buf text = {};
	char *copy;

	put(f, "inner.h", "int inner;");
	f->filters.where = "pid > 1";
	expect_ok(f, all);
	f->filters.where = NULL;
	for (size_t len = 0; len < sizeof(all); len++) {
		copy = strndup(all, len);
		if (expand(f, copy))
			assert_true(f->err.text[0]);
		free(copy);
	}
	/* no longer: the sanitizers look through all that follows at each call of strspn() */
	while (text.len < 256u << 10)
		buf_str(&text, "static int array[] = { 1, 2, 3 };\n");
	buf_str(&text, "MARK_1\n");
	expect_ok(f, buf_text(&text));
	assert_true(f->exp.text.len > text.len);
	buf_free(&text);
}

static void test_mutations(void **state)
{
	static const char seed_text[] =
		"#include \"x.h\"\nstruct event { u32 pid; };\nEVENTS(events, struct event);\n"
		"TRACEPOINT_PROBE(a, b)\n{\n\tevents_emit(args, &e); /* */ // \"\n}\n"
		"BPF_PERF_OUTPUT(p);\nint tracepoint__a__b(void *x) { p.perf_submit(x, &v, 4); }\n";
	static const char letters[] = "{}()\"'\\\n\r#/*,;\t EVENTSa_0\377\001";
	struct fixture *f = *state;
	uint32_t seed = 42;

	/* tests/fuzz/expand.c does more of these, in less time */
	for (int round = 0; round < 600; round++) {
		char text[sizeof(seed_text)];

		memcpy(text, seed_text, sizeof(text));
		/* seldom, for what they add is long to look through under the sanitizers */
		f->filters.comm = f->filters.tasks = round % 16 == 0;
		f->filters.where = round % 16 == 1 ? "pid" : NULL;
		for (int i = 0; i < 1 + round % 5; i++) {
			seed = seed * 1664525 + 1013904223;
			text[(seed >> 8) % (sizeof(text) - 1)] =
				letters[(seed >> 24) % (sizeof(letters) - 1)];
		}
		if (expand(f, text))
			assert_true(f->err.text[0]);
		else
			assert_non_null(strstr(buf_text(&f->exp.text), "#line 1 "));
	}
}

static void test_where_needs_events(void **state)
{
	struct fixture *f = *state;

	f->filters.where = "pid";
	expect_refused(f, "int x;", "--where needs a probe with an EVENTS line");
	assert_int_equal(f->err.status, 2);
	expect_refused(f, "EVENTS(e, struct e);", "struct e");
	expect_ok(f, "struct e { int pid; };\nEVENTS(e, struct e);");
	assert_non_null(strstr(buf_text(&f->exp.text), "\nhp_e->pid"));
	assert_int_equal(f->exp.where_len, strlen("hp_e->pid"));
}

static void test_preface(void **state)
{
	struct fixture *f = *state;

	buf_str(&f->src.text, "MARK_1\n");
	assert_int_equal(expand_source(&f->exp, &f->src, &f->filters, "#define P 1\n", &f->err), 0);
	assert_non_null(strstr(buf_text(&f->exp.text), "\n#define P 1\n"));
	expect_lines(f, "probe.c", "MARK_1\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_lines),	 TEST(test_odd_path),
		TEST(test_events_found), TEST(test_events_malformed),
		TEST(test_too_many),	 TEST(test_tracepoints),
		TEST(test_includes),	 TEST(test_include_oddities),
		TEST(test_sizes),	 TEST(test_where_needs_events),
		TEST(test_preface),	 TEST(test_mutations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
