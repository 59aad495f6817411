/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_REFUSAL_ORIGIN_H
#define HOTPROBE_REFUSAL_ORIGIN_H

#include <stdbool.h>
#include <stddef.h>

struct vlog;

#define ORIGIN_MAX 5

/* The steps that made a register what it is, the first of them first. */
struct origin {
	size_t steps[ORIGIN_MAX];
	unsigned int nr;
	bool complete; /* steps[0] is where the value comes from */
};

/*
 * origin_of - follow register @reg back from before step @step
 *
 * Over moves, arithmetic and what was stored on the stack for a while, up to a call, a load from
 * memory, a constant or a map. When there are more steps than ORIGIN_MAX, the middle is left out.
 */
void origin_of(struct origin *origin, const struct vlog *log, size_t step, unsigned int reg);

/* origin_register - the first register that @words name ("R7 invalid mem access"); -1 none */
int origin_register(const char *words);

/* origin_call - does an instruction's text call a function? Its name and number, -1 for none */
bool origin_call(const char *text, int len, char *name, size_t size, int *id);

#endif
