// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "refusal/log.h"
#include "util/text.h"

#define BLOCK_START "Verification failed: "

/* One line of a log. */
struct line {
	const char *at;
	size_t len;
};

static bool line_starts(struct line line, const char *prefix)
{
	size_t len = strlen(prefix);

	return line.len >= len && memcmp(line.at, prefix, len) == 0;
}

static bool line_has(struct line line, const char *text)
{
	return memmem(line.at, line.len, text, strlen(text)) != NULL;
}

/* "12: (79) ...": the number, and what follows it. */
static bool line_step(struct line line, struct vlog_step *step)
{
	size_t digits = strspn(line.at, "0123456789");
	const char *text = line.at + digits + 2, *regs;

	if (!digits || digits > 9 || line.len < digits + 6 || line.at[digits] != ':' ||
	    line.at[digits + 1] != ' ' || text[0] != '(' || !isxdigit((unsigned char)text[1]) ||
	    !isxdigit((unsigned char)text[2]) || text[3] != ')')
		return false;
	memset(step, 0, sizeof(*step));
	step->insn = (unsigned int)strtoul(line.at, NULL, 10);
	step->text = text;
	step->len = (int)(line.len - digits - 2);
	regs = memmem(text, (size_t)step->len, "; ", 2);
	if (regs) {
		step->regs_len = step->len - (int)(regs + 2 - text);
		step->regs = regs + 2;
		step->len = (int)(regs - text);
	}
	while (step->len && isspace((unsigned char)text[step->len - 1]))
		step->len--;
	return true;
}

/* "R0_w=inv0 R10=fp0", behind a number and a colon or spaces, with "frame1:" for called functions
 */
static bool line_state(struct line line, struct line *regs)
{
	const char *s = line.at, *end = line.at + line.len;

	/* "from 12 to 15: R0=...", where another path goes on */
	if (line_starts(line, "from ")) {
		s = memchr(s, ':', line.len);
		if (!s)
			return false;
		s++;
	} else {
		while (s < end && isdigit((unsigned char)*s))
			s++;
		if (s > line.at && (s == end || *s != ':'))
			return false;
		s += s > line.at;
	}
	while (s < end && *s == ' ')
		s++;
	if (end - s > 5 && memcmp(s, "frame", 5) == 0) {
		const char *colon = memchr(s, ':', (size_t)(end - s));

		s = colon ? colon + 1 : end;
		while (s < end && *s == ' ')
			s++;
	}
	*regs = (struct line){ s, (size_t)(end - s) };
	if (s == end)
		return true;
	if (*s != 'R' || end - s < 3 || !isdigit((unsigned char)s[1]))
		return false;
	s += 1 + strspn(s + 1, "0123456789");
	return s < end && (*s == '=' || *s == '_');
}

/* What the verifier remarks on its way, and the statistics that end every log. */
static bool line_remark(struct line line)
{
	static const char *const starts[] = {
		";",
		"processed ",
		"verification time ",
		"stack depth ",
		"func#",
		"Live regs",
		"last_idx ",
		"regs=",
		"parent ",
		"mark_precise",
		"Validating ",
		"Func#",
		"caller:",
		"callee:",
		"returning from",
		"to caller at",
		" frame",
		"SCC ",
		"subprog#",
		"propagating ",
		"cur state:",
		"old state:",
		"stack_arg",
		"insn_idx:",
		"max_states",
		"The rest of the log",
	};

	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++)
		if (line_starts(line, starts[i]))
			return true;
	return line_has(line, ": safe") || line_has(line, "first_idx") ||
	       line_has(line, "propagating ");
}

static struct line line_next(const char **text)
{
	struct line line = { *text, strcspn(*text, "\n") };

	*text += line.len + (line.at[line.len] == '\n');
	while (line.len && isspace((unsigned char)line.at[line.len - 1]))
		line.len--;
	return line;
}

static int add_step(struct vlog *log, const struct vlog_step *step)
{
	/* grows to 2, 4, 8 ...: only there the number of steps is a power of two */
	if ((log->nr_steps & (log->nr_steps - 1)) == 0) {
		size_t nr = log->nr_steps ? log->nr_steps * 2 : 1;
		struct vlog_step *steps = realloc(log->steps, nr * sizeof(*steps));

		if (!steps)
			return -ENOMEM;
		log->steps = steps;
	}
	log->steps[log->nr_steps++] = *step;
	return 0;
}

static void add_words(char *words, size_t size, struct line line, const char *between)
{
	size_t len = strlen(words);

	snprintf(words + len, size - len, "%s%.*s", len ? between : "", (int)line.len, line.at);
}

/* The lines below "Reason:" and the like, each indented, up to an empty one. */
static void section(char *out, size_t size, const char **text)
{
	while (**text == ' ') {
		struct line line = line_next(text);

		while (line.len && *line.at == ' ') {
			line.at++;
			line.len--;
		}
		add_words(out, size, line, " ");
	}
}

