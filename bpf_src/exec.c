// SPDX-License-Identifier: GPL-2.0-only
/*
 * exec - trace programs as they start
 *
 * One line for every execve(2) and execveat(2): who called it, from which parent, with which
 * arguments. The name and arguments of a program that started are those that it got: for a script
 * they begin with its interpreter. Those of a call that failed are the caller's.
 *
 * A list that is longer than what is kept, or an argument of over 1023 bytes, ends in "...". ARGC
 * counts all arguments; 1024 for a call that failed means that or more.
 *
 * Options:
 *   -x, --failed       also calls that failed
 *   -A, --args=N       keep at most N arguments [default: 20] [range: 0-128]
 *   -e, --env          also the environment, at most 128 variables
 *
 * Attach:
 *   tracepoint syscalls:sys_exit_execve    leave
 *   tracepoint syscalls:sys_exit_execveat  leave
 *
 * Notes:
 *   System calls of 32-bit programs on a 64-bit kernel have no tracepoints and are not seen.
 *
 * Examples:
 *   hotprobe exec                       every program that starts on this machine
 *   hotprobe exec -x --where 'ret < 0'  only those that could not be started
 *   hotprobe exec -- make test          what make runs
 */
#include <linux/sched.h>
#include <linux/mm_types.h>
#include "hotprobe.h"

/* with its NUL; of a longer string one character more than is promised is kept */
#define ITEM_MAX  1025
#define ARGS_MAX  8192
#define ENV_MAX	  16384
#define ENV_ITEMS 128
#define ARGC_MAX  1024

struct event {
	time_ns_t time;
	u32 pid;
	u32 ppid;
	u32 uid;
	u64 cgroup;
	errno_t ret;
	char comm[TASK_COMM_LEN];
	u32 argc;
	TEXT(512) file;
#ifdef OPT_ENV
	ARGV(ENV_MAX) env;
#endif
	ARGV(ARGS_MAX) args;
};

EVENTS(events, struct event);

struct call {
	const char *file;
	u64 argv;
	u64 envp;
};

/*
 * By task, not by thread id: a thread that execs takes its leader's id on the way. The oldest goes
 * first when it is full, because a call that is killed never returns to be removed.
 */
BPF_TABLE("lru_hash", u64, struct call, calls, 10240);
/* an event is too large for the stack */
BPF_PERCPU_ARRAY(scratch, struct event, 1);

static int enter(const char *file, const void *argv, const void *envp)
{
	u64 task = bpf_get_current_task();
	struct call call = { .file = file, .argv = (u64)argv, .envp = (u64)envp };

	calls.update(&task, &call);
	return 0;
}

/*
 * Append one string to a list: 1 when it is there whole, 0 when it is not. *used never exceeds
 * max - ITEM_MAX when a string is read, which is what the verifier wants to see.
 */
static int take(char *data, u32 max, u32 *used, u64 from)
{
	u32 at = *used;
	int len;

	/* what the compiler knows already it would not check where the verifier wants to see it */
	asm volatile("" : "+r"(at));
	if (at > max - ITEM_MAX)
		return 0;
	data[at] = '\0';
	len = bpf_probe_read_user_str(data + at, ITEM_MAX, (const void *)from);
	if (len < 0 || len > ITEM_MAX)
		return 0;
	/*
	 * Kernels before 6.13 say 0 to an empty string, where the others count its NUL. No branch:
	 * each one here doubles what the verifier has to walk.
	 */
	asm volatile("" : "+r"(len));
	len += (u32)(len - 1) >> 31;
	*used = at + len;
	return len < ITEM_MAX;
}

/* Strings that lie one behind the other, as the kernel puts them on a new program's stack. */
static u32 take_packed(char *data, u32 max, u32 items, u64 from, u64 end)
{
	u32 used = 0;

	for (u32 i = 0; i < items && from < end; i++) {
		u32 before = used;

		if (!take(data, max, &used, from))
			return CUT(used);
		from += used - before;
	}
	return from < end ? CUT(used) : used;
}

/* Strings that an array of pointers leads to, as a program hands them over. */
static u32 take_pointed(char *data, u32 max, u32 items, u64 array)
{
	u32 used = 0;
	u64 from = 0;

	for (u32 i = 0; i < items; i++) {
		if (!array || read_user(&from, sizeof(from), (const void *)(array + i * 8ULL)))
			return CUT(used);
		if (!from || !take(data, max, &used, from))
			return from ? CUT(used) : used;
	}
	if (read_user(&from, sizeof(from), (const void *)(array + items * 8ULL)) || from)
		return CUT(used);
	return used;
}

