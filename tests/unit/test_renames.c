// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/utsname.h>

#include "diagnose/renames.h"
#include "types/types.h"
#include "util/error.h"

/* Has the struct the member? -1 when there is no such struct in this kernel. */
static int has(struct types *types, const char *type, const char *field)
{
	static struct error err;
	struct types_ref ref;
	struct types_member member;

	err = (struct error){};
	if (types_find(types, TYPES_STRUCT, type, &ref))
		return -1;
	return types_member(ref.btf, ref.id, field, &member, &err) == 0;
}

/* The running kernel's, or that of the file and release in HOTPROBE_TEST_BTF="FILE RELEASE". */
static void test_against_btf(void **state)
{
	static struct error err;
	const char *other = getenv("HOTPROBE_TEST_BTF");
	char file[4096] = "";
	struct utsname un;
	struct types *types;
	unsigned int major, minor, compared = 0;

	(void)state;
	uname(&un);
	if (other)
		assert_int_equal(sscanf(other, "%4095s %64s", file, un.release), 2);
	assert_int_equal(sscanf(un.release, "%u.%u", &major, &minor), 2);
	if (types_open(&types, other ? file : NULL, &err))
		skip();
	for (size_t i = 0; i < nr_renames; i++) {
		const struct rename *r = &renames[i];
		bool gone = major > r->major || (major == r->major && minor >= r->minor);
		int old = has(types, r->type, r->field);

		if (old < 0)
			continue;
		compared++;
		if (gone && old)
			fail_msg("%s.%s is there in %s", r->type, r->field, un.release);
		/* some are compiled in only with options that a kernel need not have */
		if (gone && *r->new_type && has(types, r->new_type, r->new_field) == 0 &&
		    !(major < 6 || (major == 6 && minor < 11)))
			fail_msg("%s.%s is not there in %s", r->new_type, r->new_field, un.release);
	}
	assert_true(compared > nr_renames / 2);
	types_close(types);
}

static void test_find(void **state)
{
	(void)state;
	assert_string_equal(rename_find("task_struct", "state")->now, "__state");
	assert_null(rename_find("task_struct", "pid"));
	assert_null(rename_find("sk_buff", "state"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_against_btf),
		cmocka_unit_test(test_find),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
