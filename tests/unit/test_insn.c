// SPDX-License-Identifier: GPL-2.0-only
/*
 * Instructions as text: those of a table, and whatever this machine's kernel prints for them in
 * the verifier's log. That is asked about every code there is, with many operands each.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "disasm/insn.h"
#include "refusal/helpers.h"
#include "util/buf.h"

#define INSN(c, d, s, o, i)                                                         \
	{                                                                           \
		.code = (c), .dst_reg = (d), .src_reg = (s), .off = (o), .imm = (i) \
	}

static void expect(const struct bpf_insn *insn, const char *value, const char *wanted)
{
	struct buf out = {};

	insn_text(&out, insn, value);
	assert_string_equal(buf_text(&out), wanted);
	buf_free(&out);
}

/* As kernels print them that this test may not be run on. */
static void test_table(void **state)
{
	static const struct {
		struct bpf_insn insn[2];
		const char *text;
	} rows[] = {
		{ { INSN(0xbf, 6, 1, 0, 0) }, "(bf) r6 = r1" },
		{ { INSN(0xbc, 6, 1, 0, 0) }, "(bc) w6 = w1" },
		{ { INSN(0xbf, 6, 1, 8, 0) }, "(bf) r6 = (s8)r1" },
		{ { INSN(0xbc, 6, 1, 16, 0) }, "(bc) w6 = (s16)w1" },
		{ { INSN(0xb7, 0, 0, 0, -5) }, "(b7) r0 = -5" },
		{ { INSN(0x37, 2, 0, 0, 7) }, "(37) r2 /= 7" },
		{ { INSN(0x3f, 2, 3, 1, 0) }, "(3f) r2 s/= r3" },
		{ { INSN(0x94, 2, 0, 1, 7) }, "(94) w2 s%= 7" },
		{ { INSN(0xc7, 2, 0, 0, 32) }, "(c7) r2 s>>= 32" },
		{ { INSN(0x84, 2, 0, 0, 0) }, "(84) w2 = -w2" },
		{ { INSN(0xdc, 2, 0, 0, 16) }, "(dc) r2 = be16 r2" },
		{ { INSN(0xd4, 2, 0, 0, 64) }, "(d4) r2 = le64 r2" },
		{ { INSN(0xd7, 2, 0, 0, 32) }, "(d7) r2 = bswap32 r2" },
		{ { INSN(0xbf, 2, 3, 1, 0x10002) }, "(bf) r2 = addr_space_cast(r3, 1, 2)" },
		{ { INSN(0xbf, 2, 3, -1, 0) }, "(bf) r2 = &(void __percpu *)(r3)" },
		{ { INSN(0x79, 1, 1, 8, 0) }, "(79) r1 = *(u64 *)(r1 +8)" },
		{ { INSN(0x91, 1, 10, -8, 0) }, "(91) r1 = *(s8 *)(r10 -8)" },
		{ { INSN(0x63, 10, 1, -4, 0) }, "(63) *(u32 *)(r10 -4) = r1" },
		{ { INSN(0x6a, 10, 0, -4, 3) }, "(6a) *(u16 *)(r10 -4) = 3" },
		{ { INSN(0xc2, 0, 0, 0, 0) }, "(c2) nospec" },
		{ { INSN(0xdb, 2, 1, 0, BPF_ADD) }, "(db) lock *(u64 *)(r2 +0) += r1" },
		{ { INSN(0xc3, 2, 1, 0, BPF_OR) }, "(c3) lock *(u32 *)(r2 +0) |= r1" },
		{ { INSN(0xdb, 2, 1, 8, BPF_ADD | BPF_FETCH) },
		  "(db) r1 = atomic64_fetch_add((u64 *)(r2 +8), r1)" },
		{ { INSN(0xc3, 2, 1, 8, BPF_XCHG) }, "(c3) r1 = atomic_xchg((u32 *)(r2 +8), r1)" },
		{ { INSN(0xdb, 2, 1, 8, BPF_CMPXCHG) },
		  "(db) r0 = atomic64_cmpxchg((u64 *)(r2 +8), r0, r1)" },
		{ { INSN(0xdb, 2, 1, 8, 0x100) }, "(db) r2 = load_acquire((u64 *)(r1 +8))" },
		{ { INSN(0xc3, 2, 1, 8, 0x110) }, "(c3) store_release((u32 *)(r2 +8), r1)" },
		{ { INSN(0x20, 0, 0, 0, 12) }, "(20) r0 = *(u32 *)skb[12]" },
		{ { INSN(0x48, 0, 7, 0, 12) }, "(48) r0 = *(u16 *)skb[r7 + 12]" },
		{ { INSN(0x18, 1, 0, 0, -1), INSN(0, 0, 0, 0, 2) }, "(18) r1 = 0x2ffffffff" },
		{ { INSN(0x18, 1, 0, 0, 0), INSN(0, 0, 0, 0, 0) }, "(18) r1 = 0x0" },
		{ { INSN(0x05, 0, 0, -3, 0) }, "(05) goto pc-3" },
		{ { INSN(0x06, 0, 0, 0, 70000) }, "(06) gotol pc+70000" },
		{ { INSN(0xe5, 0, 0, 2, 0) }, "(e5) may_goto pc+2" },
		{ { INSN(0x15, 1, 0, 3, -1) }, "(15) if r1 == 0xffffffff goto pc+3" },
		{ { INSN(0x4e, 1, 2, 3, 0) }, "(4e) if w1 & w2 goto pc+3" },
		{ { INSN(0xdd, 1, 2, -3, 0) }, "(dd) if r1 s<= r2 goto pc-3" },
		{ { INSN(0x85, 0, 0, 0, 1) }, "(85) call bpf_map_lookup_elem#1" },
		{ { INSN(0x85, 0, 0, 0, 9999) }, "(85) call unknown#9999" },
		{ { INSN(0x85, 0, 1, 0, 8) }, "(85) call pc+8" },
		{ { INSN(0x95, 0, 0, 0, 0) }, "(95) exit" },
		/* what is no instruction */
		{ { INSN(0xe7, 0, 0, 0, 0) }, "(e7) BUG_alu64_e7" },
		{ { INSN(0x01, 0, 0, 0, 0) }, "(01) BUG_ldx_01" },
		{ { INSN(0xdb, 0, 0, 0, 0x20) }, "(db) BUG_db" },
		{ { INSN(0x02, 0, 0, 0, 0) }, "(02) BUG_st_02" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		expect(rows[i].insn, NULL, rows[i].text);
	expect(rows[29].insn, "map[counts]", "(18) r1 = map[counts]");
}

static void test_targets(void **state)
{
	struct bpf_insn jump = INSN(0x15, 1, 0, 3, 7), far = INSN(0x06, 0, 0, 9, -70000);
	struct bpf_insn call = INSN(0x85, 0, 1, 0, 8), helper = INSN(0x85, 0, 0, 0, 8);
	struct bpf_insn wide = INSN(0x18, 0, 0, 0, 0), end = INSN(0x95, 0, 0, 3, 0);
	int by = 0;

	(void)state;
	assert_true(insn_jump(&jump, &by) && by == 3);
	assert_true(insn_jump(&far, &by) && by == -70000);
	assert_false(insn_jump(&call, &by) || insn_jump(&helper, &by) || insn_jump(&end, &by));
	assert_true(insn_call(&call, &by) && by == 8);
	assert_false(insn_call(&helper, &by) || insn_call(&jump, &by));
	assert_true(insn_is_wide(&wide));
	assert_false(insn_is_wide(&end));
}

static char log_text[1 << 16];

/* What the verifier logs for instruction @at of a program; NULL when it did not come so far. */
static const char *kernel_text(const struct bpf_insn *insns, unsigned int nr, unsigned int at)
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .log_level = 2, .log_buf = log_text,
		    .log_size = sizeof(log_text));
	char start[16], *line, *end;
	int fd;

	log_text[0] = '\0';
	fd = bpf_prog_load(BPF_PROG_TYPE_SOCKET_FILTER, NULL, "GPL", insns, nr, &opts);
	if (fd >= 0)
		close(fd);
	snprintf(start, sizeof(start), "\n%u: (", at);
	line = strstr(log_text, start);
	if (!line)
		return NULL;
	line = strchr(line, '(');
	line[strcspn(line, "\n")] = '\0';
	/* the state of the registers follows */
	end = strstr(line, " ; ");
	end = end ? end : line + strlen(line);
	while (end > line && end[-1] == ' ')
		end--;
	*end = '\0';
	return line;
}

