// SPDX-License-Identifier: GPL-2.0-only
/*
 * Arrays that grow: what stood in them stays, what is new is zero, also where memory was in use.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "util/array.h"

struct item {
	size_t number;
	char rest[13];
};

static void test_append(void **state)
{
	struct item *items = NULL;
	size_t nr = 0;

	(void)state;
	for (size_t i = 0; i < 1000; i++) {
		struct item *item = array_append(&items, &nr, sizeof(*item));

		assert_non_null(item);
		assert_ptr_equal(item, &items[i]);
		assert_int_equal(nr, i + 1);
		assert_int_equal(item->number, 0);
		assert_int_equal(item->rest[12], 0);
		item->number = i + 1;
		item->rest[12] = 'x';
	}
	for (size_t i = 0; i < nr; i++) {
		assert_int_equal(items[i].number, i + 1);
		assert_int_equal(items[i].rest[12], 'x');
	}
	/* one that was taken back comes again, and is zero again */
	nr--;
	assert_int_equal(((struct item *)array_append(&items, &nr, sizeof(*items)))->number, 0);
	assert_int_equal(nr, 1000);
	free(items);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_append),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
