/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_DISASM_INSN_H
#define HOTPROBE_DISASM_INSN_H

#include <linux/bpf.h>
#include <stdbool.h>

struct buf;

/* insn_is_wide - does it take the place of two: a load of 64 bits */
bool insn_is_wide(const struct bpf_insn *insn);

/*
 * insn_text - one BPF instruction, in the form in which the kernel's verifier logs it
 * @insn: two of them, when it is a wide one
 * @value: stands for what a wide one loads, or for what is called; NULL: its number
 *
 * The instructions are those of Documentation/bpf/standardization/instruction-set.rst (RFC 9669),
 * and the kernel's own beside them: load_acquire, may_goto, addr_space_cast. What is none of
 * these is "BUG_" and its code, as in the verifier's log.
 */
void insn_text(struct buf *out, const struct bpf_insn *insn, const char *value);

/* insn_jump - how many instructions it may jump over (or back), in *@by; false when it is no jump
 */
bool insn_jump(const struct bpf_insn *insn, int *by);

/* insn_call - the same for a call of a function of the same program */
bool insn_call(const struct bpf_insn *insn, int *by);

#endif
