// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cache/cache.h"
#include "object/deps.h"
#include "object/pack.h"
#include "util/buf.h"
#include "util/process.h"

static char dir[64];
static char why[CACHE_WHY_MAX];

static int setup(void **state)
{
	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/test-cache-XXXXXX");
	assert_non_null(mkdtemp(dir));
	setenv("HOTPROBE_CACHE", dir, 1);
	unsetenv("HOTPROBE_CACHE_SIZE");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	folder_remove(dir);
	return 0;
}

static const char *inside(const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write_all(fd, text, strlen(text)), 0);
	close(fd);
}

static void store(const struct cache *cache, const char *key, const struct buf *deps,
		  const char *text)
{
	struct buf payload = {};

	buf_str(&payload, text);
	assert_int_equal(cache_store(cache, key, strlen(key), key, deps, &payload), 0);
	buf_free(&payload);
}

/* What is kept under @key, "" when nothing is. */
static const char *find(const struct cache *cache, const char *key)
{
	static char text[64];
	struct buf payload = {};

	text[0] = '\0';
	if (cache_find(cache, key, strlen(key), &payload, why) == 0)
		snprintf(text, sizeof(text), "%s", buf_text(&payload));
	buf_free(&payload);
	return text;
}

/* The only file in the folder of objects. */
static void only_file(char path[PATH_MAX])
{
	char command[256];
	FILE *ls;

	snprintf(command, sizeof(command), "echo %s/objects/*", dir);
	ls = popen(command, "r");
	assert_non_null(ls);
	assert_non_null(fgets(path, PATH_MAX, ls));
	path[strcspn(path, "\n")] = '\0';
	pclose(ls);
	assert_null(strchr(path, '*'));
	assert_null(strchr(path, ' '));
}

static void test_root(void **state)
{
	char path[PATH_MAX];

	(void)state;
	assert_int_equal(cache_root(path), 0);
	assert_string_equal(path, dir);
	unsetenv("HOTPROBE_CACHE");
	if (geteuid() == 0) {
		assert_int_equal(cache_root(path), 0);
		assert_string_equal(path, "/var/cache/hotprobe");
		return;
	}
	setenv("XDG_CACHE_HOME", dir, 1);
	assert_int_equal(cache_root(path), 0);
	assert_string_equal(path, inside("hotprobe"));
	unsetenv("XDG_CACHE_HOME");
	setenv("HOME", dir, 1);
	assert_int_equal(cache_root(path), 0);
	assert_string_equal(path, inside(".cache/hotprobe"));
	setenv("HOME", "relative", 1);
	assert_int_equal(cache_root(path), -ENOENT);
}

static void test_kept(void **state)
{
	struct cache cache;
	struct buf deps = {};

	(void)state;
	assert_int_equal(cache_open(&cache, CACHE_OBJECTS), 0);
	assert_string_equal(find(&cache, "one"), "");
	store(&cache, "one", &deps, "first");
	store(&cache, "two", &deps, "second");
	assert_string_equal(find(&cache, "one"), "first");
	assert_string_equal(find(&cache, "two"), "second");
	assert_string_equal(find(&cache, "on"), "");
	store(&cache, "one", &deps, "again");
	assert_string_equal(find(&cache, "one"), "again");
	cache_close(&cache);
	/* without a folder nothing is found and nothing is kept */
	assert_string_equal(find(&cache, "one"), "");
	assert_int_equal(cache_store(&cache, "x", 1, "x", &deps, &deps), -ENOENT);
}

static void test_deps(void **state)
{
	struct cache cache;
	struct buf deps = {};
	struct stat st;
	char file[256], gone[256], command[1024];

	(void)state;
	assert_int_equal(cache_open(&cache, CACHE_OBJECTS), 0);
	snprintf(file, sizeof(file), "%s", inside("header.h"));
	snprintf(gone, sizeof(gone), "%s", inside("gone.h"));
	put(file, "int a;");
	assert_int_equal(stat(file, &st), 0);
	deps_add_file(&deps, gone);
	deps_add(&deps, file, &st);
	deps_add_file(&deps, file);
	assert_int_equal(deps_sort(&deps), 0);
	assert_null(deps_changed(deps.data, deps.len));
	store(&cache, "k", &deps, "object");
	assert_string_equal(find(&cache, "k"), "object");

	/* written anew in place: the same size, and the same time of modification */
	snprintf(command, sizeof(command),
		 "touch -r %s %s.time && sleep 0.01 && printf 'int b;' >%s && touch -r %s.time %s",
		 file, file, file, file, file);
	assert_int_equal(system(command), 0);
	assert_string_equal(find(&cache, "k"), "");
	assert_non_null(strstr(why, "header.h"));

	/* what was not there then, and is now */
	buf_reset(&deps);
	deps_add_file(&deps, gone);
	store(&cache, "k", &deps, "object");
	assert_string_equal(find(&cache, "k"), "object");
	put(gone, "");
	assert_string_equal(find(&cache, "k"), "");
	assert_non_null(strstr(why, "gone.h"));
	buf_free(&deps);
	cache_close(&cache);
}

