// SPDX-License-Identifier: GPL-2.0-only
/* All that the cache holds: listing, the size limit, clearing. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cache/cache.h"
#include "cache/entry.h"
#include "object/deps.h"
#include "util/process.h"
#include "util/text.h"

#define LIMIT_DEFAULT (512ULL << 20)
/* a file that is being written is left alone this long */
#define TEMP_SECONDS 600

static const char *const inner_folders[] = { CACHE_OBJECTS, CACHE_HEADERS };

#define NR_FOLDERS (sizeof(inner_folders) / sizeof(inner_folders[0]))

struct item {
	unsigned int folder;
	char name[NAME_MAX + 1];
	uint64_t size;
	struct timespec used;
};

struct items {
	struct cache folders[NR_FOLDERS];
	struct item *list;
	size_t nr;
};

/* Of what an entry tells about, say NAME.pch, the entry NAME is what is marked as used. */
static struct timespec item_used(int fd, const char *name, const struct stat *own)
{
	char entry[NAME_MAX + 1];
	struct stat st;

	snprintf(entry, sizeof(entry), "%.*s", (int)strcspn(name, "."), name);
	return entry[0] && fstatat(fd, entry, &st, AT_SYMLINK_NOFOLLOW) == 0 ? st.st_mtim
									     : own->st_mtim;
}

static int items_add(struct items *items, unsigned int folder, const char *name)
{
	struct item *list;
	struct stat st;

	if (fstatat(items->folders[folder].fd, name, &st, AT_SYMLINK_NOFOLLOW))
		return 0; /* another hotprobe removed it */
	if (S_ISDIR(st.st_mode))
		return 0;
	if (text_starts(name, CACHE_TEMP) && time(NULL) - st.st_mtime < TEMP_SECONDS)
		return 0;
	list = realloc(items->list, (items->nr + 1) * sizeof(*list));
	if (!list)
		return -ENOMEM;
	items->list = list;
	memset(&list[items->nr], 0, sizeof(*list));
	list[items->nr].folder = folder;
	snprintf(list[items->nr].name, sizeof(list->name), "%s", name);
	list[items->nr].size = (uint64_t)st.st_size;
	list[items->nr++].used = item_used(items->folders[folder].fd, name, &st);
	return 0;
}

/* The most recently used first. */
static int item_order(const void *a, const void *b)
{
	const struct item *one = a, *two = b;

	if (one->used.tv_sec != two->used.tv_sec)
		return one->used.tv_sec > two->used.tv_sec ? -1 : 1;
	if (one->used.tv_nsec != two->used.tv_nsec)
		return one->used.tv_nsec > two->used.tv_nsec ? -1 : 1;
	return strcmp(one->name, two->name);
}

static int items_of(struct items *items, unsigned int folder)
{
	DIR *dir;
	struct dirent *entry;
	int fd = openat(items->folders[folder].fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC),
	    ret = 0;

	dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir) {
		ret = -errno;
		if (fd >= 0)
			close(fd);
		return ret;
	}
	while (!ret && (entry = readdir(dir)) != NULL)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			ret = items_add(items, folder, entry->d_name);
	closedir(dir);
	return ret;
}

static void items_free(struct items *items)
{
	for (unsigned int i = 0; i < NR_FOLDERS; i++)
		cache_close(&items->folders[i]);
	free(items->list);
}

static int items_read(struct items *items)
{
	int ret = 0;

	memset(items, 0, sizeof(*items));
	for (unsigned int i = 0; i < NR_FOLDERS; i++)
		items->folders[i].fd = -1;
	for (unsigned int i = 0; i < NR_FOLDERS && !ret; i++) {
		ret = cache_open(&items->folders[i], inner_folders[i]);
		ret = ret ?: items_of(items, i);
	}
	if (ret)
		items_free(items);
	else if (items->nr)
		qsort(items->list, items->nr, sizeof(*items->list), item_order);
	return ret;
}

static uint64_t cache_limit(void)
{
	const char *text = getenv("HOTPROBE_CACHE_SIZE");
	uint64_t limit;

	return text && text_u64(text, &limit) == 0 ? limit : LIMIT_DEFAULT;
}

void cache_trim(void)
{
	uint64_t limit = cache_limit(), sum = 0;
	struct items items;

	if (items_read(&items))
		return;
	for (size_t i = 0; i < items.nr; i++) {
		sum += items.list[i].size;
		/* what was written just now stays, or a limit too small would keep nothing */
		if (sum > limit && i > 0)
			cache_file_remove(&items.folders[items.list[i].folder], items.list[i].name);
	}
	items_free(&items);
}

static void item_describe(const struct items *items, const struct item *item,
			  struct cache_item *out)
{
	const struct cache *folder = &items->folders[item->folder];
	struct entry entry = {};
	const char *why;
	struct stat st;
	int fd = cache_file_open(folder, item->name, &st);

	memset(out, 0, sizeof(*out));
	snprintf(out->path, sizeof(out->path), "%s/%s", folder->path, item->name);
	out->size = item->size;
	out->used = item->used.tv_sec;
	out->status = "valid";
	if (fd < 0) {
		out->status = "not to be trusted";
		return;
	}
	/* precompiled headers are no entry: another file tells what they are */
	if (strchr(item->name, '.')) {
		close(fd);
		return;
	}
	if (entry_read(&entry, fd, &why))
		out->status = "broken";
	else if (deps_changed(entry.deps.data, entry.deps.len))
		out->status = "out of date";
	snprintf(out->label, sizeof(out->label), "%s", entry.label ?: "");
	buf_free(&entry.file);
	close(fd);
}

int cache_each(int (*fn)(const struct cache_item *item, void *arg), void *arg)
{
	struct items items;
	int ret = items_read(&items);

	if (ret)
		return ret;
	for (size_t i = 0; i < items.nr && !ret; i++) {
		struct cache_item item;

		item_describe(&items, &items.list[i], &item);
		ret = fn(&item, arg);
	}
	items_free(&items);
	return ret;
}

/* Headers that the kernel brought as an archive and that were unpacked for the compiler. */
static void clear_unpacked(void)
{
	char root[PATH_MAX], path[PATH_MAX + NAME_MAX + 2];
	struct dirent *entry;
	DIR *dir = cache_root(root) ? NULL : opendir(root);

	while (dir && (entry = readdir(dir)) != NULL) {
		if (!text_starts(entry->d_name, CACHE_UNPACKED))
			continue;
		snprintf(path, sizeof(path), "%s/%s", root, entry->d_name);
		folder_remove(path);
	}
	if (dir)
		closedir(dir);
}

int cache_clear(uint64_t *bytes, unsigned int *files)
{
	struct items items;
	int ret = items_read(&items);

	*bytes = 0;
	*files = 0;
	if (ret)
		return ret;
	for (size_t i = 0; i < items.nr; i++) {
		cache_file_remove(&items.folders[items.list[i].folder], items.list[i].name);
		*bytes += items.list[i].size;
		++*files;
	}
	items_free(&items);
	clear_unpacked();
	return 0;
}
