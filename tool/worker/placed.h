/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_WORKER_PLACED_H
#define HOTPROBE_WORKER_PLACED_H

#include <limits.h>
#include <stdint.h>

/* A member that the code reads elsewhere than it is. */
struct misplaced {
	char record[256]; /* "struct sk_buff" */
	uint64_t offset;  /* in bytes, as C has it */
	uint64_t read_at; /* as the code has it */
	char file[PATH_MAX];
	unsigned int line;
};

/*
 * placed_first - the first such member in what was compiled; NULL when there is none
 *
 * Before LLVM 18 clang lays a struct's wide bit-fields out for the machine's data layout, in which
 * 128-bit integers lie at multiples of 8, but libbcc generates code with BPF's, in which they lie
 * at multiples of 16: members behind them move.
 */
const struct misplaced *placed_first(void);

#endif
