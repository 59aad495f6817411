// SPDX-License-Identifier: GPL-2.0-only
/* What hotprobe calltrace makes of what the kernel sent: values, trees, JSON. */
#include <bpf/btf.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "calltrace/print.h"
#include "calltrace/program.h"
#include "calltrace/trace.h"
#include "json_check.h"
#include "util/buf.h"
#include "util/error.h"

struct fixture {
	struct btf *btf;
	struct traced_function items[4];
	struct traced_functions functions;
	struct calltrace_print print;
};

enum { ENTRY, MIDDLE, LEAF, POINTER };

static uint32_t add_function(struct btf *btf, const char *name, int result, int nr, ...)
{
	va_list args;
	int proto = btf__add_func_proto(btf, result);

	va_start(args, nr);
	for (int i = 0; i < nr; i++) {
		const char *param = va_arg(args, const char *);
		int type = va_arg(args, int);

		assert_int_equal(btf__add_func_param(btf, param, type), 0);
	}
	va_end(args);
	return (uint32_t)btf__add_func(btf, name, BTF_FUNC_STATIC, proto);
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	int number, bytes, flag, text, pair, wide, pair_p, wide_p, size, color;

	*state = f;
	f->btf = btf__new_empty();
	number = btf__add_int(f->btf, "int", 4, BTF_INT_SIGNED);
	bytes = btf__add_int(f->btf, "char", 1, 0);
	flag = btf__add_int(f->btf, "_Bool", 1, BTF_INT_BOOL);
	size = btf__add_int(f->btf, "unsigned long", 8, 0);
	text = btf__add_ptr(f->btf, btf__add_const(f->btf, bytes));
	pair = btf__add_struct(f->btf, "pair", 16);
	btf__add_field(f->btf, "first", number, 0, 0);
	btf__add_field(f->btf, "second", size, 64, 0);
	wide = btf__add_struct(f->btf, "wide", 128);
	btf__add_field(f->btf, "member", number, 0, 0);
	pair_p = btf__add_ptr(f->btf, pair);
	wide_p = btf__add_ptr(f->btf, wide);
	color = btf__add_enum(f->btf, "color", 4);
	btf__add_enum_value(f->btf, "RED", 7);

	f->items[ENTRY].type.id = add_function(f->btf, "do_entry", number, 6, "wide", wide_p,
					       "name", text, "pair", pair_p, "count", number,
					       "color", color, "on", flag);
	f->items[MIDDLE].type.id = add_function(f->btf, "middle", number, 2, "both", pair, "size",
						size);
	f->items[LEAF].type.id = add_function(f->btf, "leaf", flag, 0);
	f->items[POINTER].type.id = add_function(f->btf, "find", wide_p, 1, "large", wide);
	for (int i = 0; i < 4; i++) {
		static char *const names[] = { "do_entry", "middle", "leaf", "find" };

		f->items[i].name = names[i];
		f->items[i].address = 0xffffffff81000000 + (uint64_t)i * 0x100;
		f->items[i].type.btf = f->btf;
	}
	f->items[POINTER].module = (char *)"mod";
	f->functions.items = f->items;
	f->functions.nr = 4;
	f->print.functions = &f->functions;
	wall_clock_set(&f->print.clock, 0);
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	calltrace_print_free(&f->print);
	btf__free(f->btf);
	free(f);
	return 0;
}

static void result_is(struct fixture *f, int function, uint64_t result, const char *wanted,
		      bool fails)
{
	struct buf text = {};

	assert_int_equal(call_result_text(&text, &f->items[function].type, result), fails);
	assert_string_equal(buf_text(&text), wanted);
	buf_free(&text);
}

