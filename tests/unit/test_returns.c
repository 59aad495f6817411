// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "binary/elf.h"
#include "binary/elf_symbol.h"
#include "binary/returns.h"
#include "disasm/machine.h"
#include "util/error.h"

#ifdef __x86_64__
/*
 * Functions as Go's compiler makes them, in this test's own file. They are never called. What is to
 * be found is where their labels are: NAME_body, NAME_ret1, NAME_ret2. "more" is what calls for
 * more room and starts the function again; "entry" and "end" are around each.
 */
__asm__(".macro entry name\n"
	".globl \\name\n"
	".type \\name, @function\n"
	"\\name:\n"
	".endm\n"
	".macro place name\n"
	".globl \\name\n"
	"\\name:\n"
	".endm\n"
	".macro end name\n"
	".size \\name, . - \\name\n"
	".endm\n"
	".macro more name\n"
	"8: mov %rax, 8(%rsp)\n"
	"mov %rbx, 16(%rsp)\n"
	"call morestack\n"
	"mov 8(%rsp), %rax\n"
	"mov 16(%rsp), %rbx\n"
	"jmp \\name\n"
	".endm\n"

	".text\n"
	"morestack: ret\n"

	"entry small\n"
	"cmp 0x10(%r14), %rsp\n"
	"jbe 8f\n"
	"place small_body\n"
	"push %rbp\n"
	"test %eax, %eax\n"
	"je 1f\n"
	"pop %rbp\n"
	"place small_ret1\n"
	"ret\n"
	"1: pop %rbp\n"
	"place small_ret2\n"
	"ret\n"
	"more small\n"
	"int3\n"
	"int3\n"
	"end small\n"

	/* with the cases of a switch in a table, and a function that makes the result for it */
	"entry large\n"
	"lea -0x50(%rsp), %r12\n"
	"cmp 0x10(%r14), %r12\n"
	"jbe 8f\n"
	"place large_body\n"
	"sub $0xd0, %rsp\n"
	"jmp *(%rcx, %rax, 8)\n"
	"add $0xd0, %rsp\n"
	"place large_ret1\n"
	"repz ret\n"
	"place large_ret2\n"
	"jmp small\n"
	"more large\n"
	"end large\n"

	"entry huge\n"
	"mov %rsp, %r12\n"
	"sub $0x12340, %r12\n"
	"jb 8f\n"
	"cmp 0x10(%r14), %r12\n"
	"jbe 8f\n"
	"place huge_body\n"
	"sub $0x12350, %rsp\n"
	"add $0x12350, %rsp\n"
	"place huge_ret1\n"
	"ret\n"
	"more huge\n"
	"end huge\n"

	/* before Go 1.17: the goroutine by the thread's own memory, nothing in registers */
	"entry stack\n"
	"mov $-8, %rcx\n"
	"mov %fs:(%rcx), %rcx\n"
	"mov 0x10(%rcx), %rsi\n"
	"cmp $-1314, %rsi\n"
	"je 8f\n"
	"lea 0x370(%rsp), %rax\n"
	"sub %rsi, %rax\n"
	"cmp $0x12345, %rax\n"
	"jbe 8f\n"
	"place stack_body\n"
	"sub $0x58, %rsp\n"
	"add $0x58, %rsp\n"
	"place stack_ret1\n"
	"ret\n"
	"8: call morestack\n"
	"jmp stack\n"
	"end stack\n"

	/* nothing to check, and a loop that goes back to the start without a call */
	"entry unchecked\n"
	"place unchecked_body\n"
	"dec %rax\n"
	"je 1f\n"
	"jmp unchecked\n"
	"place unchecked_ret1\n"
	"1: ret\n"
	"end unchecked\n"

	/* a branch at the start that has nothing to do with it */
	"entry branches\n"
	"place branches_body\n"
	"test %rax, %rax\n"
	"je 1f\n"
	"place branches_ret1\n"
	"ret\n"
	"1: call morestack\n"
	"place branches_ret2\n"
	"ret\n"
	"end branches\n"

	/* a check that nobody has seen yet */
	"entry unknown\n"
	"bt $3, %r14\n"
	"push %r12\n"
	"call morestack\n"
	"pop %r12\n"
	"ret\n"
	"call morestack\n"
	"jmp unknown\n"
	"end unknown\n"

	"entry conditional\n"
	"test %rax, %rax\n"
	"je small\n"
	"ret\n"
	"end conditional\n"

	"entry computed\n"
	"jmp *%rax\n"
	"end computed\n"

	"entry endless\n"
	"1: jmp 1b\n"
	"end endless\n"

	"entry unreadable\n"
	".byte 0x48\n"
	".byte 0x06\n"
	"ret\n"
	"end unreadable\n"

	"entry cut\n"
	".byte 0xe8, 0, 0\n"
	"end cut\n"

	"entry sizeless\n"
	"ret\n");

