// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "headers/magic.h"

static bool has_word(const char *text, const char *word)
{
	size_t len = strlen(word);

	for (const char *at = text; (at = strstr(at, word)) != NULL; at += len)
		if ((at == text || at[-1] == ' ') && (at[len] == ' ' || at[len] == '\0'))
			return true;
	return false;
}

static bool has_config(const char *config, const char *name)
{
	char line[64];

	snprintf(line, sizeof(line), "#define CONFIG_%s 1\n", name);
	return strstr(config, line) != NULL;
}

bool headers_magic(const char *config, const char *version, char *why, size_t size)
{
	/* a dynamic kernel called itself PREEMPT before 5.18 */
	bool full = has_config(config, "PREEMPT") || has_config(config, "PREEMPT_BUILD") ||
		    has_config(config, "PREEMPT_DYNAMIC");
	bool rt = has_config(config, "PREEMPT_RT");
	const struct {
		const char *what;
		bool headers, kernel;
	} flags[] = {
		{ "SMP", has_config(config, "SMP"), has_word(version, "SMP") },
		{ "PREEMPT_RT", rt, has_word(version, "PREEMPT_RT") },
		{ "PREEMPT", full || rt,
		  has_word(version, "PREEMPT") || has_word(version, "PREEMPT_DYNAMIC") ||
			  has_word(version, "PREEMPT_RT") },
	};

	if (!has_word(version, "SMP") && !strstr(version, "PREEMPT"))
		return true;
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		if (flags[i].headers == flags[i].kernel)
			continue;
		snprintf(why, size, "they are of a kernel %s %s, this one is %s it",
			 flags[i].headers ? "with" : "without", flags[i].what,
			 flags[i].kernel ? "with" : "without");
		return false;
	}
	return true;
}
