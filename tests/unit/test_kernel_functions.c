// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "attach/kernel_functions.h"
#include "attach/why.h"
#include "util/error.h"

static const char symbols[] = "ffffffff81000000 T _text\n"
			      "ffffffff81000100 T do_unlinkat\n"
			      "ffffffff810000f0 t __pfx_do_unlinkat\n"
			      "ffffffff81000200 t parse_one\n"
			      "ffffffff81000300 t parse_one\n"
			      "ffffffff81000400 t shrink_node.isra.0\n"
			      "ffffffff81000480 t shrink_node.part.0\n"
			      "ffffffff81000500 T do_int3\n"
			      "ffffffff81000600 t noist_exc_debug\n"
			      "ffffffff81000700 D jiffies\n"
			      "ffffffff81000800 t .slowpath\n"
			      "ffffffff82000000 T _sinittext\n"
			      "ffffffff82000010 t setup_arch\n"
			      "ffffffff82001000 T _einittext\n"
			      "garbage\n"
			      "ffffffffc0000000 t xfs_open\t[xfs]\n";

static const char traceable[] = "do_unlinkat\nparse_one\nshrink_node.isra.0\nxfs_open [xfs]\n";
static const char blacklist[] = "0xffffffff81000500-0xffffffff81000580\tdo_int3\n";
static const char modules[] = "# Aliases for symbols, used by symbol_request().\n"
			      "alias symbol:nfs_open nfs\nalias symbol:nfs_open_more nfsd\n";

static int setup(void **state)
{
	static struct kernel_functions functions;

	memset(&functions, 0, sizeof(functions));
	buf_str(&functions.symbols, symbols);
	buf_str(&functions.traceable, traceable);
	buf_str(&functions.blacklist, blacklist);
	buf_str(&functions.modules, modules);
	*state = &functions;
	return 0;
}

static int teardown(void **state)
{
	kernel_functions_free(*state);
	return 0;
}

static void assert_fault(const struct kernel_functions *functions, const char *name,
			 enum function_fault fault, const char *text, const char *hint)
{
	struct kernel_function function;
	struct error err = {};

	kernel_function_find(functions, name, &function);
	assert_int_equal(function.fault, fault);
	if (fault == FUNCTION_OK) {
		assert_int_equal(kernel_function_explain(&function, name, &err), 0);
		assert_int_equal(err.code, 0);
		return;
	}
	assert_true(kernel_function_explain(&function, name, &err) < 0);
	if (!strstr(err.text, text) || !strstr(err.hint, hint))
		fail_msg("%s: '%s' / '%s'", name, err.text, err.hint);
}

static void test_faults(void **state)
{
	const struct kernel_functions *functions = *state;

	assert_fault(functions, "do_unlinkat", FUNCTION_OK, "", "");
	assert_fault(functions, "xfs_open", FUNCTION_OK, "", "");
	assert_fault(functions, "do_unlinkta", FUNCTION_UNKNOWN, "no function do_unlinkta",
		     "did you mean do_unlinkat?");
	assert_fault(functions, "totally_else", FUNCTION_UNKNOWN, "no function totally_else",
		     "hotprobe list functions");
	assert_fault(functions, "parse_one", FUNCTION_DUPLICATE, "2 functions called parse_one",
		     "0xffffffff81000200 0xffffffff81000300");
	assert_fault(functions, "shrink_node", FUNCTION_VARIANT, "only has shrink_node.isra.0",
		     "shrink_node.isra.0");
	assert_fault(functions, "do_int3", FUNCTION_BLACKLISTED, "kprobe blacklist", "calls it");
	assert_fault(functions, "noist_exc_debug", FUNCTION_NOTRACE, "notrace or noinstr",
		     "calls it");
	assert_fault(functions, "setup_arch", FUNCTION_INIT, "boot code", "");
	assert_fault(functions, "jiffies", FUNCTION_DATA, "is a variable", "");
	assert_fault(functions, "nfs_open", FUNCTION_NOT_LOADED, "module nfs,", "modprobe nfs");
	/* a part of a name is not the name */
	assert_fault(functions, "nfs_ope", FUNCTION_UNKNOWN, "no function nfs_ope", "");
	assert_fault(functions, "do_unlink", FUNCTION_UNKNOWN, "no function do_unlink",
		     "do_unlinkat");
}

