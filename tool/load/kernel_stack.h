/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_LOAD_KERNEL_STACK_H
#define HOTPROBE_LOAD_KERNEL_STACK_H

#include <stdbool.h>
#include <stdint.h>

struct bpf_insn;
struct bpf_prog_load_opts;
struct object_prog;

/*
 * Programs whose variables must be on the kernel's stack.
 *
 * Since Linux 6.13 (commit a76ab5731e32 "bpf: Find eligible subprogs for private stack support") a
 * program of the kprobe type whose variables take 64 bytes or more gets a stack of its own on each
 * CPU, as if it could not run there twice at once. At a uprobe it can: it is preempted, and the
 * next one writes over its variables, pointers too. Wrong values and a crashed kernel were seen. A
 * program with a tail call in it, taken or not, gets no such stack.
 */

/* kernel_stack_wanted - would the kernel share this one's stack? */
bool kernel_stack_wanted(const struct object_prog *prog);

/*
 * kernel_stack_load - load a program with a tail call that is never taken
 * @insns: the program's, with descriptors and constants; @opts as for bpf_prog_load()
 *
 * Returns the descriptor or a negative errno. What the verifier says of a refused program is better
 * asked of the program as it is.
 */
int kernel_stack_load(const struct object_prog *prog, uint32_t prog_type, const char *name,
		      const char *license, const struct bpf_insn *insns,
		      const struct bpf_prog_load_opts *opts);

/* What kernel_stack_wrap() adds before and behind the program. */
#define KERNEL_STACK_BEFORE 2
#define KERNEL_STACK_BEHIND 6

/*
 * kernel_stack_wrap - write the program and that tail call to @to
 * @to: room for the program's instructions and both of the above; @array_fd: of a program array
 */
void kernel_stack_wrap(struct bpf_insn *to, const struct bpf_insn *insns, uint32_t nr,
		       int array_fd);

#endif
