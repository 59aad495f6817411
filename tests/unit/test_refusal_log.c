// SPDX-License-Identifier: GPL-2.0-only
/* The verifier's log: its parts in each dialect, and where a register's value comes from. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "refusal/log.h"
#include "refusal/origin.h"
#include "util/buf.h"

static void parse(struct vlog *log, const char *text)
{
	assert_int_equal(vlog_parse(log, text), 0);
}

static void expect_state(const struct vlog_step *step, unsigned int reg, const char *want)
{
	char state[128] = "";

	assert_int_equal(vlog_state(step, reg, state, sizeof(state)), want != NULL);
	if (want)
		assert_string_equal(state, want);
}

/* Before 5.18 the registers stand on lines of their own, behind the instruction that set them. */
static void test_old(void **state)
{
	struct vlog log;

	(void)state;
	parse(&log, "0: R1=ctx(id=0,off=0,imm=0) R10=fp0\n"
		    "; int a = b;\n"
		    "0: (bf) r6 = r1\n"
		    "1: R1=ctx(id=0,off=0,imm=0) R6_w=ctx(id=0,off=0,imm=0) R10=fp0\n"
		    "; \n"
		    "1: (85) call bpf_get_current_task#35\n"
		    "2: R0_w=inv(id=0) R6_w=ctx(id=0,off=0,imm=0) R10=fp0 fp-8=mmmmmmmm\n"
		    "2: (61) r1 = *(u32 *)(r0 +1268)\n"
		    "R0 invalid mem access 'inv'\n"
		    "processed 3 insns (limit 1000000) max_states_per_insn 0 total_states 0\n");
	assert_string_equal(log.words, "R0 invalid mem access 'inv'");
	assert_int_equal(log.nr_steps, 3);
	assert_int_equal(log.steps[2].insn, 2);
	assert_memory_equal(log.steps[2].text, "(61) r1 = *(u32 *)(r0 +1268)", log.steps[2].len);
	expect_state(&log.steps[1], 0, "inv(id=0)");
	expect_state(&log.steps[1], 6, "ctx(id=0,off=0,imm=0)");
	expect_state(&log.steps[1], 1, NULL);
	expect_state(&log.steps[2], 0, NULL);
	vlog_free(&log);
}

static void test_new(void **state)
{
	struct vlog log;

	(void)state;
	parse(&log,
	      "0: R1=ctx() R10=fp0\n"
	      ";  @ p.c:3\n"
	      "8: (85) call bpf_map_lookup_elem#1    ; R0=map_value_or_null(id=1,map=m,ks=4)\n"
	      "9: (bf) r7 = r0                       ; frame1: R0=a(b=(0x0; 0x1)) "
	      "R7=scalar(umax=1)\n"
	      "mark_precise: frame0: last_idx 9 first_idx 0 subseq_idx -1 \n"
	      "from 3 to 11: R0=0 R10=fp0\n"
	      "11: (79) r8 = *(u64 *)(r7 +0)\n"
	      "invalid access to map value, value_size=8 off=8 size=8\n"
	      "R7 min value is outside of the allowed memory range\n"
	      "processed 12 insns (limit 1000000)\n");
	assert_string_equal(log.words, "invalid access to map value, value_size=8 off=8 size=8\n"
				       "R7 min value is outside of the allowed memory range");
	assert_int_equal(log.nr_steps, 3);
	assert_memory_equal(log.steps[0].text, "(85) call bpf_map_lookup_elem#1", 31);
	assert_int_equal(log.steps[0].len, 31);
	expect_state(&log.steps[0], 0, "map_value_or_null(id=1,map=m,ks=4)");
	expect_state(&log.steps[1], 0, "a(b=(0x0; 0x1))");
	expect_state(&log.steps[1], 7, "scalar(umax=1)");
	assert_int_equal(log.at_insn, -1);
	vlog_free(&log);
	/* words without a line of their own, and states behind them */
	parse(&log, "4: (05) goto pc-1 BPF program is too large. Processed 1000001 insn\n"
		    "processed 1000001 insns\n");
	assert_string_equal(log.words, "BPF program is too large. Processed 1000001 insn");
	assert_int_equal(log.steps[0].len, strlen("(05) goto pc-1"));
	vlog_free(&log);
	parse(&log, "infinite loop detected at insn 3\ncur state: R0=scalar()\nold state: R0=1\n");
	assert_string_equal(log.words, "infinite loop detected at insn 3");
	vlog_free(&log);
	parse(&log,
	      "Validating helper() func#1...\nArg#0 type PTR in helper() is not supported yet.\n");
	assert_string_equal(log.validating, "helper");
	vlog_free(&log);
	parse(&log, "");
	assert_string_equal(log.words, "");
	vlog_free(&log);
}

