// SPDX-License-Identifier: GPL-2.0-only
/*
 * Each way to attach: a program is attached by hotprobe's own provider to something rare, this
 * process does it, and the program must have seen that.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attach/attach.h"
#include "attach/kernel_functions.h"
#include "attach/syscall_name.h"
#include "attach/tracefs.h"
#include "attach/why.h"
#include "doctor/doctor.h"
#include "doctor/trial.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/process.h"

/* not in the kernel headers of 2023: <linux/bpf.h> of Linux 6.6 */
#define TRACE_UPROBE_MULTI 48

#define BURN_NS		   2000000000ull

static void do_getpgid(void)
{
	syscall(SYS_getpgid, 0);
}

static void do_fork(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	if (pid > 0)
		waitpid(pid, NULL, 0);
}

static void do_statfs(void)
{
	struct statfs fs;

	statfs("/", &fs);
}

static void do_call(void)
{
	trial_function(1);
}

/* What to attach to, and how to make it happen. */
struct way {
	const struct provider *provider;
	const char *target; /* NULL: trial_function() */
	void (*act)(void);  /* NULL: work until it happens */
	const char *tested;
};

static bool way_happened(const struct way *way, const struct trial *trial)
{
	uint64_t start = clock_now();

	if (way->act)
		way->act();
	while (!trial_number(trial) && !way->act && clock_now() - start < BURN_NS)
		;
	return trial_number(trial) != 0;
}

static int way_point(const struct way *way, struct attach_point *point, struct error *err)
{
	char path[PATH_MAX];
	int ret;

	*point = (struct attach_point){ .provider = way->provider, .pid = -1, .origin = "doctor" };
	if (way->target) {
		snprintf(point->target, sizeof(point->target), "%s", way->target);
		return 0;
	}
	/* others that run hotprobe are left alone */
	point->pid = getpid();
	ret = trial_place(point->target, sizeof(point->target), path, sizeof(path));
	if (!ret && way->provider == &provider_usdt)
		snprintf(point->target, sizeof(point->target), "%.480s:hotprobe:trial", path);
	return ret ? error_sys(err, ret, "this program's own code cannot be found") : 0;
}

/* "doctor: kprobe sys_getpgid: " says only what the row says already. */
static void strip_origin(struct error *err, const struct attach_point *point)
{
	char prefix[sizeof(point->target) + 64];
	size_t len = (size_t)snprintf(prefix, sizeof(prefix), "%s: %s %s: ", point->origin,
				      point->provider->name, point->target);

	if (strncmp(err->text, prefix, len) == 0)
		memmove(err->text, err->text + len, strlen(err->text + len) + 1);
}

/* For another function: there is one only. */
static int trial_again(void *arg, const struct attach_point *point,
		       const struct attach_bound *bound, struct error *err)
{
	const struct trial *trial = arg;
	int fd = fcntl(trial->prog_fd, F_DUPFD_CLOEXEC, 0);

	(void)point;
	(void)bound;
	(void)err;
	return fd < 0 ? -errno : fd;
}

static void test_way(struct doctor *doctor, const struct doctor_check *check,
		     struct doctor_result *result)
{
	const struct way *way = check->arg;
	struct trial trial = { -1, -1 };
	const struct attach_loader loader = { trial_again, &trial };
	struct attach_point point = {};
	struct attach_bound bound = {};
	struct error err = {};
	int ret;

	(void)doctor;
	doctor_tested(result, "%s", way->tested);
	ret = way_point(way, &point, &err);
	point.loader = &loader;
	ret = ret ?: attach_check(&point, false, &err);
	if (!ret && way->provider->bind)
		ret = way->provider->bind(&point, &bound, &err);
	ret = ret ?: trial_load(&trial, way->provider, bound.btf_id, &trial_fired, &err);
	ret = ret ?: attach_all(&point, &trial.prog_fd, 1, &err);
	if (ret) {
		strip_origin(&err, &point);
		doctor_error(result, &err);
	} else if (way_happened(way, &trial)) {
		doctor_found(result, FOUND_OK, "attaches and fires");
	} else {
		doctor_found(result, FOUND_LIMITED, "attaches, but does not fire");
		doctor_fix(result, "another tracer, a security module or the hypervisor may be in "
				   "the way: see dmesg");
	}
	detach_all(&point, 1);
	trial_close(&trial);
}

