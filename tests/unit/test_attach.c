// SPDX-License-Identifier: GPL-2.0-only
/* Attaches real programs to this kernel and counts what they see. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "attach/attach.h"
#include "attach/many.h"
#include "attach/nothing.h"
#include "attach/perf_open.h"
#include "attach/trampoline.h"
#include "cache/cache.h"
#include "attach/tracefs.h"
#include "attach/usdt.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/process.h"

#define CALLS 1000

/* What the probes are put on. noclone and the barrier keep the function and each call of it. */
__attribute__((noinline, noclone)) int attach_target(int value)
{
	__asm__ volatile("" : "+r"(value));
	return value + 1;
}

#if defined(__x86_64__)
/* A static probe as SystemTap's sys/sdt.h makes it: hotprobe:ping with two arguments. */
volatile unsigned short attach_semaphore __attribute__((section(".probes"), used)) = 0;

__attribute__((noinline, noclone)) void attach_ping(int value)
{
	__asm__ volatile("990:	nop\n"
			 "	.pushsection .note.stapsdt, \"\", \"note\"\n"
			 "	.balign 4\n"
			 "	.4byte 992f - 991f, 994f - 993f, 3\n"
			 "991:	.asciz \"stapsdt\"\n"
			 "992:	.balign 4\n"
			 "993:	.8byte 990b\n"
			 "	.8byte 0\n"
			 "	.8byte attach_semaphore\n"
			 "	.asciz \"hotprobe\"\n"
			 "	.asciz \"ping\"\n"
			 "	.asciz \"-4@%%edi 8@$7\"\n"
			 "994:	.balign 4\n"
			 "	.popsection\n"
			 :
			 : "D"(value));
}
#endif

/* A program that counts its runs in the one entry of an array map. */
struct counter {
	int map;
	int prog;
};

static int counter_load(struct counter *counter, enum bpf_prog_type type)
{
	counter->map = bpf_map_create(BPF_MAP_TYPE_ARRAY, "runs", 4, 8, 1, NULL);
	if (counter->map < 0)
		return counter->map;

	const struct bpf_insn insns[] = {
		/* *(u32 *)(r10 - 4) = 0 */
		{ .code = BPF_ST | BPF_MEM | BPF_W, .dst_reg = 10, .off = -4 },
		/* r2 = r10 - 4 */
		{ .code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = 2, .src_reg = 10 },
		{ .code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = 2, .imm = -4 },
		/* r1 = map */
		{ .code = BPF_LD | BPF_DW | BPF_IMM,
		  .dst_reg = 1,
		  .src_reg = BPF_PSEUDO_MAP_FD,
		  .imm = counter->map },
		{ 0 },
		{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_map_lookup_elem },
		/* if (r0) atomic *r0 += 1 */
		{ .code = BPF_JMP | BPF_JEQ | BPF_K, .dst_reg = 0, .off = 2 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 1, .imm = 1 },
		{ .code = BPF_STX | BPF_ATOMIC | BPF_DW,
		  .dst_reg = 0,
		  .src_reg = 1,
		  .imm = BPF_ADD },
		/* return 0 */
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};

	counter->prog = bpf_prog_load(type, "count", "GPL", insns, sizeof(insns) / sizeof(insns[0]),
				      NULL);
	return counter->prog < 0 ? counter->prog : 0;
}

static uint64_t counter_value(const struct counter *counter)
{
	uint64_t value = 0;
	uint32_t key = 0;

	assert_int_equal(bpf_map_lookup_elem(counter->map, &key, &value), 0);
	return value;
}

static void counter_close(struct counter *counter)
{
	close(counter->prog);
	close(counter->map);
}

static struct attach_point point_make(const struct provider *provider, const char *target)
{
	struct attach_point point = { .provider = provider, .function = "count", .pid = -1 };

	snprintf(point.target, sizeof(point.target), "%s", target);
	snprintf(point.origin, sizeof(point.origin), "probe.c:7");
	return point;
}

static void need_root(void)
{
	if (geteuid() == 0)
		return;
	print_message("skipped: attaching needs root\n");
	skip();
}

/*
 * Attach a counter, do something CALLS times, detach, do it again. Returns how often it ran while
 * it was attached; that it does not run afterwards is checked here.
 */
