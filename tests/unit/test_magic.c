// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "headers/magic.h"

#define CONFIG(name) "#define CONFIG_" name " 1\n"

static char why[128];

static bool agree(const char *config, const char *version)
{
	why[0] = '\0';
	return headers_magic(config, version, why, sizeof(why));
}

/* As Debian's kernels 5.10 to 7.2 call themselves. */
static void test_same(void **state)
{
	(void)state;
	assert_true(agree(CONFIG("SMP"), "#1 SMP Debian 5.10.223-1 (2024-08-10)"));
	assert_true(agree(CONFIG("SMP") CONFIG("PREEMPT_BUILD") CONFIG("PREEMPT_DYNAMIC"),
			  "#1 SMP PREEMPT_DYNAMIC Debian 6.1.137-1 (2025-05-07)"));
	assert_true(agree(CONFIG("SMP") CONFIG("PREEMPT_DYNAMIC"), "#1 SMP PREEMPT Mon Jan 1"));
	assert_true(agree(CONFIG("SMP") CONFIG("PREEMPT_RT") CONFIG("PREEMPT_BUILD"),
			  "#1 SMP PREEMPT_RT Debian 6.1.137-1"));
	/* a string that somebody wrote tells nothing */
	assert_true(agree(CONFIG("SMP") CONFIG("PREEMPT_RT"), "my own"));
	assert_string_equal(why, "");
}

static void test_other(void **state)
{
	(void)state;
	assert_false(agree(CONFIG("SMP") CONFIG("PREEMPT_RT"), "#1 SMP PREEMPT_DYNAMIC Debian"));
	assert_string_equal(why, "they are of a kernel with PREEMPT_RT, this one is without it");
	assert_false(agree(CONFIG("SMP"), "#1 SMP PREEMPT_RT Debian"));
	assert_string_equal(why, "they are of a kernel without PREEMPT_RT, this one is with it");
	assert_false(agree(CONFIG("PREEMPT"), "#1 SMP PREEMPT Debian"));
	assert_string_equal(why, "they are of a kernel without SMP, this one is with it");
	assert_false(agree(CONFIG("SMP"), "#1 SMP PREEMPT_DYNAMIC Debian"));
	/* names that only begin so */
	assert_false(agree(CONFIG("SMP_BROKEN") CONFIG("PREEMPT_NONE"), "#1 SMP Debian"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same),
		cmocka_unit_test(test_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
