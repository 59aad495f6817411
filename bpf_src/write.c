// SPDX-License-Identifier: GPL-2.0-only
/*
 * write - trace write(2) calls
 *
 * One line for every write(2) that returns: how many bytes were asked for, how many were written or
 * which error came back, and how long it took.
 *
 * Options:
 *   -x, --failed       only calls that failed
 *
 * Examples:
 *   hotprobe write -p 1234                          what process 1234 writes
 *   hotprobe write --where 'duration > 10000000'    only those that took over 10 ms
 *   hotprobe write --where 'ret >= 0 && ret < size' only those that were cut short
 */
#include <linux/sched.h>
#include "hotprobe.h"

struct event {
	u32 pid;
	u32 tid;
	char comm[TASK_COMM_LEN];
	s32 fd;
	bytes_t size;
	errno_t ret;
	duration_ns_t duration;
};

EVENTS(events, struct event);

struct call {
	u64 start;
	u64 size;
	s32 fd;
};

/* By thread. The oldest goes first when it is full: a call that is killed never returns. */
BPF_TABLE("lru_hash", u64, struct call, calls, 10240);

TRACEPOINT_PROBE(syscalls, sys_enter_write)
{
	u64 id = bpf_get_current_pid_tgid();
	struct call call = {};

	call.fd = args->fd;
	call.size = args->count;
	call.start = bpf_ktime_get_ns();
	calls.update(&id, &call);
	return 0;
}

TRACEPOINT_PROBE(syscalls, sys_exit_write)
{
	u64 id = bpf_get_current_pid_tgid();
	struct call *call = calls.lookup(&id);
	struct event e = {};

	/* it began before we did */
	if (!call)
		return 0;
	e.duration = bpf_ktime_get_ns() - call->start;
	e.pid = id >> 32;
	e.tid = id;
	e.fd = call->fd;
	e.size = call->size;
	e.ret = args->ret;
	calls.delete(&id);
#ifdef OPT_FAILED
	if (e.ret >= 0)
		return 0;
#endif
	bpf_get_current_comm(&e.comm, sizeof(e.comm));
	return events_emit(args, &e);
}
