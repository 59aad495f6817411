// SPDX-License-Identifier: GPL-2.0-only
#include <stdint.h>
#include <stdio.h>

#include "disasm/insn.h"
#include "refusal/helpers.h"
#include "util/buf.h"

/* What came after the oldest header that hotprobe is built with, and what never was in one. */
#define MODE_MEM_SIGNED	   0x80 /* BPF_MEMSX, Linux 6.6 */
#define MODE_NOSPEC	   0xc0 /* BPF_NOSPEC, include/linux/filter.h: a barrier of the verifier's */
#define JUMP_MAY	   0xe0	 /* BPF_JCOND, Linux 6.9 */
#define ATOMIC_LOAD	   0x100 /* BPF_LOAD_ACQ, Linux 6.15 */
#define ATOMIC_STORE	   0x110 /* BPF_STORE_REL */
#define MOVE_ADDRESS_SPACE 1	 /* BPF_ADDR_SPACE_CAST, Linux 6.9: offset of a BPF_MOV */
#define MOVE_PERCPU	   (-1)	 /* BPF_ADDR_PERCPU, Linux 6.10 */

/* By the upper four bits of the code; what stands between the operands. */
static const char *const alu_signs[16] = {
	[BPF_ADD >> 4] = "+=",	[BPF_SUB >> 4] = "-=",	[BPF_MUL >> 4] = "*=",
	[BPF_DIV >> 4] = "/=",	[BPF_OR >> 4] = "|=",	[BPF_AND >> 4] = "&=",
	[BPF_LSH >> 4] = "<<=", [BPF_RSH >> 4] = ">>=", [BPF_MOD >> 4] = "%=",
	[BPF_XOR >> 4] = "^=",	[BPF_MOV >> 4] = "=",	[BPF_ARSH >> 4] = "s>>=",
};

static const char *const jump_signs[16] = {
	[BPF_JEQ >> 4] = "==",	 [BPF_JGT >> 4] = ">",	  [BPF_JGE >> 4] = ">=",
	[BPF_JSET >> 4] = "&",	 [BPF_JNE >> 4] = "!=",	  [BPF_JSGT >> 4] = "s>",
	[BPF_JSGE >> 4] = "s>=", [BPF_JLT >> 4] = "<",	  [BPF_JLE >> 4] = "<=",
	[BPF_JSLT >> 4] = "s<",	 [BPF_JSLE >> 4] = "s<=",
};

static const char *const atomic_names[16] = {
	[BPF_ADD >> 4] = "add",
	[BPF_OR >> 4] = "or",
	[BPF_AND >> 4] = "and",
	[BPF_XOR >> 4] = "xor",
};

/* Bits of the memory that a load or store touches. */
static unsigned int memory_bits(uint8_t code)
{
	switch (BPF_SIZE(code)) {
	case BPF_B:
		return 8;
	case BPF_H:
		return 16;
	case BPF_W:
		return 32;
	}
	return 64;
}

bool insn_is_wide(const struct bpf_insn *insn)
{
	return insn->code == (BPF_LD | BPF_IMM | BPF_DW);
}

/* A division, or its rest, of numbers with a sign. */
static const char *alu_sign(const struct bpf_insn *insn)
{
	uint8_t op = BPF_OP(insn->code);

	if (insn->off == 1 && op == BPF_DIV)
		return "s/=";
	if (insn->off == 1 && op == BPF_MOD)
		return "s%=";
	return alu_signs[op >> 4];
}

