// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "compile/worker.h"
#include "object/pack.h"
#include "util/error.h"
#include "util/process.h"

#define ANSWER_SIZE_MAX	  (256u << 20)
#define MESSAGES_SIZE_MAX (4u << 20)

#define PROGRAM_FD	  5 /* in the child, until exec */

enum { IN, OUT, MSG, NR_PIPES };

/* What the child does between fork and exec; a failure is told by the exit status 126. */
static void worker_become(const struct worker *worker, int program_fd, int pipes[NR_PIPES][2])
{
	/* large pages: the heap of a compile is some 60 MB, each of whose pages is used */
	static char *const env[] = { "GLIBC_TUNABLES=glibc.malloc.hugetlb=1",
				     "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C", NULL };
	char *argv[] = { (char *)worker->program,
			 worker->precompile ? WORKER_PRECOMPILE
			 : worker->versions ? WORKER_VERSIONS
					    : NULL,
			 NULL };
	struct rlimit no_core = { 0, 0 };
	sigset_t none;
	int fd[7], n = 0;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	/* move what is wanted out of the way of 0 to 6 first */
	fd[n++] = fcntl(pipes[IN][0], F_DUPFD_CLOEXEC, 10);
	fd[n++] = -1;
	fd[n++] = fcntl(pipes[MSG][1], F_DUPFD_CLOEXEC, 10);
	fd[n++] = fcntl(pipes[OUT][1], F_DUPFD_CLOEXEC, 10);
	fd[n++] = worker->source_fd < 0 ? -1 : fcntl(worker->source_fd, F_DUPFD_CLOEXEC, 10);
	fd[n++] = fcntl(program_fd, F_DUPFD_CLOEXEC, 10);
	fd[n++] = worker->pch_fd < 0 ? -1 : fcntl(worker->pch_fd, F_DUPFD_CLOEXEC, 10);
	fd[1] = fd[2];
	for (int i = 0; i < n; i++) {
		if (fd[i] < 0)
			close(i);
		else if (dup3(fd[i], i, i == PROGRAM_FD ? O_CLOEXEC : 0) < 0)
			_exit(126);
	}
	/* whatever the caller's shell left open is not the compiler's business */
	closefrom(WORKER_PCH_FD + 1);
	/* away from the terminal: who can open that can type into the shell (TIOCSTI) */
	setsid();
	setrlimit(RLIMIT_CORE, &no_core);
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	if (geteuid() == 0 &&
	    (setgroups(0, NULL) || setresgid(WORKER_NOBODY, WORKER_NOBODY, WORKER_NOBODY) ||
	     setresuid(WORKER_NOBODY, WORKER_NOBODY, WORKER_NOBODY)))
		_exit(126);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	/* after the change of user, which clears it; Ctrl-C does not reach another session */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (chdir("/"))
		_exit(126);
	/* by descriptor: the program may lie below a folder that nobody may not enter */
	fexecve(PROGRAM_FD, argv, env);
	dprintf(STDERR_FILENO, "it cannot be run: %s", strerror(errno));
	_exit(126);
}

static void show_progress(const struct worker *worker, uint64_t took_ns)
{
	char line[256];
	int len = snprintf(line, sizeof(line), "\r\033[K%.200s %llu.%llu s", worker->progress,
			   (unsigned long long)(took_ns / 1000000000),
			   (unsigned long long)(took_ns / 100000000 % 10));

	write_all(STDERR_FILENO, line, (size_t)len);
}

/* Take what is there. 1 when the pipe is at its end. */
static int worker_take(int fd, struct buf *buf, size_t limit)
{
	char chunk[65536];
	ssize_t got = read(fd, chunk, sizeof(chunk));

	if (got < 0)
		return errno == EINTR || errno == EAGAIN ? 0 : 1;
	if (got == 0)
		return 1;
	if (buf->len + (size_t)got <= limit)
		buf_add(buf, chunk, (size_t)got);
	else
		buf->failed = true;
	return 0;
}

static bool is_whole(const struct buf *answer)
{
	struct unpack in;
	const char *why;

	return !answer->failed &&
	       unpack_begin(&in, answer->data, answer->len, PACK_ANSWER, &why) == 0;
}