static void test_results(void **state)
{
	struct fixture *f = *state;
	struct types_ref unknown = {};
	struct buf text = {};

	result_is(f, ENTRY, (uint64_t)-EINVAL, "-EINVAL", true);
	/* the upper half of an int's register is not defined */
	result_is(f, ENTRY, 0x12345678ffffffea, "-EINVAL", true);
	result_is(f, ENTRY, 0xffffffff00000003, "3", false);
	result_is(f, ENTRY, (uint32_t)-5000, "-5000", false);
	result_is(f, LEAF, 0xff00, "false", true);
	result_is(f, LEAF, 1, "true", false);
	result_is(f, POINTER, 0, "NULL", true);
	result_is(f, POINTER, (uint64_t)-ENOENT, "-ENOENT", true);
	result_is(f, POINTER, 0xffff888100000000, "0xffff888100000000", false);
	/* half a pointer is no errno */
	result_is(f, POINTER, 0xffff8881fffffffe, "0xffff8881fffffffe", false);
	assert_true(call_result_text(&text, &unknown, (uint32_t)-EPERM));
	assert_string_equal(buf_text(&text), "-EPERM");
	buf_free(&text);
}

static void test_plans(void **state)
{
	static const struct call_plan entry = { CALL_RESULT_INT, { 2, 3 }, { 1, 0 }, { 0, 16 }, 0 };
	static const struct call_plan middle = { .result = CALL_RESULT_INT };
	static const struct call_plan leaf = { .result = CALL_RESULT_BOOL };
	static const struct call_plan pointer = { .result = CALL_RESULT_POINTER };
	static const struct call_plan none = {};
	const struct call_plan *const wanted[] = { &entry, &middle, &leaf, &pointer };
	struct fixture *f = *state;
	struct types_ref unknown = {};
	struct call_plan plan;

	for (int i = 0; i < 4; i++) {
		call_plan_of(&f->items[i].type, &plan);
		assert_memory_equal(&plan, wanted[i], sizeof(plan));
	}
	call_plan_of(&unknown, &plan);
	assert_memory_equal(&plan, &none, sizeof(plan));
}

/* An event as program.bpf sends it. */
static size_t make_event(unsigned char *data, const struct trace_call *calls, size_t nr, bool args,
			 const struct trace_head *from)
{
	size_t size = args ? sizeof(*calls) : offsetof(struct trace_call, args);
	struct trace_head head = *from;

	head.nr_calls = (uint32_t)nr;
	head.size = (uint32_t)(nr * size);
	memcpy(data, &head, sizeof(head));
	for (size_t i = 0; i < nr; i++)
		memcpy(data + sizeof(head) + i * size, &calls[i], size);
	return sizeof(head) + nr * size;
}

#define ADDRESS(i) (0xffffffff81000000 + (uint64_t)(i)*0x100)

static const struct trace_head failed = {
	.time = 3600000000000,
	.pid = 12,
	.tid = 13,
	.comm = "a\033b",
	.entry = ADDRESS(ENTRY),
	.result = -EINVAL,
	.duration = 5000,
	.untold = 2,
};

static const struct trace_call failed_calls[] = {
	{ .function = ADDRESS(ENTRY),
	  .start = 3600000000000,
	  .end = 3600000005000,
	  .result = (uint32_t)-EINVAL,
	  .depth = 0,
	  .cpu = 0,
	  .cpu_end = 1,
	  .args = { 0xffff888100000000, 0x1000, 0xffff888100000040, (uint32_t)-3, 7, 1 },
	  .sizes = { 6, 16 },
	  .texts = { "ab\"c\n", { 5, [8] = 9 } } },
	{ .function = ADDRESS(POINTER),
	  .start = 3600000000100,
	  .end = 3600000000200,
	  .result = (uint64_t)-ENOENT,
	  .depth = 1 },
	{ .function = ADDRESS(MIDDLE),
	  .start = 3600000001000,
	  .end = 3600000004000,
	  .result = (uint64_t)-EINVAL,
	  .depth = 1,
	  .args = { 1, 2, 300000 } },
	{ .function = ADDRESS(LEAF),
	  .start = 3600000002000,
	  .end = 3600000003000,
	  .result = 0,
	  .depth = 2 },
	{ .function = ADDRESS(POINTER), .start = 3600000004500, .depth = 1 },
};

