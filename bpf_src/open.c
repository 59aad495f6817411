// SPDX-License-Identifier: GPL-2.0-only
/*
 * open - trace files as they are opened
 *
 * One line for every open(2), openat(2) and openat2(2) that returns: the descriptor or the error,
 * the flags and the path as the program gave it.
 *
 * Options:
 *   -x, --failed       only calls that failed
 *
 * Examples:
 *   hotprobe open -- ls                         what ls opens
 *   hotprobe open -x -p 1234                    what process 1234 looks for in vain
 *   hotprobe open --where 'flags & O_CREAT'     only files that may be created
 */
#include <linux/sched.h>
#include <linux/fcntl.h>
#include "hotprobe.h"

struct event {
	u32 pid;
	char comm[TASK_COMM_LEN];
	errno_t ret;
	octal_t flags;
	TEXT(4096) path;
};

EVENTS(events, struct event);

struct call {
	const char *path;
	u64 flags;
	u64 how; /* openat2: where the flags are to be found */
};

/* The oldest goes first when it is full: a call that is killed never returns to be removed. */
BPF_TABLE("lru_hash", u64, struct call, calls, 10240);
/* an event is too large for the stack */
BPF_PERCPU_ARRAY(scratch, struct event, 1);

static int enter(const char *path, u64 flags, const void *how)
{
	u64 id = bpf_get_current_pid_tgid();
	struct call call = { .path = path, .flags = flags, .how = (u64)how };

	calls.update(&id, &call);
	return 0;
}

/* What the kernel has just read cannot be paged out, unlike at the call's start. */
static int leave(void *ctx, long ret)
{
	u64 id = bpf_get_current_pid_tgid(), flags;
	struct call *call = calls.lookup(&id), copy;
	struct event *e;
	int zero = 0, len;

	if (!call)
		return 0;
	copy = *call;
	calls.delete(&id);
#ifdef OPT_FAILED
	if (ret >= 0)
		return 0;
#endif
	e = scratch.lookup(&zero);
	if (!e)
		return 0;
	flags = copy.flags;
	if (copy.how)
		read_user(&flags, sizeof(flags), (const void *)copy.how);
	e->pid = id >> 32;
	e->ret = ret;
	e->flags = flags;
	bpf_get_current_comm(&e->comm, sizeof(e->comm));
	len = bpf_probe_read_user_str(e->path.data, sizeof(e->path.data), copy.path);
	e->path.size = len;
	if (len < 0 || len > sizeof(e->path.data))
		len = 0;
	return events_emit_part(ctx, e, offsetof(struct event, path.data) + len);
}

#ifdef HAVE_TRACEPOINT_syscalls__sys_enter_open
TRACEPOINT_PROBE(syscalls, sys_enter_open)
{
	return enter(args->filename, args->flags, NULL);
}

TRACEPOINT_PROBE(syscalls, sys_exit_open)
{
	return leave(args, args->ret);
}
#endif

TRACEPOINT_PROBE(syscalls, sys_enter_openat)
{
	return enter(args->filename, args->flags, NULL);
}

TRACEPOINT_PROBE(syscalls, sys_exit_openat)
{
	return leave(args, args->ret);
}

#ifdef HAVE_TRACEPOINT_syscalls__sys_enter_openat2
TRACEPOINT_PROBE(syscalls, sys_enter_openat2)
{
	return enter(args->filename, 0, args->how);
}

TRACEPOINT_PROBE(syscalls, sys_exit_openat2)
{
	return leave(args, args->ret);
}
#endif
