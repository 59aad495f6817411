// SPDX-License-Identifier: GPL-2.0-only
/*
 * What events are counted with: one for each sched_get_priority_max(N) in which N has the bit that
 * load.h calls MARK. The number comes last, where every output can be read the same way.
 */
struct event {
	u64 time;
	u32 pid;
	u32 tid;
	u32 uid;
	char comm[16];
	u32 number;
};
EVENTS(events, struct event);

TRACEPOINT_PROBE(syscalls, sys_enter_sched_get_priority_max)
{
	u64 id = bpf_get_current_pid_tgid();
	struct event e = {};

	if (!(args->policy & 0x40000000))
		return 0;
	e.time = bpf_ktime_get_ns();
	e.pid = id >> 32;
	e.tid = id;
	e.uid = bpf_get_current_uid_gid();
	bpf_get_current_comm(&e.comm, sizeof(e.comm));
	e.number = args->policy;
	return events_emit(args, &e);
}