/*
 * The talk itself; every descriptor that is done with becomes -1. @process: pidfd, because a worker
 * that closed its pipes has not ended yet; -1 on kernels before 5.3.
 */
static int worker_talk(struct worker *worker, int *in, int *out, int *msg, int *process)
{
	uint64_t start = clock_now(), shown = 500000000;
	size_t sent = 0;

	while (*out >= 0 || *msg >= 0 || *process >= 0) {
		/* what is left to it is to give back 100 MB, which takes 6 ms */
		if (worker->may_leave && *out < 0 && *msg < 0 && is_whole(&worker->answer))
			return 0;
		struct pollfd fds[] = {
			{ *in, POLLOUT, 0 },	 { *out, POLLIN, 0 },
			{ *msg, POLLIN, 0 },	 { worker->signal_fd, POLLIN, 0 },
			{ *process, POLLIN, 0 },
		};
		int ready = poll(fds, 5, 100);

		worker->took_ns = clock_now() - start;
		if (ready < 0 && errno != EINTR)
			return -errno;
		if (fds[3].revents && process_interrupted(worker->signal_fd))
			return -EINTR;
		if (worker->took_ns > worker->timeout_ns)
			return -ETIMEDOUT;
		if (worker->progress && worker->took_ns > shown) {
			show_progress(worker, worker->took_ns);
			shown = worker->took_ns + 100000000;
		}
		if (fds[0].revents) {
			ssize_t done = write(*in, worker->request->data + sent,
					     worker->request->len - sent);

			if (done > 0)
				sent += (size_t)done;
			if ((done < 0 && errno != EAGAIN && errno != EINTR) ||
			    sent == worker->request->len) {
				close(*in);
				*in = -1;
			}
		}
		if (fds[1].revents && worker_take(*out, &worker->answer, ANSWER_SIZE_MAX)) {
			close(*out);
			*out = -1;
		}
		if (fds[2].revents && worker_take(*msg, &worker->messages, MESSAGES_SIZE_MAX)) {
			close(*msg);
			*msg = -1;
		}
		if (fds[4].revents) {
			close(*process);
			*process = -1;
		}
	}
	return 0;
}

int worker_converse(struct worker *worker, struct error *err)
{
	int pipes[NR_PIPES][2] = { { -1, -1 }, { -1, -1 }, { -1, -1 } };
	int program_fd = open(worker->program, O_RDONLY | O_CLOEXEC), pidfd = -1;
	int ret = 0;
	pid_t pid;

	if (program_fd < 0) {
		ret = error_sys(err, -errno, "cannot start the compiler %s", worker->program);
		error_hint(err, "it belongs beside hotprobe: run make, or make install again");
		goto out;
	}
	for (int i = 0; i < NR_PIPES; i++)
		if (pipe2(pipes[i], O_CLOEXEC)) {
			ret = error_sys(err, -errno, "cannot talk to the compiler");
			goto out;
		}
	fcntl(pipes[IN][1], F_SETFL, O_NONBLOCK);
	pid = fork();
	if (pid < 0) {
		ret = error_sys(err, -errno, "cannot start the compiler");
		goto out;
	}
	if (pid == 0)
		worker_become(worker, program_fd, pipes);
	close(pipes[IN][0]);
	close(pipes[OUT][1]);
	close(pipes[MSG][1]);
	pipes[IN][0] = pipes[OUT][1] = pipes[MSG][1] = -1;
	pidfd = pidfd_open(pid, 0);
	ret = worker_talk(worker, &pipes[IN][1], &pipes[OUT][0], &pipes[MSG][0], &pidfd);
	if (ret)
		kill(pid, SIGKILL);
	worker->status = 0;
	worker->left = !ret && pidfd >= 0 ? pid : 0;
	while (!worker->left && waitpid(pid, &worker->status, 0) < 0 && errno == EINTR)
		;
	if (worker->progress && worker->took_ns > 500000000)
		write_all(STDERR_FILENO, "\r\033[K", 4);
out:
	for (int i = 0; i < NR_PIPES; i++)
		for (int end = 0; end < 2; end++)
			if (pipes[i][end] >= 0)
				close(pipes[i][end]);
	if (program_fd >= 0)
		close(program_fd);
	if (pidfd >= 0)
		close(pidfd);
	return ret;
}