static uint64_t count_calls(struct attach_point *point, void (*call)(void))
{
	struct counter counter;
	struct error err = {};
	uint64_t value;
	int ret;

	assert_int_equal(counter_load(&counter, point->provider->prog_type), 0);
	ret = attach_check(point, true, &err);
	if (ret == 0)
		ret = attach_all(point, &counter.prog, 1, &err);
	if (ret < 0)
		fail_msg("%s (%s)", err.text, err.hint);
	assert_true(point->nr_fds > 0);
	for (int i = 0; i < CALLS; i++)
		call();
	detach_all(point, 1);
	assert_int_equal(point->nr_fds, 0);
	assert_null(point->fds);
	value = counter_value(&counter);
	for (int i = 0; i < CALLS; i++)
		call();
	assert_int_equal(counter_value(&counter), value);
	counter_close(&counter);
	return value;
}

static void call_target(void)
{
	assert_int_equal(attach_target(1), 2);
}

/* A system call that next to nobody else makes. */
static void call_getppid(void)
{
	syscall(SYS_getppid);
}

static void call_libc_getppid(void)
{
	getppid();
}

static void test_providers_are_found(void **state)
{
	const char *rest;
	char target[64];
	const struct provider *provider;

	(void)state;
	/* a system call's entry is a kprobe, too, but has a prefix of its own */
	for (unsigned int i = 0; (provider = provider_each(i)); i++)
		assert_ptr_equal(provider_by_name(provider->name),
				 provider == &provider_syscall ? &provider_kprobe : provider);
	assert_ptr_equal(provider_by_function("syscall__kill", &rest), &provider_syscall);
	assert_int_equal(provider_syscall.prefix_target(rest, target, sizeof(target)), 0);
	assert_string_equal(target, "sys_kill");
	assert_null(provider_by_name("kprob"));
	assert_ptr_equal(provider_by_function("kprobe__do_unlinkat", &rest), &provider_kprobe);
	assert_string_equal(rest, "do_unlinkat");
	assert_ptr_equal(provider_by_function("kretprobe__f", &rest), &provider_kretprobe);
	assert_ptr_equal(provider_by_function("lsm__file_open", &rest), &provider_lsm);
	assert_ptr_equal(provider_by_function("raw_tracepoint__sched_switch", &rest),
			 &provider_raw_tracepoint);
	assert_string_equal(rest, "sched_switch");
	assert_null(provider_by_function("do_something", &rest));

	provider = provider_by_function("tracepoint__irq__x__y", &rest);
	assert_ptr_equal(provider, &provider_tracepoint);
	assert_int_equal(provider->prefix_target(rest, target, sizeof(target)), 0);
	assert_string_equal(target, "irq:x__y");
	assert_int_equal(provider->prefix_target("sched", target, sizeof(target)), -EINVAL);
	assert_int_equal(provider->prefix_target("sched__switch", target, 8), -ENAMETOOLONG);

	/* the two spellings of libbcc's versions */
	provider = provider_by_function("kfunc__vmlinux__vfs_open", &rest);
	assert_ptr_equal(provider, &provider_fentry);
	assert_int_equal(provider->prefix_target(rest, target, sizeof(target)), 0);
	assert_string_equal(target, "vfs_open");
	provider = provider_by_function("kretfunc__vfs_open", &rest);
	assert_ptr_equal(provider, &provider_fexit);
	assert_int_equal(provider->prefix_target(rest, target, sizeof(target)), 0);
	assert_string_equal(target, "vfs_open");
}

static void test_tracepoint(void **state)
{
	struct attach_point point = point_make(&provider_tracepoint, "syscalls:sys_enter_getppid");

	(void)state;
	need_root();
	assert_true(count_calls(&point, call_getppid) >= CALLS);
}

static void test_tracepoint_unknown(void **state)
{
	struct attach_point point = point_make(&provider_tracepoint, "sched:sched_proces_exec");
	struct error err = {};

	(void)state;
	need_root();
	assert_int_equal(attach_check(&point, false, &err), -ENOENT);
	assert_string_equal(err.text, "probe.c:7: tracepoint sched:sched_proces_exec: this kernel "
				      "has no tracepoint sched_proces_exec in category sched");
	assert_string_equal(err.hint, "did you mean sched:sched_process_exec?");

	memset(&err, 0, sizeof(err));
	point = point_make(&provider_tracepoint, "sched_process_exec");
	assert_int_equal(attach_check(&point, false, &err), -EINVAL);
	assert_non_null(strstr(err.text, "CATEGORY:EVENT"));
	memset(&err, 0, sizeof(err));
	point = point_make(&provider_tracepoint, "../../etc:passwd");
	assert_int_equal(attach_check(&point, false, &err), -EINVAL);
}

