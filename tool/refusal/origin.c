// SPDX-License-Identifier: GPL-2.0-only
/* Where a register's value came from, as the instructions' texts tell (kernel/bpf/disasm.c). */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "refusal/log.h"
#include "refusal/origin.h"
#include "util/text.h"

/* a loop without end repeats the same steps */
#define LOOK_BACK 20000

/* What is followed: a register, or a slot of the stack. */
struct trail {
	int reg;  /* -1: a slot */
	int slot; /* below r10 */
	int frame_reg;
};

enum follow {
	FOLLOW_NOT, /* the step has nothing to do with it */
	FOLLOW_ON,  /* it has, and the value comes from what the trail names now */
	FOLLOW_END, /* it comes from there */
};

/* "r7" or "w7" */
static int reg_at(const char *s)
{
	if ((*s != 'r' && *s != 'w') || !isdigit((unsigned char)s[1]))
		return -1;
	return atoi(s + 1);
}

/* "*(u64 *)(r10 -16)": the slot, 0 when it is none */
static int slot_at(const char *s)
{
	const char *at = strstr(s, "(r10 ");
	const char *line = s + strcspn(s, "\n");

	return *s == '*' && at && at < line ? atoi(at + 5) : 0;
}

static enum follow follow_load(struct trail *trail, const char *from)
{
	int slot = slot_at(from);

	if (!slot)
		return FOLLOW_END;
	trail->reg = -1;
	trail->slot = slot;
	return FOLLOW_ON;
}

static enum follow follow(struct trail *trail, const struct vlog_step *step)
{
	/* behind "(79) " */
	const char *s = step->len > 5 ? step->text + 5 : "", *op;
	int reg = reg_at(s);

	if (text_starts(s, "call ")) {
		if (trail->reg == 0)
			return FOLLOW_END;
		return FOLLOW_NOT;
	}
	if (trail->reg < 0) {
		const char *from = strstr(s, " = ");

		if (slot_at(s) != trail->slot)
			return FOLLOW_NOT;
		if (!from || from > step->text + step->len)
			return FOLLOW_END;
		trail->reg = reg_at(from + 3);
		return trail->reg < 0 ? FOLLOW_END : FOLLOW_ON;
	}
	if (reg < 0 || reg != trail->reg)
		return FOLLOW_NOT;
	op = s + strcspn(s, " \n");
	if (!text_starts(op, " = "))
		/* "r2 += -8": still the same value, changed */
		return *op == ' ' && op[1] != '\n' && strcspn(op + 1, " \n") <= 4 ? FOLLOW_ON
										  : FOLLOW_NOT;
	op += 3;
	if (*op == '(' && strchr(op, ')'))
		op = strchr(op, ')') + 1 + (strchr(op, ')')[1] == ' ');
	if (*op == '*' || text_starts(op, "*("))
		return follow_load(trail, op);
	/* "(79) r1 = *(u64 *)(r0 +0)" has a cast-like start, too */
	if (text_starts(s + strcspn(s, "=") + 2, "*("))
		return follow_load(trail, s + strcspn(s, "=") + 2);
	reg = reg_at(op);
	if (reg < 0)
		return FOLLOW_END;
	/* the frame's own address is no news */
	if (reg == 10)
		return FOLLOW_END;
	trail->reg = reg;
	return FOLLOW_ON;
}

void origin_of(struct origin *origin, const struct vlog *log, size_t step, unsigned int reg)
{
	struct trail trail = { .reg = (int)reg };
	size_t end = step > LOOK_BACK ? step - LOOK_BACK : 0;
	size_t back[ORIGIN_MAX] = {};
	unsigned int nr = 0;

	memset(origin, 0, sizeof(*origin));
	while (step > end) {
		enum follow how = follow(&trail, &log->steps[--step]);

		if (how == FOLLOW_NOT)
			continue;
		/* keep the nearest ones, and in the last place the farthest */
		back[nr] = step;
		if (nr + 1 < ORIGIN_MAX)
			nr++;
		if (how == FOLLOW_END) {
			origin->complete = true;
			break;
		}
	}
	if (origin->complete && nr + 1 == ORIGIN_MAX && back[nr] == step)
		nr++;
	for (unsigned int i = 0; i < nr; i++)
		origin->steps[i] = back[nr - 1 - i];
	origin->nr = nr;
}

int origin_register(const char *words)
{
	for (const char *s = words; (s = strchr(s, 'R')) != NULL; s++) {
		char *end;
		long reg = strtol(s + 1, &end, 10);

		if (end > s + 1 && isdigit((unsigned char)s[1]) && reg <= 10 &&
		    (s == words || !isalnum((unsigned char)s[-1])) && !isalnum((unsigned char)*end))
			return (int)reg;
	}
	return -1;
}

bool origin_call(const char *text, int len, char *name, size_t size, int *id)
{
	const char *at = memmem(text, (size_t)len, ") call ", 7);
	const char *hash;

	*id = -1;
	if (!at)
		return false;
	at += 7;
	snprintf(name, size, "%.*s", (int)text_ident_len(at), at);
	hash = at + text_ident_len(at);
	if (*hash == '#')
		*id = atoi(hash + 1);
	return true;
}
