/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_DISASM_MACHINE_H
#define HOTPROBE_DISASM_MACHINE_H

#include <stddef.h>
#include <stdint.h>

struct buf;

/* What reads machine code: Capstone, loaded when it is needed. Zero-initialise; machine_close(). */
struct machine {
	void *library;
	size_t handle;
	const char *missing; /* why code is shown as bytes only; NULL when it is not */
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
void machine_close(struct machine *machine);

#endif
