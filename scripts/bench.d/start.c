// SPDX-License-Identifier: GPL-2.0-only
/* What the start of every subject is measured with: plain BCC dialect, which all of them read. */
#include <linux/sched.h>

/* each edit changes it: other text, other code */
#define EDIT 0

struct event {
	u32 pid;
	u32 uid;
	int ret;
	u32 edit;
	char comm[TASK_COMM_LEN];
	char file[64];
};

BPF_PERF_OUTPUT(events);
BPF_HASH(calls, u64, struct event);

TRACEPOINT_PROBE(syscalls, sys_enter_execve)
{
	u64 id = bpf_get_current_pid_tgid();
	struct event e = {};

	e.pid = id >> 32;
	e.uid = bpf_get_current_uid_gid();
	e.edit = EDIT;
	bpf_get_current_comm(&e.comm, sizeof(e.comm));
	bpf_probe_read_user_str(&e.file, sizeof(e.file), (void *)args->filename);
	calls.update(&id, &e);
	return 0;
}

TRACEPOINT_PROBE(syscalls, sys_exit_execve)
{
	u64 id = bpf_get_current_pid_tgid();
	struct event *call = calls.lookup(&id);
	struct event e;

	if (!call)
		return 0;
	e = *call;
	e.ret = args->ret;
	calls.delete(&id);
	events.perf_submit(args, &e, sizeof(e));
	return 0;
}
