// SPDX-License-Identifier: GPL-2.0-only
/* What the kernel has: BPF, its compiler, BTF, tracefs. */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <dirent.h>
#include <errno.h>
#include <linux/capability.h>
#include <linux/magic.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "attach/attach.h"
#include "attach/tracefs.h"
#include "attach/why.h"
#include "doctor/doctor.h"
#include "doctor/trial.h"
#include "headers/select.h"
#include "util/buf.h"
#include "util/error.h"

static void test_maps(struct doctor *doctor, const struct doctor_check *check,
		      struct doctor_result *result)
{
	struct error err = {};
	int fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "trial", 4, 8, 1, NULL);

	(void)doctor;
	(void)check;
	doctor_tested(result, "one created");
	if (fd < 0) {
		why_refused(fd, "creating a BPF map", &err);
		return doctor_error(result, &err);
	}
	close(fd);
	doctor_found(result, FOUND_OK, "can be created");
}

/* raw tracepoint: the plainest of the types that trace, and one that runs without being attached */
static void test_programs(struct doctor *doctor, const struct doctor_check *check,
			  struct doctor_result *result)
{
	struct trial trial;
	struct error err = {};

	(void)doctor;
	(void)check;
	doctor_tested(result, "one loaded and run");
	if (trial_load(&trial, &provider_raw_tracepoint, 0, &trial_fired, &err)) {
		doctor_error(result, &err);
	} else if (trial_run(&trial, sched_getcpu()) || !trial_number(&trial)) {
		/* Linux 5.10 brought that for raw tracepoints; the trials below attach theirs */
		doctor_found(result, FOUND_LIMITED, "can be loaded, but not run for a test");
	} else {
		doctor_found(result, FOUND_OK, "can be loaded, and run");
	}
	trial_close(&trial);
}

static void test_memory(struct doctor *doctor, const struct doctor_check *check,
			struct doctor_result *result)
{
	/* *(u64 *)task, for whatever task runs: that it can be read is all that matters */
	struct trial_body body = TRIAL_BODY(INSN_STORE(BPF_DW, 10, -8, 0),
					    INSN_CALL(BPF_FUNC_get_current_task), INSN_MOV(3, 0),
					    INSN_MOV(1, 10), INSN_ADD(1, -8), INSN_SET(2, 8),
					    INSN_CALL(BPF_FUNC_probe_read_kernel), INSN_SET(8, 1),
					    INSN_SKIP_IF_0(0, 1), INSN_SET(8, 2));
	struct trial trial;
	struct error err = {};

	(void)doctor;
	(void)check;
	doctor_tested(result, "a program reads the current task_struct");
	if (trial_load(&trial, &provider_raw_tracepoint, 0, &body, &err)) {
		if (why_lockdown() == LOCKDOWN_CONFIDENTIALITY) {
			doctor_found(result, FOUND_MISSING,
				     "forbidden: the kernel is locked down for confidentiality");
			doctor_fix(result, "boot with lockdown=integrity or lockdown=none");
		}
		doctor_error(result, &err);
	} else if (trial_run(&trial, sched_getcpu())) {
		doctor_found(result, FOUND_LIMITED,
			     "programs that read it load; none could be run");
	} else if (trial_number(&trial) != 1) {
		doctor_found(result, FOUND_MISSING, "the kernel lets no program read it");
		doctor_fix(result, "see dmesg and the audit log for what forbids it");
	} else {
		doctor_found(result, FOUND_OK, "programs can read it");
	}
	trial_close(&trial);
}

static void test_jit(struct doctor *doctor, const struct doctor_check *check,
		     struct doctor_result *result)
{
	struct bpf_prog_info info = {};
	__u32 size = sizeof(info);
	struct error err = {};
	struct trial trial;
	long harden = 0;
	int ret;

	(void)doctor;
	(void)check;
	doctor_tested(result, "a program loaded, asked for its machine code; "
			      "net.core.bpf_jit_harden");
	if (trial_load(&trial, &provider_raw_tracepoint, 0, &trial_fired, &err)) {
		doctor_error(result, &err);
		goto out;
	}
	ret = bpf_obj_get_info_by_fd(trial.prog_fd, &info, &size);
	if (ret) {
		doctor_found(result, FOUND_LIMITED, "the kernel does not tell: %s",
			     strerror(errno));
		goto out;
	}
	doctor_number("/proc/sys/net/core/bpf_jit_harden", &harden);
	if (!info.jited_prog_len) {
		long enabled = 0;

		doctor_number("/proc/sys/net/core/bpf_jit_enable", &enabled);
		/* with bpf_jit_harden the size, too, is kept from who has not CAP_SYS_ADMIN */
		if (enabled && !why_capable(CAP_SYS_ADMIN)) {
			doctor_found(result, FOUND_OK, "on (bpf_jit_enable is %ld)", enabled);
			goto out;
		}
		doctor_found(result, FOUND_LIMITED,
			     "off: programs are interpreted, several times slower, and fentry, "
			     "fexit and lsm cannot be attached");
		doctor_fix(result, "as root: sysctl net.core.bpf_jit_enable=1");
		goto out;
	}
	doctor_found(result, FOUND_OK, "on%s",
		     harden >= 2   ? ", hardened for all: programs are larger and somewhat slower"
		     : harden == 1 ? ", hardened for unprivileged programs alone"
				   : "");
out:
	trial_close(&trial);
}

