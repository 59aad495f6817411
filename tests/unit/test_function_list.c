// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "attach/attach.h"
#include "attach/function_globs.h"
#include "attach/function_list.h"
#include "attach/kprobe_each.h"
#include "util/error.h"

static const char symbols[] = "ffffffff81000400 T vfs_write\n"
			      "ffffffff81000100 T vfs_read\n"
			      "ffffffff810000f0 t __pfx_vfs_read\n"
			      "ffffffff81000100 T vfs_read_too\n"
			      "ffffffff81000200 t twin\n"
			      "ffffffff81000300 t twin\n"
			      "ffffffff81000500 T do_int3\n"
			      "ffffffff81000600 t noinstr_here\n"
			      "ffffffff81000700 D vfs_data\n"
			      "ffffffff82000000 T _sinittext\n"
			      "ffffffff82000010 t vfs_caches_init\n"
			      "ffffffff82001000 T _einittext\n"
			      "ffffffffc0000000 t xfs_open\t[xfs]\n"
			      "ffffffffc0000100 t xfs_read\t[xfs]\n"
			      "ffffffffc0001000 t xfs_open\t[other]\n";
static const char traceable[] = "vfs_read\nvfs_read_too\nvfs_write\ntwin\ntwin\ndo_int3\n"
				"vfs_caches_init\nxfs_open [xfs]\nxfs_read [xfs]\n"
				"xfs_open [other]\n";
static const char blacklist[] = "0xffffffff81000500-0xffffffff81000580\tdo_int3\n";

static int setup(void **state)
{
	static struct kernel_functions functions;

	memset(&functions, 0, sizeof(functions));
	buf_str(&functions.symbols, symbols);
	buf_str(&functions.traceable, traceable);
	buf_str(&functions.blacklist, blacklist);
	*state = &functions;
	return 0;
}

static int teardown(void **state)
{
	kernel_functions_free(*state);
	return 0;
}

static void say_left_out(void *arg, const char *name, enum function_fault fault)
{
	buf_printf(arg, "%s:%d ", name, fault);
}

/* The functions that @target means are @wanted: their names and the low half of their addresses. */
static void assert_means(const struct kernel_functions *functions, const char *target,
			 const char *wanted, const char *wanted_left_out)
{
	struct function_list list = {};
	struct buf got = {}, left_out = {};
	struct error err = {};

	assert_int_equal(
		function_list_make(&list, target, functions, say_left_out, &left_out, &err), 0);
	for (size_t i = 0; i < list.nr; i++)
		buf_printf(&got, "%s%s%s@%x", i ? " " : "", list.items[i].name,
			   list.items[i].module ? "!" : "", (unsigned int)list.items[i].addr);
	assert_string_equal(buf_text(&got), wanted);
	assert_string_equal(buf_text(&left_out), wanted_left_out);
	function_list_free(&list);
	buf_free(&got);
	buf_free(&left_out);
}

static void assert_refused(const struct kernel_functions *functions, const char *target, int code,
			   const char *text, const char *hint)
{
	struct function_list list = {};
	struct error err = {};

	assert_int_equal(function_list_make(&list, target, functions, NULL, NULL, &err), code);
	if (!strstr(err.text, text) || !strstr(err.hint, hint))
		fail_msg("%s: '%s' / '%s'", target, err.text, err.hint);
	function_list_free(&list);
}

static void test_means(void **state)
{
	const struct kernel_functions *functions = *state;

	assert_means(functions, "vfs_write", "vfs_write@81000400", "");
	/* by address, and once where there are two names */
	assert_means(functions, "vfs_write,vfs_rea*", "vfs_read@81000100 vfs_write@81000400", "");
	/* both of those that share a name */
	assert_means(functions, "twin", "twin@81000200 twin@81000300", "");
	assert_means(functions, "xfs_open", "xfs_open!@c0000000 xfs_open!@c0001000", "");
	assert_means(functions, "xfs_*[xfs]", "xfs_open!@c0000000 xfs_read!@c0000100", "");
	assert_means(functions, "*[*]", "xfs_open!@c0000000 xfs_read!@c0000100 xfs_open!@c0001000",
		     "");
	assert_means(functions, "!xfs_open[other],xfs_*,!*_read", "xfs_open!@c0000000", "");
	/* a bracket inside is the pattern's own */
	assert_means(functions, "vfs_[rw]*,!vfs_r*", "vfs_write@81000400", "");
	/* a name that is not there does not matter beside one that is */
	assert_means(functions, "nosuch,vfs_write", "vfs_write@81000400", "");
}

