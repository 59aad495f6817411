// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/utsname.h>
#include <cmocka.h>

#include "util/kernel.h"

static void test_release_code(void **state)
{
	(void)state;
	assert_int_equal(kernel_release_code("5.10.0-38-cloud-amd64"), KERNEL_VERSION(5, 10, 0));
	assert_int_equal(kernel_release_code("6.18.44"), KERNEL_VERSION(6, 18, 44));
	assert_int_equal(kernel_release_code("6.13-rc1"), KERNEL_VERSION(6, 13, 0));
	assert_int_equal(kernel_release_code("4.19.325"), KERNEL_VERSION(4, 19, 255));
	assert_int_equal(kernel_release_code("6.1"), KERNEL_VERSION(6, 1, 0));
	assert_true(kernel_release_code("6.9.12") < kernel_release_code("6.10"));
	assert_int_equal(kernel_release_code("nonsense"), 0);
	assert_int_equal(kernel_release_code("6"), 0);
	assert_int_equal(kernel_release_code(""), 0);
}

static void test_at_least(void **state)
{
	struct utsname un;
	unsigned long major, minor;
	char *rest;

	(void)state;
	assert_int_equal(uname(&un), 0);
	major = strtoul(un.release, &rest, 10);
	minor = strtoul(rest + 1, NULL, 10);
	assert_true(kernel_at_least((unsigned int)major, (unsigned int)minor));
	assert_true(kernel_at_least((unsigned int)major - 1, 255));
	assert_false(kernel_at_least((unsigned int)major, (unsigned int)minor + 1));
	assert_false(kernel_at_least((unsigned int)major + 1, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_release_code),
		cmocka_unit_test(test_at_least),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