/* "  insn 0" or ">>> 10 | (61) ...": the source's own line has no instruction behind its bar. */
static void section_at(struct vlog *log, const char **text)
{
	while (**text == ' ') {
		struct line line = line_next(text);
		const char *end = line.at + line.len, *mark = line.at;

		if (log->at_insn < 0)
			sscanf(line.at, " insn %d", &log->at_insn);
		while ((mark = memmem(mark, (size_t)(end - mark), ">>>", 3)) != NULL) {
			int insn = -1, used = 0;

			mark += 3;
			if (sscanf(mark, " %d | %n", &insn, &used) == 1 && used &&
			    mark[used] == '(')
				log->at_insn = insn;
		}
	}
}

static void parse_block(struct vlog *log, const char *text)
{
	while (*text) {
		struct line line = line_next(&text);

		if (line_starts(line, "Reason:"))
			section(log->reason, sizeof(log->reason), &text);
		else if (line_starts(line, "Suggestion:"))
			section(log->suggestion, sizeof(log->suggestion), &text);
		else if (line_starts(line, "At:"))
			section_at(log, &text);
		else if (line_starts(line, "processed ") || line_starts(line, BLOCK_START))
			return;
	}
}

/* The one message that comes while an instruction's line has no end yet. */
static void split_words(struct vlog *log, struct vlog_step *step)
{
	static const char large[] = "BPF program is too large";
	const char *at = memmem(step->text, (size_t)step->len, large, strlen(large));

	if (!at)
		return;
	add_words(log->words, sizeof(log->words),
		  (struct line){ at, (size_t)(step->text + step->len - at) }, "");
	for (step->len = (int)(at - step->text); step->len > 0; step->len--)
		if (!isspace((unsigned char)step->text[step->len - 1]))
			break;
}

int vlog_parse(struct vlog *log, const char *text)
{
	memset(log, 0, sizeof(*log));
	log->at_insn = -1;
	while (*text) {
		struct line line = line_next(&text), regs;
		struct vlog_step step;

		if (line_starts(line, BLOCK_START)) {
			snprintf(log->title, sizeof(log->title), "%.*s",
				 (int)(line.len - strlen(BLOCK_START)),
				 line.at + strlen(BLOCK_START));
			parse_block(log, text);
			return 0;
		}
		if (line_step(line, &step)) {
			log->words[0] = '\0';
			split_words(log, &step);
			if (add_step(log, &step))
				return -ENOMEM;
		} else if (line_state(line, &regs)) {
			if (!regs.len)
				continue;
			log->words[0] = '\0';
			/* "from 3 to 7: ..." is the state of another path than the last step's */
			if (log->nr_steps && !line_starts(line, "from ") &&
			    !log->steps[log->nr_steps - 1].regs) {
				log->steps[log->nr_steps - 1].regs = regs.at;
				log->steps[log->nr_steps - 1].regs_len = (int)regs.len;
			}
		} else if (line_starts(line, "Validating ")) {
			line.at += strlen("Validating ");
			line.len -= strlen("Validating ");
			snprintf(log->validating, sizeof(log->validating), "%.*s",
				 (int)text_ident_len(line.at), line.at);
		} else if (line.len && !line_remark(line)) {
			add_words(log->words, sizeof(log->words), line, "\n");
		}
	}
	return 0;
}

void vlog_free(struct vlog *log)
{
	free(log->steps);
	memset(log, 0, sizeof(*log));
}

bool vlog_ends(const char *log)
{
	size_t len = strlen(log);
	const char *tail = len > 4096 ? log + len - 4096 : log;

	return text_starts(tail, "processed ") || strstr(tail, "\nprocessed ");
}

bool vlog_state(const struct vlog_step *step, unsigned int reg, char *out, size_t size)
{
	const char *s = step->regs, *end;
	char name[8];
	size_t len = (size_t)snprintf(name, sizeof(name), "R%u", reg);
	int depth = 0;

	if (!s)
		return false;
	end = s + step->regs_len;
	while (s < end && (strncmp(s, name, len) != 0 || (s[len] != '=' && s[len] != '_'))) {
		/* to the next word that is not inside of parentheses */
		for (; s < end && (*s != ' ' || depth); s++)
			depth += *s == '(' ? 1 : *s == ')' ? -1 : 0;
		while (s < end && *s == ' ')
			s++;
	}
	if (s >= end)
		return false;
	s = memchr(s, '=', (size_t)(end - s));
	if (!s)
		return false;
	s++;
	len = 0;
	for (depth = 0; s + len < end && (s[len] != ' ' || depth); len++)
		depth += s[len] == '(' ? 1 : s[len] == ')' ? -1 : 0;
	snprintf(out, size, "%.*s", (int)len, s);
	return len > 0;
}
