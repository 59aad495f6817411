// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/buf.h"
#include "util/error.h"
#include "util/process.h"
#include "watch/file_watch.h"

static char dir[64];
static struct file_watch watch;

/* A path below the test's folder; good until the fourth call after it. */
static const char *in(const char *name)
{
	static char path[4][256];
	static unsigned int next;
	char *at = path[next++ % 4];

	snprintf(at, sizeof(path[0]), "%s/%s", dir, name);
	return at;
}

static void write_file(const char *name, const char *text)
{
	int fd = open(in(name), O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write_all(fd, text, strlen(text)), 0);
	close(fd);
}

static int setup(void **state)
{
	struct error err = {};

	(void)state;
	strcpy(dir, "/tmp/test_file_watch.XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	write_file("probe.c", "one");
	memset(&watch, 0, sizeof(watch));
	return file_watch_init(&watch, &err);
}

static int teardown(void **state)
{
	(void)state;
	file_watch_free(&watch);
	folder_remove(dir);
	return access(dir, F_OK) ? 0 : -1;
}

/* What happened is there at once: inotify's events are queued by the call that causes them. */
#define assert_change(change) assert_int_equal(file_watch_read(&watch), change)

static void test_written(void **state)
{
	int fd;

	(void)state;
	assert_int_equal(file_watch_add(&watch, in("probe.c")), 0);
	assert_change(FILE_SAME);
	write_file("probe.c", "two");
	assert_change(FILE_CHANGED);
	assert_change(FILE_SAME);
	/* not before it is complete, and not when it is only read */
	fd = open(in("probe.c"), O_WRONLY);
	assert_int_equal(write_all(fd, "three", 5), 0);
	assert_change(FILE_SAME);
	close(fd);
	assert_change(FILE_CHANGED);
	close(open(in("probe.c"), O_RDONLY));
	assert_change(FILE_SAME);
}

static void test_others(void **state)
{
	(void)state;
	assert_int_equal(file_watch_add(&watch, in("probe.c")), 0);
	write_file("probe.c~", "another");
	write_file("probe", "another");
	write_file("a_probe.c", "another");
	assert_int_equal(mkdir(in("folder"), 0700), 0);
	assert_change(FILE_SAME);
}

static void test_renamed(void **state)
{
	(void)state;
	assert_int_equal(file_watch_add(&watch, in("probe.c")), 0);
	write_file("new", "two");
	assert_int_equal(rename(in("new"), in("probe.c")), 0);
	assert_change(FILE_CHANGED);
	/* the file that was watched is another one now */
	write_file("probe.c", "three");
	assert_change(FILE_CHANGED);
	assert_int_equal(rename(in("probe.c"), in("probe.c~")), 0);
	assert_change(FILE_UNSETTLED);
	write_file("probe.c", "four");
	assert_change(FILE_CHANGED);
}

static void test_linked(void **state)
{
	(void)state;
	assert_int_equal(file_watch_add(&watch, in("probe.c")), 0);
	write_file("new", "two");
	assert_int_equal(unlink(in("probe.c")), 0);
	assert_change(FILE_UNSETTLED);
	assert_int_equal(link(in("new"), in("probe.c")), 0);
	assert_change(FILE_UNSETTLED);
}

static void test_absent(void **state)
{
	(void)state;
	assert_int_equal(file_watch_add(&watch, in("later.c")), 0);
	assert_change(FILE_SAME);
	write_file("later.c", "one");
	assert_change(FILE_CHANGED);
	/* no folder, no news, but no failure: the other files are watched */
	assert_int_equal(file_watch_add(&watch, in("nowhere/probe.c")), 0);
	assert_int_equal(file_watch_add(&watch, in("probe.c")), 0);
	write_file("probe.c", "two");
	assert_change(FILE_CHANGED);
	/* a folder that came is seen when it is asked for again */
	assert_int_equal(mkdir(in("nowhere"), 0700), 0);
	assert_int_equal(file_watch_add(&watch, in("nowhere/probe.c")), 0);
	write_file("nowhere/probe.c", "one");
	assert_change(FILE_CHANGED);
}

static void test_symbolic_links(void **state)
{
	(void)state;
	assert_int_equal(mkdir(in("a"), 0700), 0);
	assert_int_equal(mkdir(in("b"), 0700), 0);
	write_file("b/real.c", "one");
	assert_int_equal(symlink("../b/real.c", in("a/middle.c")), 0);
	assert_int_equal(symlink("a/middle.c", in("link.c")), 0);
	assert_int_equal(file_watch_add(&watch, in("link.c")), 0);
	assert_change(FILE_SAME);
	write_file("b/real.c", "two");
	assert_change(FILE_CHANGED);
	/* each link on the way */
	assert_int_equal(symlink("../probe.c", in("a/new")), 0);
	assert_int_equal(rename(in("a/new"), in("a/middle.c")), 0);
	assert_change(FILE_CHANGED);
	/* and where it leads from then on, once it was looked at again */
	assert_int_equal(file_watch_add(&watch, in("link.c")), 0);
	write_file("probe.c", "two");
	assert_change(FILE_CHANGED);
	/* a circle has an end */
	assert_int_equal(symlink("circle", in("circle")), 0);
	assert_int_equal(file_watch_add(&watch, in("circle")), 0);
}

static void test_relative(void **state)
{
	int here = open(".", O_RDONLY | O_DIRECTORY);

	(void)state;
	assert_int_equal(chdir(dir), 0);
	assert_int_equal(file_watch_add(&watch, "probe.c"), 0);
	assert_int_equal(file_watch_add(&watch, "./other.c"), 0);
	assert_int_equal(fchdir(here), 0);
	close(here);
	write_file("probe.c", "two");
	assert_change(FILE_CHANGED);
	write_file("other.c", "two");
	assert_change(FILE_CHANGED);
}

static void test_folder_gone(void **state)
{
	(void)state;
	assert_int_equal(mkdir(in("a"), 0700), 0);
	assert_int_equal(file_watch_add(&watch, in("a/probe.c")), 0);
	assert_int_equal(file_watch_folders(&watch), FOLDERS_ALL);
	assert_int_equal(rmdir(in("a")), 0);
	assert_change(FILE_UNSETTLED);
	assert_int_equal(file_watch_folders(&watch), FOLDERS_MISSING);
	assert_int_equal(mkdir(in("a"), 0700), 0);
	assert_int_equal(file_watch_folders(&watch), FOLDERS_CAME);
	assert_int_equal(file_watch_folders(&watch), FOLDERS_ALL);
	write_file("a/probe.c", "one");
	assert_change(FILE_CHANGED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_written, setup, teardown),
		cmocka_unit_test_setup_teardown(test_others, setup, teardown),
		cmocka_unit_test_setup_teardown(test_renamed, setup, teardown),
		cmocka_unit_test_setup_teardown(test_linked, setup, teardown),
		cmocka_unit_test_setup_teardown(test_absent, setup, teardown),
		cmocka_unit_test_setup_teardown(test_symbolic_links, setup, teardown),
		cmocka_unit_test_setup_teardown(test_relative, setup, teardown),
		cmocka_unit_test_setup_teardown(test_folder_gone, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
