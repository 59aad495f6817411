// SPDX-License-Identifier: GPL-2.0-only
/*
 * tcpconnect - trace TCP connections as they are begun
 *
 * One line for every connect(2) of a TCP socket, when the kernel has sent the first segment or
 * could not: both addresses and ports, and the result. A result of 0 or EINPROGRESS says that the
 * connection is on its way, not that it was accepted.
 *
 * Options:
 *   -x, --failed       only those that failed at once
 *   -P, --port=N       only those to this port [range: 1-65535]
 *
 * Examples:
 *   hotprobe tcpconnect                  every connection from this machine
 *   hotprobe tcpconnect -P 443 -- curl https://example.org/
 */
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/socket.h>
#include <net/inet_sock.h>
#include <net/sock.h>
#include "hotprobe.h"

struct event {
	u32 pid;
	char comm[TASK_COMM_LEN];
	family_t family;
	inet_t saddr;
	port_t sport;
	inet_t daddr;
	port_t dport;
	errno_t ret;
};

EVENTS(events, struct event);

struct call {
	struct sock *sk;
	u16 family;
	u16 dport; /* network byte order */
	u8 daddr[16];
};

/* By thread. A thread is in one connect at a time, which it always leaves. */
BPF_HASH(calls, u64, struct call, 10240);

/* ::ffff:0:0/96, RFC 4291 2.5.5.2 */
static void map_ipv4(u8 *addr)
{
	__builtin_memset(addr, 0, 10);
	addr[10] = 0xff;
	addr[11] = 0xff;
}

static int keep(struct call *call)
{
	u64 id = bpf_get_current_pid_tgid();

	if (calls.update(&id, call))
		events_drop();
	return 0;
}

/* The destination is taken from the call: after a failure the socket has none any more. */
int kprobe__tcp_v4_connect(struct pt_regs *ctx, struct sock *sk, struct sockaddr *uaddr)
{
	const struct sockaddr_in *to = (void *)uaddr;
	struct call call = { .sk = sk, .family = AF_INET };

	map_ipv4(call.daddr);
	read_kernel(&call.daddr[12], 4, &to->sin_addr);
	read_kernel(&call.dport, sizeof(call.dport), &to->sin_port);
	return keep(&call);
}

int kprobe__tcp_v6_connect(struct pt_regs *ctx, struct sock *sk, struct sockaddr *uaddr)
{
	const struct sockaddr_in6 *to = (void *)uaddr;
	struct call call = { .sk = sk, .family = AF_INET6 };

	read_kernel(&call.daddr, sizeof(call.daddr), &to->sin6_addr);
	read_kernel(&call.dport, sizeof(call.dport), &to->sin6_port);
	return keep(&call);
}

static int leave(struct pt_regs *ctx)
{
	u64 id = bpf_get_current_pid_tgid();
	struct call *call = calls.lookup(&id);
	struct event e = {};
	struct sock *sk;
	u16 sport, dport;

	/* tcp_v6_connect() calls tcp_v4_connect() for a mapped address: the outer return finds
	 * nothing */
	if (!call)
		return 0;
	sk = call->sk;
	dport = call->dport;
	e.family = call->family;
	__builtin_memcpy(&e.daddr, call->daddr, sizeof(e.daddr));
	calls.delete(&id);
	e.pid = id >> 32;
	e.dport = ntohs(dport);
	e.ret = (int)PT_REGS_RC(ctx);
#ifdef OPT_FAILED
	if (e.ret == 0)
		return 0;
#endif
#ifdef OPT_PORT
	if (e.dport != OPT_PORT)
		return 0;
#endif
	bpf_get_current_comm(&e.comm, sizeof(e.comm));
	/* skc_num is cleared when a connection fails after its port was chosen */
	read_kernel(&sport, sizeof(sport), &((const struct inet_sock *)sk)->inet_sport);
	e.sport = ntohs(sport);
	if (e.family == AF_INET) {
		map_ipv4(e.saddr.addr);
		read_kernel(&e.saddr.addr[12], 4, &sk->__sk_common.skc_rcv_saddr);
	} else {
		read_kernel(&e.saddr, sizeof(e.saddr), &sk->__sk_common.skc_v6_rcv_saddr);
	}
	return events_emit(ctx, &e);
}

int kretprobe__tcp_v4_connect(struct pt_regs *ctx)
{
	return leave(ctx);
}

int kretprobe__tcp_v6_connect(struct pt_regs *ctx)
{
	return leave(ctx);
}
