// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "compile/names.h"
#include "disasm/insn.h"
#include "disasm/listing.h"
#include "disasm/parts.h"
#include "object/object.h"
#include "output/stack.h"
#include "refusal/place.h"
#include "util/json.h"
#include "util/text.h"

/* One instruction with what it refers to. */
struct line {
	uint32_t pc;
	const char *map;
	const char *constant;
	const char *function; /* called, or pointed to */
	char called[96];      /* of the kernel's functions; "" none, or a helper's number tells */
	int to;		      /* where it may jump, -1 nowhere */
};

static const char *const const_names[CONST_NR] = {
	[CONST_SELF] = "self",	      [CONST_PID] = "pid",	     [CONST_UID] = "uid",
	[CONST_COMM_LOW] = "comm, 1", [CONST_COMM_HIGH] = "comm, 2", [CONST_FUNCTION] = "function",
	[CONST_SLOTS] = "slots",
};

static const char *function_at(const struct places *places, int64_t pc)
{
	if (pc < 0 || pc >= places->prog->nr_insns)
		return NULL;
	return place_function_of(places, (uint32_t)pc);
}

static void wide_refers(struct line *line, const struct listing *listing,
			const struct places *places, const struct bpf_insn *insn)
{
	uint64_t value = (uint32_t)insn[0].imm | (uint64_t)(uint32_t)insn[1].imm << 32;

	if (insn->src_reg == BPF_PSEUDO_MAP_FD)
		line->map = insn->imm >= 0 && (uint32_t)insn->imm < listing->obj->nr_maps
				    ? listing->obj->maps[insn->imm].name
				    : "?";
	else if (insn->src_reg == BPF_PSEUDO_FUNC)
		line->function = function_at(places, (int64_t)line->pc + insn->imm + 1);
	else if (!insn->src_reg && value >= CONST_MARK && value < CONST_MARK + CONST_NR)
		line->constant = const_names[value - CONST_MARK];
}

/* Where translated programs count from; 0 when the kernel hides its addresses. */
static uint64_t call_base(const struct symbols *symbols)
{
	static const char base[] = "__bpf_call_base";

	for (size_t i = 0; i < symbols->nr; i++)
		if (text_starts(symbols->items[i].name, base) &&
		    !text_ident_len(symbols->items[i].name + sizeof(base) - 1))
			return symbols->items[i].addr;
	return 0;
}

static void call_refers(struct line *line, const struct listing *listing,
			const struct bpf_insn *insn)
{
	uint64_t base;

	if (!listing->symbols || insn->code != (BPF_JMP | BPF_CALL) || insn->src_reg)
		return;
	/* the first look reads the symbols */
	parts_symbol(listing->symbols, UINT64_MAX, line->called, sizeof(line->called));
	base = call_base(listing->symbols);
	if (!base || !parts_symbol(listing->symbols, base + (uint64_t)(int64_t)insn->imm,
				   line->called, sizeof(line->called)))
		line->called[0] = '\0';
}

static void line_refers(struct line *line, const struct listing *listing,
			const struct places *places, uint32_t pc)
{
	const struct bpf_insn *insn = &listing->prog->insns[pc];
	int by;

	*line = (struct line){ .pc = pc, .to = -1 };
	if (insn_is_wide(insn) && pc + 1 < listing->prog->nr_insns)
		wide_refers(line, listing, places, insn);
	else if (insn_call(insn, &by))
		line->function = function_at(places, (int64_t)pc + by + 1);
	else if (insn_jump(insn, &by) && (int64_t)pc + by + 1 >= 0)
		line->to = (int)pc + by + 1;
	else
		call_refers(line, listing, insn);
}

static void line_text(struct buf *out, const struct line *line, const struct bpf_insn *insn)
{
	char value[OBJECT_NAME_MAX + 16] = "";

	if (line->map)
		snprintf(value, sizeof(value), "map[%s]", line->map);
	else if (line->constant)
		snprintf(value, sizeof(value), "const(%s)", line->constant);
	else if (line->called[0])
		snprintf(value, sizeof(value), "%s", line->called);
	insn_text(out, insn, value[0] ? value : NULL);
	if (line->function)
		buf_printf(out, " <%s>", line->function);
	if (line->to >= 0)
		buf_printf(out, " <%d>", line->to);
}

void listing_text(struct buf *out, const struct listing *listing)
{
	const struct object_prog *prog = listing->prog;
	const char *function = NULL;
	struct places places;
	uint64_t last = 0;

	places_open(&places, listing->obj, prog, listing->source);
	for (uint32_t pc = 0; pc < prog->nr_insns; pc++) {
		const char *in = place_function_of(&places, pc);
		uint64_t key = place_key(&places, pc);
		struct place place;
		struct line line;

		if (in && function && strcmp(in, function) != 0)
			buf_printf(out, "%s:\n", in);
		function = in;
		if (key && key != last && place_of(&places, pc, &place))
			parts_source(out, &places, &place, listing->source);
		if (key)
			last = key;
		line_refers(&line, listing, &places, pc);
		buf_printf(out, "%6u: ", pc);
		line_text(out, &line, &prog->insns[pc]);
		buf_char(out, '\n');
		pc += insn_is_wide(&prog->insns[pc]);
	}
	places_close(&places);
}

void listing_json(struct buf *out, const struct listing *listing)
{
	const struct object_prog *prog = listing->prog;
	struct places places;
	struct buf text = {};

	places_open(&places, listing->obj, prog, listing->source);
	buf_char(out, '[');
	for (uint32_t pc = 0; pc < prog->nr_insns; pc++) {
		struct place place;
		struct line line;

		line_refers(&line, listing, &places, pc);
		buf_reset(&text);
		line_text(&text, &line, &prog->insns[pc]);
		json_next(out);
		buf_char(out, '{');
		json_add_u64(out, "pc", pc);
		json_add_text(out, "text", buf_text(&text));
		if (place_of(&places, pc, &place)) {
			json_add_text(out, "file", parts_file(place.file));
			json_add_u64(out, "line", place.line);
		}
		if (line.map)
			json_add_text(out, "map", line.map);
		if (line.constant)
			json_add_text(out, "const", line.constant);
		if (line.function || line.called[0])
			json_add_text(out, "function", line.function ?: line.called);
		if (line.to >= 0)
			json_add_u64(out, "to", (uint64_t)line.to);
		buf_char(out, '}');
		pc += insn_is_wide(&prog->insns[pc]);
	}
	buf_char(out, ']');
	buf_free(&text);
	places_close(&places);
}
