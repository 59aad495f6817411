// SPDX-License-Identifier: GPL-2.0-only
/* Mounts of a type of file system, and all that is in one. */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bpf/mounts.h"
#include "util/buf.h"

/* folders within folders; bpffs and cgroups have no links that could lead round */
#define DEPTH_LIMIT 64

/* mountinfo writes space, tab, newline and backslash in octal: proc_pid_mountinfo(5) */
static void unescape(char *text)
{
	char *to = text;
	unsigned int code;

	for (char *from = text; *from; to++) {
		if (*from == '\\' && sscanf(from + 1, "%3o", &code) == 1 && strlen(from) >= 4) {
			*to = (char)code;
			from += 4;
		} else {
			*to = *from++;
		}
	}
	*to = '\0';
}

void mounts_each(const char *type, void (*fn)(const char *path, void *arg), void *arg)
{
	char path[PATH_MAX], found[64], *line, *save = NULL;
	struct buf text = {};

	if (buf_read_file(&text, "/proc/self/mountinfo", (size_t)16 << 20) || !text.data)
		goto out;
	for (line = strtok_r(text.data, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		const char *behind = strstr(line, " - ");

		if (!behind || sscanf(behind, " - %63s", found) != 1 || strcmp(found, type) != 0 ||
		    sscanf(line, "%*s %*s %*s %*s %4095s", path) != 1)
			continue;
		unescape(path);
		fn(path, arg);
	}
out:
	buf_free(&text);
}

static void walk(const char *path, dev_t device, unsigned int depth,
		 void (*fn)(const struct mount_entry *entry, void *arg), void *arg)
{
	DIR *dir = opendir(path);
	const struct dirent *item;
	char inner[PATH_MAX];
	struct stat st;

	if (!dir)
		return;
	if (fstat(dirfd(dir), &st) || (depth && st.st_dev != device) || depth > DEPTH_LIMIT)
		goto out;
	fn(&(struct mount_entry){ path, ".", dirfd(dir), 1 }, arg);
	while ((item = readdir(dir))) {
		if (strcmp(item->d_name, ".") == 0 || strcmp(item->d_name, "..") == 0)
			continue;
		if (snprintf(inner, sizeof(inner), "%s/%s", strcmp(path, "/") ? path : "",
			     item->d_name) >= (int)sizeof(inner))
			continue;
		if (item->d_type == DT_DIR)
			walk(inner, st.st_dev, depth + 1, fn, arg);
		else if (item->d_type == DT_REG)
			fn(&(struct mount_entry){ inner, item->d_name, dirfd(dir), 0 }, arg);
	}
out:
	closedir(dir);
}

void mounts_walk(const char *path, void (*fn)(const struct mount_entry *entry, void *arg),
		 void *arg)
{
	walk(path, 0, 0, fn, arg);
}
