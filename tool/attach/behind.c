// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdbool.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attach/attach.h"
#include "attach/behind.h"

/* So many are closed at once; more are left behind. */
#define CLOSED_AT_ONCE 8

/* Close @n of them by a process that is nobody's child. False when it cannot be had. */
static bool close_behind(const int *fds, unsigned int n)
{
	int wait[2];
	pid_t pid;
	char byte;

	if (pipe(wait))
		return false;
	pid = fork();
	if (pid == 0) {
		/* who reads from us is not to wait, nor a terminal */
		for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
			close(fd);
		close(wait[1]);
		if (setsid() < 0 || fork())
			_exit(0);
		/* first they are all closed elsewhere: whoever is the last one to close waits */
		while (read(wait[0], &byte, 1) < 0 && errno == EINTR)
			;
		_exit(0);
	}
	close(wait[0]);
	if (pid > 0)
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			;
	for (unsigned int i = 0; pid > 0 && i < n; i++)
		close(fds[i]);
	close(wait[1]);
	return pid > 0;
}

void behind_close(struct attach_point *point, unsigned int first)
{
	unsigned int n = point->nr_fds > first ? point->nr_fds - first : 0;

	if (n > CLOSED_AT_ONCE && close_behind(point->fds + first, n)) {
		point->nr_fds = first;
		return;
	}
	while (point->nr_fds > first)
		close(point->fds[--point->nr_fds]);
}
