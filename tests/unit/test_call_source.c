// SPDX-License-Identifier: GPL-2.0-only
/* Stacks of call traces with file and line: a small program stands for the kernel. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "calltrace/print.h"
#include "calltrace/source.h"
#include "calltrace/trace.h"
#include "json_check.h"
#include "util/buf.h"
#include "util/error.h"

/* where outer(), the program's _stext, is at run time: in the kernel's half */
#define OUTER 0xffffffff91234560

static char folder[] = "/tmp/hotprobe-call-source.XXXXXX";
static char path[PATH_MAX];

struct fixture {
	struct traced_function entry;
	struct traced_functions functions;
	struct calltrace_print print;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct debuginfo *info = &f->print.debuginfo;
	struct symbols *symbols = &f->print.symbols;
	struct error err = {};

	*state = f;
	f->entry.name = (char *)"outer";
	f->entry.address = OUTER;
	f->functions.items = &f->entry;
	f->functions.nr = 1;
	f->print.functions = &f->functions;
	wall_clock_set(&f->print.clock, 0);
	buf_str(&symbols->text, "_stext\nasm_exc_page_fault\n");
	symbols->items = calloc(2, sizeof(*symbols->items));
	symbols->items[0] = (struct symbol){ OUTER, symbols->text.data };
	/* what the kernel puts between a fault and its handler */
	symbols->items[1] = (struct symbol){ OUTER + 0x10000, symbols->text.data + 7 };
	symbols->nr = 2;
	symbols->loaded = 1;
	buf_str(&info->path, path);
	info->known = calloc(DEBUGINFO_KNOWN, sizeof(*info->known));
	assert_null(libdw_load(&info->dw));
	assert_int_equal(debug_file_open(&info->kernel, &info->dw, path, NULL, &err), 0);
	assert_int_equal(debuginfo_place(info, symbols_address(symbols, "_stext"), &err), 0);
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	calltrace_print_free(&f->print);
	free(f);
	return 0;
}

/* An instruction of innermost() in middle() in outer() that is the last of its line there. */
static uint64_t find_inlined(struct fixture *f, struct source_frame frames[3])
{
	for (uint64_t addr = OUTER; addr < OUTER + 0x1000; addr++) {
		const struct source_frame *here, *next;
		size_t nr = frame_source(&f->print.debuginfo, &f->print.symbols, addr, true, &here);

		if (nr != 3)
			continue;
		memcpy(frames, here, 3 * sizeof(*frames));
		nr = frame_source(&f->print.debuginfo, &f->print.symbols, addr + 1, true, &next);
		if (nr != 3 || next[0].line != frames[0].line)
			return addr;
	}
	fail_msg("nothing was inlined");
	return 0;
}

static void print_stack(struct fixture *f, struct buf *out, uint64_t first, uint64_t second)
{
	struct {
		struct trace_head head;
		unsigned char call[offsetof(struct trace_call, args)];
	} event = { .head = { .entry = OUTER,
			      .result = -EINVAL,
			      .stack = { first, second },
			      .nr_calls = 1,
			      .size = sizeof(event.call) } };
	struct trace_call call = {
		.function = OUTER, .start = 1, .end = 2, .result = (uint64_t)-EINVAL
	};

	memcpy(event.call, &call, sizeof(event.call));
	calltrace_print(&f->print, out, (unsigned char *)&event,
			sizeof(event.head) + sizeof(event.call));
}

static void add_wanted(struct buf *wanted, const struct source_frame frames[3], uint64_t at)
{
	buf_printf(wanted, "      innermost  (inlined)  %s:%u\n", frames[0].file, frames[0].line);
	buf_printf(wanted, "      middle  (inlined)  %s:%u\n", frames[1].file, frames[1].line);
	buf_printf(wanted, "      _stext+0x%llx  %s:%u\n", (unsigned long long)(at - OUTER),
		   frames[2].file, frames[2].line);
}

