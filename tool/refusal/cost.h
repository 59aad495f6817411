/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_REFUSAL_COST_H
#define HOTPROBE_REFUSAL_COST_H

#include <stdbool.h>

#include "refusal/place.h"

struct vlog;

/* Where the verifier spent its time, of the instructions that its log has. */
struct cost {
	struct place place;	/* the source line with most visits */
	unsigned int insn;	/* one of its instructions */
	unsigned int line_part; /* percent of all visits */
	char function[128];	/* the function that has most */
	unsigned int function_part;
};

/*
 * cost_of - count how often the verifier came to each line and function; false when it is unknown
 *
 * A log that was cut is a sample: the first or (since Linux 6.4) the last millions of characters.
 */
bool cost_of(struct cost *cost, struct places *places, const struct vlog *log);

#endif