static void test_deps_sort(void **state)
{
	struct buf deps = {};
	struct stat st = { .st_size = 1, .st_ino = 1 }, later = { .st_size = 2, .st_ino = 1 };
	const char *const paths[] = { "/a", "/b", "/c/long/enough" };
	size_t pos = 0, nr = 0;

	(void)state;
	deps_add(&deps, "/c/long/enough", &st);
	deps_add(&deps, "/a", &st);
	deps_add(&deps, "/b", &st);
	deps_add(&deps, "/a", &later);
	assert_int_equal(deps_sort(&deps), 0);
	for (const char *path; (path = deps_each(deps.data, deps.len, &pos)); nr++)
		assert_string_equal(path, paths[nr]);
	assert_int_equal(nr, 3);
	/* of two records of one file the first stays */
	assert_int_equal(*(const uint64_t *)deps.data, 1);
	/* cut anywhere, a list is broken, never read beyond its end */
	for (size_t len = 1; len < deps.len; len++) {
		char *copy = malloc(len);

		memcpy(copy, deps.data, len);
		assert_non_null(deps_changed(copy, len));
		free(copy);
	}
	buf_free(&deps);
}

static void test_broken(void **state)
{
	struct cache cache;
	struct buf deps = {}, good = {};
	char path[PATH_MAX];

	(void)state;
	assert_int_equal(cache_open(&cache, CACHE_OBJECTS), 0);
	store(&cache, "key", &deps, "the payload");
	only_file(path);
	assert_int_equal(buf_read_file(&good, path, 1 << 20), 0);
	for (size_t at = 0; at <= good.len; at++) {
		int fd = open(path, O_WRONLY | O_TRUNC | O_CREAT, 0600);

		/* every byte changed once, every length once */
		assert_int_equal(write_all(fd, good.data, at), 0);
		if (at % 2 == 0 && at < good.len) {
			char changed = (char)(good.data[at] ^ 0x40);

			assert_int_equal(write_all(fd, &changed, 1), 0);
			assert_int_equal(write_all(fd, good.data + at + 1, good.len - at - 1), 0);
		}
		close(fd);
		assert_string_equal(find(&cache, "key"), at == good.len ? "the payload" : "");
	}
	buf_free(&good);
	cache_close(&cache);
}

static void test_foreign(void **state)
{
	struct cache cache;
	struct buf deps = {};
	char path[PATH_MAX], moved[PATH_MAX];

	(void)state;
	assert_int_equal(cache_open(&cache, CACHE_OBJECTS), 0);
	store(&cache, "key", &deps, "p");
	only_file(path);
	assert_int_equal(chmod(path, 0666), 0);
	assert_string_equal(find(&cache, "key"), "");
	assert_int_equal(access(path, F_OK), -1);

	store(&cache, "key", &deps, "p");
	snprintf(moved, sizeof(moved), "%s", inside("elsewhere"));
	assert_int_equal(rename(path, moved), 0);
	assert_int_equal(symlink(moved, path), 0);
	assert_string_equal(find(&cache, "key"), "");

	unlink(path);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_string_equal(find(&cache, "key"), "");

	if (geteuid() == 0) {
		store(&cache, "key", &deps, "p");
		assert_int_equal(chown(path, 65534, 65534), 0);
		assert_string_equal(find(&cache, "key"), "");
	}
	cache_close(&cache);
}

static void test_folder(void **state)
{
	struct cache cache;

	(void)state;
	assert_int_equal(cache_open(&cache, CACHE_OBJECTS), 0);
	cache_close(&cache);
	assert_int_equal(chmod(inside("objects"), 0750), 0);
	assert_int_equal(cache_open(&cache, CACHE_OBJECTS), -EPERM);
	assert_non_null(strstr(cache.why, "open to others"));
	assert_int_equal(chmod(inside("objects"), 0700), 0);
	assert_int_equal(chmod(dir, 0777), 0);
	assert_int_equal(cache_open(&cache, CACHE_OBJECTS), -EPERM);
	assert_int_equal(chmod(dir, 0755), 0);
	assert_int_equal(cache_open(&cache, CACHE_OBJECTS), 0);
	cache_close(&cache);
	assert_int_equal(rename(inside("objects"), "/tmp/test-cache-moved"), 0);
	assert_int_equal(symlink("/tmp/test-cache-moved", inside("objects")), 0);
	assert_true(cache_open(&cache, CACHE_OBJECTS) < 0);
	folder_remove("/tmp/test-cache-moved");
	setenv("HOTPROBE_CACHE", "/proc/nothing/here", 1);
	assert_true(cache_open(&cache, CACHE_OBJECTS) < 0);
	assert_int_equal(cache.fd, -1);
}

/* Label and size of what is listed. */
struct listed {
	unsigned int nr;
	char labels[256];
};

