/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_TREE_PADDING_H
#define HOTPROBE_TREE_PADDING_H

struct buf;

/*
 * padding_to_bytes - append C declarations with their unnamed bit-fields made arrays of bytes
 *
 * libbpf's btf_dump pads structs with lines like "long: 64;". Clang merges neighbouring ones into
 * one integer of, say, 448 bits. libbcc lets clang generate code for the machine it runs on and
 * only then gives the module BPF's data layout, in which integers of over 64 bits are aligned to 16
 * bytes instead of x86's 8 (LLVM before 18): every member behind them moves, although
 * offsetof(), which clang answers by itself, stays right. mm_struct's first cache line is
 * such a case: arg_start was read at 496 instead of 480.
 */
void padding_to_bytes(struct buf *out, const char *text);

#endif
