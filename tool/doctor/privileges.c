// SPDX-License-Identifier: GPL-2.0-only
/* What this process may do, and which settings of the kernel decide that. */
#include <errno.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "attach/kernel_functions.h"
#include "attach/why.h"
#include "doctor/doctor.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/kernel.h"

struct capability {
	unsigned int number;
	const char *use; /* what it is for */
	/* without it: nothing works; else some things do not */
	bool needed;
};

static void test_capability(struct doctor *doctor, const struct doctor_check *check,
			    struct doctor_result *result)
{
	const struct capability *cap = check->arg;
	bool admin = why_capable(CAP_SYS_ADMIN);

	(void)doctor;
	doctor_tested(result, "effective set in /proc/self/status");
	if (doctor_in_user_namespace()) {
		doctor_found(result, cap->needed ? FOUND_MISSING : FOUND_LIMITED,
			     "%s of this user namespace, which does not count for tracing: %s",
			     why_capable(cap->number) ? "that" : "not even that", cap->use);
		return;
	}
	if (why_capable(cap->number)) {
		doctor_found(result, FOUND_OK, "here: %s", cap->use);
		return;
	}
	if (cap->needed && admin) {
		doctor_found(result, FOUND_OK, "not here, but CAP_SYS_ADMIN stands for it: %s",
			     cap->use);
		return;
	}
	if (cap->number == CAP_SYS_RESOURCE && kernel_at_least(5, 11)) {
		doctor_found(result, FOUND_OK, "not here, nor needed since Linux 5.11: %s",
			     cap->use);
		return;
	}
	if (cap->number == CAP_DAC_READ_SEARCH &&
	    (geteuid() == 0 || why_capable(CAP_DAC_OVERRIDE))) {
		doctor_found(result, FOUND_OK, "not here, but root owns what is read: %s",
			     cap->use);
		return;
	}
	doctor_found(result, cap->needed ? FOUND_MISSING : FOUND_LIMITED, "not here: %s", cap->use);
	doctor_fix(result,
		   "run it as root, for example with sudo; in a container, add %s to its "
		   "capabilities",
		   check->name);
}

static void test_unprivileged(struct doctor *doctor, const struct doctor_check *check,
			      struct doctor_result *result)
{
	static const char *const meanings[] = {
		"everybody may use BPF, but not for tracing",
		"only who has CAP_BPF may use BPF, until the next boot",
		"only who has CAP_BPF may use BPF",
	};
	bool privileged = why_capable(CAP_SYS_ADMIN) || why_capable(CAP_BPF);
	long value;

	(void)doctor;
	(void)check;
	doctor_tested(result, "kernel.unprivileged_bpf_disabled");
	if (!doctor_number("/proc/sys/kernel/unprivileged_bpf_disabled", &value)) {
		doctor_found(result, FOUND_LIMITED,
			     "the kernel does not say; perhaps it has no BPF system call");
		return;
	}
	/* tracing needs the capabilities either way */
	doctor_found(result, privileged || value == 0 ? FOUND_OK : FOUND_LIMITED, "%ld: %s", value,
		     value >= 0 && value < 3 ? meanings[value] : "unknown to hotprobe");
	if (result->finding != FOUND_OK)
		doctor_fix(result, "run it as root, for example with sudo");
}

static void test_lockdown(struct doctor *doctor, const struct doctor_check *check,
			  struct doctor_result *result)
{
	static const char fix[] = "boot with lockdown=%s; where Secure Boot turns lockdown on, "
				  "without Secure Boot";

	(void)doctor;
	(void)check;
	doctor_tested(result, "lockdown in a securityfs of our own, or the mounted one");
	switch (why_lockdown()) {
	case LOCKDOWN_NONE:
		doctor_found(result, FOUND_OK, "none");
		break;
	case LOCKDOWN_INTEGRITY:
		doctor_found(result, FOUND_OK,
			     "integrity: writing to the memory of programs from BPF is forbidden, "
			     "which tracing does not need");
		break;
	case LOCKDOWN_CONFIDENTIALITY:
		doctor_found(result, FOUND_MISSING,
			     "confidentiality: kprobes, tracefs and reading kernel memory from BPF "
			     "are forbidden, to root too");
		doctor_fix(result, fix, "integrity or lockdown=none");
		break;
	case LOCKDOWN_UNKNOWN:
		doctor_found(result, FOUND_OK,
			     "not known: this kernel has no lockdown, or securityfs cannot be "
			     "read; what it forbids shows below");
		break;
	}
}

/* libbpf's function raises the limit by itself where that is needed, so this is not by it. */
static int map_create(uint32_t entries)
{
	union bpf_attr attr;
	long fd;

	memset(&attr, 0, sizeof(attr));
	attr.map_type = BPF_MAP_TYPE_ARRAY;
	attr.key_size = 4;
	attr.value_size = 64;
	attr.max_entries = entries;
	fd = syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof(attr));
	return fd < 0 ? -errno : (int)fd;
}

static void test_memlock(struct doctor *doctor, const struct doctor_check *check,
			 struct doctor_result *result)
{
	struct rlimit limit, none, all = { RLIM_INFINITY, RLIM_INFINITY };
	bool raised;
	int fd;

