// SPDX-License-Identifier: GPL-2.0-only
/* From the verifier's log to the message. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "compile/names.h"
#include "object/object.h"
#include "probe/expand.h"
#include "refusal/cause.h"
#include "util/error.h"
#include "util/text.h"

#define SOURCE_COLUMNS 160 /* of a source line that are shown */
#define STEP_COLUMNS   60  /* of an instruction */
#define STATE_COLUMNS  70  /* of a register's state */

/* The function whose line this is, if it is one of hotprobe's: those have names to look for. */
static unsigned int call_of_own(struct places *places, const struct place *own,
				const struct place *near, const struct block *block)
{
	struct block helper;
	unsigned int line;

	if (place_block(places, own->file, own->line, &helper) &&
	    (line = place_call(places, near->file, block, helper.name, near->line)) != 0)
		return line;
	for (uint32_t i = 0; i < places->obj->nr_maps; i++) {
		const char *map = places->obj->maps[i].name;
		static const char *const verbs[] = { "emit", "emit_part", "drop" };

		if (!text_starts(map, NAME_SCHEMA))
			continue;
		for (size_t v = 0; v < sizeof(verbs) / sizeof(verbs[0]); v++) {
			char name[160];

			snprintf(name, sizeof(name), "%s_%s", map + strlen(NAME_SCHEMA), verbs[v]);
			line = place_call(places, near->file, block, name, near->line);
			if (line)
				return line;
		}
	}
	return 0;
}

/* The steps back from the refused one, then the program's own order: the last line of the user's.
 */
static bool nearest_user(struct telling *telling, struct place *place)
{
	size_t nr = telling->log.nr_steps;

	if (nr && telling->log.steps[nr - 1].insn == (unsigned int)telling->insn)
		while (nr-- > 0)
			if (place_of(&telling->places, telling->log.steps[nr].insn, place) &&
			    place_is_users(&telling->places, place))
				return true;
	for (int insn = telling->insn; insn >= 0; insn--)
		if (place_of(&telling->places, (uint32_t)insn, place) &&
		    place_is_users(&telling->places, place))
			return true;
	return false;
}

/*
 * The user's line for an instruction. What lies in hotprobe's own text was inlined: then it is the
 * line that calls it.
 */
static bool user_place(struct telling *telling, struct place *place)
{
	struct places *places = &telling->places;
	struct place near;
	struct block block;
	unsigned int line;

	if (telling->insn < 0 || !place_of(places, (uint32_t)telling->insn, place))
		return false;
	if (place_is_users(places, place)) {
		if (telling->whole_function &&
		    place_block(places, place->file, place->line, &block)) {
			place->line = block.first;
			place->column = 0;
		}
		return true;
	}
	if (!nearest_user(telling, &near))
		return false;
	if (place_block(places, near.file, near.line, &block)) {
		line = call_of_own(places, place, &near, &block);
		near.column = line && line != near.line ? 0 : near.column;
		near.line = line ?: near.line;
	}
	*place = near;
	/* the column is that of another instruction */
	place->column = 0;
	return true;
}

/* The program's function itself, for what is about no instruction. */
static bool program_place(struct telling *telling, struct place *place)
{
	uint32_t nr = telling->in->prog->nr_insns;

	for (uint32_t insn = 0; insn < nr; insn++)
		if (place_of(&telling->places, insn, place) &&
		    place_is_users(&telling->places, place)) {
			struct block block;

			if (place_block(&telling->places, place->file, place->line, &block))
				place->line = block.first;
			place->column = 0;
			return true;
		}
	return false;
}

static void show_source(struct telling *telling, const struct place *place, unsigned int column,
			struct buf *out)
{
	const char *text = place_text(&telling->places, place->file), *s = text;
	struct buf line = {};
	size_t before = 0;

	place_line(&telling->places, place->file, place->line, &line);
	if (!line.len)
		goto out;
	buf_printf(out, "\n%.*s", SOURCE_COLUMNS, buf_text(&line));
	if (!column)
		goto out;
	for (unsigned int l = 1; l < place->line; l++)
		s = strchr(s, '\n') + 1;
	for (unsigned int c = 1; c < column; c++)
		before = s[c - 1] == '\t' ? before / 8 * 8 + 8 : before + 1;
	if (before < SOURCE_COLUMNS)
		buf_printf(out, "\n%*s^", (int)before, "");
out:
	buf_free(&line);
}

/* "called from" for a helper function of the user's that was inlined. */
static void show_caller(struct telling *telling, const struct place *place, struct buf *out)
{
	struct places *places = &telling->places;
	struct place main, at = {};
	struct block own, outer;
	unsigned int line = 0;

	if (!program_place(telling, &main) ||
	    !place_block(places, place->file, place->line, &own) || !own.name[0] ||
	    !place_block(places, main.file, main.line, &outer) ||
	    (strcmp(main.file, place->file) == 0 && own.first == outer.first))
		return;
	/* the last line of the program's function before it */
	for (size_t i = telling->log.nr_steps; i-- > 0;)
		if (place_of(places, telling->log.steps[i].insn, &at) &&
		    strcmp(at.file, main.file) == 0 && at.line >= outer.first &&
		    at.line <= outer.last)
			break;
	line = place_call(places, main.file, &outer, own.name, at.line);
	if (!line)
		return;
	buf_printf(out, "    in %s(), called at %s:%u:\n", own.name, main.file, line);
	place_line(places, main.file, line, out);
	buf_char(out, '\n');
}

static void show_step(struct telling *telling, const struct vlog_step *step, int reg,
		      struct buf *out)
{
	struct place place;
	char where[48] = "", state[256];
	size_t from = out->len;