static void test_raw_tracepoint(void **state)
{
	struct attach_point point = point_make(&provider_raw_tracepoint, "sys_enter");

	(void)state;
	need_root();
	assert_true(count_calls(&point, call_getppid) >= CALLS);
}

static void test_raw_tracepoint_unknown(void **state)
{
	struct attach_point point = point_make(&provider_raw_tracepoint, "sched_swich");
	struct counter counter;
	struct error err = {};

	(void)state;
	need_root();
	assert_int_equal(counter_load(&counter, BPF_PROG_TYPE_RAW_TRACEPOINT), 0);
	assert_int_equal(attach_all(&point, &counter.prog, 1, &err), -ENOENT);
	assert_non_null(strstr(err.text, "no raw tracepoint sched_swich"));
	assert_string_equal(err.hint, "did you mean sched_switch?");

	memset(&err, 0, sizeof(err));
	point = point_make(&provider_raw_tracepoint, "sys_enter_execve");
	assert_int_equal(attach_all(&point, &counter.prog, 1, &err), -ENOENT);
	assert_non_null(strstr(err.hint, "syscalls:sys_enter_execve"));
	counter_close(&counter);
}

static void test_uprobe(void **state)
{
	struct attach_point point = point_make(&provider_uprobe, "/proc/self/exe:attach_target");

	(void)state;
	need_root();
	assert_int_equal(count_calls(&point, call_target), CALLS);
	point.pid = getpid();
	assert_int_equal(count_calls(&point, call_target), CALLS);
	/* of another process nothing is seen */
	point.pid = getppid();
	assert_int_equal(count_calls(&point, call_target), 0);
}

static void test_uretprobe(void **state)
{
	struct attach_point point = point_make(&provider_uretprobe, "/proc/self/exe:attach_target");

	(void)state;
	need_root();
	assert_int_equal(count_calls(&point, call_target), CALLS);
}

static void test_uprobe_library(void **state)
{
	struct attach_point point = point_make(&provider_uprobe, "c:getppid");

	(void)state;
	need_root();
	point.pid = getpid();
	assert_int_equal(count_calls(&point, call_libc_getppid), CALLS);
	snprintf(point.target, sizeof(point.target), "libc.so.6:getppid");
	point.pid = -1;
	assert_true(count_calls(&point, call_libc_getppid) >= CALLS);
}

static void test_uprobe_refused(void **state)
{
	static const struct {
		const char *target, *text;
	} bad[] = {
		{ "/proc/self/exe:attach_targte", "has no function attach_targte" },
		{ "/proc/self/exe:0x7", "is not in its code" },
		{ "/proc/self/exe:attach_target+100000", "behind its end" },
		{ "/proc/self/exe:attach_target+x", "x is not a number" },
		{ "/nonexistent/file:f", "there is no file /nonexistent/file" },
		{ "no-such-thing:f", "no library and no program called no-such-thing" },
		{ "/etc/passwd:f", "not an ELF" },
		{ "/etc:f", "not a regular file" },
		{ "attach_target", "BINARY:FUNCTION" },
	};

	(void)state;
	need_root();
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct attach_point point = point_make(&provider_uprobe, bad[i].target);
		struct error err = {};

		assert_true(attach_check(&point, true, &err) < 0);
		if (!strstr(err.text, bad[i].text))
			fail_msg("%s: %s", bad[i].target, err.text);
		/* attaching says the same */
		memset(&err, 0, sizeof(err));
		assert_true(attach_all(&point, (int[]){ -1 }, 1, &err) < 0);
		assert_non_null(strstr(err.text, bad[i].text));
		assert_int_equal(point.nr_fds, 0);
	}
}

#if defined(__x86_64__)
static void call_ping(void)
{
	attach_ping(5);
}