	(void)doctor;
	(void)check;
	doctor_tested(result, "a map of 256 KiB under a limit of 0");
	if (getrlimit(RLIMIT_MEMLOCK, &limit))
		return doctor_found(result, FOUND_LIMITED, "the limit cannot be read");
	none = (struct rlimit){ 0, limit.rlim_max };
	if (setrlimit(RLIMIT_MEMLOCK, &none))
		return doctor_found(result, FOUND_LIMITED, "the limit cannot be tried");
	fd = map_create(4096);
	setrlimit(RLIMIT_MEMLOCK, &limit);
	if (fd >= 0) {
		close(fd);
		return doctor_found(result, FOUND_OK,
				    "BPF's memory does not count against RLIMIT_MEMLOCK");
	}
	/* is it the limit at all? */
	raised = setrlimit(RLIMIT_MEMLOCK, &all) == 0;
	fd = map_create(4096);
	setrlimit(RLIMIT_MEMLOCK, &limit);
	if (fd >= 0) {
		close(fd);
		if (raised || limit.rlim_cur >= (64u << 20))
			return doctor_found(result, FOUND_OK,
					    "BPF's memory counts against RLIMIT_MEMLOCK, as before "
					    "Linux 5.11; hotprobe can raise that");
		doctor_found(result, FOUND_LIMITED,
			     "BPF's memory counts against RLIMIT_MEMLOCK, which is %llu KiB and "
			     "cannot be raised",
			     (unsigned long long)limit.rlim_cur >> 10);
		return doctor_fix(result, "ulimit -l unlimited, as root");
	}
	doctor_found(result, FOUND_LIMITED,
		     "not known: no map could be created, with no limit either");
}

static void test_paranoid(struct doctor *doctor, const struct doctor_check *check,
			  struct doctor_result *result)
{
	bool privileged = why_capable(CAP_SYS_ADMIN) || why_capable(CAP_PERFMON);
	long value;

	(void)doctor;
	(void)check;
	doctor_tested(result, "kernel.perf_event_paranoid");
	if (!doctor_number("/proc/sys/kernel/perf_event_paranoid", &value)) {
		doctor_found(result, FOUND_MISSING, "this kernel has no perf events");
		doctor_fix(result, "use a kernel with CONFIG_PERF_EVENTS");
		return;
	}
	if (privileged)
		return doctor_found(result, FOUND_OK, "%ld, which does not hold for this process",
				    value);
	doctor_found(result, value >= 0 ? FOUND_LIMITED : FOUND_OK,
		     "%ld: without CAP_PERFMON this process may not trace the kernel%s", value,
		     value > 2 ? ", nor its own programs" : "");
	doctor_fix(result, "run it as root, for example with sudo");
}

/* The first symbol of kallsyms: its address is 0 for who may not see addresses. */
static bool sees_addresses(void)
{
	char line[512] = "";
	FILE *file = fopen("/proc/kallsyms", "re");
	const char *pos = line;
	struct kernel_symbol symbol = {};
	bool sees = false;

	/* per-CPU variables come first on some kernels, and some of those are at 0 */
	for (int i = 0; file && i < 4096 && !sees && fgets(line, sizeof(line), file); i++) {
		pos = line;
		sees = kernel_symbol_next(&pos, &symbol) && symbol.addr != 0 &&
		       kernel_symbol_is_function(&symbol);
	}
	if (file)
		fclose(file);
	return sees;
}

static void test_addresses(struct doctor *doctor, const struct doctor_check *check,
			   struct doctor_result *result)
{
	long restrict_level = -1;

	(void)doctor;
	(void)check;
	doctor_tested(result, "/proc/kallsyms read, kernel.kptr_restrict");
	doctor_number("/proc/sys/kernel/kptr_restrict", &restrict_level);
	if (access("/proc/kallsyms", R_OK) < 0) {
		doctor_found(result, FOUND_LIMITED,
			     "there is no /proc/kallsyms: kernel stacks are printed as addresses");
		return doctor_fix(result, "use a kernel with CONFIG_KALLSYMS");
	}
	if (sees_addresses())
		return doctor_found(result, FOUND_OK,
				    "visible (kptr_restrict is %ld): kernel stacks have names",
				    restrict_level);
	doctor_found(result, FOUND_LIMITED,
		     "hidden (kptr_restrict is %ld): kernel stacks are printed as addresses",
		     restrict_level);
	if (restrict_level >= 2)
		doctor_fix(result, "as root: sysctl kernel.kptr_restrict=1");
	else
		doctor_fix(result, "run it as root, or with CAP_SYSLOG");
}

static const struct capability caps[] = {
	{ CAP_BPF, "maps and programs", true },
	{ CAP_PERFMON, "attaching programs, reading kernel memory", true },
	{ CAP_SYS_ADMIN,
	  "mounting tracefs where it is not mounted; stands for CAP_BPF and "
	  "CAP_PERFMON",
	  false },
	{ CAP_SYS_PTRACE, "programs' functions in other containers (/proc/PID/root)", false },
	{ CAP_DAC_READ_SEARCH, "reading tracefs, which belongs to root", false },
	{ CAP_SYSLOG, "seeing kernel addresses", false },
	{ CAP_SYS_RESOURCE, "raising RLIMIT_MEMLOCK", false },
};

const struct doctor_check doctor_privileges[] = {
	{ "CAP_BPF", NULL, test_capability, &caps[0] },
	{ "CAP_PERFMON", NULL, test_capability, &caps[1] },
	{ "CAP_SYS_ADMIN", NULL, test_capability, &caps[2] },
	{ "CAP_SYS_PTRACE", NULL, test_capability, &caps[3] },
	{ "CAP_DAC_READ_SEARCH", NULL, test_capability, &caps[4] },
	{ "CAP_SYSLOG", NULL, test_capability, &caps[5] },
	{ "CAP_SYS_RESOURCE", NULL, test_capability, &caps[6] },
	{ "unprivileged BPF", NULL, test_unprivileged, NULL },
	{ "lockdown", NULL, test_lockdown, NULL },
	{ "perf_event_paranoid", NULL, test_paranoid, NULL },
	{ "memlock", NULL, test_memlock, NULL },
	{ "kernel addresses", NULL, test_addresses, NULL },
	{},
};
