// SPDX-License-Identifier: GPL-2.0-only
/* The folder on disk: who may be in it, and files that appear whole or not at all. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cache/cache.h"
#include "util/buf.h"

int cache_root(char path[PATH_MAX])
{
	const char *named = getenv("HOTPROBE_CACHE"), *cache = getenv("XDG_CACHE_HOME"),
		   *home = getenv("HOME");

	if (named && named[0] == '/') {
		snprintf(path, PATH_MAX, "%s", named);
	} else if (geteuid() == 0) {
		snprintf(path, PATH_MAX, "/var/cache/hotprobe");
	} else if (cache && cache[0] == '/') {
		mkdir(cache, 0700);
		snprintf(path, PATH_MAX, "%s/hotprobe", cache);
	} else if (home && home[0] == '/') {
		snprintf(path, PATH_MAX, "%s/.cache", home);
		mkdir(path, 0700);
		snprintf(path, PATH_MAX, "%s/.cache/hotprobe", home);
	} else {
		return -ENOENT;
	}
	/* the kernel's own headers are unpacked here, for the compiler, which runs as nobody */
	if (mkdir(path, 0755) && errno != EEXIST)
		return -errno;
	return 0;
}

/* Could somebody else have put something there? */
static bool is_ours(const struct stat *st, mode_t others)
{
	return st->st_uid == geteuid() && !(st->st_mode & others);
}

static int folder_open(int at, const char *name, mode_t others, const char *path,
		       struct cache *cache)
{
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st)) {
		int ret = -errno;

		snprintf(cache->why, sizeof(cache->why), "%s cannot be opened: %s", path,
			 strerror(-ret));
		if (fd >= 0)
			close(fd);
		return ret;
	}
	if (!is_ours(&st, others)) {
		snprintf(cache->why, sizeof(cache->why), "%s is open to others, or not your own",
			 path);
		close(fd);
		return -EPERM;
	}
	return fd;
}

int cache_open(struct cache *cache, const char *inner)
{
	char root[PATH_MAX];
	int root_fd, ret = cache_root(root);

	memset(cache, 0, sizeof(*cache));
	cache->fd = -1;
	if (ret) {
		snprintf(cache->why, sizeof(cache->why), "no folder for it can be made: %s",
			 strerror(-ret));
		return ret;
	}
	root_fd = folder_open(AT_FDCWD, root, 022, root, cache);
	if (root_fd < 0)
		return root_fd;
	if (snprintf(cache->path, sizeof(cache->path), "%s/%s", root, inner) >=
	    (int)sizeof(cache->path)) {
		ret = -ENAMETOOLONG;
	} else {
		mkdirat(root_fd, inner, 0700);
		ret = folder_open(root_fd, inner, 077, cache->path, cache);
	}
	close(root_fd);
	if (ret < 0)
		return ret;
	cache->fd = ret;
	return 0;
}

void cache_close(struct cache *cache)
{
	if (cache->fd >= 0)
		close(cache->fd);
	cache->fd = -1;
}

int cache_file_open(const struct cache *cache, const char *name, struct stat *st)
{
	int fd, ret = 0;

	if (cache->fd < 0)
		return -ENOENT;
	/* not to be held up by a FIFO */
	fd = openat(cache->fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (fstat(fd, st))
		ret = -errno;
	else if (!S_ISREG(st->st_mode) || !is_ours(st, 022))
		ret = -EPERM;
	if (ret) {
		close(fd);
		return ret;
	}
	return fd;
}

int cache_file_write(const struct cache *cache, const char *name, const void *data, size_t len)
{
	char temp[64];
	int fd, ret;

	if (cache->fd < 0)
		return -ENOENT;
	/* one process writes one file at a time */
	snprintf(temp, sizeof(temp), CACHE_TEMP "%ld", (long)getpid());
	unlinkat(cache->fd, temp, 0);
	fd = openat(cache->fd, temp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	ret = write_all(fd, data, len);
	if (close(fd) && !ret)
		ret = -errno;
	if (!ret && renameat(cache->fd, temp, cache->fd, name))
		ret = -errno;
	if (ret)
		unlinkat(cache->fd, temp, 0);
	return ret;
}

void cache_file_remove(const struct cache *cache, const char *name)
{
	if (cache->fd >= 0)
		unlinkat(cache->fd, name, 0);
}

void cache_file_used(int fd)
{
	futimens(fd, NULL);
}