static void test_tree(void **state)
{
	static const char wanted[] =
		"  12/13 a\\x1bb: do_entry returned -EINVAL\n"
		"   5.00us ! do_entry(wide=0xffff888100000000, name=\"ab\\\"c\\n\", "
		"pair=0xffff888100000040 {.first = 5, .second = 9}, count=-3, color=RED, on=true)  "
		"[-EINVAL]  CPU 0 -> 1\n"
		"    100ns     find [mod]()  [-ENOENT]\n"
		"   3.00us !   middle(both={.first = 1, .second = 2}, size=0x493e0)  [-EINVAL]\n"
		"   1.00us !     leaf()  [false]\n"
		"              find [mod]()  [not seen to return]\n"
		"    2 more calls: there was no room for them\n"
		"  the error came up here:\n"
		"    ! leaf  [false]\n"
		"    ! middle  [-EINVAL]\n"
		"    ! do_entry  [-EINVAL]\n\n";
	unsigned char data[sizeof(struct trace_head) + 5 * sizeof(struct trace_call)];
	struct fixture *f = *state;
	struct buf out = {};
	size_t size = make_event(data, failed_calls, 5, true, &failed);

	f->print.args = true;
	calltrace_print(&f->print, &out, data, size);
	assert_string_equal(buf_text(&out) + strlen("00:00:00.000"), wanted);
	buf_free(&out);
}

/* With --all: a pointer is no error for being negative as a number, and no stack belongs to it. */
static void test_no_error(void **state)
{
	unsigned char data[sizeof(struct trace_head) + sizeof(struct trace_call)];
	struct trace_head head = failed;
	struct trace_call call = failed_calls[1];
	struct fixture *f = *state;
	struct buf out = {};
	size_t size;

	head.entry = ADDRESS(POINTER);
	head.result = (int64_t)(call.result = 0xffff888100000000);
	head.untold = 0;
	head.stack[0] = ADDRESS(ENTRY);
	call.depth = 0;
	size = make_event(data, &call, 1, false, &head);
	calltrace_print(&f->print, &out, data, size);
	assert_string_equal(buf_text(&out) + strlen("00:00:00.000"),
			    "  12/13 a\\x1bb: find [mod] returned 0xffff888100000000\n"
			    "    100ns   find [mod]  [0xffff888100000000]\n\n");
	buf_reset(&out);
	f->print.json = true;
	calltrace_print(&f->print, &out, data, size);
	assert_non_null(strstr(buf_text(&out), "\"failed\":false"));
	assert_non_null(strstr(buf_text(&out), "\"failing\":false"));
	assert_non_null(strstr(buf_text(&out), "\"stack\":[]"));
	buf_free(&out);
}

/* Of calls in a row that fail alike the first had the error, unless one between them went well. */
static void test_row(void **state)
{
	unsigned char data[sizeof(struct trace_head) + 5 * sizeof(struct trace_call)];
	struct trace_call calls[5];
	struct fixture *f = *state;
	bool failing[5];
	struct trace trace;
	size_t size;

	memcpy(calls, failed_calls, sizeof(calls));
	for (int i = 1; i < 5; i++) {
		calls[i].function = ADDRESS(MIDDLE);
		calls[i].end = calls[i].start + 1;
		calls[i].depth = 1;
		calls[i].result = (uint64_t)-EINVAL;
	}
	size = make_event(data, calls, 5, false, &failed);
	assert_true(trace_decode(&trace, data, size, false));
	trace_failing(&trace, &f->functions, failing);
	assert_true(failing[0] && failing[1] && !failing[2] && !failing[3] && !failing[4]);
	calls[2].result = 0;
	make_event(data, calls, 5, false, &failed);
	trace_failing(&trace, &f->functions, failing);
	assert_true(failing[0] && !failing[1] && !failing[2] && failing[3] && !failing[4]);
}

