// SPDX-License-Identifier: GPL-2.0-only
/* kprobe and kretprobe: at the entry, or an offset, and at the return of a kernel function. */
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "attach/attach.h"
#include "attach/kernel_functions.h"
#include "attach/kprobe.h"
#include "attach/perf_open.h"
#include "attach/syscall_name.h"
#include "attach/why.h"
#include "util/error.h"
#include "util/text.h"

struct kprobe_target {
	char function[256]; /* "" for an address */
	uint64_t addr;	    /* the address, or bytes into the function */
};

static bool is_return(const struct attach_point *point)
{
	return point->provider == &provider_kretprobe;
}

/* NAME, NAME+OFFSET, MODULE:NAME or 0xADDRESS */
static int kprobe_target(const struct attach_point *point, struct kprobe_target *target,
			 struct error *err)
{
	const char *plus = strchr(point->target, '+');
	size_t len = plus ? (size_t)(plus - point->target) : strlen(point->target);

	memset(target, 0, sizeof(*target));
	if (text_starts(point->target, "0x")) {
		if (text_u64(point->target, &target->addr) < 0)
			return attach_error(point, err, -EINVAL, "not an address");
		return 0;
	}
	if (len == 0 || len >= sizeof(target->function))
		return attach_error(point, err, -EINVAL, "not a kernel function's name");
	memcpy(target->function, point->target, len);
	if (plus && text_u64(plus + 1, &target->addr) < 0)
		return attach_error(point, err, -EINVAL, "%s is not a number of bytes", plus + 1);
	if (target->addr > 0 && is_return(point))
		return attach_error(point, err, -EINVAL,
				    "a kretprobe is at a function's return: it takes no offset");
	return 0;
}

int kprobe_possible(const struct attach_point *point, struct error *err)
{
	struct error cause = {};
	uint32_t type;
	int ret;

	if (why_may_trace(&cause) < 0)
		return attach_wrap(point, err, &cause);
	ret = perf_pmu_type("kprobe", &type);
	if (ret == -ENOENT) {
		attach_error(point, err, -EOPNOTSUPP,
			     "this kernel was built without kprobes (CONFIG_KPROBES)");
		error_hint(err,
			   "use a tracepoint, or fentry where the kernel has it; hotprobe list "
			   "tracepoints shows what there is");
		return -EOPNOTSUPP;
	}
	if (ret < 0)
		return attach_error(point, err, ret, "cannot read the kprobe PMU's type: %s",
				    strerror(-ret));
	return 0;
}

static int kprobe_check(const struct attach_point *point, struct error *err)
{
	struct kprobe_target target;

	return kprobe_target(point, &target, err) ?: kprobe_possible(point, err);
}

/* Look the function up in the kernel's symbols. 0 when nothing is wrong with it. */
static int kprobe_verify(const struct attach_point *point, struct error *err)
{
	struct kernel_functions functions;
	struct kernel_function function;
	struct kprobe_target target;
	struct error cause = {};
	const char *name, *colon;
	char path[320];
	int ret;

	ret = kprobe_target(point, &target, err);
	if (ret < 0 || !target.function[0])
		return ret;
	name = target.function;
	colon = strchr(name, ':');
	if (colon) {
		snprintf(path, sizeof(path), "/sys/module/%.*s", (int)(colon - name), name);
		if (access(path, F_OK) < 0) {
			attach_error(point, err, -ENOENT, "the module %.*s is not loaded",
				     (int)(colon - name), name);
			error_hint(err, "load it first: modprobe %.*s", (int)(colon - name), name);
			return -ENOENT;
		}
		name = colon + 1;
	}
	if (kernel_functions_load(&functions, &cause) < 0)
		return attach_wrap(point, err, &cause);
	kernel_function_find(&functions, name, &function);
	if (function.fault == FUNCTION_UNKNOWN && text_starts(name, "sys_")) {
		snprintf(path, sizeof(path), SYSCALL_PREFIX "%s", name);
		kernel_function_find(&functions, path, &function);
	}
	kernel_functions_free(&functions);
	if (kernel_function_explain(&function, name, &cause) < 0)
		return attach_wrap(point, err, &cause);
	return 0;
}

static int kprobe_failed(const struct attach_point *point, int code, struct error *err)
{
	struct error cause = {};

	/* the kernel's words for these are few; its symbols tell more */
	if (code == -ENOENT || code == -EINVAL || code == -EADDRNOTAVAIL)
		kprobe_verify(point, &cause);
	if (cause.code) {
		/* it names the point already */
		error_set(err, cause.code, "%s", cause.text);
		error_hint(err, "%s", cause.hint);
		return cause.code;
	}
	if (code == -EILSEQ) {
		attach_error(point, err, code, "no instruction starts at that address");
		error_hint(err, "give the offset of an instruction's first byte: objdump -d of the "
				"kernel shows them");
		return code;
	}
	if (code == -EINVAL) {
		attach_error(point, err, code,
			     "the kernel does not allow a probe there (the function is notrace or "
			     "blacklisted, or it is no function's address)");
		error_hint(err, "trace a function that calls it or that it calls");
		return code;
	}
	why_refused(code, "attaching a kprobe", &cause);
	return attach_wrap(point, err, &cause);
}

static int kprobe_attach(struct attach_point *point, int prog_fd, struct error *err)
{
	struct perf_probe probe = { .pmu = "kprobe", .is_return = is_return(point), .pid = -1 };
	struct kprobe_target target;
	char syscall_name[sizeof(target.function) + sizeof(SYSCALL_PREFIX)];
	int fd, ret;

	ret = kprobe_check(point, err);
	if (ret == 0)
		ret = kprobe_target(point, &target, err);
	if (ret < 0)
		return ret;
	probe.name = target.function[0] ? target.function : NULL;
	probe.addr = target.addr;
	fd = perf_probe_open(&probe);
	/* as BCC does: kprobe__sys_clone means the system call, whatever its function is called */
	if (fd == -ENOENT && text_starts(target.function, "sys_")) {
		snprintf(syscall_name, sizeof(syscall_name), SYSCALL_PREFIX "%s", target.function);
		probe.name = syscall_name;
		fd = perf_probe_open(&probe);
	}
	if (fd < 0)
		return kprobe_failed(point, fd, err);
	ret = perf_start(point, fd, prog_fd);
	return ret < 0 ? kprobe_failed(point, ret, err) : 0;
}

const struct provider provider_kprobe = {
	.name = "kprobe",
	.prefix = "kprobe__",
	.prog_type = BPF_PROG_TYPE_KPROBE,
	.check = kprobe_check,
	.verify = kprobe_verify,
	.attach = kprobe_attach,
	.detach = attach_close,
};

/* BCC's name for a system call's entry, whose arguments libbcc fetches in their own way. */
static int syscall_prefix_target(const char *rest, char *target, int size)
{
	int len = snprintf(target, (size_t)size, "sys_%s", rest);

	return *rest && len < size ? 0 : -EINVAL;
}

const struct provider provider_syscall = {
	.name = "kprobe",
	.prefix = "syscall__",
	.prog_type = BPF_PROG_TYPE_KPROBE,
	.prefix_target = syscall_prefix_target,
	.check = kprobe_check,
	.verify = kprobe_verify,
	.attach = kprobe_attach,
	.detach = attach_close,
};

const struct provider provider_kretprobe = {
	.name = "kretprobe",
	.prefix = "kretprobe__",
	.prog_type = BPF_PROG_TYPE_KPROBE,
	.check = kprobe_check,
	.verify = kprobe_verify,
	.attach = kprobe_attach,
	.detach = attach_close,
};
