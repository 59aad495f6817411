/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_REFUSAL_CAUSE_H
#define HOTPROBE_REFUSAL_CAUSE_H

#include <stdbool.h>

#include "refusal/log.h"
#include "refusal/origin.h"
#include "refusal/place.h"
#include "refusal/refusal.h"

/* One refusal on the way from the log to the message. */
struct telling {
	const struct refusal *in;
	struct vlog log;
	struct places places;
	int insn;	      /* the instruction that it is about; -1 none */
	bool whole_function;  /* not about that instruction but its function's declaration */
	int reg;	      /* the register that it is about; -1 none */
	struct origin origin; /* of that register */
	struct buf cause;     /* one sentence, without a full stop */
	struct buf advice;    /* what to change */
	struct buf remarks;   /* lines that follow the steps, each ended by a line end */
};

/* A cause that the verifier's words tell. */
struct cause {
	const char
		*words[3]; /* each must be in them; the kernels' dialects are rows of their own */
	const char *sentence; /* NULL: tell() says it */
	const char *advice;   /* NULL: tell() says it */
	/* adds what this case has of its own to what stands in the row; NULL nothing */
	void (*tell)(struct telling *telling);
};

/* cause_of - the row that fits, NULL when no known cause does */
const struct cause *cause_of(const char *words);

/* For the table: cases that need a closer look. They fill in what the row left open. */
void tell_unread_memory(struct telling *telling);
void tell_null(struct telling *telling);
void tell_stack_bytes(struct telling *telling);
void tell_length(struct telling *telling);
void tell_bounds(struct telling *telling);
void tell_global_function(struct telling *telling);
void tell_too_large(struct telling *telling);
void tell_helper(struct telling *telling);
void tell_kfunc(struct telling *telling);
void tell_gpl(struct telling *telling);
void tell_reference(struct telling *telling);
void tell_instruction(struct telling *telling);
void tell_unset(struct telling *telling);
void tell_argument(struct telling *telling);
void tell_back_edge(struct telling *telling);
void tell_recursion(struct telling *telling);
void tell_stack_access(struct telling *telling);
void tell_not_linked(struct telling *telling);
void tell_calls(struct telling *telling);

#endif