/* Links that hotprobe does not depend on: @instead says what it does without. */
static void multi_failed(struct doctor_result *result, int code, const char *instead,
			 const char *since, const char *option)
{
	if (code == -EPERM || code == -EACCES) {
		struct error err = {};

		why_refused(code, "attaching", &err);
		doctor_error(result, &err);
	}
	doctor_found(result, FOUND_MISSING, "this kernel has none; %s", instead);
	doctor_fix(result, "none is needed; kernels since Linux %s with %s have it", since, option);
}

static void multi_attached(struct doctor_result *result, const struct trial *trial)
{
	bool fired = trial_number(trial);

	doctor_found(result, fired ? FOUND_OK : FOUND_LIMITED, "attaches%s",
		     fired ? " and fires" : ", but does not fire");
}

static const char kprobes_instead[] = "a kprobe for each function does the same, slower";
static const char unused[] = "hotprobe does without";

static void test_kprobe_multi(struct doctor *doctor, const struct doctor_check *check,
			      struct doctor_result *result)
{
	static const struct provider multi = {
		.name = "kprobe.multi",
		.prog_type = BPF_PROG_TYPE_KPROBE,
		.expected_type = BPF_TRACE_KPROBE_MULTI,
	};
	const char *const functions[] = { SYSCALL_PREFIX "sys_getpgid" };
	LIBBPF_OPTS(bpf_link_create_opts, opts);
	struct trial trial;
	struct error err = {};
	int link;

	(void)doctor;
	(void)check;
	doctor_tested(result, "a program attached to %s by a link, which was called", functions[0]);
	opts.kprobe_multi.syms = (const char **)functions;
	opts.kprobe_multi.cnt = 1;
	link = trial_load(&trial, &multi, 0, &trial_fired, &err)
		       ?: bpf_link_create(trial.prog_fd, 0, BPF_TRACE_KPROBE_MULTI, &opts);
	if (link < 0) {
		multi_failed(result, link, kprobes_instead, "5.18", "CONFIG_FPROBE");
	} else {
		do_getpgid();
		multi_attached(result, &trial);
		close(link);
	}
	trial_close(&trial);
}

/* BPF_LINK_CREATE's part of union bpf_attr, as <linux/bpf.h> of Linux 6.6 has it. */
struct uprobe_multi_attr {
	uint32_t prog_fd;
	uint32_t target_fd;
	uint32_t attach_type;
	uint32_t flags;
	uint64_t path;
	uint64_t offsets;
	uint64_t ref_ctr_offsets;
	uint64_t cookies;
	uint32_t cnt;
	uint32_t uprobe_flags;
	uint32_t pid;
	uint32_t rest;
};

static int uprobe_multi_link(int prog_fd)
{
	char target[PATH_MAX + 32], path[PATH_MAX];
	struct uprobe_multi_attr attr = {
		.prog_fd = (uint32_t)prog_fd,
		.attach_type = TRACE_UPROBE_MULTI,
		.path = (uint64_t)(uintptr_t)path,
		.cnt = 1,
		.pid = (uint32_t)getpid(),
	};
	unsigned long long offset = 0;
	uint64_t offsets[1];
	long link;
	int ret = trial_place(target, sizeof(target), path, sizeof(path));

	if (ret || sscanf(strrchr(target, ':') + 1, "0x%llx", &offset) != 1)
		return ret ?: -ENOENT;
	offsets[0] = offset;
	attr.offsets = (uint64_t)(uintptr_t)offsets;
	link = syscall(SYS_bpf, BPF_LINK_CREATE, &attr, sizeof(attr));
	return link < 0 ? -errno : (int)link;
}

static void test_uprobe_multi(struct doctor *doctor, const struct doctor_check *check,
			      struct doctor_result *result)
{
	static const struct provider multi = {
		.name = "uprobe.multi",
		.prog_type = BPF_PROG_TYPE_KPROBE,
		.expected_type = TRACE_UPROBE_MULTI,
	};
	struct trial trial;
	struct error err = {};
	int link;

	(void)doctor;
	(void)check;
	doctor_tested(result, "a program attached to a function of hotprobe's own by a link, which "
			      "was called");
	link = trial_load(&trial, &multi, 0, &trial_fired, &err)
		       ?: uprobe_multi_link(trial.prog_fd);
	if (link < 0) {
		multi_failed(result, link, unused, "6.6", "CONFIG_UPROBE_EVENTS");
	} else {
		do_call();
		multi_attached(result, &trial);
		close(link);
	}
	trial_close(&trial);
}

