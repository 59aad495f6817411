// SPDX-License-Identifier: GPL-2.0-only
/* Real logs of real kernels: is the cause found, in the words of each of them? */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "object/object.h"
#include "refusal/helpers.h"
#include "refusal/refusal.h"
#include "util/buf.h"
#include "util/error.h"

#define LOGS	 "tests/fixtures/verifier"
#define NR_INSNS 4096

static const char *const kernels[] = { "5.10", "6.1", "6.18", "7.2", "block" };

/* What is to be said of a log of that name: one of the causes, and the advice. */
static const struct expected {
	const char *name;
	const char *cause[2];
	const char *advice;
} expected[] = {
	{ "back-edge", { "calls itself", "call each other" }, "static inline" },
	{ "context-bounds", { "has nothing that could be read there" }, "fields" },
	{ "context-write", { "has nothing that could be read there" }, "fields" },
	{ "global-function-ctx", { "length_of is not static" }, "static __always_inline" },
	{ "global-function-pointer",
	  { "first_of is not static, so the kernel (since 5.6) verifies it by itself" },
	  "static __always_inline" },
	{ "global-function-void",
	  { "and takes it only if it returns a number", "the function returns none" },
	  "" },
	{ "gpl-only",
	  { "bpf_probe_read_user() is only for programs under the GPL, and this probe says "
	    "that its licence is \"Proprietary\"" },
	  "BPF_LICENSE" },
	{ "helper-arg-type",
	  { "the first argument of bpf_get_current_comm() is the wrong kind of value" },
	  "the stack" },
	{ "helper-sleepable",
	  { "may sleep", "bpf_copy_from_user() cannot be called by a kprobe program" },
	  "another" },
	{ "helper-unknown",
	  { "bpf_ktime_get_tai_ns() exists since Linux 6.1, and this is 5.10.0-1-amd64" },
	  "another helper" },
	{ "helper-wrong-type",
	  { "bpf_override_return() cannot be called by a kprobe program" },
	  "ALLOW_ERROR_INJECTION" },
	{ "kernel-read-function",
	  { "read directly, through a pointer that is just a number to the verifier (what "
	    "bpf_get_current_task() returned)" },
	  "read_kernel(" },
	{ "kernel-read-macro",
	  { "read directly, through a pointer that is just a number to the verifier (what "
	    "bpf_get_current_task() returned)" },
	  "read_kernel(" },
	{ "kfunc-unknown", { "kfunc" }, "helper" },
	{ "length-large",
	  { "the second argument of bpf_probe_read_user(), a length, has no upper bound" },
	  "sizeof(buffer)" },
	{ "length-negative",
	  { "the second argument of bpf_probe_read_user(), a length, may be negative" },
	  "unsigned" },
	{ "length-too-large",
	  { "told to use more bytes than the variable has that the first argument of "
	    "bpf_probe_read_user() points to: up to 127, and the stack ends after 68" },
	  "sizeof(buffer)" },
	{ "length-unbounded",
	  { "the second argument of bpf_probe_read_user(), a length, may be negative" },
	  "unsigned" },
	{ "loop-infinite", { "this loop may never end" }, "constant bound" },
	{ "loop-unbounded", { "this loop may never end" }, "constant bound" },
	{ "map-bounds",
	  { "outside of the map's value: the index has no bound" },
	  "if (i >= N) return 0" },
	{ "map-bounds-fixed", { "8 bytes at offset 128 of 128" }, "" },
	{ "map-null", { "what the map's lookup() returned may be NULL" }, "if (!pointer)" },
	{ "noinline-function", { "never returns" }, "return 0" },
	{ "pointer-arithmetic", { "cannot be calculated with" }, "read_kernel()" },
	{ "register-uninit", { "has no value" }, "where it is declared" },
	{ "stack-bounds", { "an array on the stack is accessed at an index" }, "i >= N" },
	{ "stack-combined", { "more than the 512 bytes of stack" }, "BPF_PERCPU_ARRAY" },
	{ "unreachable", { "nothing ever comes to this code" }, "remove it" },
	{ "unreleased-reference",
	  { "what bpf_ringbuf_reserve() gave is not given back" },
	  "ringbuf_discard()" },
	/* only in the form of 7.3 */
	{ "unset", { "the function ends here without returning a value" }, "return 0" },
	{ "unknown",
	  { "IRQ-disabled regions must be restored in last-in, first-out order" },
	  "Restore the most recently saved flags first." },
};

