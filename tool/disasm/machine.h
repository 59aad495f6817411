/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_DISASM_MACHINE_H
#define HOTPROBE_DISASM_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

/* What reads machine code: Capstone, loaded when it is needed. Zero-initialise; machine_close(). */
struct machine {
	void *library;
	size_t handle;
	const char *missing; /* why code is shown as bytes only; NULL when it is not */
};

/* What an instruction does to the way that a program takes. */
enum machine_kind {
	MACHINE_OTHER,	  /* the next instruction follows */
	MACHINE_CALL,	  /* also, after another function */
	MACHINE_RETURN,	  /* from a function */
	MACHINE_JUMP,	  /* always, to a target that the instruction tells */
	MACHINE_BRANCH,	  /* the same, on a condition */
	MACHINE_SWITCH,	  /* to one of the addresses in a table, by an index: within the function */
	MACHINE_INDIRECT, /* to an address that was computed */
};

struct machine_insn {
	enum machine_kind kind;
	unsigned int size;
	uint64_t target; /* of a call, jump or branch; 0 when the instruction does not tell */
};

/* machine_open - never fails: without Capstone, of what hotprobe was built for, bytes are shown */
void machine_open(struct machine *machine);

/*
 * machine_text - append one instruction as text
 *
 * @code: @len bytes, which lie at @addr. Returns how many of them it was; *target receives the
 * address that it calls, or 0.
 */
size_t machine_text(struct buf *out, const struct machine *machine, const unsigned char *code,
		    size_t len, uint64_t addr, uint64_t *target);

/*
 * machine_decode - tell what the instruction at @code does, of which there are @len bytes
 *
 * They lie at @addr. Needs a machine that is not @missing. False: the bytes are no instruction that
 * Capstone knows.
 */
bool machine_decode(const struct machine *machine, const unsigned char *code, size_t len,
		    uint64_t addr, struct machine_insn *insn);
void machine_close(struct machine *machine);

#endif