static int list_one(const struct cache_item *item, void *arg)
{
	struct listed *listed = arg;

	listed->nr++;
	assert_true(item->size > 0);
	assert_string_equal(item->status, "valid");
	strcat(listed->labels, item->label);
	return 0;
}

static void test_limit(void **state)
{
	struct listed listed = {};
	struct cache cache;
	struct buf deps = {}, large = {};
	uint64_t bytes;
	unsigned int files;
	const struct timespec pause = { 0, 5000000 };

	(void)state;
	for (int i = 0; i < 10000; i++)
		buf_char(&large, 'x');
	assert_int_equal(cache_open(&cache, CACHE_OBJECTS), 0);
	setenv("HOTPROBE_CACHE_SIZE", "25000", 1);
	for (const char *key = "abc"; *key; key++) {
		assert_int_equal(cache_store(&cache, key, 1, (char[]){ *key, 0 }, &deps, &large),
				 0);
		/* the clock that files' times come from goes in steps of up to 4 ms */
		nanosleep(&pause, NULL);
		if (*key == 'b')
			assert_string_not_equal(find(&cache, "a"), "");
		nanosleep(&pause, NULL);
	}
	/* three are too many; a was used after b */
	assert_int_equal(cache_each(list_one, &listed), 0);
	assert_string_equal(listed.labels, "ca");
	assert_int_equal(cache_clear(&bytes, &files), 0);
	assert_int_equal(files, 2);
	assert_true(bytes > 20000);
	memset(&listed, 0, sizeof(listed));
	assert_int_equal(cache_each(list_one, &listed), 0);
	assert_int_equal(listed.nr, 0);
	buf_free(&large);
	cache_close(&cache);
}

/* What belongs to an entry goes when the entry goes, however old it is itself. */
static void test_limit_together(void **state)
{
	struct cache cache;
	struct buf deps = {};
	char path[PATH_MAX], large[] = "large";
	const struct timespec pause = { 0, 10000000 };
	struct stat st;
	int fd;

	(void)state;
	assert_int_equal(cache_open(&cache, CACHE_OBJECTS), 0);
	store(&cache, "used", &deps, "p");
	only_file(path);
	snprintf(path + strlen(path), 8, ".pch");
	assert_int_equal(cache_file_write(&cache, strrchr(path, '/') + 1, large, sizeof(large)), 0);
	nanosleep(&pause, NULL);
	store(&cache, "unused", &deps, "p");
	nanosleep(&pause, NULL);
	assert_string_equal(find(&cache, "used"), "p");
	setenv("HOTPROBE_CACHE_SIZE", "150", 1);
	cache_trim();
	assert_string_equal(find(&cache, "used"), "p");
	assert_string_equal(find(&cache, "unused"), "");
	fd = cache_file_open(&cache, strrchr(path, '/') + 1, &st);
	assert_true(fd >= 0);
	close(fd);
	cache_close(&cache);
}

/* Many that store, find and clear at once: what is found is whole. */
static void test_many(void **state)
{
	enum { PROCESSES = 8, ROUNDS = 200 };

	(void)state;
	for (int p = 0; p < PROCESSES; p++) {
		pid_t pid = fork();

		assert_true(pid >= 0);
		if (pid)
			continue;
		struct cache cache;
		struct buf deps = {}, text = {};

		if (cache_open(&cache, CACHE_OBJECTS))
			_exit(1);
		for (int i = 0; i < 5000; i++)
			buf_char(&text, (char)('a' + p));
		for (int i = 0; i < ROUNDS; i++) {
			struct buf found = {};
			uint64_t bytes;
			unsigned int files;

			if (cache_store(&cache, "shared", 6, "shared", &deps, &text))
				_exit(2);
			if (i % 50 == p && cache_clear(&bytes, &files))
				_exit(3);
			if (cache_find(&cache, "shared", 6, &found, why) == 0 &&
			    (found.len != 5000 || found.data[0] != found.data[4999]))
				_exit(4);
			buf_free(&found);
		}
		_exit(0);
	}
	for (int p = 0; p < PROCESSES; p++) {
		int status;

		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
	}
}

static void test_hash(void **state)
{
	char text[64] = "abcdefghijklmnop";
	uint64_t one = pack_hash(text, 16);

	(void)state;
	assert_true(pack_hash(text, 17) != one);
	assert_true(pack_hash(text, 15) != one);
	for (int bit = 0; bit < 128; bit++) {
		text[bit / 8] ^= (char)(1 << bit % 8);
		assert_true(pack_hash(text, 16) != one);
		text[bit / 8] ^= (char)(1 << bit % 8);
	}
	assert_true(pack_hash("", 0) != pack_hash("\0", 1));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_root),      TEST(test_kept),	 TEST(test_deps),
		TEST(test_deps_sort), TEST(test_broken), TEST(test_foreign),
		TEST(test_folder),    TEST(test_limit),	 TEST(test_limit_together),
		TEST(test_many),      TEST(test_hash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