static void explain(const char *log, const char *release, int code, struct error *err)
{
	static struct bpf_insn insns[NR_INSNS];
	struct object_prog prog = { .name = "traced", .nr_insns = NR_INSNS, .insns = insns };
	struct object obj = { .license = "Proprietary" };
	struct refusal in = { &obj, &prog, "probe.c", "kprobe", release, code, log };

	/* of the probe "back-edge": that it calls itself is seen here only */
	insns[26] = (struct bpf_insn){ .code = BPF_JMP | BPF_CALL, .src_reg = BPF_PSEUDO_CALL };
	insns[26].imm = 18 - 26;

	memset(err, 0, sizeof(*err));
	assert_int_equal(refusal_explain(&in, err), code);
	assert_int_equal(err->code, code);
	assert_string_equal(err->kind, ERROR_VERIFIER);
	assert_string_equal(err->file, "probe.c");
}

static const struct expected *expected_of(const char *name)
{
	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++)
		if (strlen(name) == strlen(expected[i].name) + strlen(".log") &&
		    strncmp(name, expected[i].name, strlen(expected[i].name)) == 0)
			return &expected[i];
	fail_msg("no cause is expected of %s", name);
	return NULL;
}

static bool check_log(const char *kernel, const char *name)
{
	const struct expected *want = expected_of(name);
	static struct error err;
	struct buf log = {};
	char path[256], release[64];
	bool good = true;

	snprintf(path, sizeof(path), LOGS "/%s/%s", kernel, name);
	snprintf(release, sizeof(release), "%s.0-1-amd64",
		 strcmp(kernel, "block") == 0 ? "7.3" : kernel);
	assert_int_equal(buf_read_file(&log, path, 1 << 20), 0);
	explain(buf_text(&log), release, -EACCES, &err);
	if (strncmp(err.text, "probe.c: the verifier refused traced: ", 38) != 0 ||
	    !(strstr(err.text, want->cause[0]) ||
	      (want->cause[1] && strstr(err.text, want->cause[1]))) ||
	    !strstr(err.hint, want->advice) || !err.hint[0])
		good = false;
	/* short enough to be read */
	if (!good || strlen(err.text) > 1800)
		print_error("%s:\n%s\nhint: %s\n", path, err.text, err.hint);
	buf_free(&log);
	return good && strlen(err.text) <= 1800;
}

static void test_real_logs(void **state)
{
	unsigned int nr = 0, bad = 0;

	(void)state;
	for (size_t k = 0; k < sizeof(kernels) / sizeof(kernels[0]); k++) {
		char path[256];
		struct dirent *entry;
		DIR *dir;

		snprintf(path, sizeof(path), LOGS "/%s", kernels[k]);
		dir = opendir(path);
		assert_non_null(dir);
		while ((entry = readdir(dir)) != NULL) {
			if (entry->d_name[0] == '.')
				continue;
			bad += !check_log(kernels[k], entry->d_name);
			nr++;
		}
		closedir(dir);
	}
	print_message("%u logs\n", nr);
	assert_true(nr >= 100);
	assert_int_equal(bad, 0);
}

/* Wherever a log ends, nothing is read behind it, and a message comes of it. */
static void test_cut_logs(void **state)
{
	static struct error err;
	struct buf log = {};

	(void)state;
	assert_int_equal(buf_read_file(&log, LOGS "/block/map-null.log", 1 << 20), 0);
	for (size_t len = 0; len < log.len; len++) {
		char *cut = strndup(log.data, len);

		explain(cut, "7.3.0", -EACCES, &err);
		free(cut);
	}
	buf_free(&log);
}

