// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "object/deps.h"
#include "util/buf.h"

struct dep {
	uint64_t size;
	uint64_t ino;
	int64_t mtime;
	int64_t ctime;
	char path[];
};

static int64_t nanoseconds(const struct timespec *ts)
{
	return (int64_t)ts->tv_sec * 1000000000 + ts->tv_nsec;
}

static void dep_fill(struct dep *dep, const struct stat *st)
{
	memset(dep, 0, sizeof(*dep));
	if (!st)
		return;
	dep->size = (uint64_t)st->st_size;
	dep->ino = st->st_ino;
	dep->mtime = nanoseconds(&st->st_mtim);
	dep->ctime = nanoseconds(&st->st_ctim);
}

/* The record at @pos and where the next one starts; NULL when it does not end within the list. */
static const struct dep *dep_at(const char *deps, size_t len, size_t pos, size_t *next)
{
	const char *path = deps + pos + sizeof(struct dep), *end;

	if (pos >= len || len - pos <= sizeof(struct dep))
		return NULL;
	end = memchr(path, '\0', len - pos - sizeof(struct dep));
	if (!end || *path != '/')
		return NULL;
	*next = (size_t)(end + 1 - deps + 7) & ~(size_t)7;
	return *next <= len ? (const struct dep *)(deps + pos) : NULL;
}

/* @folder and @path together are the file's path. */
static void dep_append(struct buf *deps, const struct dep *dep, const char *folder,
		       const char *path)
{
	static const char zeros[8];

	buf_add(deps, dep, sizeof(*dep));
	buf_str(deps, folder);
	buf_add(deps, path, strlen(path) + 1);
	buf_add(deps, zeros, -deps->len & 7);
}

void deps_add(struct buf *deps, const char *path, const struct stat *st)
{
	struct dep dep;

	dep_fill(&dep, st);
	dep_append(deps, &dep, "", path);
}

void deps_add_file(struct buf *deps, const char *path)
{
	struct stat st;

	deps_add(deps, path, stat(path, &st) == 0 ? &st : NULL);
}

/* By path, and then by place: the records lie in one buffer. */
static int dep_order(const void *a, const void *b)
{
	const struct dep *one = *(const struct dep *const *)a, *two = *(const struct dep *const *)b;
	int order = strcmp(one->path, two->path);

	return order ?: (one > two) - (one < two);
}

int deps_sort(struct buf *deps)
{
	struct buf sorted = {};
	const struct dep **list;
	size_t nr = 0, pos = 0, next;

	if (deps->failed)
		return -ENOMEM;
	list = malloc((deps->len / sizeof(struct dep) + 1) * sizeof(*list));
	if (!list)
		return -ENOMEM;
	for (const struct dep *dep; (dep = dep_at(deps->data, deps->len, pos, &next)); pos = next)
		list[nr++] = dep;
	qsort(list, nr, sizeof(*list), dep_order);
	for (size_t i = 0; i < nr; i++)
		if (!i || strcmp(list[i]->path, list[i - 1]->path) != 0)
			dep_append(&sorted, list[i], "", list[i]->path);
	free(list);
	buf_free(deps);
	*deps = sorted;
	return deps->failed ? -ENOMEM : 0;
}

void deps_rename(struct buf *deps, const void *from, size_t len, const char *prefix, const char *to)
{
	size_t prefix_len = strlen(prefix), pos = 0, next;

	for (const struct dep *dep; (dep = dep_at(from, len, pos, &next)); pos = next) {
		bool below = strncmp(dep->path, prefix, prefix_len) == 0 &&
			     dep->path[prefix_len] == '/';

		dep_append(deps, dep, below ? to : "", dep->path + (below ? prefix_len : 0));
	}
}

const char *deps_each(const void *deps, size_t len, size_t *pos)
{
	const struct dep *dep = dep_at(deps, len, *pos, pos);

	return dep ? dep->path : NULL;
}

const char *deps_changed(const void *deps, size_t len)
{
	size_t pos = 0, next;

	while (pos < len) {
		const struct dep *dep = dep_at(deps, len, pos, &next);
		struct stat st;
		struct dep now;

		if (!dep)
			return "a broken list";
		dep_fill(&now, stat(dep->path, &st) == 0 ? &st : NULL);
		if (memcmp(&now, dep, sizeof(now)) != 0)
			return dep->path;
		pos = next;
	}
	return NULL;
}
