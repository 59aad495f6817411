// SPDX-License-Identifier: GPL-2.0-only
/* Numbers that took long to look up: entries whose key is a line of text. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cache/cache.h"
#include "object/deps.h"
#include "util/buf.h"

int cache_numbers_find(const struct cache *cache, const char *what, uint64_t *numbers,
		       unsigned int max)
{
	struct buf payload = {};
	char why[CACHE_WHY_MAX];
	int ret = cache ? cache_find(cache, what, strlen(what), &payload, why) : -ENOENT;
	size_t nr = payload.len / sizeof(*numbers);

	if (!ret && nr && nr <= max && payload.len % sizeof(*numbers) == 0) {
		memcpy(numbers, payload.data, payload.len);
		ret = (int)nr;
	} else {
		ret = -ENOENT;
	}
	buf_free(&payload);
	return ret;
}

void cache_numbers_store(const struct cache *cache, const char *what, const uint64_t *numbers,
			 unsigned int nr, const char *file)
{
	struct buf deps = {}, payload = {};

	if (!cache)
		return;
	if (file)
		deps_add_file(&deps, file);
	buf_add(&payload, numbers, nr * sizeof(*numbers));
	/* what cannot be kept is looked up again */
	cache_store(cache, what, strlen(what), what, &deps, &payload);
	buf_free(&payload);
	buf_free(&deps);
}

int cache_number_find(const struct cache *cache, const char *what, uint64_t *number)
{
	return cache_numbers_find(cache, what, number, 1) == 1 ? 0 : -ENOENT;
}

void cache_number_store(const struct cache *cache, const char *what, uint64_t number,
			const char *file)
{
	cache_numbers_store(cache, what, &number, 1, file);
}
