// SPDX-License-Identifier: GPL-2.0-only
/* Which line and which function make a program too complex: those that are walked most often. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "object/object.h"
#include "refusal/cost.h"
#include "refusal/log.h"
#include "util/text.h"

#define FUNCTIONS_MAX 64

/* How often the verifier came to an instruction, then to a line. */
struct visits {
	uint64_t line; /* place_key() */
	uint32_t insn;
	size_t nr;
};

struct function {
	char name[128];
	size_t nr;
};

static int by_line(const void *a, const void *b)
{
	const struct visits *x = a, *y = b;

	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	return x->insn < y->insn ? -1 : x->insn > y->insn;
}

/* Make one entry of all instructions of a line; how many entries are left. */
static uint32_t sum_lines(struct visits *visits, uint32_t nr)
{
	uint32_t kept = 0;

	qsort(visits, nr, sizeof(*visits), by_line);
	for (uint32_t i = 0; i < nr; i++) {
		if (!visits[i].nr || !visits[i].line)
			continue;
		if (kept && visits[kept - 1].line == visits[i].line)
			visits[kept - 1].nr += visits[i].nr;
		else
			visits[kept++] = visits[i];
	}
	return kept;
}

/* Inlined functions are told by the source: the block that a line lies in. */
static void sum_functions(struct cost *cost, struct places *places, const struct visits *visits,
			  uint32_t nr, size_t all)
{
	struct function functions[FUNCTIONS_MAX] = {};
	unsigned int known = 0, most = 0;

	for (uint32_t i = 0; i < nr; i++) {
		struct place place;
		struct block block;
		const char *name;
		unsigned int f = 0;

		if (!place_of(places, visits[i].insn, &place) || !place_is_users(places, &place) ||
		    !place_block(places, place.file, place.line, &block) || !block.name[0])
			continue;
		/* functions that are not inlined have names; what TRACEPOINT_PROBE() makes, too */
		name = place_function_of(places, visits[i].insn);
		if (name &&
		    (strcmp(name, places->prog->name) != 0 || text_ends(block.name, "_PROBE")))
			snprintf(block.name, sizeof(block.name), "%s", name);
		while (f < known && strcmp(functions[f].name, block.name) != 0)
			f++;
		if (f == FUNCTIONS_MAX)
			continue;
		if (f == known) {
			known++;
			memcpy(functions[f].name, block.name, sizeof(functions[f].name));
		}
		functions[f].nr += visits[i].nr;
		if (functions[f].nr > functions[most].nr)
			most = f;
	}
	if (!known)
		return;
	memcpy(cost->function, functions[most].name, sizeof(cost->function));
	cost->function_part = (unsigned int)(functions[most].nr * 100 / all);
}

bool cost_of(struct cost *cost, struct places *places, const struct vlog *log)
{
	uint32_t nr = places->prog->nr_insns, most = 0, lines;
	struct visits *visits = calloc(nr + 1, sizeof(*visits));

	memset(cost, 0, sizeof(*cost));
	if (!visits)
		return false;
	for (size_t i = 0; i < log->nr_steps; i++)
		if (log->steps[i].insn < nr)
			visits[log->steps[i].insn].nr++;
	for (uint32_t i = 0; i < nr; i++) {
		visits[i].insn = i;
		visits[i].line = visits[i].nr ? place_key(places, i) : 0;
	}
	lines = sum_lines(visits, nr);
	for (uint32_t i = 0; i < lines; i++)
		if (visits[i].nr > visits[most].nr)
			most = i;
	if (lines) {
		cost->insn = visits[most].insn;
		cost->line_part = (unsigned int)(visits[most].nr * 100 / log->nr_steps);
		place_of(places, cost->insn, &cost->place);
		sum_functions(cost, places, visits, lines, log->nr_steps);
	}
	free(visits);
	return lines > 0;
}
