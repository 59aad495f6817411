// SPDX-License-Identifier: GPL-2.0-only
/* Which processes have descriptors of objects, and which programs their perf events have. */
#include <bpf/bpf.h>
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "attach/why.h"
#include "bpf/fdinfo.h"
#include "bpf/kbpf.h"
#include "bpf/readers.h"
#include "util/array.h"
#include "util/buf.h"
#include "util/process.h"

/* enum bpf_task_fd_type of include/uapi/linux/bpf.h, by its numbers */
static const char *const fd_types[] = { "raw_tracepoint", "tracepoint", "kprobe",
					"kretprobe",	  "uprobe",	"uretprobe" };

static const char *not_allowed(void)
{
	return why_capable(CAP_SYS_PTRACE) ? "some do not let themselves be looked into"
					   : "to look into other processes takes CAP_SYS_PTRACE";
}

static void holder_add(struct kbpf_common *common, uint32_t pid)
{
	struct kbpf_holder *holder;
	struct buf comm = {};
	char path[64];

	/* processes are looked at one after the other */
	if (common->nr_holders && common->holders[common->nr_holders - 1].pid == pid)
		return;
	holder = array_append(&common->holders, &common->nr_holders, sizeof(*holder));
	if (!holder)
		return;
	holder->pid = pid;
	snprintf(path, sizeof(path), "/proc/%u/comm", pid);
	if (buf_read_file(&comm, path, 64) == 0)
		snprintf(holder->comm, sizeof(holder->comm), "%.*s",
			 (int)strcspn(buf_text(&comm), "\n"), buf_text(&comm));
	buf_free(&comm);
}

/* What program a perf event of a process has, and of what event it is. */
static void perf_event_ask(struct kbpf *kbpf, uint32_t pid, uint32_t fd)
{
	uint32_t prog_id = 0, type = 0, len;
	__u64 offset = 0, addr = 0;
	struct kbpf_prog *prog;
	struct buf target = {};
	char name[4096] = "";

	len = sizeof(name);
	/* ENOENT: it has none; EOPNOTSUPP: it has one that is not told (perf_event programs) */
	if (bpf_task_fd_query((int)pid, (int)fd, 0, name, &len, &prog_id, &type, &offset, &addr))
		return;
	prog = kbpf_prog(kbpf, prog_id);
	if (!prog || type >= sizeof(fd_types) / sizeof(fd_types[0]))
		return;
	holder_add(&prog->common, pid);
	if (fd_types[type][0] == 'u')
		buf_printf(&target, "%s:0x%llx", name, offset);
	else if (!name[0] && addr)
		kbpf_symbol(&target, kbpf, addr);
	else
		buf_printf(&target, offset ? "%s+0x%llx" : "%s", name, offset);
	kbpf_place_add(prog, 0, fd_types[type], "%s", buf_text(&target));
	buf_free(&target);
}

static void descriptor_look(struct kbpf *kbpf, uint32_t pid, int dir, const char *name)
{
	struct kbpf_common *common;
	struct buf text = {};
	char file[64], path[64];
	enum kbpf_kind kind;
	ssize_t len;

	len = readlinkat(dir, name, file, sizeof(file) - 1);
	if (len < 0 && errno == EACCES)
		kbpf->unseen = not_allowed();
	if (len < 0)
		return;
	file[len] = '\0';
	if (strcmp(file, "anon_inode:[perf_event]") == 0) {
		perf_event_ask(kbpf, pid, (uint32_t)atoi(name));
		return;
	}
	if (!fdinfo_kind(file, &kind))
		return;
	snprintf(path, sizeof(path), "/proc/%u/fdinfo/%s", pid, name);
	if (buf_read_file(&text, path, 65536) == 0) {
		common = kbpf_common_of(kbpf, kind, fdinfo_id(buf_text(&text), kind));
		if (common)
			holder_add(common, pid);
	}
	buf_free(&text);
}

static void process_look(struct kbpf *kbpf, uint32_t pid)
{
	const struct dirent *item;
	char path[64];
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%u/fd", pid);
	dir = opendir(path);
	if (!dir) {
		/* a process that has ended holds nothing */
		if (errno != ENOENT && errno != ESRCH)
			kbpf->unseen = not_allowed();
		return;
	}
	while ((item = readdir(dir)))
		if (isdigit((unsigned char)item->d_name[0]))
			descriptor_look(kbpf, pid, dirfd(dir), item->d_name);
	closedir(dir);
}

void kbpf_find_holders(struct kbpf *kbpf)
{
	const struct dirent *item;
	bool any = false;
	DIR *proc;

	/* nothing to look for */
	if (!kbpf->nr_progs && !kbpf->nr_maps && !kbpf->nr_links)
		return;
	proc = opendir("/proc");
	while (proc && (item = readdir(proc))) {
		if (!isdigit((unsigned char)item->d_name[0]))
			continue;
		any = true;
		process_look(kbpf, (uint32_t)strtoul(item->d_name, NULL, 10));
	}
	if (proc)
		closedir(proc);
	if (!any)
		kbpf->unseen = "/proc is not mounted";
	else if (process_has_own_pids())
		kbpf->unseen = "those outside of this pid namespace cannot be seen";
}