static u32 count_pointed(u64 array)
{
	u64 from;
	u32 i;

	for (i = 0; i < ARGC_MAX; i++)
		if (read_user(&from, sizeof(from), (const void *)(array + i * 8ULL)) || !from)
			break;
	return i;
}

/* A name that does not fit is cut, and says so. */
static u32 take_name(struct event *e, u64 from)
{
	int len = bpf_probe_read_user_str(e->file.data, sizeof(e->file.data), (const void *)from);

	return len == sizeof(e->file.data) ? CUT(len - 1) : len;
}

/*
 * The new program's memory is filled by the kernel: argument strings, environment strings and,
 * where those end, the name of the file; the stack begins with argc (fs/binfmt_elf.c,
 * create_elf_tables()).
 */
static void take_new(struct event *e, const struct task_struct *task)
{
	u64 arg_start = 0, arg_end = 0, env_start = 0, env_end = 0, stack = 0;
	struct mm_struct *mm = NULL;

	read_kernel(&mm, sizeof(mm), &task->mm);
	read_kernel(&arg_start, sizeof(arg_start), &mm->arg_start);
	read_kernel(&arg_end, sizeof(arg_end), &mm->arg_end);
	read_kernel(&env_start, sizeof(env_start), &mm->env_start);
	read_kernel(&env_end, sizeof(env_end), &mm->env_end);
	read_kernel(&stack, sizeof(stack), &mm->start_stack);
	e->argc = 0;
	read_user(&e->argc, sizeof(e->argc), (const void *)stack);
	e->file.size = take_name(e, env_end);
#ifdef OPT_ENV
	e->env.size = take_packed(e->env.data, ENV_MAX, ENV_ITEMS, env_start, env_end);
#endif
	e->args.size = take_packed(e->args.data, ARGS_MAX, OPT_ARGS, arg_start, arg_end);
}

#ifdef OPT_FAILED
static void take_old(struct event *e, const struct call *call)
{
	e->argc = count_pointed(call->argv);
	e->file.size = take_name(e, (u64)call->file);
#ifdef OPT_ENV
	e->env.size = take_pointed(e->env.data, ENV_MAX, ENV_ITEMS, call->envp);
#endif
	e->args.size = take_pointed(e->args.data, ARGS_MAX, OPT_ARGS, call->argv);
}
#endif

/* One program at both places: the verifier has to walk it once. */
int leave(struct tracepoint__syscalls__sys_exit_execve *args)
{
	long ret = args->ret;
	u64 key = bpf_get_current_task();
	const struct task_struct *task = (void *)key, *parent = NULL;
	struct call *call = calls.lookup(&key), copy;
	int zero = 0;
	struct event *e;
	u32 size;

	if (!call)
		return 0;
	copy = *call;
	calls.delete(&key);
#ifndef OPT_FAILED
	if (ret != 0)
		return 0;
#endif
	e = scratch.lookup(&zero);
	if (!e)
		return 0;
	e->time = bpf_ktime_get_ns();
	e->pid = bpf_get_current_pid_tgid() >> 32;
	e->uid = bpf_get_current_uid_gid();
	e->cgroup = bpf_get_current_cgroup_id();
	e->ret = ret;
	bpf_get_current_comm(&e->comm, sizeof(e->comm));
	read_kernel(&parent, sizeof(parent), &task->real_parent);
	read_kernel(&e->ppid, sizeof(e->ppid), &parent->tgid);
	if (ret == 0)
		take_new(e, task);
#ifdef OPT_FAILED
	else
		take_old(e, &copy);
#endif
	/*
	 * Read back: as the value at hand the verifier would tell each length of the list from each
	 * other, and walk the rest of the program for all of them.
	 */
	size = *(volatile u32 *)&e->args.size & 0xffff;
	if (size > ARGS_MAX)
		size = ARGS_MAX;
	return events_emit_part(args, e, offsetof(struct event, args.data) + size);
}

TRACEPOINT_PROBE(syscalls, sys_enter_execve)
{
	return enter(args->filename, args->argv, args->envp);
}

TRACEPOINT_PROBE(syscalls, sys_enter_execveat)
{
	return enter(args->filename, args->argv, args->envp);
}
