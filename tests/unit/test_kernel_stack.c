// SPDX-License-Identifier: GPL-2.0-only
/* The tail call that keeps a uprobe's variables on the kernel's stack. */
#include <linux/bpf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "load/kernel_stack.h"
#include "object/object.h"

static const struct bpf_insn program[] = {
	{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 7 },
	{ .code = BPF_JMP | BPF_EXIT },
};

static void test_wrap(void **state)
{
	struct bpf_insn to[2 + KERNEL_STACK_BEFORE + KERNEL_STACK_BEHIND];
	const struct bpf_insn *behind = to + KERNEL_STACK_BEFORE + 2;

	(void)state;
	kernel_stack_wrap(to, program, 2, 42);
	assert_memory_equal(to + KERNEL_STACK_BEFORE, program, sizeof(program));
	/* nothing is done before the program, but for a jump behind it that is never taken */
	assert_int_equal(to[0].code, BPF_ALU64 | BPF_MOV | BPF_K);
	assert_int_equal(to[0].dst_reg, BPF_REG_0);
	assert_int_equal(to[0].imm, 0);
	assert_int_equal(to[1].code, BPF_JMP | BPF_JNE | BPF_K);
	assert_int_equal(to[1].dst_reg, BPF_REG_0);
	assert_int_equal(to[1].imm, 0);
	assert_ptr_equal(&to[1] + 1 + to[1].off, behind);
	assert_int_equal(behind[0].src_reg, BPF_PSEUDO_MAP_FD);
	assert_int_equal(behind[0].imm, 42);
	assert_int_equal(behind[3].imm, BPF_FUNC_tail_call);
	assert_int_equal(behind[KERNEL_STACK_BEHIND - 1].code, BPF_JMP | BPF_EXIT);
}

static void test_wanted(void **state)
{
	const struct bpf_insn calling[] = {
		{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_tail_call },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	struct object_prog prog = { .insns = calling, .nr_insns = 2, .nr_func_info = 1 };

	(void)state;
	/* whatever the kernel: these need none */
	assert_false(kernel_stack_wanted(&prog));
	prog.insns = program;
	prog.nr_func_info = 2;
	assert_false(kernel_stack_wanted(&prog));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wrap),
		cmocka_unit_test(test_wanted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
