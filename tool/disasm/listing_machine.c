// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "disasm/kernel_code.h"
#include "disasm/listing.h"
#include "disasm/machine.h"
#include "disasm/parts.h"
#include "refusal/place.h"
#include "util/buf.h"
#include "util/json.h"

/* A place in the machine code. */
struct step {
	uint32_t function;
	uint32_t at; /* from the start of the function */
	uint64_t addr;
	struct buf text;
	uint32_t line; /* index of the source line that begins there; UINT32_MAX none */
	size_t size;
};

/* The line that begins at @addr, or the next behind it when @next. */
static uint32_t line_at(const struct kernel_code *code, uint64_t addr, bool next, uint64_t *at)
{
	uint32_t found = UINT32_MAX;

	for (uint32_t i = 0; i < code->nr_line_addrs; i++) {
		uint64_t begins = code->line_addrs[i];

		if (next ? begins <= addr || (found != UINT32_MAX && begins >= *at)
			 : begins != addr)
			continue;
		found = i;
		*at = begins;
	}
	return found;
}

/* One instruction more; false behind the last one of the function, of which @start is the code. */
static bool machine_step(struct step *step, const struct listing *listing,
			 const struct kernel_code *code, const struct machine *machine,
			 const unsigned char *start)
{
	size_t len = code->lens[step->function] - step->at;
	uint64_t next = 0, target = 0;
	char name[96];

	if (!len)
		return false;
	step->addr = code->addrs[step->function] + step->at;
	step->line = line_at(code, step->addr, false, &next);
	/* bytes that nobody can read are at least told apart by line */
	if (line_at(code, step->addr, true, &next) != UINT32_MAX && next - step->addr < len)
		len = (size_t)(next - step->addr);
	buf_reset(&step->text);
	step->size = machine_text(&step->text, machine, start + step->at, len, step->addr, &target);
	if (target && parts_symbol(listing->symbols, target, name, sizeof(name)))
		buf_printf(&step->text, " <%s>", name);
	return true;
}

static bool line_place(const struct places *places, const struct kernel_code *code, uint32_t line,
		       struct place *place)
{
	const struct bpf_line_info *info = code->prog.line_info;

	return line != UINT32_MAX && place_of(places, info[line].insn_off, place);
}

void listing_machine(struct buf *out, const struct listing *listing, const struct kernel_code *code,
		     const struct machine *machine)
{
	const unsigned char *start = code->jited;
	struct place place, last = {};
	struct step step = {};
	struct places places;

	places_open(&places, listing->obj, listing->prog, listing->source);
	for (; step.function < code->nr_functions; step.function++) {
		if (code->nr_functions > 1)
			buf_printf(out, "function %u:\n", step.function);
		for (step.at = 0; machine_step(&step, listing, code, machine, start);
		     step.at += (uint32_t)step.size) {
			if (line_place(&places, code, step.line, &place) &&
			    (place.line != last.line || strcmp(place.file, last.file) != 0)) {
				parts_source(out, &places, &place, listing->source);
				last = place;
			}
			buf_printf(out, "%6x: %s\n", step.at, buf_text(&step.text));
		}
		start += code->lens[step.function];
	}
	buf_free(&step.text);
	places_close(&places);
}

void listing_machine_json(struct buf *out, const struct listing *listing,
			  const struct kernel_code *code, const struct machine *machine)
{
	const unsigned char *start = code->jited;
	struct place place = {};
	struct step step = {};
	struct places places;

	places_open(&places, listing->obj, listing->prog, listing->source);
	buf_char(out, '[');
	for (; step.function < code->nr_functions; step.function++) {
		for (step.at = 0; machine_step(&step, listing, code, machine, start);
		     step.at += (uint32_t)step.size) {
			line_place(&places, code, step.line, &place);
			json_next(out);
			buf_char(out, '{');
			json_add_u64(out, "part", step.function);
			json_add_u64(out, "at", step.at);
			json_add_text(out, "text", buf_text(&step.text));
			if (place.line) {
				json_add_text(out, "file", parts_file(place.file));
				json_add_u64(out, "line", place.line);
			}
			buf_char(out, '}');
		}
		start += code->lens[step.function];
	}
	buf_char(out, ']');
	buf_free(&step.text);
	places_close(&places);
}
