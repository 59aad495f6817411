// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "disasm/verdict.h"

/* The number behind a word in a line; 0 when it is not there. */
static uint64_t number_behind(const char *line, const char *word)
{
	const char *end = line + strcspn(line, "\n");
	const char *at = memmem(line, (size_t)(end - line), word, strlen(word));

	return at ? strtoull(at + strlen(word), NULL, 10) : 0;
}

static void stack_parse(struct verdict *verdict, const char *log)
{
	static const char word[] = "stack depth ";
	const char *at = strstr(log, word);

	if (!at)
		return;
	at += sizeof(word) - 1;
	snprintf(verdict->stack, sizeof(verdict->stack), "%.*s", (int)strspn(at, "0123456789+"),
		 at);
	for (;;) {
		char *end;

		verdict->stack_bytes += strtoull(at, &end, 10);
		if (*end != '+')
			break;
		at = end + 1;
	}
}

bool verdict_parse(struct verdict *verdict, const char *log)
{
	const char *line = log, *last = NULL;

	memset(verdict, 0, sizeof(*verdict));
	/* the words may stand in the probe's own text, too, which is before it */
	while ((line = strstr(line, "processed ")) != NULL) {
		if (line == log || line[-1] == '\n')
			last = line;
		line++;
	}
	if (!last)
		return false;
	verdict->processed = number_behind(last, "processed ");
	verdict->limit = number_behind(last, "(limit ");
	verdict->states = number_behind(last, "total_states ");
	verdict->peak_states = number_behind(last, "peak_states ");
	line = strstr(log, "verification time ");
	verdict->time_us = line ? number_behind(line, "verification time ") : 0;
	stack_parse(verdict, log);
	return true;
}
