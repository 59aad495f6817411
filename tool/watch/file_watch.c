// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "util/error.h"
#include "watch/file_watch.h"

/* include/linux/namei.h: MAXSYMLINKS */
#define LINKS_MAX 40

/* IN_CREATE is all that comes when a link is made, and the first that comes of a new file. */
#define SETTLED	  (IN_CLOSE_WRITE | IN_MOVED_TO)
#define UNSETTLED (IN_DELETE | IN_MOVED_FROM | IN_CREATE)

int file_watch_init(struct file_watch *watch, struct error *err)
{
	watch->fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (watch->fd >= 0)
		return 0;
	error_sys(err, -errno, "cannot watch files");
	return error_hint(err, "/proc/sys/fs/inotify/max_user_instances is how many may");
}

/*
 * The folder's number, which is the same one if it is watched already and has not been replaced
 * meanwhile; -1 when it is not there.
 */
static int watch_folder(struct file_watch *watch, const char *path)
{
	int number = inotify_add_watch(watch->fd, path, SETTLED | UNSETTLED | IN_ONLYDIR);

	if (number >= 0 || errno == ENOENT || errno == ENOTDIR)
		return number;
	/* EPERM is 1, too, but inotify_add_watch(2) does not give it */
	return -errno;
}

/* One name in one folder. */
static int watch_name(struct file_watch *watch, const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	size_t len = slash ? (size_t)(slash - path) : 0;
	struct watched_name *names, *added;
	char folder[PATH_MAX];
	int number;

	snprintf(folder, sizeof(folder), "%.*s",
		 slash == path ? 1
		 : slash       ? (int)len
			       : 1,
		 slash ? path : ".");
	number = watch_folder(watch, folder);
	if (number < -1)
		return number;
	for (size_t i = 0; i < watch->nr_names; i++)
		if (strcmp(watch->names[i].name, name) == 0 &&
		    strcmp(watch->names[i].path, folder) == 0) {
			watch->names[i].folder = number;
			return 0;
		}
	names = realloc(watch->names, (watch->nr_names + 1) * sizeof(*names));
	if (!names)
		return -ENOMEM;
	watch->names = names;
	added = &names[watch->nr_names];
	added->folder = number;
	added->path = strdup(folder);
	added->name = strdup(name);
	if (!added->path || !added->name) {
		free(added->path);
		free(added->name);
		return -ENOMEM;
	}
	watch->nr_names++;
	return 0;
}

int file_watch_add(struct file_watch *watch, const char *path)
{
	char at[PATH_MAX], target[PATH_MAX], next[PATH_MAX];
	int ret;

	snprintf(at, sizeof(at), "%s", path);
	ret = watch_name(watch, at);
	for (int links = 0; links < LINKS_MAX && !ret; links++) {
		ssize_t len = readlink(at, target, sizeof(target) - 1);
		const char *slash = strrchr(at, '/');

		if (len < 0)
			break;
		target[len] = '\0';
		if (target[0] == '/' || !slash)
			snprintf(next, sizeof(next), "%s", target);
		else if (snprintf(next, sizeof(next), "%.*s/%s", (int)(slash - at), at, target) >=
			 (int)sizeof(next))
			break;
		memcpy(at, next, sizeof(at));
		ret = watch_name(watch, at);
	}
	return ret;
}

static enum file_change watch_event(struct file_watch *watch, const struct inotify_event *event)
{
	enum file_change change = FILE_SAME;

	/* more happened than the kernel could note: anything may have changed */
	if (event->mask & IN_Q_OVERFLOW)
		return FILE_CHANGED;
	for (size_t i = 0; i < watch->nr_names; i++) {
		struct watched_name *name = &watch->names[i];

		if (name->folder != event->wd)
			continue;
		/* the folder itself is gone */
		if (event->mask & IN_IGNORED) {
			name->folder = -1;
			change = FILE_UNSETTLED;
		} else if (event->len && strcmp(name->name, event->name) == 0) {
			return event->mask & SETTLED ? FILE_CHANGED : FILE_UNSETTLED;
		}
	}
	return change;
}

enum file_change file_watch_read(struct file_watch *watch)
{
	char data[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
	enum file_change change = FILE_SAME;
	ssize_t got;

	while ((got = read(watch->fd, data, sizeof(data))) > 0) {
		for (const char *pos = data; pos < data + got;) {
			const struct inotify_event *event = (const void *)pos;
			enum file_change one = watch_event(watch, event);

			if (one > change)
				change = one;
			pos += sizeof(*event) + event->len;
		}
	}
	return change;
}

enum file_folders file_watch_folders(struct file_watch *watch)
{
	enum file_folders folders = FOLDERS_ALL;

	for (size_t i = 0; i < watch->nr_names; i++) {
		struct watched_name *name = &watch->names[i];

		if (name->folder >= 0)
			continue;
		name->folder = watch_folder(watch, name->path);
		if (name->folder >= 0)
			return FOLDERS_CAME;
		folders = FOLDERS_MISSING;
	}
	return folders;
}

void file_watch_free(struct file_watch *watch)
{
	for (size_t i = 0; i < watch->nr_names; i++) {
		free(watch->names[i].path);
		free(watch->names[i].name);
	}
	free(watch->names);
	if (watch->fd >= 0)
		close(watch->fd);
	memset(watch, 0, sizeof(*watch));
	watch->fd = -1;
}