static void test_json(void **state)
{
	unsigned char data[sizeof(struct trace_head) + 5 * sizeof(struct trace_call)];
	struct fixture *f = *state;
	struct buf out = {};
	size_t size = make_event(data, failed_calls, 5, false, &failed);

	f->print.json = true;
	calltrace_print(&f->print, &out, data, size);
	assert_true(json_line(buf_text(&out), out.len - 1));
	assert_non_null(strstr(buf_text(&out), "\"entry\":\"do_entry\",\"result\":\"-EINVAL\""));
	assert_non_null(strstr(buf_text(&out), "\"comm\":\"a\\u001bb\""));
	assert_non_null(strstr(buf_text(&out), "\"untold\":2"));
	buf_reset(&out);
	f->print.args = true;
	size = make_event(data, failed_calls, 5, true, &failed);
	calltrace_print(&f->print, &out, data, size);
	assert_true(json_line(buf_text(&out), out.len - 1));
	buf_free(&out);
}

/* Whatever arrives: nothing is read beyond its end. */
static void test_malformed(void **state)
{
	unsigned char data[sizeof(struct trace_head) + 5 * sizeof(struct trace_call)];
	struct fixture *f = *state;
	struct trace_head *head = (struct trace_head *)(void *)data;
	size_t size = make_event(data, failed_calls, 5, false, &failed);
	struct trace trace;

	for (size_t cut = 0; cut < size; cut++) {
		unsigned char *copy = malloc(cut + 1);

		memcpy(copy, data, cut);
		assert_false(trace_decode(&trace, copy, cut, false));
		free(copy);
	}
	assert_true(trace_decode(&trace, data, size, false));
	assert_false(trace_decode(&trace, data, size, true));
	head->size = 0x40000000;
	assert_false(trace_decode(&trace, data, size, false));
	(void)f;
}

static void test_patterns(void **state)
{
	static const char *const good[] = { "vfs_*",  "__x64_sys_bpf", "nf_* [nf_tables]",
					    "a[bc]?", "x,y [m],z",     "v[!a-q]*" };
	static const char *const bad[] = { "",	 "a b", "a,",  ",a",   "a,,b",
					   "!a", "*/",	"a [", "a []", "a [b] c" };
	struct buf list = {};
	struct error err;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		memset(&err, 0, sizeof(err));
		assert_int_equal(calltrace_patterns_add(&list, "-a", good[i], &err), 0);
	}
	assert_string_equal(buf_text(&list),
			    "vfs_*,__x64_sys_bpf,nf_*[nf_tables],a[bc]?,x,y[m],z,v[!a-q]*");
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		memset(&err, 0, sizeof(err));
		assert_int_equal(calltrace_patterns_add(&list, "-a", bad[i], &err), -EINVAL);
		assert_int_equal(err.status, 2);
	}
	buf_free(&list);
}