/* Registers and stack that there is something in, then the instruction, then the end. */
static const char *kernel_says(const struct bpf_insn *insn)
{
	struct bpf_insn insns[] = {
		INSN(0xbf, 6, 1, 0, 0),	  INSN(0xb7, 0, 0, 0, 1), INSN(0xb7, 2, 0, 0, 2),
		INSN(0xb7, 3, 0, 0, 3),	  INSN(0xb7, 4, 0, 0, 4), INSN(0xb7, 5, 0, 0, 5),
		INSN(0x7b, 10, 3, -8, 0), INSN(0, 0, 0, 0, 0),	  INSN(0xb7, 0, 0, 0, 0),
		INSN(0xb7, 0, 0, 0, 0),	  INSN(0x95, 0, 0, 0, 0),
	};

	insns[7] = *insn;
	if (insn_is_wide(insn))
		insns[8] = insn[1];
	return kernel_text(insns, sizeof(insns) / sizeof(insns[0]), 7);
}

static bool may_load(void)
{
	static const struct bpf_insn insns[] = { INSN(0xb7, 0, 0, 0, 0), INSN(0x95, 0, 0, 0, 0) };
	int fd = bpf_prog_load(BPF_PROG_TYPE_SOCKET_FILTER, NULL, "GPL", insns, 2, NULL);

	if (fd >= 0)
		close(fd);
	return fd >= 0 && geteuid() == 0;
}

