// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "probe/source.h"
#include "util/error.h"
#include "util/text.h"

#define SOURCE_SIZE_MAX (4u << 20)

/* The folder of the running program, "" when /proc does not tell. */
static void source_exe_dir(char path[PATH_MAX])
{
	ssize_t len = readlink("/proc/self/exe", path, PATH_MAX - 1);
	char *slash;

	path[len > 0 ? len : 0] = '\0';
	slash = strrchr(path, '/');
	if (slash)
		*slash = '\0';
}

/* Join and say whether it exists. */
static bool source_join(char path[PATH_MAX], const char *dir, const char *file)
{
	int len = snprintf(path, PATH_MAX, "%s/%s", dir, file);

	return len > 0 && len < PATH_MAX && access(path, F_OK) == 0;
}

void source_program(const char *name, char path[PATH_MAX])
{
	char dir[PATH_MAX];

	source_exe_dir(dir);
	if (source_join(path, dir, name))
		return;
	source_join(path, HOTPROBE_LIBEXECDIR, name);
}

void source_bundled_dir(char path[PATH_MAX])
{
	char dir[PATH_MAX], *resolved;

	source_exe_dir(dir);
	/* run from build/ of a checkout */
	if (source_join(path, dir, "../bpf_src/hotprobe.h")) {
		*strrchr(path, '/') = '\0';
		resolved = realpath(path, NULL);
		if (resolved) {
			snprintf(path, PATH_MAX, "%s", resolved);
			free(resolved);
			return;
		}
	}
	snprintf(path, PATH_MAX, "%s", HOTPROBE_BPFDIR);
}

void source_user_dir(char path[PATH_MAX])
{
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

	path[0] = '\0';
	if (config && config[0] == '/')
		snprintf(path, PATH_MAX, "%s/hotprobe", config);
	else if (home && home[0] == '/')
		snprintf(path, PATH_MAX, "%s/.config/hotprobe", home);
}

/*
 * Could somebody who is not root, and could not replace hotprobe itself, have written this? A
 * checkout that a developer owns runs under sudo: its owner owns build/hotprobe as well.
 */
static bool source_foreign(const struct stat *st)
{
	struct stat self;

	if (stat("/proc/self/exe", &self))
		memset(&self, 0, sizeof(self));
	if (st->st_uid != 0 && st->st_uid != self.st_uid)
		return true;
	if (st->st_mode & S_IWOTH)
		return true;
	return (st->st_mode & S_IWGRP) && st->st_gid != 0 &&
	       !((self.st_mode & S_IWGRP) && st->st_gid == self.st_gid);
}

static int source_check_trust(const char *path, const struct stat *st, struct error *err)
{
	char dir[PATH_MAX], *slash;
	struct stat st_dir;

	snprintf(dir, sizeof(dir), "%s", path);
	slash = strrchr(dir, '/');
	if (slash)
		*slash = '\0';
	if (source_foreign(st)) {
		error_set(err, -EPERM, "%s could have been written by somebody other than root",
			  path);
	} else if (stat(dir, &st_dir) == 0 && source_foreign(&st_dir)) {
		error_set(err, -EPERM,
			  "the folder of %s can be written by somebody other than root", path);
	} else {
		return 0;
	}
	return error_hint(err,
			  "look at it, then chown root and chmod go-w, or run it by its path: "
			  "hotprobe %s",
			  path);
}

int source_read(const char *path, bool trusted, struct buf *text, struct error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	size_t start = text->len;
	struct stat st;
	int ret;

	if (fd < 0)
		return error_sys(err, -errno, "cannot open %s", path);
	if (fstat(fd, &st)) {
		ret = error_sys(err, -errno, "cannot look at %s", path);
		goto out;
	}
	if (!S_ISREG(st.st_mode)) {
		ret = error_set(err, -EINVAL, "%s is %s, not a probe source", path,
				S_ISDIR(st.st_mode) ? "a folder" : "not a regular file");
		goto out;
	}
	if (trusted && geteuid() == 0) {
		ret = source_check_trust(path, &st, err);
		if (ret)
			goto out;
	}
	ret = buf_read_fd(text, fd, SOURCE_SIZE_MAX);
	if (ret == -EFBIG)
		error_set(err, ret, "%s has more than 4 MiB: that is no probe source", path);
	else if (ret)
		error_sys(err, ret, "cannot read %s", path);
	else if (text->len > start && memchr(text->data + start, '\0', text->len - start))
		ret = error_set(err, -EINVAL,
				"%s holds NUL bytes: it is binary, not a probe source", path);
out:
	close(fd);
	return ret;
}

static int source_offer(const char *path, const char *name, void *near)
{
	(void)path;
	near_offer(near, name);
	return 0;
}

static int source_unknown(const char *probe, struct error *err)
{
	struct near near = { .wanted = probe };
	char dir[PATH_MAX];

	source_user_dir(dir);
	source_each(dir, source_offer, &near);
	source_bundled_dir(dir);
	source_each(dir, source_offer, &near);
	error_set(err, -ENOENT, "there is no probe called %s", probe);
	if (near_best(&near))
		return error_hint(err, "did you mean %s?", near_best(&near));
	return error_hint(
		err, "hotprobe list shows all probes; a file is named by its path: ./%s.c", probe);
}

int source_find(struct source *src, const char *probe, struct error *err)
{
	char dir[PATH_MAX], file[160];
	const char *base;
	int ret;

	if (!probe[0]) {
		error_usage(err, "the probe's name is empty");
		return error_hint(err, "hotprobe list shows all probes");
	}
	if (strchr(probe, '/') || text_ends(probe, ".c")) {
		snprintf(src->path, sizeof(src->path), "%s", probe);
		src->origin = SOURCE_PATH;
	} else {
		if (strlen(probe) >= sizeof(src->name))
			return error_set(err, -ENAMETOOLONG,
					 "there is no probe with so long a name");
		snprintf(file, sizeof(file), "%s.c", probe);
		source_user_dir(dir);
		src->origin = SOURCE_USER;
		if (!dir[0] || !source_join(src->path, dir, file)) {
			source_bundled_dir(dir);
			src->origin = SOURCE_BUNDLED;
			if (!source_join(src->path, dir, file))
				return source_unknown(probe, err);
		}
	}
	base = strrchr(src->path, '/');
	snprintf(src->name, sizeof(src->name), "%s", base ? base + 1 : src->path);
	if (text_ends(src->name, ".c"))
		src->name[strlen(src->name) - 2] = '\0';
	ret = source_read(src->path, src->origin != SOURCE_PATH, &src->text, err);
	if (ret)
		return ret;
	if (strspn(buf_text(&src->text), " \t\r\n") == src->text.len)
		return error_set(err, -EINVAL, "%s is empty", src->path);
	return 0;
}

void source_free(struct source *src)
{
	buf_free(&src->text);
}

static int source_is_probe(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && text_ends(entry->d_name, ".c");
}

int source_each(const char *dir, int (*fn)(const char *path, const char *name, void *arg),
		void *arg)
{
	struct dirent **entries;
	int nr, ret = 0;

	if (!dir[0])
		return 0;
	nr = scandir(dir, &entries, source_is_probe, alphasort);
	for (int i = 0; i < nr; i++) {
		char path[PATH_MAX], name[256];

		snprintf(name, sizeof(name), "%s", entries[i]->d_name);
		name[strlen(name) - 2] = '\0';
		if (!ret && source_join(path, dir, entries[i]->d_name))
			ret = fn(path, name, arg);
		free(entries[i]);
	}
	if (nr >= 0)
		free(entries);
	return ret;
}
