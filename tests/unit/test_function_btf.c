// SPDX-License-Identifier: GPL-2.0-only
/* What BTF says of functions that are to have trampolines. */
#include <bpf/btf.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "attach/attach.h"
#include "attach/function_btf.h"
#include "attach/function_store.h"
#include "util/error.h"

/* A function of up to three parameters, by type; -1: no more. 0 is "...". */
static void assert_slots(struct btf *btf, int one, int two, int three, uint32_t slots,
			 const char *why_not)
{
	const int types[] = { one, two, three };
	struct function_proto got = {};
	int proto = btf__add_func_proto(btf, 0), id;

	for (int i = 0; i < 3 && types[i] >= 0; i++)
		assert_int_equal(btf__add_func_param(btf, types[i] ? "name" : NULL, types[i]), 0);
	id = btf__add_func(btf, "function", BTF_FUNC_STATIC, proto);
	assert_true(id > 0);
	function_btf_proto(btf, (uint32_t)id, &got);
	assert_int_equal(got.btf_id, id);
	if (why_not) {
		assert_non_null(got.why_not);
		assert_non_null(strstr(got.why_not, why_not));
		return;
	}
	assert_null(got.why_not);
	assert_int_equal(got.nr_slots, slots);
}

static void test_slots(void **state)
{
	struct btf *btf = btf__new_empty();
	int number = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	int wide = btf__add_int(btf, "__int128", 16, BTF_INT_SIGNED);
	int pointer = btf__add_ptr(btf, number);
	int flag = btf__add_enum(btf, "flag", 4);
	int small = btf__add_struct(btf, "small", 4);
	int pair = btf__add_struct(btf, "pair", 16);
	int odd = btf__add_struct(btf, "odd", 12);
	int large = btf__add_struct(btf, "large", 17);
	int named = btf__add_typedef(btf, "pair_t", btf__add_const(btf, pair));
	int proto;
	struct function_proto got;

	(void)state;
	assert_slots(btf, -1, -1, -1, 0, NULL);
	assert_slots(btf, number, pointer, flag, 3, NULL);
	/* a struct takes as many as it has eight bytes begun, also behind a typedef */
	assert_slots(btf, small, pair, odd, 5, NULL);
	assert_slots(btf, named, wide, number, 5, NULL);
	assert_slots(btf, number, large, -1, 0, "does not fit into two registers");
	assert_slots(btf, pointer, 0, -1, 0, "varies from call to call");

	proto = btf__add_func_proto(btf, 0);
	for (int i = 0; i < 13; i++)
		btf__add_func_param(btf, "name", number);
	function_btf_proto(btf, (uint32_t)btf__add_func(btf, "many", BTF_FUNC_STATIC, proto), &got);
	assert_non_null(got.why_not);
	assert_non_null(strstr(got.why_not, "too many"));
	btf__free(btf);
}

/* In the running kernel, whatever it is: its vfs_read(file, buf, count, pos) is an old one. */
static void test_kernel(void **state)
{
	struct function items[] = {
		{ .name = (char *)"vfs_read" },
		{ .name = (char *)"no_such_function" },
		{ .name = (char *)"vfs_write" },
		/* another one's of that name is not this module's */
		{ .name = (char *)"vfs_read", .module = (char *)"no_such_module" },
	};
	struct function_list list = { items, 4 };
	struct function_btf found = {};
	struct error err = {};
	struct btf *kernel;

	(void)state;
	if (access("/sys/kernel/btf/vmlinux", R_OK) < 0) {
		print_message("skipped: this kernel has no BTF\n");
		skip();
	}
	kernel = btf__load_vmlinux_btf();
	assert_non_null(kernel);
	assert_int_equal(function_btf_open(&found, &list, kernel, &err), 0);
	for (int i = 0; i < 4; i += 2) {
		assert_null(found.protos[i].why_not);
		assert_int_equal(found.protos[i].nr_slots, 4);
		assert_int_equal(found.protos[i].btf_fd, 0);
		assert_int_equal(btf__find_by_name_kind(kernel, items[i].name, BTF_KIND_FUNC),
				 found.protos[i].btf_id);
		assert_string_equal(found.protos[i + 1].why_not, "BTF does not describe it");
	}
	function_btf_close(&found);
	btf__free(kernel);
}

/* Names that something else has, too; what a target means is looked up once. */
static void test_store(void **state)
{
	static const char symbols[] = "ffffffff81000100 T alone\n"
				      "ffffffff81000200 t twin\n"
				      "ffffffff81000300 t twin\n"
				      "ffffffff81000400 t twin_of_data\n"
				      "ffffffff81000500 d twin_of_data\n"
				      "ffffffff81000600 t alone_as_well\n"
				      "ffffffffc0000100 t alone_there\t[mod]\n"
				      "ffffffff81000700 t mod_twin\n"
				      "ffffffffc0000200 t mod_twin\t[mod]\n";
	static const char *const shared[] = { "twin", "twin_of_data", "mod_twin" };
	struct function_store store = { .is_loaded = true };
	struct function_lookup *lookup, *again;
	struct error err = {};

	(void)state;
	buf_str(&store.kernel.symbols, symbols);
	store.kernel.traceable_error = -ENOENT;
	assert_int_equal(function_store_find(&store, "*", NULL, NULL, &lookup, &err), 0);
	assert_int_equal(lookup->list.nr, 8);
	assert_int_equal(function_list_names(&lookup->list, &store.kernel), 0);
	for (size_t i = 0; i < lookup->list.nr; i++) {
		const struct function *function = &lookup->list.items[i];
		bool want = false;

		for (size_t k = 0; k < sizeof(shared) / sizeof(*shared); k++)
			want |= strcmp(function->name, shared[k]) == 0;
		if (function->is_name_shared != want)
			fail_msg("%s is %d", function->name, function->is_name_shared);
	}
	assert_int_equal(function_store_find(&store, "alone", NULL, NULL, &again, &err), 0);
	assert_int_equal(again->list.nr, 1);
	assert_int_equal(function_store_find(&store, "*", NULL, NULL, &again, &err), 0);
	assert_ptr_equal(lookup, again);
	assert_int_equal(function_store_find(&store, "nosuch", NULL, NULL, &again, &err), -ENOENT);
	function_store_free(&store);
	assert_null(store.lookups);
}

/* What is told before anything is loaded. */
static void test_check(void **state)
{
	struct attach_point point = { .pid = -1 };
	struct error err = {};

	(void)state;
	point.provider = provider_by_name("fentry.multi");
	assert_ptr_equal(point.provider, &provider_fentry_multi);
	assert_ptr_equal(provider_by_name("fexit.multi"), &provider_fexit_multi);
	strcpy(point.target, "vfs_*,");
	assert_int_equal(attach_check(&point, false, &err), -EINVAL);
	assert_non_null(strstr(err.text, "fentry.multi vfs_*,: "));
	assert_non_null(strstr(err.hint, "commas between them"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_slots),
		cmocka_unit_test(test_kernel),
		cmocka_unit_test(test_store),
		cmocka_unit_test(test_check),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