static void test_tree(void **state)
{
	struct fixture *f = *state;
	struct source_frame frames[3];
	struct buf out = {}, wanted = {};
	uint64_t addr = find_inlined(f, frames);

	/* the instruction behind it is another line's */
	print_stack(f, &out, addr + 1, 0);
	add_wanted(&wanted, frames, addr + 1);
	assert_non_null(strstr(buf_text(&out), buf_text(&wanted)));
	assert_non_null(strstr(buf_text(&out), "    ! outer  [-EINVAL]  "));
	assert_non_null(strstr(buf_text(&out), "inlined.c:"));
	buf_reset(&out);
	buf_reset(&wanted);
	/* this was executed when the fault came */
	print_stack(f, &out, OUTER + 0x10026, addr);
	buf_str(&wanted, "      asm_exc_page_fault+0x26\n");
	add_wanted(&wanted, frames, addr);
	assert_non_null(strstr(buf_text(&out), buf_text(&wanted)));
	buf_free(&out);
	buf_free(&wanted);
}

static void test_json(void **state)
{
	struct fixture *f = *state;
	struct source_frame frames[3];
	struct buf out = {}, wanted = {};
	uint64_t addr = find_inlined(f, frames);

	f->print.json = true;
	print_stack(f, &out, addr + 1, OUTER + 0x10026);
	assert_true(json_line(buf_text(&out), out.len - 1));
	buf_printf(&wanted,
		   "{\"frame\":\"middle\",\"file\":\"%s\",\"line\":%u,\"inlined\":true},"
		   "{\"frame\":\"_stext+0x%llx\",\"file\":\"%s\",\"line\":%u},"
		   "{\"frame\":\"asm_exc_page_fault+0x26\"}",
		   frames[1].file, frames[1].line, (unsigned long long)(addr + 1 - OUTER),
		   frames[2].file, frames[2].line);
	assert_non_null(strstr(buf_text(&out), buf_text(&wanted)));
	buf_free(&out);
	buf_free(&wanted);
}

/* Where the kernel is loaded must be known, or each line would be another's. */
static void test_place(void **state)
{
	struct fixture *f = *state;
	const struct source_frame *frames;
	struct error err = {};

	assert_int_equal(debuginfo_frames(&f->print.debuginfo, "", OUTER, &frames), 1);
	assert_int_equal(
		debuginfo_frames(&f->print.debuginfo, "no_such_module", OUTER + 1, &frames), 0);
	assert_int_equal(debuginfo_place(&f->print.debuginfo, 0, &err), -ENOENT);
	assert_non_null(strstr(err.text, "_stext"));
	assert_int_equal(debuginfo_frames(&f->print.debuginfo, "", OUTER, &frames), 0);
}

static void test_symbols(void **state)
{
	struct fixture *f = *state;
	const struct symbol in_module = { 1, "lo_ioctl\t[loop]\nnext" },
			    own = { 1, "vfs_read\n[x]" };
	const char *module;

	assert_int_equal(symbol_module(&in_module, &module), 4);
	assert_memory_equal(module, "loop", 4);
	assert_int_equal(symbol_module(&own, &module), 0);
	assert_int_equal(symbols_address(&f->print.symbols, "asm_exc_page_fault"), OUTER + 0x10000);
	assert_int_equal(symbols_address(&f->print.symbols, "_ste"), 0);
	assert_true(frame_interrupts("asm_sysvec_apic_timer_interrupt+0x16"));
	assert_true(frame_interrupts("el1h_64_irq+0x6c"));
	assert_false(frame_interrupts("entry_SYSCALL_64_after_hwframe+0x6e"));
}

static int begin(void **state)
{
	char command[2 * PATH_MAX];

	(void)state;
	if (!mkdtemp(folder))
		return 1;
	snprintf(path, sizeof(path), "%s/program", folder);
	snprintf(command, sizeof(command),
		 "gcc -O2 -g -no-pie -Wl,--defsym=_stext=outer -o %s tests/fixtures/inlined.c",
		 path);
	return system(command);
}

static int end(void **state)
{
	(void)state;
	remove(path);
	return remove(folder);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_tree),
		TEST(test_json),
		TEST(test_place),
		TEST(test_symbols),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
