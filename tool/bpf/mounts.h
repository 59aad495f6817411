/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_BPF_MOUNTS_H
#define HOTPROBE_BPF_MOUNTS_H

/*
 * mounts_each - the mount points of one type of file system that this process sees
 * @type: "cgroup2", "bpf"
 */
void mounts_each(const char *type, void (*fn)(const char *path, void *arg), void *arg);

/* A file or folder in a mount; @fd is the folder that @name lies in. */
struct mount_entry {
	const char *path; /* from / on */
	const char *name;
	int fd;
	int is_folder;
};

/*
 * mounts_walk - all that is in a folder, and the folder itself first (with the name ".")
 *
 * Symbolic links are not followed, other file systems not entered.
 */
void mounts_walk(const char *path, void (*fn)(const struct mount_entry *entry, void *arg),
		 void *arg);

#endif