struct opened {
	struct elf_file file;
	struct elf_function function;
	struct error err;
};

static void open_function(struct opened *opened, const char *name)
{
	memset(opened, 0, sizeof(*opened));
	assert_int_equal(elf_file_open(&opened->file, "/proc/self/exe", &opened->err), 0);
	assert_int_equal(elf_symbol_find(&opened->file, name, &opened->function, &opened->err), 0);
	assert_string_equal(opened->function.name, name);
}

static uint64_t place_of(struct opened *opened, const char *name, const char *place)
{
	struct elf_function function;
	char label[64];

	snprintf(label, sizeof(label), "%s_%s", name, place);
	assert_int_equal(elf_symbol_find(&opened->file, label, &function, &opened->err), 0);
	return function.offset;
}

static void assert_places(const char *name, unsigned int nr_returns)
{
	struct opened opened;
	uint64_t *offsets, body;
	unsigned int nr;

	open_function(&opened, name);
	assert_int_equal(binary_body(&opened.file, &opened.function, &body, &opened.err), 0);
	assert_int_equal(body, place_of(&opened, name, "body"));
	assert_int_equal(binary_returns(&opened.file, &opened.function, &offsets, &nr, &opened.err),
			 0);
	assert_int_equal(nr, nr_returns);
	assert_int_equal(offsets[0], place_of(&opened, name, "ret1"));
	if (nr > 1)
		assert_int_equal(offsets[1], place_of(&opened, name, "ret2"));
	free(offsets);
	elf_file_close(&opened.file);
}

static void assert_no_returns(const char *name, int code, const char *text, const char *hint)
{
	struct opened opened;
	uint64_t *offsets;
	unsigned int nr;

	open_function(&opened, name);
	assert_int_equal(binary_returns(&opened.file, &opened.function, &offsets, &nr, &opened.err),
			 code);
	assert_null(offsets);
	assert_int_equal(nr, 0);
	if (!strstr(opened.err.text, text) || !strstr(opened.err.hint, hint))
		fail_msg("%s: '%s' / '%s'", name, opened.err.text, opened.err.hint);
	elf_file_close(&opened.file);
}

static void test_places(void **state)
{
	(void)state;
	assert_places("small", 2);
	assert_places("large", 2);
	assert_places("huge", 1);
	assert_places("stack", 1);
	assert_places("unchecked", 1);
	assert_places("branches", 2);
}

static void test_not_told(void **state)
{
	(void)state;
	assert_no_returns("conditional", -EOPNOTSUPP, "a conditional jump out of it, at +0x3",
			  "use a uretprobe");
	assert_no_returns("computed", -EOPNOTSUPP, "a jump to a computed address", "uretprobe");
	assert_no_returns("endless", -ENOENT, "never returns", "");
	assert_no_returns("unreadable", -EILSEQ, "the bytes at unreadable+0x0 of", "FILE:0xOFFSET");
	assert_no_returns("cut", -EILSEQ, "the bytes at cut+0x0 of", "FILE:0xOFFSET");
	assert_no_returns("sizeless", -EINVAL, "is not known how long sizeless of", "");
}

static void test_unknown_check(void **state)
{
	struct opened opened;
	uint64_t body;

	(void)state;
	open_function(&opened, "unknown");
	assert_int_equal(binary_body(&opened.file, &opened.function, &body, &opened.err),
			 -EOPNOTSUPP);
	assert_non_null(strstr(opened.err.text, "in a way that hotprobe does not know"));
	elf_file_close(&opened.file);
}

