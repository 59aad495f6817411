/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_DISASM_VERDICT_H
#define HOTPROBE_DISASM_VERDICT_H

#include <stdbool.h>
#include <stdint.h>

/* What the verifier's statistics say about a program that it took. */
struct verdict {
	uint64_t processed; /* instructions that it walked through */
	uint64_t limit;	    /* how many it would have */
	uint64_t states;
	uint64_t peak_states;
	uint64_t time_us;
	char stack[128];      /* bytes of each of its functions: "40+0" */
	uint64_t stack_bytes; /* their sum */
};

/*
 * verdict_parse - read the end of the verifier's log (print_verification_stats() in
 * kernel/bpf/verifier.c)
 *
 * False when it has no such end. What it does not tell is 0.
 */
bool verdict_parse(struct verdict *verdict, const char *log);

#endif
