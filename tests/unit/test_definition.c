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

#include "headers/definition.h"
#include "types/types.h"
#include "util/process.h"

static void test_kinds(void **state)
{
	static const struct {
		const char *text;
		uint32_t kind;
	} cases[] = {
		{ "struct foo {\n", TYPES_STRUCT },
		{ "struct foo\n{\n", TYPES_STRUCT },
		{ "struct foo;\nint f(struct foo *foo);\nunion foo { int x; };", TYPES_UNION },
		{ "struct foo __packed {", TYPES_STRUCT },
		{ "struct foo __attribute__((aligned(8))) {", TYPES_STRUCT },
		{ "enum foo { A };", TYPES_ENUM },
		{ "typedef int foo;", TYPES_TYPEDEF },
		{ "typedef struct {\n\tint a;\n} foo;", TYPES_TYPEDEF },
		{ "typedef struct {\n\tint a;\n} __attribute__((packed)) foo;", TYPES_TYPEDEF },
		{ "typedef void (*foo)(int);", TYPES_TYPEDEF },
		{ "typedef int foo[4];", TYPES_TYPEDEF },
		{ "struct foo;", 0 },
		{ "extern struct foo foo;", 0 },
		{ "struct foobar { int a; };", 0 },
		{ "struct a_foo { int foo; };", 0 },
		{ "mystruct foo {", 0 },
		{ "struct bar foo = {", 0 },
		{ "", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint32_t kind = definition_kind(cases[i].text, TYPES_ANY, "foo");

		if (kind != cases[i].kind)
			fail_msg("%s: %u", cases[i].text, kind);
	}
	/* only what is asked for */
	assert_int_equal(definition_kind("struct foo {", TYPES_UNION, "foo"), 0);
}

static void put(const char *dir, const char *path, const char *text)
{
	char full[256], *slash;
	FILE *f;

	snprintf(full, sizeof(full), "%s/%s", dir, path);
	for (slash = full + strlen(dir) + 1; (slash = strchr(slash, '/')) != NULL; slash++) {
		*slash = '\0';
		if (mkdir(full, 0755))
			assert_int_equal(errno, EEXIST);
		*slash = '/';
	}
	f = fopen(full, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void test_order(void **state)
{
	char dir[] = "/tmp/test_definition.XXXXXX";
	struct header_source src = { .kind = HEADERS_DIR };
	struct definition found[DEFINITIONS_MAX];

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(src.path, sizeof(src.path), "%s", dir);
	put(dir, "include/crypto/a.h", "struct foo {\n");
	put(dir, "include/net/b.h", "struct foo {\n");
	put(dir, "include/linux/deep/c.h", "struct foo {\n");
	put(dir, "include/linux/none.c", "struct foo {\n");
	put(dir, "include/uapi/linux/d.h", "struct foo {\n");
	put(dir, "include/zzz/e.h", "struct foo {\n");
	assert_int_equal(definitions_find(&src, TYPES_ANY, "foo", found), 4);
	assert_string_equal(found[0].include, "linux/deep/c.h");
	assert_string_equal(found[1].include, "net/b.h");
	assert_string_equal(found[2].include, "uapi/linux/d.h");
	assert_string_equal(found[3].include, "crypto/a.h");
	assert_int_equal(definitions_find(&src, TYPES_ANY, "bar", found), 0);
	folder_remove(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