static unsigned int count_lines(const struct buf *text)
{
	unsigned int nr = 0;

	for (const char *s = buf_text(text); (s = strchr(s, '\n')) != NULL; s++)
		nr++;
	return nr;
}

static void test_functions(struct doctor *doctor, const struct doctor_check *check,
			   struct doctor_result *result)
{
	struct buf traceable = {}, blacklist = {};
	struct error err = {};
	int no_blacklist;

	(void)doctor;
	(void)check;
	doctor_tested(result, "available_filter_functions and debugfs' kprobes/blacklist read");
	no_blacklist = buf_read_file(&blacklist, "/sys/kernel/debug/kprobes/blacklist", 16 << 20);
	if (tracefs_read(&traceable, "available_filter_functions", 64 << 20, &err)) {
		doctor_found(result, FOUND_LIMITED,
			     "the kernel does not list them (CONFIG_DYNAMIC_FTRACE): that a "
			     "function cannot be traced is seen when it is tried");
	} else if (no_blacklist) {
		doctor_found(result, FOUND_OK,
			     "%u functions can be traced; which of them kprobes may not touch is "
			     "not told without debugfs",
			     count_lines(&traceable));
	} else {
		doctor_found(result, FOUND_OK,
			     "%u functions can be traced; %u are forbidden to kprobes",
			     count_lines(&traceable), count_lines(&blacklist));
	}
	buf_free(&traceable);
	buf_free(&blacklist);
}

static const char on_getpgid[] = "a program attached to getpgid(2), which was called";
static const char on_fork[] = "a program attached to sched_process_fork, a fork made";
static const char on_function[] =
	"a program attached to a function of hotprobe's own, which was called";

static const struct way ways[] = {
	{ &provider_tracepoint, "sched:sched_process_fork", do_fork, on_fork },
	{ &provider_raw_tracepoint, "sched_process_fork", do_fork, on_fork },
	{ &provider_tracepoint, "syscalls:sys_enter_getpgid", do_getpgid, on_getpgid },
	{ &provider_kprobe, "sys_getpgid", do_getpgid, on_getpgid },
	{ &provider_kretprobe, "sys_getpgid", do_getpgid, on_getpgid },
	{ &provider_fentry, SYSCALL_PREFIX "sys_getpgid", do_getpgid, on_getpgid },
	{ &provider_fexit, SYSCALL_PREFIX "sys_getpgid", do_getpgid, on_getpgid },
	{ &provider_fentry_multi, SYSCALL_PREFIX "sys_getpgid", do_getpgid, on_getpgid },
	{ &provider_lsm, "sb_statfs", do_statfs,
	  "a program at the hook sb_statfs, statfs(2) called" },
	{ &provider_uprobe, NULL, do_call, on_function },
	{ &provider_uretprobe, NULL, do_call, on_function },
	{ &provider_usdt, NULL, do_call, "a program attached to a USDT probe of hotprobe's own" },
	{ &provider_perf_event, "cpu-clock@1000", NULL, "the CPU's clock sampled while working" },
};

static const char programs[] = "BPF programs";

const struct doctor_check doctor_providers[] = {
	{ "tracepoint", programs, test_way, &ways[0] },
	{ "raw tracepoint", programs, test_way, &ways[1] },
	{ "syscall tracepoint", programs, test_way, &ways[2] },
	{ "kprobe", programs, test_way, &ways[3] },
	{ "kretprobe", programs, test_way, &ways[4] },
	{ "kernel functions", "kprobe", test_functions, NULL },
	{ "fentry", programs, test_way, &ways[5] },
	{ "fexit", programs, test_way, &ways[6] },
	{ "fentry.multi", programs, test_way, &ways[7] },
	{ "lsm", programs, test_way, &ways[8] },
	{ "uprobe", programs, test_way, &ways[9] },
	{ "uretprobe", programs, test_way, &ways[10] },
	{ "usdt", programs, test_way, &ways[11] },
	{ "perf event", programs, test_way, &ways[12] },
	{ "kprobe.multi", programs, test_kprobe_multi, NULL },
	{ "uprobe.multi", programs, test_uprobe_multi, NULL },
	{},
};