static unsigned int compare(const struct bpf_insn *insn)
{
	const char *says = kernel_says(insn);

	if (!says)
		return 0;
	expect(insn, NULL, says);
	return 1;
}

static void test_as_the_kernel(void **state)
{
	static const int regs[][2] = { { 2, 3 }, { 10, 3 }, { 2, 10 }, { 2, 0 }, { 0, 0 } };
	static const short offs[] = { 0, 1, 8, 16, 32, -1, -8 };
	static const int imms[] = {
		0, 1, 16, 32, 64, 0x41, 0x50, 0xa1, 0xe1, 0xf1, 0x100, 0x110, -1
	};
	unsigned int nr = 0, codes = 0;

	(void)state;
	if (!may_load())
		skip();
	for (int code = 0; code < 256; code++) {
		unsigned int before = nr;

		for (size_t i = 0; i < 5 * 7 * 13; i++) {
			const int *reg = regs[i % 5];
			struct bpf_insn insn[2] = {
				INSN((unsigned char)code, reg[0] & 15, reg[1] & 15, offs[i / 5 % 7],
				     imms[i / 5 / 7]),
				INSN(0, 0, 0, 0, -3),
			};

			/* what only atomic instructions and changes of byte order look at */
			if (i / 5 / 7 > 3 && insn->imm != -1 && BPF_CLASS(code) != BPF_STX &&
			    BPF_OP(code) != BPF_END)
				continue;
			/* these name maps and functions, which have other texts and no place here
			 */
			if (insn_is_wide(insn) && insn->src_reg)
				continue;
			/* a may_goto has no source; for one that has the kernel prints (null) */
			if (code == 0xe5 && insn->src_reg)
				continue;
			/* helpers have a test of their own */
			if (code == (BPF_JMP | BPF_CALL))
				continue;
			nr += compare(insn);
		}
		codes += nr > before;
	}
	print_message("%u instructions of %u codes\n", nr, codes);
	/* Linux 5.10 knows 100 */
	assert_true(codes >= 90);
	assert_true(nr >= 1000);
}

static void test_helpers(void **state)
{
	char name[64];
	unsigned int nr = 0;

	(void)state;
	if (!may_load())
		skip();
	for (int id = 1; helper_name(id, name, sizeof(name)); id++) {
		struct bpf_insn insn = INSN(BPF_JMP | BPF_CALL, 0, 0, 0, id);
		const char *says = kernel_says(&insn);

		/* one that this kernel has not, where the header is newer */
		if (!says || strstr(says, "unknown#"))
			continue;
		expect(&insn, NULL, says);
		nr++;
	}
	/* Linux 5.10 has 155 */
	assert_true(nr >= 150);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_targets),
		cmocka_unit_test(test_as_the_kernel),
		cmocka_unit_test(test_helpers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