static void test_usdt(void **state)
{
	struct attach_point point = point_make(&provider_usdt, "/proc/self/exe:hotprobe:ping");
	struct counter counter;
	struct error err = {};

	(void)state;
	need_root();
	assert_int_equal(count_calls(&point, call_ping), CALLS);

	/* the semaphore tells the program that someone looks, while someone does */
	assert_int_equal(counter_load(&counter, point.provider->prog_type), 0);
	assert_int_equal(attach_semaphore, 0);
	assert_int_equal(attach_all(&point, &counter.prog, 1, &err), 0);
	assert_int_equal(attach_semaphore, 1);
	detach_all(&point, 1);
	assert_int_equal(attach_semaphore, 0);
	counter_close(&counter);

	snprintf(point.target, sizeof(point.target), "/proc/self/exe:pong");
	assert_int_equal(attach_check(&point, false, &err), -ENOENT);
	assert_string_equal(err.hint, "did you mean hotprobe:ping?");
}

static void test_usdt_args(void **state)
{
	struct attach_point points[] = {
		point_make(&provider_uprobe, "c:malloc"),
		point_make(&provider_usdt, "/proc/self/exe:ping"),
		point_make(&provider_usdt, "/proc/self/exe:hotprobe:ping"),
	};
	struct error err = {};
	struct buf out = {};
	const char *second;

	(void)state;
	assert_int_equal(usdt_args(&out, points, 1, &err), 0);
	assert_int_equal(out.len, 0);
	assert_int_equal(usdt_args(&out, points, 3, &err), 0);
	assert_non_null(strstr(buf_text(&out), "_bpf_readarg_count_1(struct pt_regs *ctx"));
	assert_non_null(strstr(buf_text(&out), "value = (u64)(s32)ctx->di;"));
	second = strstr(buf_text(&out), "_bpf_readarg_count_2(");
	assert_non_null(second);
	assert_non_null(strstr(second, "value = (u64)(u64)7ULL;"));
	/* two points of one function share its readers */
	assert_null(strstr(second + 1, "_bpf_readarg_count_"));
	buf_free(&out);
}
#endif

static void test_usdt_arg_parse(void **state)
{
	static const struct {
		const char *spec, *code;
	} good[] = {
		{ "8@%rdi", "(u64)(u64)ctx->di" },
		{ "-4@%eax", "(u64)(s32)ctx->ax" },
		{ "1@%r10b", "(u64)(u8)ctx->r10" },
		{ "-2@%si", "(u64)(s16)ctx->si" },
		{ "4@$16", "(u64)(u32)16ULL" },
		{ "-8@$-1", "(u64)(s64)18446744073709551615ULL" },
		{ "8@$0xffffffffffffffff", "(u64)(u64)18446744073709551615ULL" },
		{ "8@-8(%rbp)",
		  "({ u64 v = 0; bpf_probe_read_user(&v, sizeof(v), (void *)((u64)ctx->bp + "
		  "18446744073709551608ULL)); (u64)v; })" },
		{ "-4@(%rax)",
		  "({ s32 v = 0; bpf_probe_read_user(&v, sizeof(v), (void *)((u64)ctx->ax + "
		  "0ULL)); (u64)v; })" },
		{ "8@16(%rax,%rbx,4)",
		  "({ u64 v = 0; bpf_probe_read_user(&v, sizeof(v), (void *)((u64)ctx->ax + "
		  "(u64)ctx->bx * 4ULL + 16ULL)); (u64)v; })" },
		{ "8@(,%rcx,8)",
		  "({ u64 v = 0; bpf_probe_read_user(&v, sizeof(v), (void *)(0 + (u64)ctx->cx * "
		  "8ULL + 0ULL)); (u64)v; })" },
	};
	static const char *const bad[] = {
		"",	"8",	       "8@",	  "8@%xmm0",   "8f@%xmm0", "16@%rax",
		"%rax", "8@%rax junk", "8@(%rax", "8@(%rax,)", "8@()",	   "8@counter(%rip)",
		"8@$",	"8@$5x",
	};
	struct buf out = {};

	(void)state;
#if !defined(__x86_64__)
	print_message("skipped: only x86-64's notation is known\n");
	skip();
#endif
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		buf_reset(&out);
		assert_int_equal(usdt_arg_parse(&out, good[i].spec, strlen(good[i].spec)), 0);
		assert_string_equal(buf_text(&out), good[i].code);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (usdt_arg_parse(&out, bad[i], strlen(bad[i])) != -ENOTSUP)
			fail_msg("'%s' was understood", bad[i]);
	buf_free(&out);
}

