/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_UTIL_INSNS_H
#define HOTPROBE_UTIL_INSNS_H

#include <linux/bpf.h>

/*
 * Instructions, for programs that are written by hand, as Documentation/bpf/standardization/
 * instruction-set.rst of the kernel encodes them. The kernel's own macros for them, in its
 * include/linux/filter.h, are not for user space.
 */
#define INSN(CODE, DST, SRC, OFF, IMM) \
	((struct bpf_insn){            \
		.code = (CODE), .dst_reg = (DST), .src_reg = (SRC), .off = (OFF), .imm = (IMM) })

#define INSN_MOV(dst, src)   INSN(BPF_ALU64 | BPF_MOV | BPF_X, dst, src, 0, 0)
#define INSN_SET(dst, value) INSN(BPF_ALU64 | BPF_MOV | BPF_K, dst, 0, 0, value)
#define INSN_ADD(dst, value) INSN(BPF_ALU64 | BPF_ADD | BPF_K, dst, 0, 0, value)

/* @size: BPF_W, BPF_DW ... */
#define INSN_LOAD(size, dst, src, off)	  INSN(BPF_LDX | BPF_MEM | (size), dst, src, off, 0)
#define INSN_STORE(size, dst, off, value) INSN(BPF_ST | BPF_MEM | (size), dst, 0, off, value)

/* a map by its descriptor; it takes two */
#define INSN_MAP(dst, fd) \
	INSN(BPF_LD | BPF_IMM | BPF_DW, dst, BPF_PSEUDO_MAP_FD, 0, fd), INSN(0, 0, 0, 0, 0)

#define INSN_CALL(helper) INSN(BPF_JMP | BPF_CALL, 0, 0, 0, helper)

/* over the next @n, if @reg is 0 */
#define INSN_SKIP_IF_0(reg, n) INSN(BPF_JMP | BPF_JEQ | BPF_K, reg, 0, n, 0)

#define INSN_EXIT()	       INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0)
#define INSN_RETURN(value)     INSN_SET(BPF_REG_0, value), INSN_EXIT()

#endif