static void alu_text(struct buf *out, const struct bpf_insn *insn)
{
	bool wide = BPF_CLASS(insn->code) == BPF_ALU64;
	uint8_t op = BPF_OP(insn->code), dst = insn->dst_reg, src = insn->src_reg;
	char reg = wide ? 'r' : 'w';
	const char *sign = alu_sign(insn);

	if (op == BPF_END) {
		const char *order = wide ? "bswap" : BPF_SRC(insn->code) == BPF_TO_BE ? "be" : "le";

		buf_printf(out, "r%u = %s%d r%u", dst, order, insn->imm, dst);
	} else if (op == BPF_NEG) {
		buf_printf(out, "%c%u = -%c%u", reg, dst, reg, dst);
	} else if (!sign) {
		buf_printf(out, "BUG_alu%s_%02x", wide ? "64" : "", insn->code);
	} else if (BPF_SRC(insn->code) == BPF_K) {
		buf_printf(out, "%c%u %s %d", reg, dst, sign, insn->imm);
	} else if (op == BPF_MOV && wide && insn->off == MOVE_ADDRESS_SPACE) {
		buf_printf(out, "r%u = addr_space_cast(r%u, %u, %u)", dst, src,
			   (uint32_t)insn->imm >> 16, (uint32_t)insn->imm & 0xffff);
	} else if (op == BPF_MOV && wide && insn->off == MOVE_PERCPU) {
		buf_printf(out, "r%u = &(void __percpu *)(r%u)", dst, src);
	} else if (op == BPF_MOV && (insn->off == 8 || insn->off == 16 || insn->off == 32)) {
		/* sign-extended from so many bits */
		buf_printf(out, "%c%u = (s%d)%c%u", reg, dst, insn->off, reg, src);
	} else {
		buf_printf(out, "%c%u %s %c%u", reg, dst, sign, reg, src);
	}
}

static void atomic_text(struct buf *out, const struct bpf_insn *insn)
{
	unsigned int bits = memory_bits(insn->code), dst = insn->dst_reg, src = insn->src_reg;
	const char *name = atomic_names[(insn->imm >> 4) & 15], *wide = bits == 64 ? "64" : "";
	char place[64];

	snprintf(place, sizeof(place), "(u%u *)(r%u %+d)", bits, dst, insn->off);
	if (insn->imm == ATOMIC_LOAD)
		buf_printf(out, "r%u = load_acquire((u%u *)(r%u %+d))", dst, bits, src, insn->off);
	else if (insn->imm == ATOMIC_STORE)
		buf_printf(out, "store_release(%s, r%u)", place, src);
	else if (insn->imm == BPF_CMPXCHG)
		buf_printf(out, "r0 = atomic%s_cmpxchg(%s, r0, r%u)", wide, place, src);
	else if (insn->imm == BPF_XCHG)
		buf_printf(out, "r%u = atomic%s_xchg(%s, r%u)", src, wide, place, src);
	else if (!name || (insn->imm & ~(0xf0 | BPF_FETCH)))
		buf_printf(out, "BUG_%02x", insn->code);
	else if (insn->imm & BPF_FETCH)
		buf_printf(out, "r%u = atomic%s_fetch_%s(%s, r%u)", src, wide, name, place, src);
	else
		buf_printf(out, "lock *%s %s r%u", place, alu_signs[insn->imm >> 4], src);
}

static void store_text(struct buf *out, const struct bpf_insn *insn)
{
	bool from_reg = BPF_CLASS(insn->code) == BPF_STX;
	unsigned int bits = memory_bits(insn->code);

	if (from_reg && BPF_MODE(insn->code) == BPF_ATOMIC) {
		atomic_text(out, insn);
	} else if (!from_reg && BPF_MODE(insn->code) == MODE_NOSPEC) {
		buf_str(out, "nospec");
	} else if (BPF_MODE(insn->code) != BPF_MEM) {
		buf_printf(out, "BUG_%s%02x", from_reg ? "" : "st_", insn->code);
	} else {
		buf_printf(out, "*(u%u *)(r%u %+d) = ", bits, insn->dst_reg, insn->off);
		if (from_reg)
			buf_printf(out, "r%u", insn->src_reg);
		else
			buf_printf(out, "%d", insn->imm);
	}
}

