// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "probe/source.h"
#include "util/error.h"
#include "util/process.h"

struct fixture {
	char dir[64];
	char path[128];
	struct source src;
	struct error err;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	strcpy(f->dir, "/tmp/test_source.XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->path, sizeof(f->path), "%s/probe.c", f->dir);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	source_free(&f->src);
	folder_remove(f->dir);
	free(f);
	return 0;
}

static void put(const char *path, const char *data, size_t len)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

static int read_as(struct fixture *f, bool trusted)
{
	source_free(&f->src);
	memset(&f->err, 0, sizeof(f->err));
	return source_read(f->path, trusted, &f->src.text, &f->err);
}

static void test_read(void **state)
{
	struct fixture *f = *state;
	struct buf large = {};

	assert_int_equal(read_as(f, false), -ENOENT);
	put(f->path, "int x;\n", 7);
	assert_int_equal(read_as(f, false), 0);
	assert_string_equal(buf_text(&f->src.text), "int x;\n");
	put(f->path, "a\0b", 3);
	assert_int_equal(read_as(f, false), -EINVAL);
	assert_non_null(strstr(f->err.text, "NUL"));
	buf_pad(&large, 0, (4u << 20) + 1);
	put(f->path, large.data, large.len);
	assert_int_equal(read_as(f, false), -EFBIG);
	put(f->path, large.data, large.len - 1);
	assert_int_equal(read_as(f, false), 0);
	buf_free(&large);
	assert_int_equal(unlink(f->path), 0);
	assert_int_equal(mkfifo(f->path, 0600), 0);
	assert_int_equal(read_as(f, false), -EINVAL);
	assert_int_equal(unlink(f->path), 0);
	assert_int_equal(mkdir(f->path, 0700), 0);
	assert_int_equal(read_as(f, false), -EINVAL);
	assert_non_null(strstr(f->err.text, "a folder"));
}

/* who could have written a probe that root runs by its name alone */
static void test_trust(void **state)
{
	static const struct {
		uid_t uid;
		mode_t mode;
		uid_t dir_uid;
		mode_t dir_mode;
		int ret;
	} cases[] = {
		{ 0, 0644, 0, 0755, 0 },	  { 0, 0664, 0, 0775, 0 },
		{ 0, 0646, 0, 0755, -EPERM },	  { 65534, 0644, 0, 0755, -EPERM },
		{ 0, 0644, 0, 0757, -EPERM },	  { 0, 0644, 0, 01777, -EPERM },
		{ 0, 0644, 65534, 0755, -EPERM },
	};
	struct fixture *f = *state;
	struct stat self;

	if (geteuid() != 0)
		skip();
	assert_int_equal(stat("/proc/self/exe", &self), 0);
	/* the test's own owner counts as root does */
	if (self.st_uid == 65534)
		skip();
	put(f->path, "int x;\n", 7);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(chown(f->path, cases[i].uid, 0), 0);
		assert_int_equal(chmod(f->path, cases[i].mode), 0);
		assert_int_equal(chown(f->dir, cases[i].dir_uid, 0), 0);
		assert_int_equal(chmod(f->dir, cases[i].dir_mode), 0);
		if (read_as(f, true) != cases[i].ret)
			fail_msg("case %zu: %s", i, f->err.text);
		if (cases[i].ret)
			assert_non_null(strstr(f->err.hint, f->path));
		/* named by its path, it is the user's own decision */
		assert_int_equal(read_as(f, false), 0);
	}
	assert_int_equal(chown(f->dir, 0, 0), 0);
	assert_int_equal(chmod(f->dir, 0755), 0);
	assert_int_equal(chown(f->path, 0, 65534), 0);
	assert_int_equal(chmod(f->path, 0664), 0);
	assert_int_equal(read_as(f, true),
			 (self.st_mode & S_IWGRP) && self.st_gid == 65534 ? 0 : -EPERM);
}

static int find(struct fixture *f, const char *probe)
{
	source_free(&f->src);
	memset(&f->src, 0, sizeof(f->src));
	memset(&f->err, 0, sizeof(f->err));
	return source_find(&f->src, probe, &f->err);
}

static void test_find(void **state)
{
	struct fixture *f = *state;
	char user[PATH_MAX], *name;

	setenv("XDG_CONFIG_HOME", f->dir, 1);
	source_user_dir(user);
	assert_int_equal(mkdir(user, 0755), 0);
	snprintf(f->path, sizeof(f->path), "%.60s/hotprobe/mine_test.c", f->dir);
	put(f->path, "int x;\n", 7);
	assert_int_equal(chmod(f->path, 0644), 0);
	assert_int_equal(chmod(user, 0755), 0);
	assert_int_equal(find(f, "mine_test"), 0);
	assert_string_equal(f->src.path, f->path);
	assert_string_equal(f->src.name, "mine_test");
	assert_int_equal(f->src.origin, SOURCE_USER);
	assert_int_equal(find(f, f->path), 0);
	assert_int_equal(f->src.origin, SOURCE_PATH);
	assert_string_equal(f->src.name, "mine_test");
	assert_int_equal(find(f, "mine_tset"), -ENOENT);
	assert_non_null(strstr(f->err.hint, "mine_test?"));
	put(f->path, " \t\r\n", 4);
	assert_int_equal(find(f, "mine_test"), -EINVAL);
	assert_non_null(strstr(f->err.text, "empty"));
	name = calloc(1, 5000);
	assert_non_null(name);
	memset(name, 'x', 4999);
	assert_int_equal(find(f, name), -ENAMETOOLONG);
	name[10] = '/';
	assert_true(find(f, name) < 0);
	free(name);
	unsetenv("XDG_CONFIG_HOME");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_read),
		TEST(test_trust),
		TEST(test_find),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
