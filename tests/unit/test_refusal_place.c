// SPDX-License-Identifier: GPL-2.0-only
/* From an instruction to the user's line, over a BTF and line information made here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <bpf/btf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "object/object.h"
#include "probe/expand.h"
#include "refusal/cost.h"
#include "refusal/log.h"
#include "refusal/place.h"
#include "refusal/refusal.h"
#include "util/buf.h"
#include "util/error.h"

static const char source[] = "#include \"hotprobe.h\"\n" /* 1 */
			     "\n"
			     "/* a comment { with a brace */\n"
			     "static inline u64 twice(u64 n)\n" /* 4 */
			     "{\n"
			     "\treturn *(u64 *)n;\n" /* 6 */
			     "}\n"
			     "\n"
			     "#define OPEN {\n"
			     "EVENTS(events, struct event);\n" /* 10 */
			     "\n"
			     "TRACEPOINT_PROBE(sched, sched_switch)\n" /* 12 */
			     "{\n"
			     "\tchar brace = '}';\n" /* 14 */
			     "\tu64 *value = counts.lookup(&zero);\n"
			     "\te.sum = twice(args->prev_pid);\n" /* 16 */
			     "\te.pid = *value;\n"
			     "\treturn events_emit(args, &e);\n" /* 18 */
			     "}\n";

#define NR_INSNS 32

struct sample {
	char path[64];
	struct btf *btf;
	struct bpf_insn insns[NR_INSNS];
	struct bpf_func_info func;
	struct bpf_line_info lines[16];
	struct object_map map;
	struct object_prog prog;
	struct object obj;
	uint32_t file, own;
};

static void line(struct sample *s, uint32_t insn, uint32_t file, uint32_t nr, uint32_t column)
{
	s->lines[s->prog.nr_line_info++] = (struct bpf_line_info){
		.insn_off = insn,
		.file_name_off = file,
		.line_col = nr << 10 | column,
	};
}

/* @folder: that the compiler puts before relative names; "" for an absolute source */
static void sample_new(struct sample *s, const char *folder)
{
	char name[PATH_MAX];
	int fd, int_id, proto;

	memset(s, 0, sizeof(*s));
	snprintf(s->path, sizeof(s->path), "/tmp/hotprobe-place-XXXXXX");
	fd = mkstemp(s->path);
	assert_true(fd >= 0);
	assert_int_equal(write_all(fd, source, strlen(source)), 0);
	close(fd);
	s->btf = btf__new_empty();
	int_id = btf__add_int(s->btf, "int", 4, BTF_INT_SIGNED);
	proto = btf__add_func_proto(s->btf, int_id);
	s->func.type_id = (uint32_t)btf__add_func(s->btf, "tracepoint__sched__sched_switch",
						  BTF_FUNC_GLOBAL, proto);
	snprintf(name, sizeof(name), "%s%s", folder, s->path);
	s->file = (uint32_t)btf__add_str(s->btf, name);
	snprintf(name, sizeof(name), "%s%s", *folder ? folder : "/tmp/hotprobe-x/",
		 EXPAND_OWN_FILE);
	s->own = (uint32_t)btf__add_str(s->btf, name);
	s->obj.btf = btf__raw_data(s->btf, &s->obj.btf_size);
	s->obj.license = "GPL";
	s->obj.maps = &s->map;
	s->obj.nr_maps = 1;
	snprintf(s->map.name, sizeof(s->map.name), "hp_schema_events");
	s->prog = (struct object_prog){
		.name = "tracepoint__sched__sched_switch",
		.nr_insns = NR_INSNS,
		.insns = s->insns,
		.func_info = &s->func,
		.func_info_rec_size = sizeof(s->func),
		.nr_func_info = 1,
		.line_info = s->lines,
		.line_info_rec_size = sizeof(s->lines[0]),
	};
	line(s, 0, s->file, 19, 0); /* the function's own, which is wrong */
	line(s, 2, s->file, 14, 7);
	line(s, 4, s->file, 15, 22);
	line(s, 6, s->file, 0, 0);
	line(s, 8, s->file, 6, 9);
	line(s, 12, s->file, 17, 10);
	line(s, 14, s->own, 11, 6);
	line(s, 20, s->file, 18, 2);
}

static void sample_free(struct sample *s)
{
	unlink(s->path);
	btf__free(s->btf);
}

static void expect_line(const struct places *places, uint32_t insn, unsigned int line)
{
	struct place place;

	assert_true(place_of(places, insn, &place));
	assert_int_equal(place.line, line);
}

