// SPDX-License-Identifier: GPL-2.0-only
/* From what a uprobe's line says to offsets in a file. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attach/attach.h"
#include "attach/uprobe_target.h"
#include "binary/elf.h"
#include "binary/elf_symbol.h"
#include "binary/returns.h"
#include "cache/cache.h"
#include "util/error.h"
#include "util/text.h"

static int target_place(const char *place, struct uprobe_target *target, struct error *err)
{
	if (strcmp(place, "ret") == 0) {
		target->place = UPROBE_RETURNS;
	} else if (strcmp(place, "body") == 0) {
		target->place = UPROBE_BODY;
	} else if (text_u64(place, &target->offset) < 0) {
		error_set(err, -EINVAL, "%s is not a number of bytes", place);
		return error_hint(err, "or +ret, at each of its returns, or +body, behind a Go "
				       "function's check for room on the stack");
	}
	return 0;
}

int uprobe_target_parse(const char *text, struct uprobe_target *target, struct error *err)
{
	const char *colon = strrchr(text, ':'), *plus;

	memset(target, 0, sizeof(*target));
	if (!colon || colon == text || !colon[1]) {
		error_set(err, -EINVAL, "it is written BINARY:FUNCTION");
		return error_hint(err, "for example /usr/bin/bash:readline, or c:getaddrinfo");
	}
	snprintf(target->binary, sizeof(target->binary), "%.*s", (int)(colon - text), text);
	if (text_starts(colon + 1, "0x")) {
		if (text_u64(colon + 1, &target->offset) < 0)
			return error_set(err, -EINVAL, "%s is not an offset", colon + 1);
		return 0;
	}
	plus = strrchr(colon, '+');
	snprintf(target->symbol, sizeof(target->symbol), "%.*s",
		 plus ? (int)(plus - colon - 1) : (int)sizeof(target->symbol) - 1, colon + 1);
	return plus ? target_place(plus + 1, target, err) : 0;
}

static int file_returns(const struct elf_file *file, const struct elf_function *function,
			uint64_t *places, unsigned int *nr, struct error *err)
{
	uint64_t *offsets = NULL;
	unsigned int found = 0;
	int ret = binary_returns(file, function, &offsets, &found, err);

	if (!ret && found > UPROBE_PLACES_MAX)
		ret = error_set(err, -E2BIG, "%s of %s returns at %u places, over %d",
				function->name, file->path, found, UPROBE_PLACES_MAX);
	if (!ret) {
		memcpy(places, offsets, found * sizeof(*places));
		*nr = found;
	}
	free(offsets);
	return ret;
}

/* The places in the file. Errors are those of the file alone. */
static int file_places(const struct uprobe_target *target, const char *path, uint64_t *places,
		       unsigned int *nr, struct error *err)
{
	struct elf_function function;
	struct elf_file file;
	int ret;

	ret = elf_file_open(&file, path, err);
	if (ret < 0)
		return ret;
	*nr = 1;
	if (!target->symbol[0]) {
		*places = target->offset;
		ret = elf_check_code(&file, target->offset, err);
		goto out;
	}
	ret = elf_symbol_find(&file, target->symbol, &function, err);
	if (ret < 0)
		goto out;
	if (target->place == UPROBE_RETURNS) {
		ret = file_returns(&file, &function, places, nr, err);
	} else if (target->place == UPROBE_BODY) {
		ret = binary_body(&file, &function, places, err);
	} else {
		*places = function.offset + target->offset;
		if (function.size && target->offset >= function.size)
			ret = error_set(err, -EINVAL,
					"%s of %s is %llu bytes long: +%llu is behind its end",
					target->symbol, path, (unsigned long long)function.size,
					(unsigned long long)target->offset);
	}
out:
	elf_file_close(&file);
	return ret;
}

int uprobe_target_resolve(const struct uprobe_target *target, const char *path,
			  const struct cache *cache, uint64_t *places, unsigned int *nr,
			  struct error *err)
{
	static const char *const names[] = {
		[UPROBE_OFFSET] = "",
		[UPROBE_BODY] = "+body",
		[UPROBE_RETURNS] = "+ret",
	};
	char what[PATH_MAX + sizeof(target->symbol) + 64];
	int ret;

	snprintf(what, sizeof(what), "uprobe %s%s+%llu in %s", target->symbol, names[target->place],
		 (unsigned long long)target->offset, path);
	ret = cache_numbers_find(cache, what, places, UPROBE_PLACES_MAX);
	if (ret > 0) {
		*nr = (unsigned int)ret;
		return 0;
	}
	ret = file_places(target, path, places, nr, err);
	if (!ret)
		cache_numbers_store(cache, what, places, *nr, path);
	return ret;
}
