// SPDX-License-Identifier: GPL-2.0-only
/*
 * sockalloc - trace sockets as they get their file
 *
 * One line for every sock_alloc_file(): each socket(2), each of the two of socketpair(2), each
 * accept(2). Shows the socket's type, family and protocol, the flags of its file (SOCK_NONBLOCK,
 * SOCK_CLOEXEC) and the result. An accepted socket has no protocol yet: -1.
 *
 * Examples:
 *   hotprobe sockalloc                            every socket on this machine
 *   hotprobe sockalloc --where 'family == AF_INET6'
 */
#include <linux/net.h>
#include <net/sock.h>
#include "hotprobe.h"

struct event {
	u32 pid;
	char comm[TASK_COMM_LEN];
	u16 type;
	family_t family;
	s32 protocol;
	octal_t flags;
	errno_t ret;
};

EVENTS(events, struct event);

struct call {
	struct socket *sock;
	u32 flags;
};

/* By thread. A thread is in one sock_alloc_file() at a time, which it always leaves. */
BPF_HASH(calls, u64, struct call, 10240);

int kprobe__sock_alloc_file(struct pt_regs *ctx, struct socket *sock, int flags)
{
	u64 id = bpf_get_current_pid_tgid();
	struct call call = {};

	call.sock = sock;
	call.flags = flags;
	if (calls.update(&id, &call))
		events_drop();
	return 0;
}

int kretprobe__sock_alloc_file(struct pt_regs *ctx)
{
	u64 id = bpf_get_current_pid_tgid();
	struct call *call = calls.lookup(&id);
	long file = PT_REGS_RC(ctx);
	const struct proto_ops *ops = NULL;
	struct sock *sk = NULL;
	struct event e = {};
	struct socket *sock;
	u16 protocol = 0, type = 0;
	int family = 0;

	if (!call)
		return 0;
	sock = call->sock;
	e.flags = call->flags;
	calls.delete(&id);
	e.pid = id >> 32;
	bpf_get_current_comm(&e.comm, sizeof(e.comm));
	/* an error is a pointer into the last page (include/linux/err.h) */
	e.ret = file < 0 && file >= -4095 ? file : 0;
	/* on failure sock_alloc_file() has released the socket */
	if (e.ret == 0) {
		read_kernel(&type, sizeof(type), &sock->type);
		read_kernel(&sk, sizeof(sk), &sock->sk);
		read_kernel(&ops, sizeof(ops), &sock->ops);
		read_kernel(&family, sizeof(family), &ops->family);
	}
	e.type = type;
	e.family = family;
	e.protocol = -1;
	if (sk) {
		read_kernel(&protocol, sizeof(protocol), &sk->sk_protocol);
		e.protocol = protocol;
	}
	return events_emit(ctx, &e);
}
