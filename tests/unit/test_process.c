// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/buf.h"
#include "util/process.h"

static char dir[64];

static int setup(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/test_process.XXXXXX");
	return mkdtemp(dir) ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	folder_remove(dir);
	return access(dir, F_OK) ? 0 : -1;
}

static const char *inside(const char *name)
{
	static char path[4][256];
	static int next;

	next = (next + 1) % 4;
	snprintf(path[next], sizeof(path[0]), "%s/%s", dir, name);
	return path[next];
}

static void put(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static void test_folder_remove(void **state)
{
	(void)state;
	assert_int_equal(mkdir(inside("a"), 0755), 0);
	assert_int_equal(mkdir(inside("a/b"), 0700), 0);
	assert_int_equal(mkdir(inside("kept"), 0755), 0);
	put(inside("kept/file"), "x");
	put(inside("a/file"), "x");
	put(inside("a/b/.hidden"), "x");
	/* what links point to stays */
	assert_int_equal(symlink("../kept", inside("a/link")), 0);
	assert_int_equal(symlink("../../kept/file", inside("a/b/link")), 0);
	assert_int_equal(mkfifo(inside("a/fifo"), 0600), 0);
	folder_remove(inside("a"));
	assert_int_equal(access(inside("a"), F_OK), -1);
	assert_int_equal(access(inside("kept/file"), F_OK), 0);

	/* a link in the folder's own place, and nothing at all */
	assert_int_equal(symlink("kept", inside("link")), 0);
	folder_remove(inside("link"));
	assert_int_equal(access(inside("kept/file"), F_OK), 0);
	folder_remove(inside("nothing"));
}

static void test_process_run(void **state)
{
	char *good[] = { "true", NULL };
	char *status[] = { "sh", "-c", "exit 3", NULL };
	char *killed[] = { "sh", "-c", "kill -9 $$", NULL };
	char *missing[] = { "no-such-program-here", NULL };

	(void)state;
	assert_int_equal(process_run(good), 0);
	assert_int_equal(process_run(status), 3);
	assert_int_equal(process_run(killed), -EINTR);
	assert_int_equal(process_run(missing), 127);
}

/* what the caller blocks must not be blocked in the program */
static void test_process_run_signals(void **state)
{
	char *term[] = { "sh", "-c", "kill -TERM $$; exit 0", NULL };
	sigset_t all, before;

	(void)state;
	sigfillset(&all);
	assert_int_equal(sigprocmask(SIG_SETMASK, &all, &before), 0);
	assert_int_equal(process_run(term), -EINTR);
	sigprocmask(SIG_SETMASK, &before, NULL);
}

static void test_read_file(void **state)
{
	struct buf buf = {};

	(void)state;
	put(inside("file"), "0123456789");
	buf_str(&buf, "before ");
	assert_int_equal(buf_read_file(&buf, inside("file"), 10), 0);
	assert_string_equal(buf_text(&buf), "before 0123456789");
	assert_int_equal(buf_read_file(&buf, inside("file"), 9), -EFBIG);
	assert_int_equal(buf_read_file(&buf, inside("missing"), 9), -ENOENT);
	assert_int_equal(buf_read_file(&buf, dir, 9), -EISDIR);
	buf_free(&buf);
	/* a file that stat() gives no size */
	assert_int_equal(buf_read_file(&buf, "/proc/self/status", 1 << 20), 0);
	assert_non_null(strstr(buf_text(&buf), "Pid:"));
	buf_free(&buf);
}

struct reading {
	int fd;
	struct buf got;
};

static void *read_all(void *arg)
{
	struct reading *reading = arg;

	buf_read_fd(&reading->got, reading->fd, 1 << 24);
	return NULL;
}

/* more than a pipe holds at once */
static void test_write_all(void **state)
{
	struct reading reading = {};
	struct buf data = {};
	pthread_t thread;
	int fds[2];

	(void)state;
	for (int i = 0; i < 100000; i++)
		buf_printf(&data, "%d ", i);
	assert_int_equal(pipe(fds), 0);
	reading.fd = fds[0];
	assert_int_equal(pthread_create(&thread, NULL, read_all, &reading), 0);
	assert_int_equal(write_all(fds[1], data.data, data.len), 0);
	close(fds[1]);
	pthread_join(thread, NULL);
	close(fds[0]);
	assert_int_equal(reading.got.len, data.len);
	assert_memory_equal(reading.got.data, data.data, data.len);
	buf_free(&reading.got);
	buf_free(&data);
}

static void test_write_all_fails(void **state)
{
	int fds[2];

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(pipe(fds), 0);
	close(fds[0]);
	assert_int_equal(write_all(fds[1], "x", 1), -EPIPE);
	close(fds[1]);
	assert_int_equal(write_all(-1, "x", 1), -EBADF);
	assert_int_equal(write_all(-1, "", 0), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_folder_remove), TEST(test_process_run), TEST(test_process_run_signals),
		TEST(test_read_file),	  TEST(test_write_all),	  TEST(test_write_all_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
