// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "probe/source.h"
#include "util/error.h"
#include "util/text.h"

static int make_folders(char *path, struct error *err)
{
	for (char *s = path + 1; *s; s++) {
		if (*s != '/')
			continue;
		*s = '\0';
		if (mkdir(path, 0755) && errno != EEXIST)
			return error_sys(err, -errno, "cannot make the folder %s", path);
		*s = '/';
	}
	if (mkdir(path, 0755) && errno != EEXIST)
		return error_sys(err, -errno, "cannot make the folder %s", path);
	return 0;
}

/* The user's own copy, made from the bundled probe if there is none yet. */
static int edit_copy(const struct source *src, char path[PATH_MAX], struct error *err)
{
	char dir[PATH_MAX];
	int fd, ret;

	if (src->origin != SOURCE_BUNDLED) {
		snprintf(path, PATH_MAX, "%s", src->path);
		return 0;
	}
	source_user_dir(dir);
	if (!dir[0])
		return error_set(err, -ENOENT, "no folder for your own probes: HOME is not set");
	ret = make_folders(dir, err);
	if (ret)
		return ret;
	if (snprintf(path, PATH_MAX, "%s/%s.c", dir, src->name) >= PATH_MAX)
		return error_set(err, -ENAMETOOLONG, "the path of %s is too long", dir);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd < 0)
		return error_sys(err, -errno, "cannot make your copy %s", path);
	ret = write_all(fd, src->text.data, src->text.len);
	if (close(fd) && !ret)
		ret = -errno;
	if (ret) {
		unlink(path);
		return error_sys(err, ret, "cannot write your copy %s", path);
	}
	return 0;
}

/* The editor may be a command with arguments ("code --wait"), as git and others take it. */
static int edit_run(const char *path, struct error *err)
{
	const char *editor = getenv("VISUAL");
	struct buf command = {};
	int status;

	if (!editor || !*editor)
		editor = getenv("EDITOR");
	if (!editor || !*editor)
		editor = "editor";
	buf_printf(&command, "%s \"$1\"", editor);
	fflush(NULL);
	status = fork();
	if (status == 0) {
		execl("/bin/sh", "sh", "-c", buf_text(&command), "hotprobe edit", path, NULL);
		_exit(127);
	}
	buf_free(&command);
	if (status < 0 || waitpid(status, &status, 0) < 0)
		return error_sys(err, -errno, "cannot start the editor %s", editor);
	if (!WIFEXITED(status) || WEXITSTATUS(status)) {
		error_set(err, -ECANCELED, "the editor %s failed; %s is as it left it", editor,
			  path);
		return error_hint(err, "EDITOR names the one to use");
	}
	return 0;
}

int cmd_edit(int argc, char **argv, struct error *err)
{
	const char *probe = cmd_one_word(argc, argv, "probe", err);
	struct source src = {};
	char path[PATH_MAX], *check[] = { path, NULL };
	int ret;

	if (!probe)
		return -EINVAL;
	ret = source_find(&src, probe, err);
	ret = ret ?: edit_copy(&src, path, err);
	ret = ret ?: edit_run(path, err);
	if (!ret) {
		fprintf(stderr, "hotprobe: %s %s\n",
			src.origin == SOURCE_BUNDLED ? "your copy, which runs from now on:"
						     : "saved",
			path);
		ret = cmd_check(1, check, err);
	}
	source_free(&src);
	return ret;
}
