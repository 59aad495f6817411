// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "debuginfo/find.h"
#include "debuginfo/image.h"
#include "debuginfo/source_path.h"
#include "util/buf.h"
#include "run.h"

#define RELEASE "6.1.0-9-amd64"

static char folder[] = "/tmp/hotprobe-debug-find.XXXXXX";

/* of the programs right and wrong in the folder */
static char right[DEBUG_ID_SIZE], wrong[DEBUG_ID_SIZE];

static void put(const char *program, const char *place)
{
	run("mkdir -p \"$(dirname %s/root%s)\" && cp %s/%s %s/root%s", folder, place, folder,
	    program, folder, place);
}

/* @module: NULL for the kernel */
static int find(const char *module, char found[PATH_MAX])
{
	struct buf path = {};
	char root[PATH_MAX];
	struct debug_search search = { .root = root, .release = RELEASE };
	int ret;

	snprintf(root, sizeof(root), "%s/root", folder);
	ret = module ? debug_find_module(&search, module, right, &path)
		     : debug_find_kernel(&search, right, &path);
	snprintf(found, PATH_MAX, "%s", path.len ? buf_text(&path) + strlen(root) : "");
	buf_free(&path);
	run("rm -rf %s/*", root);
	return ret;
}

static void test_kernel(void **state)
{
	static const char *const places[] = { "/usr/lib/debug/boot/vmlinux-" RELEASE,
					      "/usr/lib/debug/lib/modules/" RELEASE "/vmlinux",
					      "/boot/vmlinux-" RELEASE,
					      "/lib/modules/" RELEASE "/build/vmlinux",
					      "/lib/modules/" RELEASE "/vmlinux" };
	char found[PATH_MAX], place[PATH_MAX];

	(void)state;
	assert_int_equal(find(NULL, found), -ENOENT);
	assert_string_equal(found, "");
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		put("right", places[i]);
		assert_int_equal(find(NULL, found), 0);
		assert_string_equal(found, places[i]);
	}
	snprintf(place, sizeof(place), "/usr/lib/debug/.build-id/%.2s/%s.debug", right, right + 2);
	put("right", place);
	put("right", places[0]);
	assert_int_equal(find(NULL, found), 0);
	assert_string_equal(found, place);
}

static void test_another_build(void **state)
{
	char found[PATH_MAX];

	(void)state;
	put("wrong", "/usr/lib/debug/boot/vmlinux-" RELEASE);
	put("wrong", "/boot/vmlinux-" RELEASE);
	assert_int_equal(find(NULL, found), -ESTALE);
	assert_string_equal(found, "/usr/lib/debug/boot/vmlinux-" RELEASE);
	/* a later place has the right one */
	put("wrong", "/usr/lib/debug/boot/vmlinux-" RELEASE);
	put("right", "/lib/modules/" RELEASE "/build/vmlinux");
	assert_int_equal(find(NULL, found), 0);
	assert_string_equal(found, "/lib/modules/" RELEASE "/build/vmlinux");
	/* without debug information it is nobody's */
	put("bare", "/boot/vmlinux-" RELEASE);
	assert_int_equal(find(NULL, found), -ENOENT);
}

static void deps(const char *text)
{
	run("mkdir -p %s/root/lib/modules/" RELEASE " && printf '%s' >%s/root/lib/modules/" RELEASE
	    "/modules.dep",
	    folder, text, folder);
}

static void test_module(void **state)
{
	static const char places[][80] = { "/usr/lib/debug/lib/modules/" RELEASE,
					   "/usr/lib/debug/usr/lib/modules/" RELEASE,
					   "/lib/modules/" RELEASE };
	static const char list[] = "kernel/net/tls/tls.ko.xz:\\n"
				   "kernel/drivers/net/tun-tap-x.ko: kernel/net/tun-tap.ko.zst\\n"
				   "kernel/net/tun-tap.ko.zst: kernel/net/tls/tls.ko.xz\\n";
	char found[PATH_MAX], place[PATH_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		deps(list);
		snprintf(place, sizeof(place), "%s/kernel/net/tun-tap.ko", places[i]);
		put("right", place);
		assert_int_equal(find("tun_tap", found), 0);
		assert_string_equal(found, place);
	}
	deps(list);
	put("wrong", "/usr/lib/debug/lib/modules/" RELEASE "/kernel/net/tls/tls.ko.debug");
	assert_int_equal(find("tls", found), -ESTALE);
	deps(list);
	put("right", "/usr/lib/debug/lib/modules/" RELEASE "/kernel/net/tls/tls.ko");
	assert_int_equal(find("tl", found), -ENOENT);
	assert_int_equal(find("tls", found), -ENOENT);
	snprintf(place, sizeof(place), "/usr/lib/debug/.build-id/%.2s/%s.debug", right, right + 2);
	put("right", place);
	assert_int_equal(find("of_nobody_knows_where", found), 0);
}

