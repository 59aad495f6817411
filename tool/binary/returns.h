/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_BINARY_RETURNS_H
#define HOTPROBE_BINARY_RETURNS_H

#include <stdint.h>

struct elf_file;
struct elf_function;
struct error;

/*
 * Places inside of a function, found by reading its instructions. For Go programs: a uretprobe
 * writes its own address over the return address, and Go, which moves its stacks and looks at what
 * is on them, ends the program when it finds that.
 */

/*
 * binary_returns - where in the file a function's return instructions are
 *
 * Those are the instructions that leave it: returns, where the results are in place, and jumps to
 * other functions (tail calls), which make the results. *@offsets is malloc'ed, in ascending order.
 * Errors: Capstone is not there; the function's size is not known; instructions that cannot be
 * read; jumps of which cannot be told whether they leave the function.
 */
int binary_returns(const struct elf_file *file, const struct elf_function *function,
		   uint64_t **offsets, unsigned int *nr, struct error *err);

/*
 * binary_body - where in the file a Go function starts for good
 *
 * A Go function first checks that there is room on its stack, and where there is none calls
 * runtime.morestack and starts again, so that what is attached to its start is called twice. This
 * is the first instruction behind that check (cmd/internal/obj/x86/obj6.go, stacksplit), where
 * stack pointer and arguments are as they were at the start. A function without a check: its start.
 */
int binary_body(const struct elf_file *file, const struct elf_function *function, uint64_t *offset,
		struct error *err);

#endif
