// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "attach/nothing.h"
#include "attach/prog_array.h"
#include "util/error.h"

static void test_parse(void **state)
{
	struct prog_array_owner owner;

	(void)state;
	owner = prog_array_parse("pos:\t0\nmap_type:\t3\nowner_prog_type:\t5\nowner_jited:\t1\n");
	assert_int_equal(owner.type, 5);
	assert_int_equal(owner.jited, 1);
	owner = prog_array_parse("pos:\t0\nprog_type:\t17\nprog_jited:\t0\n");
	assert_int_equal(owner.type, 17);
	assert_int_equal(owner.jited, 0);
	/* no owner yet */
	owner = prog_array_parse("pos:\t0\nmap_type:\t3\n");
	assert_int_equal(owner.type, -1);
	owner = prog_array_parse("");
	assert_int_equal(owner.type, -1);
}

static void expect(struct prog_array_owner array, struct prog_array_owner prog, const char *text,
		   const char *hint)
{
	static struct error err;

	memset(&err, 0, sizeof(err));
	assert_int_equal(prog_array_difference(&array, &prog, &err), text ? -EINVAL : 0);
	if (text && (!strstr(err.text, text) || !strstr(err.hint, hint)))
		fail_msg("%s: %s", err.text, err.hint);
}

static void test_difference(void **state)
{
	struct prog_array_owner tracepoint = { 5, 1 }, raw = { 17, 1 }, ext = { 28, 1 };
	struct prog_array_owner slow = { 5, 0 }, none = { -1, -1 };

	(void)state;
	expect(tracepoint, tracepoint, NULL, NULL);
	expect(none, tracepoint, NULL, NULL);
	expect(tracepoint, raw,
	       "of type tracepoint (5), and this one is of type raw_tracepoint (17)",
	       "attached in the same way");
	expect(ext, tracepoint, "of type ext (28)", "before Linux 6.2");
	expect(tracepoint, slow, "that are machine code, and this one is not", "bpf_jit_enable");
	expect(slow, tracepoint, "that are not machine code, and this one is", "bpf_jit_enable");
}

/* A real array, filled with a program of another type than the first. */
static void test_kernel(void **state)
{
	int array = bpf_map_create(BPF_MAP_TYPE_PROG_ARRAY, "test", 4, 4, 2, NULL);
	int first = nothing_load(BPF_PROG_TYPE_TRACEPOINT, NULL);
	int other = nothing_load(BPF_PROG_TYPE_RAW_TRACEPOINT, NULL);
	static struct error err;
	uint32_t key = 0;

	(void)state;
	if (array < 0 || first < 0 || other < 0) {
		print_message("no right to use BPF: not tested with the kernel\n");
		skip();
	}
	assert_int_equal(bpf_map_update_elem(array, &key, &first, 0), 0);
	assert_int_equal(prog_array_explain(array, first, &err), 0);
	key = 1;
	assert_int_equal(bpf_map_update_elem(array, &key, &other, 0), -EINVAL);
	assert_int_equal(prog_array_explain(array, other, &err), -EINVAL);
	assert_non_null(strstr(err.text, "of type tracepoint (5), and this one is of type "
					 "raw_tracepoint (17)"));
	close(array);
	close(first);
	close(other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_difference),
		cmocka_unit_test(test_kernel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
