// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "read/command.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/process.h"

/* A folder, and in it the file that the commands of the tests make when they run. */
struct fixture {
	char dir[64];
	char mark[80];
	char script[200];
	struct error err;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	signal(SIGPIPE, SIG_IGN);
	strcpy(f->dir, "/tmp/test_command.XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->mark, sizeof(f->mark), "%s/mark", f->dir);
	snprintf(f->script, sizeof(f->script), "echo ran > %s; exit 7", f->mark);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	folder_remove(f->dir);
	free(f);
	return 0;
}

/* wait for its end without taking it away from command_reap() */
static void await_end(const struct command *command)
{
	siginfo_t info;

	assert_int_equal(waitid(P_PID, (id_t)command->pid, &info, WEXITED | WNOWAIT), 0);
}

static void test_held_until_go(void **state)
{
	struct fixture *f = *state;
	char *argv[] = { "sh", "-c", f->script, NULL };
	struct command command = {};

	assert_int_equal(command_fork(&command, argv, &f->err), 0);
	assert_true(command.pid > 0);
	assert_false(command_reap(&command));
	assert_int_equal(access(f->mark, F_OK), -1);
	assert_int_equal(command_go(&command, &f->err), 0);
	await_end(&command);
	assert_true(command_reap(&command));
	assert_true(command_reap(&command));
	assert_int_equal(command_exit_status(&command), 7);
	assert_int_equal(access(f->mark, F_OK), 0);
	command_kill(&command);
}

/* whatever ends hotprobe before the word to go, the command must not have run */
static void test_killed_while_held(void **state)
{
	struct fixture *f = *state;
	char *argv[] = { "sh", "-c", f->script, NULL };

	for (int i = 0; i < 50; i++) {
		struct command command = {};

		assert_int_equal(command_fork(&command, argv, &f->err), 0);
		command_kill(&command);
		assert_true(command.ended);
		assert_int_equal(kill(command.pid, 0), -1);
	}
	assert_int_equal(access(f->mark, F_OK), -1);
}

static void test_abandoned_while_held(void **state)
{
	struct fixture *f = *state;
	char *argv[] = { "sh", "-c", f->script, NULL };
	struct command command = {};

	assert_int_equal(command_fork(&command, argv, &f->err), 0);
	/* as the kernel does when hotprobe dies */
	close(command.release_fd);
	command.release_fd = -1;
	await_end(&command);
	assert_true(command_reap(&command));
	assert_int_equal(access(f->mark, F_OK), -1);
	command_kill(&command);
}

static void test_ended_while_held(void **state)
{
	struct fixture *f = *state;
	char *argv[] = { "sh", "-c", f->script, NULL };
	struct command command = {};

	assert_int_equal(command_fork(&command, argv, &f->err), 0);
	command_signal(&command, SIGTERM);
	await_end(&command);
	assert_int_equal(command_go(&command, &f->err), 0);
	assert_true(command_reap(&command));
	assert_int_equal(command_exit_status(&command), 128 + SIGTERM);
	command_kill(&command);
}

static void test_exec_fails(void **state)
{
	struct fixture *f = *state;
	char *missing[] = { "/no/such/program", NULL };
	char *folder[] = { f->dir, NULL };
	struct command command = {};

	assert_int_equal(command_fork(&command, missing, &f->err), 0);
	assert_int_equal(command_go(&command, &f->err), -ENOENT);
	assert_string_equal(f->err.text, "cannot run /no/such/program: No such file or directory");
	command_kill(&command);

	memset(&f->err, 0, sizeof(f->err));
	memset(&command, 0, sizeof(command));
	assert_int_equal(command_fork(&command, folder, &f->err), 0);
	assert_int_equal(command_go(&command, &f->err), -EACCES);
	command_kill(&command);
}

static void test_signals(void **state)
{
	struct fixture *f = *state;
	char *argv[] = { "sleep", "1000", NULL };
	struct command command = {};
	sigset_t all, before;

	/* hotprobe blocks what it reads from a signalfd; the command must not inherit that */
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	assert_int_equal(command_fork(&command, argv, &f->err), 0);
	assert_int_equal(command_go(&command, &f->err), 0);
	sigprocmask(SIG_SETMASK, &before, NULL);
	assert_false(command_reap(&command));
	command_signal(&command, SIGINT);
	await_end(&command);
	assert_true(command_reap(&command));
	assert_int_equal(command_exit_status(&command), 128 + SIGINT);
	/* no signal to whoever has the number next */
	command_signal(&command, SIGKILL);
	command_kill(&command);
}

static void test_kill_running(void **state)
{
	struct fixture *f = *state;
	char *argv[] = { "sleep", "1000", NULL };
	struct command command = {}, none = {};

	assert_int_equal(command_fork(&command, argv, &f->err), 0);
	assert_int_equal(command_go(&command, &f->err), 0);
	command_kill(&command);
	assert_int_equal(command_exit_status(&command), 128 + SIGKILL);
	command_kill(&none);
	assert_false(command_reap(&none));
}

/* SIGPIPE is ignored in hotprobe, and must not be in `yes | head` under it */
static void test_sigpipe(void **state)
{
	struct fixture *f = *state;
	char *argv[] = { "sh", "-c", "kill -PIPE $$; exit 0", NULL };
	struct command command = {};

	assert_int_equal(command_fork(&command, argv, &f->err), 0);
	assert_int_equal(command_go(&command, &f->err), 0);
	await_end(&command);
	assert_true(command_reap(&command));
	assert_int_equal(command_exit_status(&command), 128 + SIGPIPE);
	command_kill(&command);
}

static void test_find(void **state)
{
	struct fixture *f = *state;
	char *found[] = { "sh", NULL }, *path[] = { "/bin/sh", NULL }, *none[] = { "", NULL };
	char *missing[] = { "no-such-program-here", NULL }, *folder[] = { f->dir, NULL };
	char plain[96], *file[] = { plain, NULL };
	const char *before = getenv("PATH");
	char *kept = strdup(before ? before : "");
	int fd;

	assert_int_equal(command_find(found, &f->err), 0);
	assert_int_equal(command_find(path, &f->err), 0);
	assert_int_equal(command_find(missing, &f->err), -ENOENT);
	assert_non_null(strstr(f->err.text, "no-such-program-here"));
	memset(&f->err, 0, sizeof(f->err));
	assert_int_equal(command_find(none, &f->err), -ENOENT);
	memset(&f->err, 0, sizeof(f->err));
	assert_int_equal(command_find(folder, &f->err), -EISDIR);
	memset(&f->err, 0, sizeof(f->err));
	snprintf(plain, sizeof(plain), "%s/plain", f->dir);
	fd = creat(plain, 0644);
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(command_find(file, &f->err), -EACCES);

	/* an empty part of PATH is the working directory */
	memset(&f->err, 0, sizeof(f->err));
	assert_int_equal(chmod(plain, 0755), 0);
	assert_int_equal(chdir(f->dir), 0);
	file[0] = "plain";
	setenv("PATH", "/nowhere", 1);
	assert_int_equal(command_find(file, &f->err), -ENOENT);
	memset(&f->err, 0, sizeof(f->err));
	setenv("PATH", "/nowhere::/elsewhere", 1);
	assert_int_equal(command_find(file, &f->err), 0);
	setenv("PATH", kept, 1);
	free(kept);
	assert_int_equal(chdir("/"), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_held_until_go),
		TEST(test_killed_while_held),
		TEST(test_abandoned_while_held),
		TEST(test_ended_while_held),
		TEST(test_exec_fails),
		TEST(test_signals),
		TEST(test_kill_running),
		TEST(test_sigpipe),
		TEST(test_find),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
