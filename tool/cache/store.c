// SPDX-License-Identifier: GPL-2.0-only
/* Entries, found by their key and kept. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cache/cache.h"
#include "cache/entry.h"
#include "object/deps.h"
#include "util/buf.h"

int cache_find(const struct cache *cache, const void *key, size_t key_len, struct buf *payload,
	       char *why)
{
	struct entry entry = {};
	char name[ENTRY_NAME_MAX];
	const char *broken, *changed;
	struct stat st;
	int fd, ret;

	entry_name(name, key, key_len);
	fd = cache_file_open(cache, name, &st);
	if (fd < 0) {
		snprintf(why, CACHE_WHY_MAX, "%s",
			 cache->fd < 0	 ? cache->why
			 : fd == -ENOENT ? "not seen before"
					 : strerror(-fd));
		/* what cannot be trusted would never be replaced by itself */
		if (fd == -EPERM || fd == -ELOOP)
			cache_file_remove(cache, name);
		return -ENOENT;
	}
	ret = entry_read(&entry, fd, &broken);
	if (ret) {
		snprintf(why, CACHE_WHY_MAX, "its entry is broken: %s", broken);
		cache_file_remove(cache, name);
	} else if (entry.key.len != key_len || memcmp(entry.key.data, key, key_len) != 0) {
		ret = -ENOENT;
		snprintf(why, CACHE_WHY_MAX, "another one has its place");
	} else if ((changed = deps_changed(entry.deps.data, entry.deps.len)) != NULL) {
		ret = -ENOENT;
		snprintf(why, CACHE_WHY_MAX, "changed since: %s", changed);
	} else {
		buf_add(payload, entry.payload.data, entry.payload.len);
		cache_file_used(fd);
	}
	close(fd);
	buf_free(&entry.file);
	return ret ? -ENOENT : 0;
}

int cache_store(const struct cache *cache, const void *key, size_t key_len, const char *label,
		const struct buf *deps, const struct buf *payload)
{
	char name[ENTRY_NAME_MAX];
	struct buf file = {};
	int ret;

	if (cache->fd < 0)
		return -ENOENT;
	entry_name(name, key, key_len);
	ret = entry_pack(&file, key, key_len, label, deps, payload);
	ret = ret ?: cache_file_write(cache, name, file.data, file.len);
	buf_free(&file);
	if (!ret)
		cache_trim();
	return ret;
}