static void test_words(void **state)
{
	static struct error err;

	(void)state;
	explain("", "6.1.0", -EACCES, &err);
	assert_non_null(
		strstr(err.text, "refused the program traced without a reason: Permission"));
	/* the order of bytes on the stack: no schema knows a struct of that size */
	explain("9: (85) call bpf_perf_event_output#25\n"
		"invalid indirect read from stack off -80+4 size 88\n"
		"processed 9 insns (limit 1000000)\n",
		"5.4.0", -EACCES, &err);
	assert_non_null(strstr(err.text, "(padding counts, too): byte 4 of its 88, and "
					 "bpf_perf_event_output() would read it"));
	assert_non_null(strstr(err.hint, "__builtin_memset"));
	explain("combined stack size of 2 calls is 640. Too large\n", "5.10.0", -EACCES, &err);
	assert_non_null(strstr(err.text, "\nkernel: combined stack size of 2 calls is 640."));
	/* words that nobody knows are shown as they are */
	explain("3: (95) exit\nthe moon is not full\nprocessed 3 insns\n", "6.1.0", -EACCES, &err);
	assert_non_null(strstr(err.text, "refused traced: the moon is not full\n"));
	assert_non_null(strstr(err.hint, "--verifier-log"));
	explain("1: (85) call bpf_probe_read_kernel#113\nunknown func bpf_probe_read_kernel#113\n",
		"5.4.0-1", -EINVAL, &err);
	assert_non_null(strstr(err.text, "bpf_probe_read_kernel() exists since Linux 5.5, and this "
					 "is 5.4.0-1\n"));
	explain("1: (85) call unknown#181\ninvalid func unknown#181\n", "5.15.2", -EINVAL, &err);
	assert_non_null(strstr(err.text, "bpf_loop() exists since Linux 5.17"));
	explain("The sequence of 8193 jumps is too complex.\n", "5.10.0", -EFAULT, &err);
	assert_non_null(strstr(err.text, "more paths through the program"));
}

/* The object knows what the event consists of. */
static void test_padding(void **state)
{
	static struct error err;
	static struct schema schema = { .name = "events", .type = "struct event", .size = 24 };
	struct object_prog prog = { .name = "traced" };
	struct object obj = { .schemas = &schema, .nr_schemas = 1, .license = "GPL" };
	struct refusal in = { &obj, &prog, "probe.c", "kprobe", "5.10.0", -EACCES, NULL };

	(void)state;
	schema.nr_fields = 2;
	schema.fields[0] = (struct schema_field){ .name = "pid", .offset = 0, .size = 4 };
	schema.fields[1] = (struct schema_field){ .name = "bytes", .offset = 8, .size = 16 };
	in.log = "invalid indirect read from stack off -24+4 size 24\n";
	refusal_explain(&in, &err);
	assert_non_null(strstr(err.text, "the padding behind the field pid of struct event was"));
	memset(&err, 0, sizeof(err));
	in.log = "invalid indirect read from stack R4 off -24+9 size 24\n";
	refusal_explain(&in, &err);
	assert_non_null(strstr(err.text, "the field bytes of struct event was never set"));
}

static void test_helpers(void **state)
{
	char name[64];

	(void)state;
	assert_string_equal(helper_since(1), "3.19");
	assert_string_equal(helper_since(35), "4.8");
	assert_string_equal(helper_since(113), "5.5");
	assert_string_equal(helper_since(130), "5.8");
	assert_string_equal(helper_since(148), "5.10");
	assert_string_equal(helper_since(181), "5.17");
	assert_string_equal(helper_since(211), "6.2");
	assert_null(helper_since(0));
	assert_null(helper_since(-1));
	assert_null(helper_since(212));
	assert_string_equal(helper_name(1, name, sizeof(name)), "bpf_map_lookup_elem");
	assert_string_equal(helper_name(148, name, sizeof(name)), "bpf_copy_from_user");
	assert_null(helper_name(0, name, sizeof(name)));
	assert_null(helper_name(100000, name, sizeof(name)));
	assert_true(helper_is_newer(148, "5.4.0-26-generic"));
	assert_false(helper_is_newer(148, "5.10.0-38-amd64"));
	assert_false(helper_is_newer(148, "6.1.0"));
	assert_true(helper_is_newer(208, "5.19.17"));
	assert_false(helper_is_newer(148, "nonsense"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_real_logs), cmocka_unit_test(test_cut_logs),
		cmocka_unit_test(test_words),	  cmocka_unit_test(test_padding),
		cmocka_unit_test(test_helpers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
