// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a compile was made from. clang, LLVM and libstdc++ open files through libc's open() and
 * fopen() and their 64-bit names, in whose place the functions here stand (see record.c for how and
 * for fopen()). A header that clang has in its own cache was opened once before.
 */
#undef _FORTIFY_SOURCE /* whose headers would define open() themselves */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "compile/worker.h"
#include "object/deps.h"
#include "util/buf.h"
#include "util/text.h"
#include "worker/files.h"

/* The functions that stand in for libc's have no argument to carry it. */
static struct {
	struct buf *deps;
	const char *work_dir;
	pthread_t thread; /* another one loads libbcc, and notes nothing */
	bool absent;
} files;

static bool is_left_out(const char *path)
{
	/* the header source, whose own name only the frontend knows */
	if (text_starts(path, WORKER_SOURCE_PATH "/"))
		return false;
	return text_starts(path, "/proc/") || text_starts(path, "/sys/") ||
	       text_starts(path, "/dev/") || (files.work_dir && text_starts(path, files.work_dir));
}

/* @st: NULL for a file that is not there */
static void files_add(const char *path, const struct stat *st)
{
	char whole[PATH_MAX];

	if (*path != '/') {
		/* libbcc goes into the folder of the kernel's headers */
		if (!getcwd(whole, sizeof(whole)) ||
		    strlen(whole) + strlen(path) + 2 > sizeof(whole))
			return;
		strcat(whole, "/");
		strcat(whole, path);
		path = whole;
	}
	if (!is_left_out(path))
		deps_add(files.deps, path, st);
}

void files_note(const char *path, int fd)
{
	int saved = errno;
	struct stat st;

	if (!files.deps || !pthread_equal(files.thread, pthread_self()))
		return;
	if (fd < 0 && files.absent && errno == ENOENT)
		files_add(path, NULL);
	else if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		files_add(path, &st);
	errno = saved;
}

typedef int open_fn(const char *path, int flags, ...);

/* stands in for libc's; the third argument is there with two of the flags only, open(2) */
int open(const char *path, int flags, ...)
{
	static open_fn *real;
	mode_t mode = 0;
	va_list ap;
	int fd;

	va_start(ap, flags);
	if (flags & (O_CREAT | __O_TMPFILE))
		mode = va_arg(ap, mode_t);
	va_end(ap);
	if (!real)
		real = (open_fn *)dlsym(RTLD_NEXT, "open");
	fd = real(path, flags, mode);
	if ((flags & O_ACCMODE) == O_RDONLY)
		files_note(path, fd);
	return fd;
}

/* the same function where off_t always has 64 bits */
int open64(const char *path, int flags, ...) __attribute__((alias("open")));

static int library_add(struct dl_phdr_info *info, size_t size, void *arg)
{
	(void)size;
	(void)arg;
	/* the program itself has no name there, the kernel's vdso no file */
	if (info->dlpi_name && info->dlpi_name[0] == '/')
		deps_add_file(files.deps, info->dlpi_name);
	return 0;
}

void files_start(struct buf *deps, const char *work_dir)
{
	files.deps = deps;
	files.work_dir = work_dir;
	files.absent = false;
	files.thread = pthread_self();
}

void files_libraries(void)
{
	dl_iterate_phdr(library_add, NULL);
}

void files_absent(bool on)
{
	files.absent = on;
}