/* The frames between traced functions are not told, nor a function twice where it called them. */
static void test_trampolines(void **state)
{
	static const char *const names[] = {
		"bpf_prog_0123456789abcdef_on_return",
		"bpf_trampoline_6442500000",
		"leaf",
		"middle",
		"do_entry",
		"bpf_prog_array_compatible",
		"entry_SYSCALL_64",
	};
	enum { PROGRAM, TRAMPOLINE, LEAF_CODE, MIDDLE_CODE, ENTRY_CODE, ARRAY, SYSCALL, NR };
#define AT(symbol, offset) (0xffffffff90000000 + 0x1000 * (uint64_t)(symbol) + (offset))
	struct trace_head head = failed;
	unsigned char data[sizeof(head) + 5 * sizeof(struct trace_call)];
	const uint64_t stack[] = {
		AT(PROGRAM, 0x90),     AT(TRAMPOLINE, 0x40),  AT(LEAF_CODE, 5),
		AT(MIDDLE_CODE, 0x70), AT(TRAMPOLINE, 0x50),  AT(MIDDLE_CODE, 9),
		AT(ARRAY, 0x20),       AT(ENTRY_CODE, 0x100), AT(TRAMPOLINE, 0x60),
		AT(ENTRY_CODE, 5),     AT(SYSCALL, 0x77),
	};
	struct fixture *f = *state;
	struct buf out = {};
	size_t size;

	memcpy(head.stack, stack, sizeof(stack));
	size = make_event(data, failed_calls, 5, true, &head);
	f->print.symbols.loaded = 1;
	f->print.symbols.nr = NR;
	f->print.symbols.items = calloc(NR, sizeof(*f->print.symbols.items));
	for (int i = 0; i < NR; i++) {
		f->print.symbols.items[i].addr = AT(i, 0);
		f->print.symbols.items[i].name = names[i];
	}
	f->print.args = true;
	calltrace_print(&f->print, &out, data, size);
	assert_string_equal(strstr(buf_text(&out), "  the error came up here:\n"),
			    "  the error came up here:\n"
			    "    ! leaf  [false]\n"
			    "    ! middle+0x70  [-EINVAL]\n"
			    "      bpf_prog_array_compatible+0x20\n"
			    "    ! do_entry+0x100  [-EINVAL]\n"
			    "      entry_SYSCALL_64+0x77\n\n");
	buf_free(&out);
}

static void test_program(void **state)
{
	struct calltrace_options opt = { .args = true,
					 .errors = "EINVAL,EPERM",
					 .longer_ns = 1000000 };
	struct error err = {};
	struct buf out = {};

	(void)state;
	calltrace_patterns_add(&opt.entry, "-e", "*sys_bpf", &err);
	calltrace_patterns_add(&opt.allow, "-a", "bpf_* [m]", &err);
	calltrace_patterns_add(&opt.deny, "-d", "bpf_x*", &err);
	assert_int_equal(calltrace_errors_check("--errors", opt.errors, &err), 0);
	calltrace_program(&out, &opt);
	assert_non_null(strstr(buf_text(&out),
			       " *   kretprobe.multi  bpf_*[m],!bpf_x*,!*sys_bpf  on_return\n"));
	assert_non_null(
		strstr(buf_text(&out), "#define TRACE_ERRORS error == -22 || error == -1\n"));
	assert_non_null(strstr(buf_text(&out), "#define TRACE_LONGER 1000000ULL\n"));
	assert_non_null(strstr(buf_text(&out), "#define TRACE_ARGS\n"));
	assert_null(strstr(buf_text(&out), "#define TRACE_FENTRY\n"));
	buf_reset(&out);
	opt.fentry = true;
	calltrace_program(&out, &opt);
	assert_non_null(
		strstr(buf_text(&out), " *   fexit.multi      *sys_bpf  on_entry_return\n"));
	/* what the programs call before they know that they are not within one another */
	assert_non_null(strstr(buf_text(&out), " *   fentry.multi     bpf_*[m],!bpf_x*,!*sys_bpf,"
					       "!bpf_get_smp_processor_id,"
					       "!bpf_get_current_pid_tgid  on_call\n"));
	assert_non_null(strstr(buf_text(&out), "#define TRACE_FENTRY\n"));
	buf_free(&out);
	buf_free(&opt.entry);
	buf_free(&opt.allow);
	buf_free(&opt.deny);
	assert_int_equal(calltrace_errors_check("--errors", "EINVAL,", &err), -EINVAL);
	assert_string_equal(err.text, "--errors: '' is not the name of an error");
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_results),	TEST(test_plans),    TEST(test_tree),
		TEST(test_no_error),	TEST(test_row),	     TEST(test_json),
		TEST(test_malformed),	TEST(test_patterns), TEST(test_program),
		TEST(test_trampolines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