static void test_left_out(void **state)
{
	char wanted[128];

	snprintf(wanted, sizeof(wanted), "do_int3:%d noinstr_here:%d vfs_caches_init:%d ",
		 FUNCTION_BLACKLISTED, FUNCTION_NOTRACE, FUNCTION_INIT);
	assert_means(*state, "do_*,no*,vfs_[cw]*", "vfs_write@81000400", wanted);
}

static void test_none(void **state)
{
	const struct kernel_functions *functions = *state;

	assert_refused(functions, "vfs_raed", -ENOENT, "no function vfs_raed",
		       "did you mean vfs_read?");
	assert_refused(functions, "nosuch_*", -ENOENT, "no function of this kernel matches",
		       "hotprobe list functions");
	assert_refused(functions, "vfs_*[xfs]", -ENOENT,
		       "no function of this kernel's module xfs matches 'vfs_*'", "lsmod");
	assert_refused(functions, "do_int3,noinst*", -ENOENT,
		       "2 functions are meant, but cannot be traced", "list functions -v");
	assert_refused(functions, "xfs_read,!xfs_*", -ENOENT, "left out by a '!'", "take back");
	assert_refused(functions, "vfs_data", -ENOENT, "is a variable of the kernel", "");
}

static void test_malformed(void **state)
{
	static const char *const bad[][2] = {
		{ "", "'' is not" },
		{ "a,", "'' is not" },
		{ ",a", "'' is not" },
		{ "a,,b", "'' is not" },
		{ "!", "'!' is not" },
		{ "[xfs]", "it is empty" },
		{ "a[]", "no module in" },
		{ "a]", "not opened" },
		{ "!a", "which functions are not meant" },
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_refused(*state, bad[i][0], -EINVAL, bad[i][1], "");
}

static void test_hidden(void **state)
{
	struct kernel_functions functions = {};

	(void)state;
	buf_str(&functions.symbols, "0000000000000000 T vfs_read\n");
	buf_str(&functions.traceable, "vfs_read\n");
	assert_refused(&functions, "vfs_read", -EPERM, "kernel.kptr_restrict", "sysctl");
	kernel_functions_free(&functions);
}

/* More than the list has room for at first. */
static void test_many(void **state)
{
	struct kernel_functions functions = {};
	struct function_list list = {};
	struct error err = {};

	(void)state;
	for (unsigned int i = 0; i < 3000; i++) {
		buf_printf(&functions.symbols, "ffffffff8%07x t many_%u\n", 16 * (3000 - i), i);
		buf_printf(&functions.traceable, "many_%u\n", i);
	}
	assert_int_equal(function_list_make(&list, "many_*", &functions, NULL, NULL, &err), 0);
	assert_int_equal(list.nr, 3000);
	for (size_t i = 1; i < list.nr; i++)
		assert_true(list.items[i - 1].addr < list.items[i].addr);
	function_list_free(&list);
	kernel_functions_free(&functions);
}

/* Which of the two ways it will be; the program is loaded for that one. */
static void test_settle(void **state)
{
	const struct provider *calls = provider_by_name("kprobe.multi");
	const struct provider *returns = provider_by_name("kretprobe.multi");
	const struct provider *settled;

	(void)state;
	assert_ptr_equal(calls, &provider_kprobe_multi);
	assert_ptr_equal(returns, &provider_kretprobe_multi);
	settled = calls->settle();
	assert_true(settled == &provider_kprobe_multi || settled == &provider_kprobe_each);
	assert_string_equal(settled->name, "kprobe.multi");
	assert_ptr_equal(returns->settle(), settled == &provider_kprobe_multi
						    ? &provider_kretprobe_multi
						    : &provider_kretprobe_each);
	assert_int_equal(provider_kprobe_each.expected_type, 0);
	assert_int_not_equal(provider_kprobe_multi.expected_type, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_means),  cmocka_unit_test(test_left_out),
		cmocka_unit_test(test_none),   cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_hidden), cmocka_unit_test(test_many),
		cmocka_unit_test(test_settle),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