	if (place_of(&telling->places, step->insn, &place)) {
		const char *slash = strrchr(place.file, '/');

		if (strcmp(place.file, telling->in->source) == 0)
			snprintf(where, sizeof(where), "line %u", place.line);
		else if (strcmp(place.file, EXPAND_OWN_FILE) != 0)
			snprintf(where, sizeof(where), "%s:%u", slash ? slash + 1 : place.file,
				 place.line);
	}
	buf_printf(out, "    %-10s %4u: %.*s", where, step->insn,
		   step->len < STEP_COLUMNS ? step->len : STEP_COLUMNS, step->text);
	if (reg >= 0 && vlog_state(step, (unsigned int)reg, state, sizeof(state))) {
		buf_pad(out, from, 58);
		buf_printf(out, " ; R%d=%.*s%s", reg, STATE_COLUMNS, state,
			   strlen(state) > STATE_COLUMNS ? "..." : "");
	}
	buf_char(out, '\n');
}

/* "r7" that a step sets: the register to show the state of */
static int step_sets(const struct vlog_step *step)
{
	const char *s = step->len > 5 ? step->text + 5 : "";
	int reg;

	if (text_starts(s, "call "))
		return 0;
	return (sscanf(s, "r%d", &reg) == 1 || sscanf(s, "w%d", &reg) == 1) ? reg : -1;
}

static void show_steps(struct telling *telling, struct buf *out)
{
	const struct vlog *log = &telling->log;
	unsigned int before = UINT_MAX;

	for (unsigned int i = 0; i < telling->origin.nr; i++) {
		const struct vlog_step *step = &log->steps[telling->origin.steps[i]];

		if (step->insn == before)
			continue;
		before = step->insn;
		show_step(telling, step, step_sets(step), out);
	}
	if (log->nr_steps)
		show_step(telling, &log->steps[log->nr_steps - 1], -1, out);
}

static void find_cause(struct telling *telling)
{
	const struct cause *cause = cause_of(telling->log.words);

	if (cause && cause->sentence)
		buf_str(&telling->cause, cause->sentence);
	if (cause && cause->advice)
		buf_str(&telling->advice, cause->advice);
	if (cause && cause->tell)
		cause->tell(telling);
	if (cause)
		return;
	/* what Linux 7.3 says of it is better than nothing */
	buf_str(&telling->cause, telling->log.reason[0]	 ? telling->log.reason
				 : telling->log.title[0] ? telling->log.title
							 : telling->log.words);
	buf_str(&telling->advice, telling->log.suggestion[0]
					  ? telling->log.suggestion
					  : "--verifier-log FILE shows all that the verifier "
					    "looked at");
}

static void telling_open(struct telling *telling, const struct refusal *in)
{
	const struct vlog *log = &telling->log;

	telling->in = in;
	places_open(&telling->places, in->obj, in->prog, in->source);
	telling->insn = log->nr_steps ? (int)log->steps[log->nr_steps - 1].insn : log->at_insn;
	telling->reg = origin_register(log->words);
	if (log->nr_steps && telling->reg >= 0)
		origin_of(&telling->origin, log, log->nr_steps - 1, (unsigned int)telling->reg);
}

static void telling_close(struct telling *telling)
{
	vlog_free(&telling->log);
	places_close(&telling->places);
	buf_free(&telling->cause);
	buf_free(&telling->advice);
	buf_free(&telling->remarks);
}

static void compose(struct telling *telling, struct error *err)
{
	const struct refusal *in = telling->in;
	struct place place;
	struct buf text = {};
	unsigned int column = 0;

	if (user_place(telling, &place)) {
		column = place_column(&telling->places, &place);
	} else if (!program_place(telling, &place)) {
		memset(&place, 0, sizeof(place));
		snprintf(place.file, sizeof(place.file), "%s", in->source);
	}
	buf_str(&text, place.file);
	if (place.line)
		buf_printf(&text, ":%u", place.line);
	buf_printf(&text, ": the verifier refused %s: %s", in->prog->name,
		   buf_text(&telling->cause));
	if (place.line)
		show_source(telling, &place, column, &text);
	buf_printf(&text, "\nkernel: ");
	for (const char *s = telling->log.words; *s; s++)
		if (*s == '\n')
			buf_str(&text, "\n        ");
		else
			buf_char(&text, *s);
	buf_char(&text, '\n');
	if (place.line)
		show_caller(telling, &place, &text);
	show_steps(telling, &text);
	buf_str(&text, buf_text(&telling->remarks));
	while (text.len && text.data[text.len - 1] == '\n')
		text.data[--text.len] = '\0';
	error_set(err, in->code, "%s", buf_text(&text));
	if (telling->advice.len)
		error_hint(err, "%s", buf_text(&telling->advice));
	error_place(err, ERROR_VERIFIER, place.file, place.line, column);
	buf_free(&text);
}

int refusal_explain(const struct refusal *in, struct error *err)
{
	struct telling telling = {};

	if (vlog_parse(&telling.log, in->log)) {
		vlog_free(&telling.log);
		return error_sys(err, -ENOMEM, "cannot read the verifier's log");
	}
	if (!telling.log.words[0] && !telling.log.title[0]) {
		error_sys(err, in->code, "%s: the kernel refused the program %s without a reason",
			  in->source, in->prog->name);
		error_place(err, ERROR_VERIFIER, in->source, 0, 0);
		vlog_free(&telling.log);
		return err->code;
	}
	if (!telling.log.words[0])
		snprintf(telling.log.words, sizeof(telling.log.words), "%s", telling.log.title);
	telling_open(&telling, in);
	find_cause(&telling);
	compose(&telling, err);
	telling_close(&telling);
	return err->code;
}