static void test_btf(struct doctor *doctor, const struct doctor_check *check,
		     struct doctor_result *result)
{
	struct btf *btf;

	(void)doctor;
	(void)check;
	doctor_tested(result, "all of " HEADERS_VMLINUX_BTF " parsed");
	btf = btf__parse(HEADERS_VMLINUX_BTF, NULL);
	if (btf) {
		doctor_found(result, FOUND_OK, "%u types", btf__type_cnt(btf));
		btf__free(btf);
		return;
	}
	if (errno == ENOENT)
		doctor_found(result, FOUND_MISSING,
			     "none: no fentry, fexit and lsm, and no check of struct layouts");
	else
		doctor_found(result, FOUND_MISSING, "cannot be read: %s", strerror(errno));
	doctor_fix(result, "use a kernel with CONFIG_DEBUG_INFO_BTF; without it, install the "
			   "kernel's headers");
}

static unsigned int count_lines(const char *text)
{
	unsigned int nr = 0;

	while ((text = strchr(text, '\n')) != NULL) {
		nr++;
		text++;
	}
	return nr;
}

static void test_module_btf(struct doctor *doctor, const struct doctor_check *check,
			    struct doctor_result *result)
{
	struct btf *base = btf__parse(HEADERS_VMLINUX_BTF, NULL), *btf;
	DIR *dir = opendir("/sys/kernel/btf");
	unsigned int good = 0, bad = 0, loaded = 0;
	struct buf modules = {};
	const struct dirent *entry;
	char path[300];

	(void)doctor;
	(void)check;
	doctor_tested(result, "each file of /sys/kernel/btf parsed, compared with /proc/modules");
	if (buf_read_file(&modules, "/proc/modules", 4 << 20) == 0)
		loaded = count_lines(buf_text(&modules));
	while (base && dir && (entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.' || strcmp(entry->d_name, "vmlinux") == 0)
			continue;
		snprintf(path, sizeof(path), "/sys/kernel/btf/%s", entry->d_name);
		btf = btf__parse_split(path, base);
		good += btf != NULL;
		bad += btf == NULL;
		btf__free(btf);
	}
	if (loaded == 0)
		doctor_found(result, FOUND_OK, "no module is loaded");
	else if (bad == 0 && good >= loaded)
		doctor_found(result, FOUND_OK, "of all %u loaded modules", loaded);
	else
		doctor_found(result, FOUND_LIMITED,
			     "of %u of %u loaded modules; the types of the others are not known",
			     good, loaded);
	if (result->finding != FOUND_OK)
		doctor_fix(result, "use a kernel with CONFIG_DEBUG_INFO_BTF_MODULES, since Linux "
				   "5.11; modules built by hand need vmlinux for it");
	if (dir)
		closedir(dir);
	btf__free(base);
	buf_free(&modules);
}

static bool is_tracefs(const char *path)
{
	struct statfs fs;

	return statfs(path, &fs) == 0 && fs.f_type == TRACEFS_MAGIC;
}

static void test_tracefs(struct doctor *doctor, const struct doctor_check *check,
			 struct doctor_result *result)
{
	bool mounted = is_tracefs("/sys/kernel/tracing") ||
		       is_tracefs("/sys/kernel/debug/tracing/.");
	struct error err = {};
	struct buf events = {};
	const char *path = tracefs_path(&err);

	(void)doctor;
	(void)check;
	doctor_tested(result,
		      mounted ? "available_events read" : "mounted, for us alone, and read");
	if (!path || tracefs_read(&events, "available_events", 16 << 20, &err)) {
		if (path && why_lockdown() == LOCKDOWN_CONFIDENTIALITY) {
			doctor_found(result, FOUND_MISSING,
				     "mounted at %s, but locked down for confidentiality: no file "
				     "of it can be opened",
				     path);
			doctor_fix(result, "boot with lockdown=integrity or lockdown=none");
		}
		doctor_error(result, &err);
	} else if (mounted) {
		doctor_found(result, FOUND_OK, "mounted at %s, %u tracepoints", path,
			     count_lines(buf_text(&events)));
	} else {
		doctor_found(result, FOUND_OK,
			     "not mounted, but can be: hotprobe does that at its first run; %u "
			     "tracepoints",
			     count_lines(buf_text(&events)));
	}
	buf_free(&events);
}

const struct doctor_check doctor_kernel[] = {
	{ "BPF maps", NULL, test_maps, NULL },
	{ "BPF programs", "BPF maps", test_programs, NULL },
	{ "kernel memory", "BPF programs", test_memory, NULL },
	{ "JIT", "BPF programs", test_jit, NULL },
	{ "kernel BTF", NULL, test_btf, NULL },
	{ "modules' BTF", "kernel BTF", test_module_btf, NULL },
	{ "tracefs", NULL, test_tracefs, NULL },
	{},
};