/* A size or an address that leads out of the file. */
static void test_out_of_file(void **state)
{
	struct opened opened;
	uint64_t body;

	(void)state;
	open_function(&opened, "small");
	opened.function.size = 3 << 20;
	assert_int_equal(binary_body(&opened.file, &opened.function, &body, &opened.err), -EINVAL);
	assert_non_null(strstr(opened.err.text, "ends behind the end of the code"));
	memset(&opened.err, 0, sizeof(opened.err));
	opened.function.size = UINT64_MAX;
	assert_int_equal(binary_body(&opened.file, &opened.function, &body, &opened.err), -EINVAL);
	assert_non_null(strstr(opened.err.text, "bytes long, which no function is"));
	memset(&opened.err, 0, sizeof(opened.err));
	opened.function.size = 16;
	opened.function.vaddr = UINT64_MAX - 8;
	assert_int_equal(binary_body(&opened.file, &opened.function, &body, &opened.err), -EINVAL);
	elf_file_close(&opened.file);
}

static void test_kinds(void **state)
{
	static const struct {
		const char *code;
		unsigned int size;
		enum machine_kind kind;
		uint64_t target;
	} all[] = {
		{ "\xc3", 1, MACHINE_RETURN, 0 },
		{ "\xc2\x08\x00", 3, MACHINE_RETURN, 0 },
		{ "\xe8\x00\x01\x00\x00", 5, MACHINE_CALL, 0x1105 },
		{ "\xff\xd0", 2, MACHINE_CALL, 0 },
		/* through memory: its address is not where the call goes */
		{ "\xff\x15\x00\x01\x00\x00", 6, MACHINE_CALL, 0 },
		{ "\xe9\x00\x01\x00\x00", 5, MACHINE_JUMP, 0x1105 },
		{ "\xeb\xfe", 2, MACHINE_JUMP, 0x1000 },
		{ "\x74\x10", 2, MACHINE_BRANCH, 0x1012 },
		{ "\x0f\x86\x00\x01\x00\x00", 6, MACHINE_BRANCH, 0x1106 },
		{ "\xe3\x10", 2, MACHINE_BRANCH, 0x1012 },
		{ "\xe2\x10", 2, MACHINE_BRANCH, 0x1012 },
		{ "\xff\xe0", 2, MACHINE_INDIRECT, 0 },
		{ "\xff\x25\x00\x01\x00\x00", 6, MACHINE_INDIRECT, 0 },
		{ "\xff\x22", 2, MACHINE_INDIRECT, 0 },
		{ "\xff\x24\xc1", 3, MACHINE_SWITCH, 0 },
		{ "\xcc", 1, MACHINE_OTHER, 0 },
		{ "\x48\x89\xe5", 3, MACHINE_OTHER, 0 },
	};
	struct machine machine = {};
	struct machine_insn insn;

	(void)state;
	machine_open(&machine);
	assert_null(machine.missing);
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		const unsigned char *code = (const unsigned char *)all[i].code;

		assert_true(machine_decode(&machine, code, all[i].size, 0x1000, &insn));
		if (insn.kind != all[i].kind || insn.target != all[i].target ||
		    insn.size != all[i].size)
			fail_msg("%zu: %d %u %#lx", i, insn.kind, insn.size,
				 (unsigned long)insn.target);
		if (all[i].size > 1)
			assert_false(machine_decode(&machine, code, 1, 0x1000, &insn) &&
				     insn.size > 1);
	}
	machine_close(&machine);
}

#else

static void test_other_machine(void **state)
{
	(void)state;
	/* Go functions of this machine are read, but what this test has are those of x86-64 */
	skip();
}
#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
#ifdef __x86_64__
		cmocka_unit_test(test_places),	      cmocka_unit_test(test_not_told),
		cmocka_unit_test(test_unknown_check), cmocka_unit_test(test_out_of_file),
		cmocka_unit_test(test_kinds),
#else
		cmocka_unit_test(test_other_machine),
#endif
	};

	return cmocka_run_group_tests_name("returns", tests, NULL, NULL);
}
