/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_DOCTOR_TRIAL_H
#define HOTPROBE_DOCTOR_TRIAL_H

#include <linux/bpf.h>
#include <stdbool.h>
#include <stdint.h>

#include "util/insns.h"

struct attach_point;
struct error;
struct provider;

/*
 * A small program that leaves a number in a map of one entry, so that it can be seen that it ran,
 * and what it found. Written by hand, instruction by instruction: no compiler is needed for it.
 */
struct trial {
	int map_fd;
	int prog_fd;
};

/*
 * The middle of the program: finds its context in r6, may use r0 to r5 and the stack, and leaves
 * the number in r8. trial_fired: 1.
 */
struct trial_body {
	const struct bpf_insn *insns;
	unsigned int nr;
};

extern const struct trial_body trial_fired;

#define TRIAL_BODY(...)                                                          \
	((struct trial_body){ (const struct bpf_insn[]){ __VA_ARGS__ },          \
			      sizeof((const struct bpf_insn[]){ __VA_ARGS__ }) / \
				      sizeof(struct bpf_insn) })

/* the lower half; the upper becomes 0 */
#define TRIAL_SET32(dst, value) INSN(BPF_ALU | BPF_MOV | BPF_K, dst, 0, 0, value)
/* over the next instruction, if r0 is not negative */
#define TRIAL_SKIP_IF_GE_0() INSN(BPF_JMP | BPF_JSGE | BPF_K, 0, 0, 1, 0)

/*
 * trial_load - create the map, load the program
 * @provider: with whose type; @btf_id: what it attaches to, 0 when the provider needs none
 *
 * 0, or a negative errno explained in @err. trial_close() it in any case.
 */
int trial_load(struct trial *trial, const struct provider *provider, uint32_t btf_id,
	       const struct trial_body *body, struct error *err);

/* trial_run - run a raw tracepoint's program on @cpu, here and now; 0 or negative errno */
int trial_run(const struct trial *trial, int cpu);

/* trial_number - what the program left; 0 when it did not run */
uint64_t trial_number(const struct trial *trial);

void trial_close(struct trial *trial);

/* trial_function - what a uprobe is put on; returns its argument + 1 */
int trial_function(int n);

/*
 * trial_place - where that lies: "/path/of/hotprobe:0xOFFSET", as uprobes are told
 *
 * @path receives the path alone. Negative errno when it cannot be found out.
 */
int trial_place(char *target, size_t size, char *path, size_t path_size);

#endif
