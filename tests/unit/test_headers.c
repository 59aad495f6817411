// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

/* Which headers serve, where kheaders go, and bytes for padding. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "tree/padding.h"
#include "headers/select.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/process.h"

struct fixture {
	char dir[64];
	struct error err;
	struct header_source src;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	strcpy(f->dir, "/tmp/test_headers.XXXXXX");
	assert_non_null(mkdtemp(f->dir));
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

static void run(struct fixture *f, const char *script)
{
	char command[512];

	snprintf(command, sizeof(command), "cd %s && %s", f->dir, script);
	assert_int_equal(system(command), 0);
}

static void put_release(struct fixture *f, const char *text)
{
	char path[128];
	FILE *file;

	run(f, "mkdir -p include/generated");
	snprintf(path, sizeof(path), "%s/include/generated/utsrelease.h", f->dir);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static void test_release(void **state)
{
	static const struct {
		const char *text, *release;
	} cases[] = {
		{ "#define UTS_RELEASE \"6.1.0-18-amd64\"\n", "6.1.0-18-amd64" },
		{ "/* x */\n#define UTS_RELEASE  \"5.10\"", "5.10" },
		{ "#define UTS_RELEASE \"\"\n", "" },
		{ "#define UTS_RELEASE 6.1\n", NULL },
		{ "#define UTS_RELEASE \"6.1", NULL },
		{ "", NULL },
		{ "#define UTS_RELEASE \"0123456789012345678901234567890123456789"
		  "0123456789012345678901234\"",
		  NULL },
	};
	struct fixture *f = *state;
	char release[65];

	assert_int_equal(headers_release(f->dir, release), -ENOENT);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int ret;

		put_release(f, cases[i].text);
		memset(release, 'x', sizeof(release));
		ret = headers_release(f->dir, release);
		if (ret != (cases[i].release ? 0 : -ENOENT) ||
		    (!ret && strcmp(release, cases[i].release)))
			fail_msg("%s: %d", cases[i].text, ret);
	}
}

static void test_asked_for(void **state)
{
	struct fixture *f = *state;
	struct utsname un;
	char text[256];

	assert_int_equal(uname(&un), 0);
	assert_int_equal(header_source_select(&f->src, f->dir, &f->err), -ENOENT);
	assert_non_null(strstr(f->err.text, "kconfig.h"));
	run(f, "mkdir -p include/linux && touch include/linux/kconfig.h");
	/* a tree that does not say what it is for is taken at its word */
	memset(&f->err, 0, sizeof(f->err));
	assert_int_equal(header_source_select(&f->src, f->dir, &f->err), 0);
	assert_int_equal(f->src.kind, HEADERS_DIR);
	assert_string_equal(f->src.path, f->dir);
	assert_string_equal(f->src.release, un.release);
	put_release(f, "#define UTS_RELEASE \"0.1-other\"\n");
	if (access(HEADERS_VMLINUX_BTF, R_OK) == 0) {
		/* what is read of it will be compared with BTF */
		assert_int_equal(header_source_select(&f->src, f->dir, &f->err), 0);
		assert_string_equal(f->src.tree_release, "0.1-other");
		assert_string_equal(f->src.release, un.release);
	} else {
		assert_int_equal(header_source_select(&f->src, f->dir, &f->err), -ESTALE);
		assert_non_null(strstr(f->err.text, "0.1-other"));
		assert_non_null(strstr(f->err.text, un.release));
	}
	snprintf(text, sizeof(text), "#define UTS_RELEASE \"%s\"\n", un.release);
	put_release(f, text);
	memset(&f->err, 0, sizeof(f->err));
	setenv("BCC_KERNEL_SOURCE", f->dir, 1);
	assert_int_equal(header_source_select(&f->src, NULL, &f->err), 0);
	assert_string_equal(f->src.path, f->dir);
	assert_string_equal(f->src.tree_release, "");
	setenv("BCC_KERNEL_SOURCE", "/no/such/folder", 1);
	assert_int_equal(header_source_select(&f->src, "auto", &f->err), -ENOENT);
	assert_non_null(strstr(f->err.text, "BCC_KERNEL_SOURCE"));
	unsetenv("BCC_KERNEL_SOURCE");
	memset(&f->err, 0, sizeof(f->err));
	assert_int_equal(header_source_select(&f->src, "btf:/no/such/file", &f->err), -ENOENT);
	assert_non_null(f->err.hint[0] ? f->err.hint : NULL);
}

static void test_kheaders(void **state)
{
	struct fixture *f = *state;
	char archive[128], dir[128], path[160];
	struct stat st;

	snprintf(archive, sizeof(archive), "%s/kheaders.tar.xz", f->dir);
	snprintf(dir, sizeof(dir), "%s/unpacked", f->dir);
	snprintf(path, sizeof(path), "%s/include/linux/kconfig.h", dir);
	run(f, "mkdir -p in/include/linux && echo x > in/include/linux/kconfig.h && "
	       "tar -cJf kheaders.tar.xz --owner=1234 --group=1234 -C in .");
	assert_int_equal(kheaders_unpack(archive, dir, &f->err), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_uid, geteuid());
	/* the worker has no privilege */
	assert_int_equal(stat(dir, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0755);
	/* it is there already: nothing to do, not even to look at the archive */
	assert_int_equal(kheaders_unpack("/no/such/archive", dir, &f->err), 0);
	run(f, "test $(ls -d unpacked* | wc -l) = 1");

	run(f, "head -c 60 kheaders.tar.xz > broken.tar.xz");
	snprintf(archive, sizeof(archive), "%s/broken.tar.xz", f->dir);
	snprintf(dir, sizeof(dir), "%s/never", f->dir);
	assert_int_equal(kheaders_unpack(archive, dir, &f->err), -EIO);
	assert_non_null(strstr(f->err.hint, "xz"));
	/* nothing half-made stays */
	run(f, "test -z \"$(ls -d never* 2>/dev/null)\"");
}

static void expect_padding(const char *text, const char *expected)
{
	struct buf out = {};

	padding_to_bytes(&out, text);
	assert_string_equal(buf_text(&out), expected);
	buf_free(&out);
}

static void test_padding(void **state)
{
	(void)state;
	expect_padding("", "");
	expect_padding("struct a {\n\tint x;\n};\n", "struct a {\n\tint x;\n};\n");
	expect_padding("\tlong: 64;\n\tlong: 64;\n\tint y;", "\tchar hp_pad0[16];\n\tint y;");
	expect_padding("\tint x;\n\tint: 32;\n\tlong: 64;\n\tint y;\n\tchar: 8;\n",
		       "\tint x;\n\tchar hp_pad0[12];\n\tint y;\n\tchar hp_pad1[1];\n");
	/* what fills a named bit-field's word stays with it */
	expect_padding("\tunsigned int a: 1;\n\tint: 31;\n", "\tunsigned int a: 1;\n\tint: 31;\n");
	/* what aligns stays */
	expect_padding("\tint x;\n\tlong: 0;\n", "\tint x;\n\tlong: 0;\n");
	expect_padding("\tlong: 64;", "\tchar hp_pad0[8];\n");
	expect_padding("\tlong x: 5;\n\tlong long_name;\n", "\tlong x: 5;\n\tlong long_name;\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_release),
		TEST(test_asked_for),
		TEST(test_kheaders),
		cmocka_unit_test(test_padding),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
