// SPDX-License-Identifier: GPL-2.0-only
/* Programs that are too much for the verifier, alone or with what they call. */
#include <stdio.h>
#include <string.h>

#include "object/object.h"
#include "refusal/cause.h"
#include "refusal/cost.h"

/*
 * "BPF program is too large. Processed 1000001 insn", "The sequence of 8193 jumps is too complex."
 */
void tell_too_large(struct telling *telling)
{
	const char *words = telling->log.words;
	struct cost cost;

	if (strstr(words, "jumps is too complex"))
		buf_str(&telling->cause, "there are more paths through the program than the "
					 "verifier remembers (8192 branches)");
	else
		buf_str(&telling->cause, "the verifier gave up after a million instructions: there "
					 "are too many paths through the program, or a loop goes "
					 "round too often");
	if (!cost_of(&cost, &telling->places, &telling->log))
		return;
	telling->insn = (int)cost.insn;
	if (cost.function[0])
		buf_printf(&telling->cause, "; the function %s costs most, %u %%", cost.function,
			   cost.function_part);
	buf_printf(&telling->remarks,
		   "    %u %% of its time went to line %u, in a sample of %zu instructions\n",
		   cost.line_part, cost.place.line, telling->log.nr_steps);
}

static bool is_call(const struct bpf_insn *insn)
{
	return insn->code == (BPF_JMP | BPF_CALL) && insn->src_reg == BPF_PSEUDO_CALL;
}

/* The function with the largest frame is not told; those that are called are. */
void tell_calls(struct telling *telling)
{
	const struct object_prog *prog = telling->in->prog;

	for (uint32_t i = 0; i < prog->nr_insns && telling->insn < 0; i++)
		if (is_call(&prog->insns[i]))
			telling->insn = (int)i;
}

/* The call that leads back into its own function, else the first one. */
void tell_recursion(struct telling *telling)
{
	const struct object_prog *prog = telling->in->prog;

	for (uint32_t i = 0; i < prog->nr_insns; i++) {
		int64_t to = (int64_t)i + 1 + prog->insns[i].imm;
		const char *from = place_function_of(&telling->places, i);
		const char *into = to >= 0 && to < prog->nr_insns
					   ? place_function_of(&telling->places, (uint32_t)to)
					   : NULL;

		if (!is_call(&prog->insns[i]) || !from || !into || strcmp(from, into) != 0)
			continue;
		telling->insn = (int)i;
		if (!telling->cause.len)
			buf_printf(&telling->cause,
				   "the function %s calls itself, which BPF programs may not",
				   from);
		return;
	}
	if (!telling->cause.len)
		buf_str(&telling->cause, "functions call each other in a circle, which BPF "
					 "programs may not");
	tell_calls(telling);
}

/* A jump backwards; the verifier calls a call of the own function the same. */
void tell_back_edge(struct telling *telling)
{
	const struct object_prog *prog = telling->in->prog;

	tell_instruction(telling);
	if (telling->insn >= 0 && (uint32_t)telling->insn < prog->nr_insns &&
	    is_call(&prog->insns[telling->insn])) {
		const char *name = place_function_of(&telling->places, (uint32_t)telling->insn);

		buf_printf(&telling->cause,
			   "the function %s calls itself, or functions call each "
			   "other in a circle, which BPF programs may not",
			   name ?: "here");
		buf_str(&telling->advice, "declare the functions static inline; one that calls "
					  "itself must become a loop, with a constant bound");
		return;
	}
	buf_str(&telling->cause, "this kernel takes no loops, or none without a bound");
	buf_str(&telling->advice, "#pragma unroll the loop, with a constant bound; since Linux 5.3 "
				  "loops with a bound that the verifier can see are taken");
}
