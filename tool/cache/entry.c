// SPDX-License-Identifier: GPL-2.0-only
/* Entries: a sealed packet of key, files, label and payload; see cache.h. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cache/cache.h"
#include "cache/entry.h"
#include "object/deps.h"
#include "object/pack.h"
#include "util/buf.h"

/* more than any object: those of large probes are some 100 KiB */
#define ENTRY_SIZE_MAX (64u << 20)

enum { TAG_KEY = 1, TAG_DEPS, TAG_LABEL, TAG_PAYLOAD };

void entry_name(char name[ENTRY_NAME_MAX], const void *key, size_t key_len)
{
	snprintf(name, ENTRY_NAME_MAX, "%016" PRIx64, pack_hash(key, key_len));
}

int entry_read(struct entry *entry, int fd, const char **why)
{
	struct unpack in;
	struct piece piece;
	int ret = buf_read_fd(&entry->file, fd, ENTRY_SIZE_MAX);

	*why = "it cannot be read";
	if (!ret)
		ret = unpack_begin(&in, entry->file.data, entry->file.len, PACK_ENTRY, why);
	while (!ret && (ret = unpack_next(&in, &piece)) > 0) {
		ret = 0;
		if (piece.tag == TAG_KEY)
			entry->key = piece;
		else if (piece.tag == TAG_DEPS)
			entry->deps = piece;
		else if (piece.tag == TAG_LABEL)
			entry->label = piece_text(&piece);
		else if (piece.tag == TAG_PAYLOAD)
			entry->payload = piece;
	}
	if (!ret && entry->key.data && entry->deps.data && entry->label && entry->payload.data)
		return 0;
	*why = *why ?: "it is incomplete";
	return -EBADMSG;
}

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
	pack_begin(&file, PACK_ENTRY);
	pack_piece(&file, TAG_KEY, key, key_len);
	pack_piece(&file, TAG_DEPS, deps->data, deps->len);
	pack_text(&file, TAG_LABEL, label);
	pack_piece(&file, TAG_PAYLOAD, payload->data, payload->len);
	pack_end(&file);
	ret = file.failed || deps->failed || payload->failed || file.len > ENTRY_SIZE_MAX
		      ? -EFBIG
		      : cache_file_write(cache, name, file.data, file.len);
	buf_free(&file);
	if (!ret)
		cache_trim();
	return ret;
}
