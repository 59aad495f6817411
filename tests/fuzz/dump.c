// SPDX-License-Identifier: GPL-2.0-only
/* Any text as a dump of clang's syntax tree: what is found has a place in it. */
#include <stdio.h>

#include "fuzz.h"
#include "match/access.h"
#include "match/dump.h"

static uint64_t any(const struct dump_ask *ask, uint64_t address)
{
	(void)ask;
	return address * 8;
}

static int64_t any_value(const struct dump_ask *ask, uint64_t address)
{
	(void)ask;
	return (int64_t)address;
}

static bool any_is_own(const struct dump_ask *ask, const char *name, size_t len)
{
	(void)ask;
	return len && name[len - 1] != 'h';
}

/* the words, too, are any text: the dump's own */
struct fuzz_ask {
	struct dump_ask ask;
	const char *dump;
};

static void any_words(const struct dump_ask *ask, uint64_t address, char *words, size_t size)
{
	(void)address;
	snprintf(words, size, "%s", ((const struct fuzz_ask *)ask)->dump);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *dump = fuzz_text(data, size);
	struct fuzz_ask ask = { { any, any, any, any_value, any_is_own, any_words }, dump };
	struct access_list list = {};

	dump_accesses(dump, size, &ask.ask, &list);
	for (size_t i = 0; i < list.nr; i++) {
		const struct access *access = &list.items[i];

		if (!access->record[0] || (access->kind != ACCESS_STRIDE && !access->member[0]))
			abort();
		if (!memmem(dump, size, access->file, strlen(access->file)))
			abort();
	}
	access_free(&list);
	free(dump);
	return 0;
}
