// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/mount.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "attach/why.h"
#include "util/buf.h"
#include "util/error.h"

enum lockdown why_lockdown_parse(const char *text)
{
	/* "none [integrity] confidentiality": security/lockdown/lockdown.c marks the one in force
	 */
	if (strstr(text, "[none]"))
		return LOCKDOWN_NONE;
	if (strstr(text, "[integrity]"))
		return LOCKDOWN_INTEGRITY;
	if (strstr(text, "[confidentiality]"))
		return LOCKDOWN_CONFIDENTIALITY;
	return LOCKDOWN_UNKNOWN;
}

/* A securityfs of our own, mounted nowhere: it is gone when its fd is closed. fd or -errno. */
static int why_securityfs(void)
{
	int fs, mount = -ENOSYS;

	fs = (int)syscall(SYS_fsopen, "securityfs", FSOPEN_CLOEXEC);
	if (fs < 0)
		return -errno;
	if (syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) == 0)
		mount = (int)syscall(SYS_fsmount, fs, FSMOUNT_CLOEXEC, 0);
	close(fs);
	return mount;
}

enum lockdown why_lockdown(void)
{
	enum lockdown lockdown = LOCKDOWN_UNKNOWN;
	struct buf buf = {};
	int dir, fd;

	if (buf_read_file(&buf, "/sys/kernel/security/lockdown", 4096) == 0) {
		lockdown = why_lockdown_parse(buf_text(&buf));
		goto out;
	}
	dir = why_securityfs();
	if (dir < 0)
		goto out;
	fd = openat(dir, "lockdown", O_RDONLY | O_CLOEXEC);
	close(dir);
	if (fd < 0)
		goto out;
	if (buf_read_fd(&buf, fd, 4096) == 0)
		lockdown = why_lockdown_parse(buf_text(&buf));
	close(fd);
out:
	buf_free(&buf);
	return lockdown;
}

bool why_capable(unsigned int cap)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {};

	/* capget(2), not /proc, which need not be mounted: then this is not what is missing */
	if (cap >= 64 || syscall(SYS_capget, &header, data))
		return false;
	return data[cap / 32].effective >> (cap % 32) & 1;
}

/* Capabilities count for nothing here when they were given inside a user namespace. */
static bool why_in_user_namespace(void)
{
	struct buf buf = {};
	unsigned long inside = 0, outside = 0, count = 0;
	bool other = false;

	/* the initial one maps all ids onto themselves: user_namespaces(7) */
	if (buf_read_file(&buf, "/proc/self/uid_map", 4096) == 0 &&
	    sscanf(buf_text(&buf), "%lu %lu %lu", &inside, &outside, &count) == 3)
		other = inside != 0 || outside != 0 || count != 4294967295UL;
	buf_free(&buf);
	return other;
}

int why_may_trace(struct error *err)
{
	/* Since 5.8 CAP_BPF and CAP_PERFMON are enough; CAP_SYS_ADMIN implies both. */
	bool bpf, perfmon;

	bpf = why_capable(CAP_SYS_ADMIN) || why_capable(CAP_BPF);
	perfmon = why_capable(CAP_SYS_ADMIN) || why_capable(CAP_PERFMON);
	if (bpf && perfmon) {
		if (!why_in_user_namespace())
			return 0;
		error_set(err, -EPERM,
			  "this process is in a user namespace, where even root may not trace");
		return error_hint(err, "run it on the host, or in a container without user "
				       "namespaces");
	}
	error_set(err, -EPERM, "tracing needs %s, which this process does not have",
		  bpf	    ? "CAP_PERFMON"
		  : perfmon ? "CAP_BPF"
			    : "CAP_BPF and CAP_PERFMON");
	error_hint(err, "run it as root, for example with sudo");
	return -EPERM;
}

static int why_eperm(int code, const char *what, struct error *err)
{
	const char *name = errno_name(-code);
	struct buf paranoid = {};
	int ret;

	ret = why_may_trace(err);
	if (ret < 0)
		return code;
	switch (why_lockdown()) {
	case LOCKDOWN_CONFIDENTIALITY:
		error_set(
			err, code,
			"the kernel refuses %s (%s): it is locked down for confidentiality, which "
			"forbids kprobes and reading kernel memory from BPF",
			what, name);
		error_hint(err, "boot with lockdown=integrity or lockdown=none (and, where Secure "
				"Boot turns lockdown on, without Secure Boot)");
		return code;
	case LOCKDOWN_INTEGRITY:
		error_set(
			err, code,
			"the kernel refuses %s (%s), though this process has the capabilities; the "
			"kernel is locked down (integrity)",
			what, name);
		error_hint(err, "if that is the reason, booting with lockdown=none lifts it");
		return code;
	default:
		break;
	}
	if (!why_capable(CAP_SYS_ADMIN) &&
	    buf_read_file(&paranoid, "/proc/sys/kernel/perf_event_paranoid", 64) == 0 &&
	    atoi(buf_text(&paranoid)) > 2) {
		error_set(err, code,
			  "the kernel refuses %s (%s): kernel.perf_event_paranoid is %d, and this "
			  "process does not have CAP_SYS_ADMIN",
			  what, name, atoi(buf_text(&paranoid)));
		error_hint(err, "run it as root, or sysctl kernel.perf_event_paranoid=2");
	} else {
		error_set(err, code,
			  "the kernel refuses %s (%s), though this process has the capabilities",
			  what, name);
		error_hint(err,
			   "a security module (SELinux, AppArmor, a BPF LSM program) or a "
			   "container's seccomp filter may forbid it: see dmesg and the audit log");
	}
	buf_free(&paranoid);
	return code;
}

int why_refused(int code, const char *what, struct error *err)
{
	switch (code) {
	case -EPERM:
	case -EACCES:
		return why_eperm(code, what, err);
	case -EMFILE:
		error_set(err, code, "%s needs more open files than this process may have", what);
		error_hint(err, "raise the limit: ulimit -n 65536");
		return code;
	case -E2BIG:
		error_set(err, code, "%s failed: 64 BPF programs are attached there already", what);
		error_hint(err, "stop another tracer of the same event");
		return code;
	case -ENOSYS:
		error_set(err, code,
			  "%s failed: this kernel was built without perf events or BPF "
			  "(CONFIG_PERF_EVENTS, CONFIG_BPF_SYSCALL, CONFIG_BPF_EVENTS), or a "
			  "seccomp filter hides them",
			  what);
		error_hint(err, "use a kernel that has them; in a container, run it on the host");
		return code;
	default:
		return error_sys(err, code, "%s failed", what);
	}
}
