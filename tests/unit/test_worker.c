// SPDX-License-Identifier: GPL-2.0-only
/*
 * How the worker is started and listened to. The workers are this program itself, by other names:
 * what they are to do is the name's end.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "compile/worker.h"
#include "object/pack.h"
#include "util/error.h"
#include "util/process.h"
#include "util/text.h"

#define SECOND 1000000000ULL

/* ---- the workers ---------------------------------------------------------------------------- */

/* what it may do and what it has open, a line for each, as its answer */
static int worker_report(void)
{
	char line[512];
	FILE *status = fopen("/proc/self/status", "re");

	while (status && fgets(line, sizeof(line), status))
		if (text_starts(line, "Uid:") || text_starts(line, "Groups:") ||
		    text_starts(line, "CapEff:") || text_starts(line, "CapPrm:") ||
		    text_starts(line, "CapAmb:") || text_starts(line, "NoNewPrivs:") ||
		    text_starts(line, "SigBlk:"))
			dprintf(3, "%s", line);
	if (status)
		fclose(status);
	for (int fd = 0; fd < 256; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			dprintf(3, "fd %d\n", fd);
	for (char **env = environ; *env; env++)
		dprintf(3, "env %s\n", *env);
	dprintf(3, "session %s\n", getsid(0) == getpid() ? "own" : "the caller's");
	printf("to stdout\n");
	fprintf(stderr, "to stderr\n");
	return 0;
}

/* a whole answer, or one without its end, and everything closed; but it does not end */
static void worker_linger(bool cut)
{
	struct buf packet = {};

	pack_begin(&packet, PACK_ANSWER);
	pack_text(&packet, 1, "made");
	pack_end(&packet);
	if (write_all(3, packet.data, packet.len - cut))
		_exit(2);
	for (int fd = 0; fd < 6; fd++)
		close(fd);
	if (cut)
		_exit(0);
	pause();
}

static int worker_main(const char *what)
{
	struct buf in = {};
	int ret = 0;

	if (strcmp(what, "deaf") == 0)
		return 3;
	buf_read_fd(&in, STDIN_FILENO, 64u << 20);
	if (strcmp(what, "report") == 0)
		ret = worker_report();
	else if (strcmp(what, "echo") == 0)
		ret = write_all(3, in.data, in.len) ? 2 : 0;
	else if (strcmp(what, "linger") == 0 || strcmp(what, "cut") == 0)
		worker_linger(strcmp(what, "cut") == 0);
	else if (strcmp(what, "crash") == 0)
		raise(SIGKILL);
	else if (strcmp(what, "hang") == 0)
		pause();
	else if (strcmp(what, "silent") == 0)
		for (int fd = 0; fd < 6; fd++)
			close(fd);
	if (strcmp(what, "silent") == 0)
		pause();
	buf_free(&in);
	return ret;
}

/* ---- the tests ------------------------------------------------------------------------------ */

struct fixture {
	char dir[64];
	char program[96];
	struct buf request;
	struct worker worker;
	struct error err;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	signal(SIGPIPE, SIG_IGN);
	strcpy(f->dir, "/tmp/test_worker.XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	buf_str(&f->request, "request");
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	buf_free(&f->worker.answer);
	buf_free(&f->worker.messages);
	buf_free(&f->request);
	folder_remove(f->dir);
	free(f);
	return 0;
}

static int converse(struct fixture *f, const char *what, uint64_t timeout_ns, int signal_fd)
{
	char self[PATH_MAX] = "";

	assert_true(readlink("/proc/self/exe", self, sizeof(self) - 1) > 0);
	snprintf(f->program, sizeof(f->program), "%s/worker-%s", f->dir, what);
	assert_int_equal(symlink(self, f->program), 0);
	f->worker.program = f->program;
	f->worker.request = &f->request;
	f->worker.source_fd = -1;
	f->worker.pch_fd = -1;
	f->worker.signal_fd = signal_fd;
	f->worker.timeout_ns = timeout_ns;
	return worker_converse(&f->worker, &f->err);
}

static bool said(const struct fixture *f, const char *line)
{
	return strstr(buf_text(&f->worker.answer), line) != NULL;
}

static void test_what_it_is_given(void **state)
{
	struct fixture *f = *state;
	int open_fd;

	/* as a shell's "9<file": not meant for it, though nobody said so */
	open_fd = fcntl(STDERR_FILENO, F_DUPFD, 90);
	assert_true(open_fd >= 90);
	setenv("LD_LIBRARY_PATH_OF_MINE", "x", 1);
	assert_int_equal(converse(f, "report", 60 * SECOND, -1), 0);
	close(open_fd);
	assert_int_equal(f->worker.status, 0);
	assert_true(said(f, "NoNewPrivs:\t1\n"));
	assert_true(said(f, "SigBlk:\t0000000000000000\n"));
	assert_true(said(f, "session own\n"));
	if (geteuid() == 0) {
		assert_true(said(f, "Uid:\t65534\t65534\t65534\t65534\n"));
		assert_true(said(f, "Groups:\t \n") || said(f, "Groups:\t\n"));
	}
	assert_true(geteuid() != 0 || said(f, "CapEff:\t0000000000000000\n"));
	assert_true(geteuid() != 0 || said(f, "CapPrm:\t0000000000000000\n"));
	assert_true(said(f, "CapAmb:\t0000000000000000\n"));
	for (int fd = 0; fd < 4; fd++) {
		char line[16];

		snprintf(line, sizeof(line), "fd %d\n", fd);
		assert_true(said(f, line));
	}
	/* no source folder this time, and nothing of the caller's */
	assert_false(said(f, "fd 4\n"));
	assert_null(strstr(strstr(buf_text(&f->worker.answer), "fd 3\n") + 5, "fd "));
	assert_true(said(f, "env PATH=") && said(f, "env LC_ALL=C"));
	assert_false(said(f, "OF_MINE"));
	/* what it prints is a message, never our output */
	assert_non_null(strstr(buf_text(&f->worker.messages), "to stdout\n"));
	assert_non_null(strstr(buf_text(&f->worker.messages), "to stderr\n"));
}

/* more than pipes hold, both ways */
static void test_much(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < 200000; i++)
		buf_printf(&f->request, "%d\n", i);
	assert_int_equal(converse(f, "echo", 60 * SECOND, -1), 0);
	assert_int_equal(f->worker.status, 0);
	assert_int_equal(f->worker.answer.len, f->request.len);
	assert_memory_equal(f->worker.answer.data, f->request.data, f->request.len);
}

static void test_deaf(void **state)
{
	struct fixture *f = *state;

	buf_pad(&f->request, 0, 1 << 20);
	assert_int_equal(converse(f, "deaf", 60 * SECOND, -1), 0);
	assert_true(WIFEXITED(f->worker.status));
	assert_int_equal(WEXITSTATUS(f->worker.status), 3);
}

static void test_crash(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(converse(f, "crash", 60 * SECOND, -1), 0);
	assert_true(WIFSIGNALED(f->worker.status));
	assert_int_equal(WTERMSIG(f->worker.status), SIGKILL);
}

static void test_time_limit(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(converse(f, "hang", SECOND / 2, -1), -ETIMEDOUT);
	assert_true(WIFSIGNALED(f->worker.status));
}

/* closing its pipes does not lift the limit */
static void test_time_limit_after_end_of_talk(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(converse(f, "silent", SECOND, -1), -ETIMEDOUT);
	assert_true(WIFSIGNALED(f->worker.status));
}

static void test_interrupted(void **state)
{
	struct fixture *f = *state;
	sigset_t set, before;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	assert_int_equal(sigprocmask(SIG_BLOCK, &set, &before), 0);
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	assert_true(fd >= 0);
	assert_int_equal(kill(getpid(), SIGUSR1), 0);
	assert_int_equal(converse(f, "hang", 60 * SECOND, fd), -EINTR);
	assert_true(WIFSIGNALED(f->worker.status));
	close(fd);
	sigprocmask(SIG_SETMASK, &before, NULL);
}

static void test_missing(void **state)
{
	struct fixture *f = *state;

	f->worker.program = "/no/such/worker";
	f->worker.request = &f->request;
	assert_int_equal(worker_converse(&f->worker, &f->err), -ENOENT);
	assert_non_null(strstr(f->err.text, "/no/such/worker"));
}

/* Who has said all need not have ended; who has not is waited for. */
static void test_may_leave(void **state)
{
	struct fixture *f = *state;

	f->worker.may_leave = true;
	f->worker.status = 256; /* of another one, before */
	assert_int_equal(converse(f, "linger", 60 * SECOND, -1), 0);
	assert_true(f->worker.left > 0);
	assert_int_equal(f->worker.status, 0);
	assert_int_equal(waitpid(f->worker.left, NULL, WNOHANG), 0);
	kill(f->worker.left, SIGKILL);
	assert_int_equal(waitpid(f->worker.left, NULL, 0), f->worker.left);

	buf_reset(&f->worker.answer);
	assert_int_equal(converse(f, "cut", 60 * SECOND, -1), 0);
	assert_int_equal(f->worker.left, 0);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(test_what_it_is_given),
		TEST(test_much),
		TEST(test_deaf),
		TEST(test_crash),
		TEST(test_time_limit),
		TEST(test_time_limit_after_end_of_talk),
		TEST(test_interrupted),
		TEST(test_missing),
		TEST(test_may_leave),
	};
	const char *as = argc > 0 ? strstr(argv[0], "/worker-") : NULL;

	if (as)
		return worker_main(as + strlen("/worker-"));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