static void test_hidden_addresses(void **state)
{
	struct kernel_functions *functions = *state;

	buf_reset(&functions->symbols);
	buf_str(&functions->symbols, "0000000000000000 t twice\n0000000000000000 t twice\n");
	assert_fault(functions, "twice", FUNCTION_DUPLICATE, "2 functions", "kptr_restrict");
}

static void test_many_duplicates(void **state)
{
	struct kernel_functions *functions = *state;
	struct kernel_function function;

	buf_reset(&functions->symbols);
	for (unsigned int i = 0; i < 20; i++)
		buf_printf(&functions->symbols, "%016x t again\n", 0x1000 + i);
	kernel_function_find(functions, "again", &function);
	assert_int_equal(function.count, 20);
	assert_int_equal(function.addrs[KERNEL_FUNCTION_ADDRS - 1],
			 0x1000 + KERNEL_FUNCTION_ADDRS - 1);
}

/* Where the list of the traceable ones cannot be read nothing is called untraceable for that. */
static void test_traceable_unreadable(void **state)
{
	struct kernel_functions *functions = *state;

	buf_reset(&functions->traceable);
	functions->traceable_error = -EPERM;
	assert_fault(functions, "noist_exc_debug", FUNCTION_OK, "", "");
	assert_fault(functions, "do_int3", FUNCTION_BLACKLISTED, "kprobe blacklist", "");
}

static void test_symbols(void **state)
{
	const struct kernel_functions *functions = *state;
	const char *pos = buf_text(&functions->symbols);
	unsigned int all = 0, code = 0;
	struct kernel_symbol symbol;

	while (kernel_symbol_next(&pos, &symbol)) {
		all++;
		code += kernel_symbol_is_function(&symbol);
	}
	/* "garbage" is skipped; __pfx_, .slowpath and jiffies are no functions */
	assert_int_equal(all, 15);
	assert_int_equal(code, 12);
	assert_non_null(symbol.module);
	assert_memory_equal(symbol.module, "xfs", 3);
	assert_int_equal(symbol.module_len, 3);
	assert_int_equal(symbol.addr, 0xffffffffc0000000ULL);
}

static void test_lockdown(void **state)
{
	(void)state;
	assert_int_equal(why_lockdown_parse("[none] integrity confidentiality\n"), LOCKDOWN_NONE);
	assert_int_equal(why_lockdown_parse("none [integrity] confidentiality\n"),
			 LOCKDOWN_INTEGRITY);
	assert_int_equal(why_lockdown_parse("none integrity [confidentiality]\n"),
			 LOCKDOWN_CONFIDENTIALITY);
	assert_int_equal(why_lockdown_parse(""), LOCKDOWN_UNKNOWN);
}

/* Functions that every kernel has are found in this one's own symbols. */
static void test_this_kernel(void **state)
{
	struct kernel_functions functions;
	struct error err = {};

	(void)state;
	assert_int_equal(kernel_functions_load(&functions, &err), 0);
	assert_fault(&functions, "vfs_open", FUNCTION_OK, "", "");
	assert_fault(&functions, "vfs_opne", FUNCTION_UNKNOWN, "no function vfs_opne",
		     "did you mean vfs_open?");
	kernel_functions_free(&functions);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_faults, setup, teardown),
		cmocka_unit_test_setup_teardown(test_hidden_addresses, setup, teardown),
		cmocka_unit_test_setup_teardown(test_many_duplicates, setup, teardown),
		cmocka_unit_test_setup_teardown(test_traceable_unreadable, setup, teardown),
		cmocka_unit_test_setup_teardown(test_symbols, setup, teardown),
		cmocka_unit_test(test_lockdown),
		cmocka_unit_test(test_this_kernel),
	};

	return cmocka_run_group_tests_name("kernel functions", tests, NULL, NULL);
}
