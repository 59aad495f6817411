// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "read/command.h"
#include "util/buf.h"
#include "util/error.h"

static int command_try(const char *path)
{
	struct stat st;

	if (stat(path, &st))
		return -errno;
	if (S_ISDIR(st.st_mode))
		return -EISDIR;
	return access(path, X_OK) ? -errno : 0;
}

int command_find(char *const argv[], struct error *err)
{
	const char *path = getenv("PATH") ?: "/usr/sbin:/usr/bin:/sbin:/bin", *name = argv[0];
	int ret;

	if (strchr(name, '/')) {
		ret = command_try(name);
		return ret ? error_sys(err, ret, "cannot run %s", name) : 0;
	}
	while (name[0]) {
		size_t len = strcspn(path, ":");
		char file[PATH_MAX];

		if (snprintf(file, sizeof(file), "%.*s/%s", len ? (int)len : 1, len ? path : ".",
			     name) < (int)sizeof(file) &&
		    command_try(file) == 0)
			return 0;
		if (!path[len])
			break;
		path += len + 1;
	}
	error_set(err, -ENOENT, "cannot run %s: there is no such command", name);
	return error_hint(
		err, "what stands behind -- is a program with its arguments, not a shell line");
}

static void command_child(char *argv[], int wait_fd, int failure_fd)
{
	sigset_t none;
	ssize_t got;
	char byte;
	int code;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* a byte is the word to go; the end of file comes when hotprobe gave up, or died */
	do
		got = read(wait_fd, &byte, 1);
	while (got < 0 && errno == EINTR);
	if (got != 1)
		_exit(126);
	prctl(PR_SET_PDEATHSIG, 0);
	close(wait_fd);
	execvp(argv[0], argv);
	code = errno;
	if (write(failure_fd, &code, sizeof(code)) < 0)
		_exit(126);
	_exit(127);
}

int command_fork(struct command *command, char *argv[], struct error *err)
{
	int hold[2] = { -1, -1 }, failure[2] = { -1, -1 };
	pid_t pid;
	int ret;

	command->argv = argv;
	if (pipe2(hold, O_CLOEXEC) || pipe2(failure, O_CLOEXEC)) {
		ret = error_sys(err, -errno, "cannot start %s", argv[0]);
		goto fail;
	}
	pid = fork();
	if (pid < 0) {
		ret = error_sys(err, -errno, "cannot start %s", argv[0]);
		goto fail;
	}
	if (pid == 0) {
		/* its own copy of the writing end would hide that hotprobe is gone */
		close(hold[1]);
		command_child(argv, hold[0], failure[1]);
	}
	close(hold[0]);
	close(failure[1]);
	command->pid = pid;
	command->release_fd = hold[1];
	command->failure_fd = failure[0];
	return 0;
fail:
	for (int i = 0; i < 2; i++) {
		if (hold[i] >= 0)
			close(hold[i]);
		if (failure[i] >= 0)
			close(failure[i]);
	}
	return ret;
}

int command_go(struct command *command, struct error *err)
{
	int code = 0, ret;
	ssize_t got;

	ret = write_all(command->release_fd, "", 1);
	close(command->release_fd);
	command->release_fd = -1;
	/* somebody ended it while it was held: that is its end, command_reap() tells of it */
	if (ret && ret != -EPIPE)
		return error_sys(err, ret, "cannot start %s", command->argv[0]);
	/* end of file: exec closed it, all went well */
	do
		got = read(command->failure_fd, &code, sizeof(code));
	while (got < 0 && errno == EINTR);
	close(command->failure_fd);
	command->failure_fd = -1;
	if (got == sizeof(code))
		return error_sys(err, -code, "cannot run %s", command->argv[0]);
	return 0;
}

bool command_reap(struct command *command)
{
	if (command->pid && !command->ended &&
	    waitpid(command->pid, &command->status, WNOHANG) == command->pid)
		command->ended = true;
	return command->ended;
}

void command_signal(const struct command *command, int sig)
{
	if (command->pid && !command->ended)
		kill(command->pid, sig);
}

void command_kill(struct command *command)
{
	if (command->release_fd > 0)
		close(command->release_fd);
	if (command->failure_fd > 0)
		close(command->failure_fd);
	if (command->pid && !command->ended) {
		kill(command->pid, SIGKILL);
		while (waitpid(command->pid, &command->status, 0) < 0 && errno == EINTR)
			;
		command->ended = true;
	}
}

int command_exit_status(const struct command *command)
{
	if (WIFSIGNALED(command->status))
		return 128 + WTERMSIG(command->status);
	return WEXITSTATUS(command->status);
}