static void test_lines(void **state)
{
	struct places places;
	struct place place;
	struct block block;
	struct sample s;

	(void)state;
	sample_new(&s, "");
	places_open(&places, &s.obj, &s.prog, s.path);
	expect_line(&places, 0, 14);
	expect_line(&places, 3, 14);
	expect_line(&places, 5, 15);
	/* line 0: the one before */
	expect_line(&places, 7, 15);
	expect_line(&places, 8, 6);
	expect_line(&places, 31, 18);
	assert_true(place_of(&places, 12, &place));
	assert_true(place_is_users(&places, &place));
	/* "e.pid = *value": nothing is rewritten before it */
	assert_int_equal(place_column(&places, &place), 10);
	/* behind counts.lookup( the column counts in another text */
	assert_true(place_of(&places, 4, &place));
	assert_int_equal(place_column(&places, &place), 0);
	assert_true(place_of(&places, 14, &place));
	assert_false(place_is_users(&places, &place));
	assert_true(place_block(&places, s.path, 16, &block));
	assert_string_equal(block.name, "TRACEPOINT_PROBE");
	assert_int_equal(block.first, 12);
	assert_int_equal(block.last, 19);
	assert_true(place_block(&places, s.path, 6, &block));
	assert_string_equal(block.name, "twice");
	assert_int_equal(block.first, 4);
	assert_false(place_block(&places, s.path, 10, &block));
	assert_false(place_block(&places, s.path, 100, &block));
	assert_false(place_block(&places, "/nosuch", 1, &block));
	assert_int_equal(place_function(&places, "tracepoint__sched__sched_switch"), 0);
	assert_int_equal(place_function(&places, "nothing"), -1);
	places_close(&places);
	/* without line information nothing is known, and nothing breaks */
	s.prog.nr_line_info = 0;
	places_open(&places, &s.obj, &s.prog, s.path);
	assert_false(place_of(&places, 3, &place));
	places_close(&places);
	s.obj.btf_size = 7;
	places_open(&places, &s.obj, &s.prog, s.path);
	assert_false(place_of(&places, 3, &place));
	places_close(&places);
	sample_free(&s);
}

static void explain(const struct sample *s, const char *path, const char *log, struct error *err)
{
	struct refusal in = { &s->obj, &s->prog, path, "tracepoint", "6.1.0", -EACCES, log };

	memset(err, 0, sizeof(*err));
	refusal_explain(&in, err);
}

static void expect_text(const struct error *err, const char *path, const char *fmt)
{
	char want[1024];

	snprintf(want, sizeof(want), fmt, path);
	if (!strstr(err->text, want))
		fail_msg("%s\nhas not\n%s", err->text, want);
}

static void test_messages(void **state)
{
	static struct error err;
	struct sample s;

	(void)state;
	sample_new(&s, "");
	explain(&s, s.path,
		"5: (85) call bpf_map_lookup_elem#1 ; R0=map_value_or_null(id=1)\n"
		"12: (79) r1 = *(u64 *)(r0 +0)\nR0 invalid mem access 'map_value_or_null'\n",
		&err);
	expect_text(&err, s.path,
		    "%s:17: the verifier refused tracepoint__sched__sched_switch: what the map's");
	expect_text(&err, s.path,
		    "\n        e.pid = *value;\n                ^\nkernel: R0 invalid mem access");
	expect_text(&err, s.path, "\n    line 15       5: (85) call bpf_map_lookup_elem#1 ");
	assert_string_equal(err.file, s.path);
	assert_string_equal(err.kind, ERROR_VERIFIER);
	assert_int_equal(err.line, 17);
	assert_int_equal(err.column, 10);
	/* in a function that was inlined */
	explain(&s, s.path,
		"4: (b7) r1 = 1 ; R1=1\n8: (79) r2 = *(u64 *)(r1 +0)\n"
		"R1 invalid mem access 'scalar'\n",
		&err);
	assert_int_equal(err.line, 6);
	expect_text(&err, s.path, "    in twice(), called at %s:16:\n        e.sum = twice(args->");
	/* in what hotprobe adds: the line that calls it */
	explain(&s, s.path,
		"12: (b7) r1 = 1 ; R1=1\n15: (85) call bpf_perf_event_output#25\n"
		"invalid indirect read from stack off -32+4 size 32\n",
		&err);
	assert_int_equal(err.line, 18);
	assert_int_equal(err.column, 0);
	expect_text(&err, s.path, "\n        return events_emit(args, &e);\nkernel: ");
	/* about no instruction: the program */
	explain(&s, s.path, "combined stack size of 2 calls is 640. Too large\n", &err);
	assert_int_equal(err.line, 12);
	sample_free(&s);
}

/* The compiler ran in another folder, and the cache keeps its name. */
static void test_relative(void **state)
{
	static struct error err;
	char name[64];
	struct sample s;

	(void)state;
	sample_new(&s, "/tmp/hotprobe-abcdef/..");
	snprintf(name, sizeof(name), "%s", s.path + 1);
	assert_int_equal(chdir("/"), 0);
	explain(&s, name,
		"12: (79) r1 = *(u64 *)(r0 +0)\nR0 invalid mem access 'map_value_or_null'\n", &err);
	assert_string_equal(err.file, name);
	assert_int_equal(err.line, 17);
	expect_text(&err, name, "%s:17: the verifier refused");
	expect_text(&err, name, "        e.pid = *value;");
	sample_free(&s);
}

static void test_cost(void **state)
{
	struct places places;
	struct vlog log;
	struct cost cost;
	struct sample s;

	(void)state;
	sample_new(&s, "");
	places_open(&places, &s.obj, &s.prog, s.path);
	assert_int_equal(vlog_parse(&log, "4: (b7) r1 = 1\n8: (b7) r1 = 1\n9: (b7) r1 = 1\n"
					  "8: (b7) r1 = 1\n999: (b7) r1 = 1\n"),
			 0);
	assert_true(cost_of(&cost, &places, &log));
	assert_int_equal(cost.place.line, 6);
	assert_int_equal(cost.line_part, 60);
	assert_string_equal(cost.function, "twice");
	vlog_free(&log);
	assert_int_equal(vlog_parse(&log, "nothing\n"), 0);
	assert_false(cost_of(&cost, &places, &log));
	vlog_free(&log);
	places_close(&places);
	sample_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_messages),
		cmocka_unit_test(test_relative),
		cmocka_unit_test(test_cost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