/* Twenty milliseconds of this process's own time. */
static void call_burn(void)
{
	struct timespec now;
	static long long end;
	long long ns;

	end = 0;
	do {
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
		ns = now.tv_sec * 1000000000LL + now.tv_nsec;
		if (!end)
			end = ns + 200000;
	} while (ns < end);
}

static void test_perf_event(void **state)
{
	struct attach_point point = point_make(&provider_perf_event, "cpu-clock@1000");

	(void)state;
	need_root();
	/* 1000 times 0.2 ms are 0.2 s: 200 samples on this CPU, fewer when the machine is busy */
	assert_true(count_calls(&point, call_burn) >= 50);
	point.pid = getpid();
	assert_true(count_calls(&point, call_burn) >= 50);
	point = point_make(&provider_perf_event, "task-clock/1000000");
	point.pid = getpid();
	assert_true(count_calls(&point, call_burn) >= 50);
}

static void test_perf_event_refused(void **state)
{
	static const struct {
		const char *target, *text, *hint;
	} bad[] = {
		{ "cpu-clok@99", "no perf event cpu-clok", "did you mean cpu-clock?" },
		{ "cpu-clock", "how often", "cpu-clock@99" },
		{ "cpu-clock@0", "not a number above 0", "" },
		{ "cycles/x", "x is not a number above 0", "" },
		{ "zzz@1", "no perf event zzz", "cpu-clock, task-clock" },
	};
	struct attach_point point = point_make(&provider_perf_event, "cpu-clock@4000000000");
	struct counter counter;
	struct error err = {};

	(void)state;
	need_root();
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct attach_point refused = point_make(&provider_perf_event, bad[i].target);
		struct error why = {};

		assert_int_equal(attach_check(&refused, true, &why), -EINVAL);
		assert_non_null(strstr(why.text, bad[i].text));
		assert_non_null(strstr(why.hint, bad[i].hint));
	}
	assert_int_equal(counter_load(&counter, BPF_PROG_TYPE_PERF_EVENT), 0);
	assert_int_equal(attach_all(&point, &counter.prog, 1, &err), -EINVAL);
	assert_non_null(strstr(err.text, "kernel.perf_event_max_sample_rate is "));
	assert_int_equal(point.nr_fds, 0);
	counter_close(&counter);
}

static void call_unlink(void)
{
	unlink("/proc/hotprobe-no-such-file");
}

static void test_kprobe(void **state)
{
	struct attach_point point = point_make(&provider_kprobe, "sys_unlink");
	struct error err = {};
	uint32_t type;

	(void)state;
	need_root();
	if (perf_pmu_type("kprobe", &type) == 0) {
		assert_true(count_calls(&point, call_unlink) >= CALLS);
		point.provider = &provider_kretprobe;
		assert_true(count_calls(&point, call_unlink) >= CALLS);
		point = point_make(&provider_kprobe, "vfs_unlinkk");
		assert_int_equal(attach_check(&point, true, &err), -ENOENT);
		assert_string_equal(err.hint, "did you mean vfs_unlink? hotprobe list functions "
					      "'GLOB' searches");
		return;
	}
	print_message("this kernel has no kprobes: only the refusal is tested\n");
	assert_int_equal(attach_check(&point, false, &err), -EOPNOTSUPP);
	assert_string_equal(err.text, "probe.c:7: kprobe sys_unlink: this kernel was built without "
				      "kprobes (CONFIG_KPROBES)");
	assert_non_null(strstr(err.hint, "tracepoint"));
	memset(&err, 0, sizeof(err));
	assert_int_equal(attach_all(&point, (int[]){ -1 }, 1, &err), -EOPNOTSUPP);
	assert_non_null(strstr(err.text, "CONFIG_KPROBES"));
}

