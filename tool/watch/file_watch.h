/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_WATCH_FILE_WATCH_H
#define HOTPROBE_WATCH_FILE_WATCH_H

#include <stddef.h>

struct error;

/*
 * Tells when one of a set of files has been written, or has come to its name in any other way:
 * renamed to it, linked to it, or a symbolic link on the way to it changed.
 *
 * What is watched are the folders, by inotify(7): a file that an editor puts in the place of
 * another is another file. Set all members to 0 and call file_watch_init(); file_watch_free() it.
 */
struct file_watch {
	int fd; /* readable when something happened: call file_watch_read() */
	struct watched_name {
		int folder; /* inotify's number of it; -1 while the folder is not there */
		char *path; /* of the folder */
		char *name;
	} * names;
	size_t nr_names;
};

int file_watch_init(struct file_watch *watch, struct error *err);

/*
 * file_watch_add - watch one more file; neither it nor its folder need exist
 *
 * Every name on the way of symbolic links is watched. Adding what is watched already looks again
 * where its links lead. 0 or a negative errno, when there is no memory or no inotify watch left.
 */
int file_watch_add(struct file_watch *watch, const char *path);

enum file_change {
	FILE_SAME = 0,
	FILE_UNSETTLED, /* removed, or made and not yet written: most likely more comes at once */
	FILE_CHANGED,	/* written, or another file has the name now */
};

/* file_watch_read - take all that happened; the most that happened to any of the files */
enum file_change file_watch_read(struct file_watch *watch);

enum file_folders {
	FOLDERS_ALL = 0, /* are watched */
	FOLDERS_MISSING, /* one is not there, and inotify will not tell when it comes: ask again */
	FOLDERS_CAME,	 /* one that was missing is watched now: its files may be there */
};

/* file_watch_folders - look again for folders that are not there */
enum file_folders file_watch_folders(struct file_watch *watch);

void file_watch_free(struct file_watch *watch);

#endif