static void test_block(void **state)
{
	struct buf text = {};
	struct vlog log;

	(void)state;
	assert_int_equal(buf_read_file(&text, "tests/fixtures/verifier/block/map-null.log", 65536),
			 0);
	parse(&log, buf_text(&text));
	assert_string_equal(log.words, "R0 invalid mem access 'map_value_or_null'");
	assert_string_equal(log.title, "Register Type Safety: Invalid dereference");
	assert_string_equal(log.reason,
			    "R0 may be NULL here (map_value_or_null). The program could "
			    "dereference NULL on this path, so the verifier cannot prove this "
			    "access is safe.");
	assert_string_equal(
		log.suggestion,
		"Add a NULL check and dereference the pointer only on the non-NULL path.");
	assert_int_equal(log.at_insn, 7);
	vlog_free(&log);
	buf_reset(&text);
	assert_int_equal(buf_read_file(&text, "tests/fixtures/verifier/block/unset.log", 65536), 0);
	parse(&log, buf_text(&text));
	assert_int_equal(log.at_insn, 0);
	vlog_free(&log);
	buf_free(&text);
}

static void test_ends(void **state)
{
	(void)state;
	assert_true(vlog_ends("processed 1 insns (limit 1000000)\n"));
	assert_true(vlog_ends("x\nprocessed 1 insns (limit 1000000)\n"));
	assert_false(vlog_ends("1: (95) exit\n"));
	assert_false(vlog_ends(""));
}

/* What made @reg before the last step: "insn insn ...", with a "." behind where it comes from. */
static void expect_origin(const char *text, unsigned int reg, const char *want)
{
	struct origin origin;
	struct buf out = {};
	struct vlog log;

	parse(&log, text);
	origin_of(&origin, &log, log.nr_steps - 1, reg);
	for (unsigned int i = 0; i < origin.nr; i++)
		buf_printf(&out, "%s%u%s", i ? " " : "", log.steps[origin.steps[i]].insn,
			   i == 0 && origin.complete ? "." : "");
	assert_string_equal(buf_text(&out), want);
	buf_free(&out);
	vlog_free(&log);
}

static void test_origin(void **state)
{
	(void)state;
	expect_origin("1: (85) call bpf_x#1\n2: (bf) r7 = r0\n3: (b7) r0 = 4\n4: (07) r7 += 8\n"
		      "5: (79) r1 = *(u64 *)(r7 +0)\n",
		      7, "1. 2 4");
	/* over the stack; the store of another slot does not count */
	expect_origin("1: (85) call bpf_x#1\n2: (7b) *(u64 *)(r10 -16) = r0\n"
		      "3: (7b) *(u64 *)(r10 -8) = r3\n4: (79) r2 = *(u64 *)(r10 -16)\n"
		      "5: (61) r1 = *(u32 *)(r2 +0)\n",
		      2, "1. 2 4");
	expect_origin("1: (79) r3 = *(u64 *)(r6 +24)\n2: (bc) w4 = w3\n3: (25) if r4 > 0x5 goto "
		      "pc+1\n4: (85) call bpf_x#4\n",
		      4, "1. 2");
	expect_origin("1: (b7) r2 = 0\n2: (61) r1 = *(u32 *)(r2 +0)\n", 2, "1.");
	expect_origin("1: (18) r1 = 0xffff8\n3: (85) call bpf_x#4\n", 1, "1.");
	/* nothing sets it: the function's own argument */
	expect_origin("1: (b7) r2 = 0\n2: (61) r1 = *(u32 *)(r1 +0)\n", 1, "");
	expect_origin("2: (61) r1 = *(u32 *)(r1 +0)\n", 1, "");
	/* the nearest ones and the first */
	expect_origin("1: (b7) r2 = 0\n2: (07) r2 += 1\n3: (07) r2 += 1\n4: (07) r2 += 1\n"
		      "5: (07) r2 += 1\n6: (07) r2 += 1\n7: (85) call bpf_x#1\n",
		      2, "1. 3 4 5 6");
	assert_int_equal(origin_register("R7 invalid mem access 'scalar'"), 7);
	assert_int_equal(origin_register("R10 is not"), 10);
	assert_int_equal(origin_register("invalid write to stack R1 off=-68 size=127"), 1);
	assert_int_equal(origin_register("RCU R99 ERROR3 nothing"), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_old),    cmocka_unit_test(test_new),
		cmocka_unit_test(test_block),  cmocka_unit_test(test_ends),
		cmocka_unit_test(test_origin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