static void test_kprobe_target(void **state)
{
	static const struct {
		const struct provider *provider;
		const char *target, *text;
	} bad[] = {
		{ &provider_kprobe, "", "not a kernel function's name" },
		{ &provider_kprobe, "vfs_open+", " is not a number of bytes" },
		{ &provider_kprobe, "0x12zz", "not an address" },
		{ &provider_kretprobe, "vfs_open+4", "takes no offset" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct attach_point point = point_make(bad[i].provider, bad[i].target);
		struct error err = {};

		assert_int_equal(attach_check(&point, false, &err), -EINVAL);
		assert_non_null(strstr(err.text, bad[i].text));
	}
}

static void test_trampoline(void **state)
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = BPF_TRACE_FENTRY);
	struct attach_point point = point_make(&provider_fentry, "vfs_open"), wrong;
	char folder[] = "/tmp/test-attach-XXXXXX";
	struct error err = {};
	struct cache cache;
	uint32_t id = 0, again = 0;
	int prog;

	(void)state;
	need_root();
	if (access("/sys/kernel/btf/vmlinux", R_OK) < 0) {
		print_message("skipped: this kernel has no BTF\n");
		skip();
	}
	wrong = point_make(&provider_fentry, "vfs_opne");
	assert_int_equal(trampoline_btf_id(&wrong, &id, &err), -ENOENT);
	assert_string_equal(err.hint, "did you mean vfs_open?");
	memset(&err, 0, sizeof(err));
	wrong = point_make(&provider_lsm, "security_file_open");
	assert_int_equal(trampoline_btf_id(&wrong, &id, &err), -ENOENT);
	assert_non_null(strstr(err.hint, ": file_open"));
	memset(&err, 0, sizeof(err));
	assert_int_equal(trampoline_btf_id(&point, &id, &err), 0);
	assert_true(id > 0);
	assert_int_equal(attach_check(&point, true, &err), 0);

	/* from the cache it is the same, and something else's is not taken for it */
	setenv("HOTPROBE_CACHE", folder, 1);
	assert_non_null(mkdtemp(folder));
	assert_int_equal(cache_open(&cache, CACHE_OBJECTS), 0);
	point.cache = &cache;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(trampoline_btf_id(&point, &again, &err), 0);
		assert_int_equal(again, id);
	}
	wrong = point_make(&provider_fentry, "vfs_read");
	wrong.cache = &cache;
	assert_int_equal(trampoline_btf_id(&wrong, &again, &err), 0);
	assert_int_not_equal(again, id);
	cache_close(&cache);
	folder_remove(folder);
	point.cache = NULL;

	opts.attach_btf_id = id;
	prog = nothing_load(BPF_PROG_TYPE_TRACING, &opts);
	if (prog >= 0) {
		assert_int_equal(attach_all(&point, &prog, 1, &err), 0);
		assert_int_equal(point.nr_fds, 1);
		detach_all(&point, 1);
		close(prog);
		return;
	}
	print_message("this kernel refuses fentry: it is attached to on those of the lab\n");
}

static void test_all_or_nothing(void **state)
{
	struct attach_point points[] = {
		point_make(&provider_uprobe, "/proc/self/exe:attach_target"),
		point_make(&provider_tracepoint, "syscalls:sys_enter_getppid"),
		point_make(&provider_uprobe, "/proc/self/exe:no_such_function"),
	};
	struct counter kprobe, tracepoint;
	struct error err = {};
	uint64_t before;
	int progs[3];

	(void)state;
	need_root();
	assert_int_equal(counter_load(&kprobe, BPF_PROG_TYPE_KPROBE), 0);
	assert_int_equal(counter_load(&tracepoint, BPF_PROG_TYPE_TRACEPOINT), 0);
	progs[0] = progs[2] = kprobe.prog;
	progs[1] = tracepoint.prog;
	assert_int_equal(attach_all(points, progs, 3, &err), -ENOENT);
	assert_non_null(strstr(err.text, "no_such_function"));
	for (int i = 0; i < 3; i++) {
		assert_int_equal(points[i].nr_fds, 0);
		assert_null(points[i].fds);
	}
	before = counter_value(&tracepoint);
	call_target();
	call_getppid();
	assert_int_equal(counter_value(&kprobe), 0);
	assert_int_equal(counter_value(&tracepoint), before);

	/* a program of another type is refused, and that is undone too */
	memset(&err, 0, sizeof(err));
	progs[1] = kprobe.prog;
	assert_true(attach_all(points, progs, 2, &err) < 0);
	assert_non_null(strstr(err.text, "tracepoint syscalls:sys_enter_getppid"));
	call_target();
	assert_int_equal(counter_value(&kprobe), 0);
	detach_all(points, 3);
	counter_close(&kprobe);
	counter_close(&tracepoint);
}

