// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attach/behind.h"

static int by_number(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

/*
 * Let go of all that is open but @fds, in ascending order. close_range(2) came with 5.9: without
 * it somebody's end of a pipe or so is closed only with the last of @fds.
 */
static void close_others(const int *fds, size_t nr)
{
	unsigned int from = 0;

	for (size_t i = 0; i < nr; i++) {
		if ((unsigned int)fds[i] > from)
			syscall(SYS_close_range, from, (unsigned int)fds[i] - 1, 0);
		from = (unsigned int)fds[i] + 1;
	}
	syscall(SYS_close_range, from, UINT_MAX, 0);
}

/* The process that is left behind; @kept: what it closes at the end, and @end among them */
static void close_last(const int *kept, size_t nr, int end)
{
	char byte;

	/* who reads from us is not to wait, nor a terminal, nor who unmounts a file system */
	close_others(kept, nr);
	if (chdir("/") || setsid() < 0 || fork())
		_exit(0);
	/* first they are all closed elsewhere: whoever is the last one to close waits */
	while (read(end, &byte, 1) < 0 && errno == EINTR)
		;
	_exit(0);
}

/* Close @nr of them by a process that is nobody's child. False when it cannot be had. */
static bool close_behind(const int *fds, size_t nr)
{
	int *kept = malloc((nr + 1) * sizeof(*kept)), wait[2];
	pid_t pid = -1;

	if (!kept || pipe(wait)) {
		free(kept);
		return false;
	}
	memcpy(kept, fds, nr * sizeof(*kept));
	kept[nr] = wait[0];
	qsort(kept, nr + 1, sizeof(*kept), by_number);
	pid = fork();
	if (pid == 0)
		close_last(kept, nr + 1, wait[0]);
	free(kept);
	close(wait[0]);
	if (pid > 0)
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			;
	for (size_t i = 0; pid > 0 && i < nr; i++)
		close(fds[i]);
	close(wait[1]);
	return pid > 0;
}

void behind_close(const int *fds, size_t nr)
{
	if (!nr || close_behind(fds, nr))
		return;
	while (nr > 0)
		close(fds[--nr]);
}
