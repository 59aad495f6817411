/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_TLS_H
#define HOTPROBE_TLS_H

/*
 * What the probes that show the plaintext of TLS connections share: the event, how a text is sent
 * in pieces, and which socket a file descriptor is.
 */
#include <linux/sched.h>
#include <linux/fdtable.h>
#include <linux/fs.h>
#include <linux/net.h>
#include <net/inet_sock.h>
#include <net/sock.h>
#include "hotprobe.h"

/* A TLS record holds no more (RFC 8446, 5.1), so that most texts are one piece. */
#define PIECE 16384
/* the verifier walks through each of them, at each start: 2 MB take it some 0.1 s */
#define PIECES_MAX ((OPT_MAX + PIECE - 1) / PIECE)

struct event {
	time_ns_t time;
	u32 pid;
	char comm[TASK_COMM_LEN];
	char dir[4];
	hex_t conn;
	fd_t fd;
	endpoint_t local;
	endpoint_t remote;
	bytes_t offset;
	bytes_t length;
#ifdef OPT_HEX
	HEXDUMP(PIECE) data;
#else
	PAYLOAD(PIECE) data;
#endif
};

/* standard output can be taken by something else than texts */
#ifndef OPT_KEYLOG_STDOUT
EVENTS(events, struct event);

/*
 * An event is too large for the stack. One for each CPU is not enough: since 6.0 a uprobe's program
 * can be preempted, and the next one on that CPU would write over its event. What tells that a slot
 * is taken is the one thing that a program can test and set in one step: adding a key to a map.
 */
#define SLOTS 4
BPF_PERCPU_ARRAY(slots, struct event, SLOTS);
BPF_HASH(slots_taken, u32, u8, 4096);

static struct event *slot_take(u32 *taken)
{
	u32 cpu = bpf_get_smp_processor_id() * SLOTS;
	u8 one = 1;

	for (int i = 0; i < SLOTS; i++) {
		u32 key = cpu + i;

		if (slots_taken.insert(&key, &one) == 0) {
			*taken = key;
			return slots.lookup(&i);
		}
	}
	return NULL;
}

static void slot_give(u32 taken)
{
	slots_taken.delete(&taken);
}

static void endpoint_set(endpoint_t *to, u16 family, u16 port, const void *ipv4, const void *ipv6)
{
	to->family = family;
	to->port = port;
	if (family == AF_INET) {
		/* ::ffff:0:0/96, RFC 4291 2.5.5.2 */
		to->addr[10] = 0xff;
		to->addr[11] = 0xff;
		read_kernel(&to->addr[12], 4, ipv4);
	} else if (family == AF_INET6) {
		read_kernel(to->addr, 16, ipv6);
	}
}

/*
 * The socket that the calling thread knows as @fd: NULL when that is no socket. What the kernel
 * knows of it needs no library's idea of what a connection looks like.
 */
static const struct sock *socket_of(int fd)
{
	const struct task_struct *task = (void *)bpf_get_current_task();
	struct files_struct *files = NULL;
	struct fdtable *table = NULL;
	struct inode *inode = NULL;
	struct file **list = NULL, *file = NULL;
	struct socket *socket = NULL;
	struct sock *sk = NULL;
	unsigned int max = 0;
	umode_t mode = 0;

	read_kernel(&files, sizeof(files), &task->files);
	read_kernel(&table, sizeof(table), &files->fdt);
	read_kernel(&max, sizeof(max), &table->max_fds);
	if (fd < 0 || fd >= max)
		return NULL;
	read_kernel(&list, sizeof(list), &table->fd);
	read_kernel(&file, sizeof(file), list + fd);
	read_kernel(&inode, sizeof(inode), &file->f_inode);
	read_kernel(&mode, sizeof(mode), &inode->i_mode);
	/* S_ISSOCK() */
	if ((mode & 0170000) != 0140000)
		return NULL;
	read_kernel(&socket, sizeof(socket), &file->private_data);
	read_kernel(&sk, sizeof(sk), &socket->sk);
	return sk;
}

/* A socket as the event shows it. */
struct connection {
	fd_t fd;
	endpoint_t local;
	endpoint_t remote;
};