/* The functions of one list are attached besides those of the lists before. */
static void test_descriptors(void **state)
{
	int first = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
	struct rlimit old, low;
	bool enough = true;

	(void)state;
	assert_true(first > STDERR_FILENO);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	if (old.rlim_max < 8192)
		skip();
	low = old;
	low.rlim_cur = 256;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
	for (int list = 0; list < 3; list++) {
		many_raise_limit(1500);
		for (int i = 0; i < 1500 && enough; i++)
			enough = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0) >= 0;
	}
	close_range((unsigned int)first, ~0u, 0);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	assert_true(enough);
}

/* A killed process leaves nothing in the kernel. */
static void test_nothing_left_after_kill(void **state)
{
	struct attach_point point = point_make(&provider_uretprobe, "/proc/self/exe:attach_target");
	struct buf events = {};
	struct error err = {};
	struct counter counter;
	int ready[2], status;
	pid_t child;
	char byte;

	(void)state;
	need_root();
	assert_int_equal(counter_load(&counter, BPF_PROG_TYPE_KPROBE), 0);
	assert_int_equal(pipe(ready), 0);
	child = fork();
	if (child == 0) {
		byte = attach_all(&point, &counter.prog, 1, &err) == 0 ? 'y' : 'n';
		if (write(ready[1], &byte, 1) == 1)
			pause();
		_exit(1);
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	assert_int_equal(byte, 'y');
	call_target();
	assert_int_equal(counter_value(&counter), 1);
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, &status, 0), child);
	call_target();
	assert_int_equal(counter_value(&counter), 1);
	assert_int_equal(tracefs_read(&events, "uprobe_events", 1 << 20, &err), 0);
	assert_null(strstr(buf_text(&events), "attach"));
	buf_free(&events);
	close(ready[0]);
	close(ready[1]);
	counter_close(&counter);
}

/* Without capabilities every provider says so, and not something else. */
static void test_no_privilege(void **state)
{
	static const struct {
		const struct provider *provider;
		const char *target;
	} points[] = {
		{ &provider_kprobe, "vfs_open" },
		{ &provider_tracepoint, "sched:sched_switch" },
		{ &provider_raw_tracepoint, "sched_switch" },
		{ &provider_uprobe, "c:malloc" },
		{ &provider_usdt, "/proc/self/exe:ping" },
		{ &provider_perf_event, "cpu-clock@99" },
		{ &provider_fentry, "vfs_open" },
	};
	int status;
	pid_t child;

	(void)state;
	need_root();
	child = fork();
	if (child == 0) {
		if (setgid(65534) < 0 || setuid(65534) < 0)
			_exit(100);
		for (size_t i = 0; i < sizeof(points) / sizeof(points[0]); i++) {
			struct attach_point point = point_make(points[i].provider,
							       points[i].target);
			struct error err = {};

			if (attach_check(&point, false, &err) != -EPERM ||
			    !strstr(err.text, "CAP_BPF and CAP_PERFMON") ||
			    !strstr(err.hint, "root"))
				_exit((int)i + 1);
		}
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_providers_are_found),
		cmocka_unit_test(test_tracepoint),
		cmocka_unit_test(test_tracepoint_unknown),
		cmocka_unit_test(test_raw_tracepoint),
		cmocka_unit_test(test_raw_tracepoint_unknown),
		cmocka_unit_test(test_uprobe),
		cmocka_unit_test(test_uretprobe),
		cmocka_unit_test(test_uprobe_library),
		cmocka_unit_test(test_uprobe_refused),
#if defined(__x86_64__)
		cmocka_unit_test(test_usdt),
		cmocka_unit_test(test_usdt_args),
#endif
		cmocka_unit_test(test_usdt_arg_parse),
		cmocka_unit_test(test_perf_event),
		cmocka_unit_test(test_perf_event_refused),
		cmocka_unit_test(test_kprobe),
		cmocka_unit_test(test_kprobe_target),
		cmocka_unit_test(test_trampoline),
		cmocka_unit_test(test_all_or_nothing),
		cmocka_unit_test(test_descriptors),
		cmocka_unit_test(test_nothing_left_after_kill),
		cmocka_unit_test(test_no_privilege),
	};

	return cmocka_run_group_tests_name("attach", tests, NULL, NULL);
}