static void assert_path(const struct source_roots *roots, const char *file, const char *expected)
{
	struct buf path = {};

	/* it is appended */
	buf_str(&path, "at ../");
	source_path(&path, roots, file);
	assert_string_equal(buf_text(&path) + strlen("at ../"), expected);
	buf_free(&path);
}

static void test_paths(void **state)
{
	struct source_roots none = {}, roots = {};

	(void)state;
	assert_path(&none, "fs/namei.c", "fs/namei.c");
	assert_path(&none, "./fs/../mm//slab.c", "mm/slab.c");
	assert_path(&none, "/build/./a/b/../../c.c", "/build/c.c");
	assert_path(&none, "../x/../../c.c", "../../c.c");
	assert_path(&none, "", "");

	/* compiled outside of its source, by gcc with full paths */
	source_roots_learn(&roots, "/src/linux/lib/math.c", "/src/linux/build");
	assert_null(roots.items[0]);
	source_roots_learn(&roots, "/src/linux/init/main.c", "/src/linux/build");
	assert_path(&roots, "/src/linux/fs/namei.c", "fs/namei.c");
	assert_path(&roots, "/src/linux/build/../fs/namei.c", "fs/namei.c");
	assert_path(&roots, "/src/linux/build/include/generated/x.h", "include/generated/x.h");
	assert_path(&roots, "/src/linuxes/fs/namei.c", "/src/linuxes/fs/namei.c");
	source_roots_free(&roots);
	assert_null(roots.items[0]);

	/* as Debian does it: gcc leaves the root away, the assembler does not */
	source_roots_learn(&roots, "/b/arch/linux-6/arch/x86/entry/entry_64.S",
			   "/b/arch/linux-6/debian/build");
	source_roots_learn(&roots, "/b/arch/linux-6/arch/x86/lib/copy.S",
			   "/b/arch/linux-6/debian/build");
	source_roots_learn(&roots, "init/main.c", "debian/build");
	assert_path(&roots, "/b/arch/linux-6/arch/x86/entry/entry_64.S",
		    "arch/x86/entry/entry_64.S");
	assert_path(&roots, "fs/namei.c", "fs/namei.c");
	assert_path(&roots, "debian/build/arch/x86/x.h", "arch/x86/x.h");
	source_roots_free(&roots);

	/* compiled in its source */
	source_roots_learn(&roots, "init/main.c", "/home/me/linux");
	assert_path(&roots, "/home/me/linux/./fs/namei.c", "fs/namei.c");
	source_roots_free(&roots);
}

static int begin(void **state)
{
	char path[PATH_MAX];

	(void)state;
	if (!mkdtemp(folder))
		return 1;
	run("cd %s && mkdir root && for name in right wrong; do "
	    "echo \"int $name; int main(void) { return 0; }\" | "
	    "gcc -g -Wl,--build-id=sha1 -o $name -x c - || exit 1; done; "
	    "strip --strip-debug -o bare right",
	    folder);
	snprintf(path, sizeof(path), "%s/wrong", folder);
	if (debug_image_id(path, wrong))
		return 1;
	snprintf(path, sizeof(path), "%s/right", folder);
	return debug_image_id(path, right) || strcmp(right, wrong) == 0;
}

static int end(void **state)
{
	(void)state;
	run("rm -rf %s", folder);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kernel),
		cmocka_unit_test(test_another_build),
		cmocka_unit_test(test_module),
		cmocka_unit_test(test_paths),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