/* @fd negative: not known. */
static void connection_set(struct connection *to, int fd)
{
	const struct sock *sk = socket_of(fd);
	u16 family = 0, local = 0, remote = 0;

	__builtin_memset(to, 0, sizeof(*to));
	to->fd = fd;
	if (!sk)
		return;
	read_kernel(&family, sizeof(family), &sk->__sk_common.skc_family);
	/* skc_num is cleared when the other end resets the connection, before all was read */
	read_kernel(&local, sizeof(local), &((const struct inet_sock *)sk)->inet_sport);
	read_kernel(&remote, sizeof(remote), &sk->__sk_common.skc_dport);
	endpoint_set(&to->local, family, ntohs(local), &sk->__sk_common.skc_rcv_saddr,
		     &sk->__sk_common.skc_v6_rcv_saddr);
	endpoint_set(&to->remote, family, ntohs(remote), &sk->__sk_common.skc_daddr,
		     &sk->__sk_common.skc_v6_daddr);
}

/* What is the same in all pieces. */
static void event_set(struct event *e, bool out, u64 conn, const struct connection *socket,
		      u64 length)
{
	e->time = bpf_ktime_get_ns();
	e->pid = bpf_get_current_pid_tgid() >> 32;
	bpf_get_current_comm(&e->comm, sizeof(e->comm));
	__builtin_memcpy(e->dir, out ? "out" : "in\0", 4);
	e->conn = conn;
	e->length = length;
	e->fd = socket->fd;
	e->local = socket->local;
	e->remote = socket->remote;
}

/*
 * Send the text of e->length bytes at @from, in at most @pieces pieces; what is left is dropped.
 *
 * The verifier walks the loop as often as it can be run, and in each turn each way through it: what
 * can be computed is not branched for.
 */
static void send_pieces(void *ctx, struct event *e, u64 from, u32 pieces)
{
	u64 end = e->length;
	u32 cut = 0;

	if (end > OPT_MAX) {
		end = OPT_MAX;
		cut = CUT(0);
	}
	for (u32 i = 0; i < pieces; i++) {
		u64 at = (u64)i * PIECE;
		s64 size = PIECE, rest = end - at, beyond;
		u32 last;
		int ret;

		if (rest <= 0)
			return;
		/* the lesser of the two, and whether that is the rest */
		beyond = rest - PIECE;
		asm volatile("" : "+r"(beyond));
		size += beyond & (beyond >> 63);
		last = (beyond - 1) >> 63;
		asm volatile("" : "+r"(size), "+r"(last));
		if ((u64)size > PIECE)
			return;
		e->offset = at;
		e->data.size = size | (cut & last);
		ret = read_user(e->data.data, size, (const void *)(from + at));
		if (ret)
			e->data.size = ret;
		events_emit_part(ctx, e, offsetof(struct event, data.data) + size);
	}
	if (end > (u64)pieces * PIECE)
		events_drop();
}

/* One text of @length bytes at @from, written (@out) or read on connection @conn, by @socket. */
static void send_text_by(void *ctx, bool out, u64 conn, const struct connection *socket, u64 from,
			 u64 length, u32 pieces)
{
	struct event *e;
	u32 slot;

	if (!length)
		return;
	e = slot_take(&slot);
	if (!e) {
		events_drop();
		return;
	}
	event_set(e, out, conn, socket, length);
	send_pieces(ctx, e, from, pieces);
	slot_give(slot);
}

/* The same by the socket that the caller knows as @fd; negative: not known. */
static void send_text(void *ctx, bool out, u64 conn, int fd, u64 from, u64 length, u32 pieces)
{
	struct connection socket;

	connection_set(&socket, fd);
	send_text_by(ctx, out, conn, &socket, from, length, pieces);
}

/* A text of @length bytes that nobody saw coming: its call had begun before the probe was there. */
static void send_unknown(void *ctx, bool out, u64 length)
{
	struct connection unknown = { .fd = -1 };
	struct event *e;
	u32 slot;

	e = slot_take(&slot);
	if (!e) {
		events_drop();
		return;
	}
	event_set(e, out, 0, &unknown, length);
	e->offset = 0;
	e->data.size = -61; /* ENODATA */
	events_emit_part(ctx, e, offsetof(struct event, data.data));
	slot_give(slot);
}
#endif /* OPT_KEYLOG_STDOUT */

#endif
