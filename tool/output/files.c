// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "output/files.h"
#include "util/error.h"

bool files_is_stdout(const char *path)
{
	return path && strcmp(path, FILES_STDOUT) == 0;
}

/* What is written here may be secret: nobody else may have put it there or read it. */
static int file_check(int fd, const char *path, struct error *err)
{
	struct stat st;

	if (fstat(fd, &st))
		return error_sys(err, -errno, "%s", path);
	if (!S_ISREG(st.st_mode) && !S_ISFIFO(st.st_mode)) {
		error_set(err, -EINVAL, "%s is neither a file nor a FIFO: nothing is written to it",
			  path);
		return error_hint(err, "name another file, or write - for stdout");
	}
	if (st.st_uid != geteuid()) {
		error_set(err, -EPERM,
			  "%s belongs to another user (uid %u): nothing is added to it", path,
			  st.st_uid);
		return error_hint(err, "name another file, or remove it");
	}
	if (st.st_mode & (S_IRWXG | S_IRWXO)) {
		error_set(err, -EPERM,
			  "%s may be used by others (its mode is %04o): nothing is added to it",
			  path, st.st_mode & 07777);
		return error_hint(err,
				  "chmod 600 it if all that it holds is yours, or name another "
				  "file");
	}
	return 0;
}

static int file_refused(const char *path, int code, struct error *err)
{
	switch (code) {
	case -ELOOP:
		error_set(err, code, "%s is a symbolic link, which is not followed", path);
		return error_hint(err, "name the file itself, or write - for stdout");
	case -ENXIO:
		error_set(err, code, "%s is a FIFO that nobody reads", path);
		return error_hint(err, "start its reader first");
	case -EISDIR:
		error_set(err, code, "%s is a directory", path);
		return error_hint(err, "name a file");
	}
	return error_sys(err, code, "cannot write to %s", path);
}

static int file_open(const char *path, struct error *err)
{
	/* without O_NONBLOCK a FIFO would be waited for until somebody reads it */
	int fd = open(path,
		      O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY |
			      O_NONBLOCK,
		      S_IRUSR | S_IWUSR);
	int ret;

	if (fd < 0)
		return file_refused(path, -errno, err);
	ret = file_check(fd, path, err);
	if (!ret && fcntl(fd, F_SETFL, O_APPEND))
		ret = error_sys(err, -errno, "%s", path);
	if (!ret)
		return fd;
	close(fd);
	return ret;
}

int files_open(struct files *files, const char *path, struct file **result, struct error *err)
{
	struct file *file;
	int fd;

	for (file = files->first; file; file = file->next) {
		*result = file;
		if (strcmp(file->path, path) == 0)
			return 0;
	}
	file = calloc(1, sizeof(*file));
	if (!file)
		return error_sys(err, -ENOMEM, "%s", path);
	file->path = strdup(path);
	fd = file->path ? file_open(path, err) : error_sys(err, -ENOMEM, "%s", path);
	if (fd < 0) {
		free(file->path);
		free(file);
		return fd;
	}
	sink_init(&file->sink, fd);
	file->next = files->first;
	files->first = file;
	*result = file;
	return 0;
}

int file_written(struct file *file, int ret, struct error *err)
{
	ret = ret ?: sink_flush(&file->sink);
	if (ret == -EPIPE) {
		/* not to be taken for stdout's end, which is no failure */
		return error_set(err, -EIO, "cannot write to %s: its reader is gone", file->path);
	}
	return ret ? error_sys(err, ret, "cannot write to %s", file->path) : 0;
}

void files_free(struct files *files)
{
	while (files->first) {
		struct file *file = files->first;

		files->first = file->next;
		close(file->sink.fd);
		sink_free(&file->sink);
		free(file->path);
		free(file);
	}
}
