/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_CALLTRACE_SOURCE_H
#define HOTPROBE_CALLTRACE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct debuginfo;
struct source_frame;
struct symbols;

/*
 * frame_source - the functions that a frame of the kernel's stack stands for, innermost first
 * @addr: what the kernel told of it
 * @interrupted: it did not call the frame above, an interrupt or a fault came in between. Then
 * @addr is what was executed, else the instruction behind the call.
 *
 * All but the last were inlined into it. Returns how many; 0 without debug information. *frames is
 * good until the next call.
 */
size_t frame_source(struct debuginfo *info, struct symbols *symbols, uint64_t addr,
		    bool interrupted, const struct source_frame **frames);

/* function_source - where the function that starts at @addr begins; NULL when it is not known */
const struct source_frame *function_source(struct debuginfo *info, struct symbols *symbols,
					   uint64_t addr);

/* frame_interrupts - is that the frame of the kernel's code for interrupts and faults? */
bool frame_interrupts(const char *frame);

#endif