static void load_text(struct buf *out, const struct bpf_insn *insn, const char *value)
{
	unsigned int bits = memory_bits(insn->code);
	uint8_t mode = BPF_MODE(insn->code);

	if (BPF_CLASS(insn->code) == BPF_LDX) {
		if (mode == BPF_MEM || mode == MODE_MEM_SIGNED)
			buf_printf(out, "r%u = *(%c%u *)(r%u %+d)", insn->dst_reg,
				   mode == BPF_MEM ? 'u' : 's', bits, insn->src_reg, insn->off);
		else
			buf_printf(out, "BUG_ldx_%02x", insn->code);
	} else if (mode == BPF_ABS) {
		buf_printf(out, "r0 = *(u%u *)skb[%d]", bits, insn->imm);
	} else if (mode == BPF_IND) {
		buf_printf(out, "r0 = *(u%u *)skb[r%u + %d]", bits, insn->src_reg, insn->imm);
	} else if (!insn_is_wide(insn)) {
		buf_printf(out, "BUG_ld_%02x", insn->code);
	} else if (value) {
		buf_printf(out, "r%u = %s", insn->dst_reg, value);
	} else {
		buf_printf(out, "r%u = 0x%llx", insn->dst_reg,
			   (unsigned long long)insn[1].imm << 32 | (uint32_t)insn->imm);
	}
}

static void jump_text(struct buf *out, const struct bpf_insn *insn, const char *value)
{
	bool wide = BPF_CLASS(insn->code) == BPF_JMP;
	const char *sign = jump_signs[BPF_OP(insn->code) >> 4];
	char reg = wide ? 'r' : 'w', name[64];

	switch (BPF_OP(insn->code)) {
	case BPF_CALL:
		if (value)
			buf_printf(out, "call %s", value);
		else if (insn->src_reg == BPF_PSEUDO_CALL)
			buf_printf(out, "call pc%+d", insn->imm);
		else if (insn->src_reg == BPF_PSEUDO_KFUNC_CALL)
			buf_printf(out, "call kernel-function#%d", insn->imm);
		else
			buf_printf(out, "call %s#%d",
				   helper_name(insn->imm, name, sizeof(name)) ?: "unknown",
				   insn->imm);
		return;
	case BPF_EXIT:
		buf_str(out, "exit");
		return;
	case BPF_JA:
		if (wide)
			buf_printf(out, "goto pc%+d", insn->off);
		else
			buf_printf(out, "gotol pc%+d", insn->imm);
		return;
	case JUMP_MAY:
		buf_printf(out, "may_goto pc%+d", insn->off);
		return;
	}
	buf_printf(out, "if %c%u %s ", reg, insn->dst_reg, sign ?: "?");
	if (BPF_SRC(insn->code) == BPF_X)
		buf_printf(out, "%c%u", reg, insn->src_reg);
	else
		buf_printf(out, "0x%x", (uint32_t)insn->imm);
	buf_printf(out, " goto pc%+d", insn->off);
}

void insn_text(struct buf *out, const struct bpf_insn *insn, const char *value)
{
	buf_printf(out, "(%02x) ", insn->code);
	switch (BPF_CLASS(insn->code)) {
	case BPF_ALU:
	case BPF_ALU64:
		alu_text(out, insn);
		break;
	case BPF_ST:
	case BPF_STX:
		store_text(out, insn);
		break;
	case BPF_LD:
	case BPF_LDX:
		load_text(out, insn, value);
		break;
	default:
		jump_text(out, insn, value);
	}
}

bool insn_jump(const struct bpf_insn *insn, int *by)
{
	uint8_t class = BPF_CLASS(insn->code), op = BPF_OP(insn->code);

	if ((class != BPF_JMP && class != BPF_JMP32) || op == BPF_CALL || op == BPF_EXIT)
		return false;
	*by = class == BPF_JMP32 && op == BPF_JA ? insn->imm : insn->off;
	return true;
}

bool insn_call(const struct bpf_insn *insn, int *by)
{
	if (insn->code != (BPF_JMP | BPF_CALL) || insn->src_reg != BPF_PSEUDO_CALL)
		return false;
	*by = insn->imm;
	return true;
}
