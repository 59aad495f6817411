// SPDX-License-Identifier: GPL-2.0-only
/*
 * ssl - show what programs say inside TLS by OpenSSL, GnuTLS or NSS
 *
 * Shows the plaintext that programs pass through a TLS library: what they write before it is
 * encrypted, what they read after it was decrypted, for each connection in order. Without --library
 * that is OpenSSL's libssl, 1.1 or 3: the one that the process of -p has loaded, or the system's.
 *
 * A text is printed when the call that wrote or read it has returned, as far as it was written or
 * read. One of more than 16 KB comes in pieces; OFFSET says where in the text of LENGTH bytes a
 * piece belongs. The text stands below its line, its control characters escaped. CONN is the
 * library's own name of the connection. FD, LOCAL and REMOTE are those of the socket that the
 * library was last seen to use for it, from inside a call; where it uses none itself a dash stands
 * there.
 *
 * Options:
 *   -l, --library=FILE  the library that is called: libgnutls for GnuTLS, libnspr4 for NSS; or a
 *                       program that has one linked in [default: libssl]
 *   -m, --max=BYTES     keep at most so many bytes of each text [default: 2M] [range: 1-8M]
 *   -x, --hex           print texts as hex dumps
 *
 * Attach:
 *   uprobe?     ${library}:SSL_do_handshake      enter_other
 *   uprobe?     ${library}:SSL_read              enter_read
 *   uprobe?     ${library}:SSL_read_ex           enter_read_ex
 *   uprobe?     ${library}:SSL_write             enter_write
 *   uprobe?     ${library}:SSL_write_ex          enter_write_ex
 *   uprobe?     ${library}:SSL_free              forget
 *   uprobe?     ${library}:gnutls_handshake      enter_other
 *   uprobe?     ${library}:gnutls_record_recv    enter_record_recv
 *   uprobe?     ${library}:gnutls_record_send    enter_record_send
 *   uprobe?     ${library}:gnutls_record_uncork  enter_other
 *   uprobe?     ${library}:gnutls_deinit         forget
 *   uprobe?     ${library}:PR_Read               enter_pr_read
 *   uprobe?     ${library}:PR_Recv               enter_pr_recv
 *   uprobe?     ${library}:PR_Write              enter_pr_write
 *   uprobe?     ${library}:PR_Send               enter_pr_write
 *   uprobe?     ${library}:PR_Close              forget
 *   uretprobe?  ${library}:SSL_do_handshake      leave
 *   uretprobe?  ${library}:SSL_read              leave
 *   uretprobe?  ${library}:SSL_read_ex           leave
 *   uretprobe?  ${library}:SSL_write             leave
 *   uretprobe?  ${library}:SSL_write_ex          leave
 *   uretprobe?  ${library}:gnutls_handshake      leave
 *   uretprobe?  ${library}:gnutls_record_recv    leave
 *   uretprobe?  ${library}:gnutls_record_send    leave
 *   uretprobe?  ${library}:gnutls_record_uncork  leave
 *   uretprobe?  ${library}:PR_Read               leave
 *   uretprobe?  ${library}:PR_Recv               leave
 *   uretprobe?  ${library}:PR_Write              leave
 *   uretprobe?  ${library}:PR_Send               leave
 *
 * Buffer:
 *   2M  a program can write a megabyte at once
 *
 * Notes:
 *   A call that had begun before the probe was attached is not seen: what a server is waiting for
 *   when tracing begins is not printed, what follows on that connection is.
 *
 *   Not seen either: SSL_sendfile, gnutls_record_recv_packet, PR_Writev, and what OpenSSL does by
 *   itself for a BIO (BIO_f_ssl; openssl s_server does so with -www).
 *
 *   GnuTLS takes a text once; a program that repeats a call which had to wait may do so without the
 *   text, as one at address 0: its length is printed, and <EFAULT> in its place.
 *
 *   To learn which socket a call uses, each system call of the machine is looked at: it takes some
 *   0.2us longer meanwhile.
 *
 * Examples:
 *   hotprobe ssl                                  all that is linked with the system's OpenSSL
 *   hotprobe ssl -- curl -s https://localhost/    one command
 *   hotprobe ssl -p $(pgrep -o nginx) -m 200      how each request and answer begins
 *   hotprobe ssl -p 1234 -l /proc/1234/exe        a program that has its OpenSSL linked in
 *   hotprobe ssl -l libgnutls -o json --where 'length > 1000'
 *   hotprobe ssl -l libnspr4 --comm firefox       NSS does its I/O by NSPR
 */
#include "tls.h"
#include "hotprobe.h"

/* How a call says how much it has written or read. */
#define RETURNS_INT   0 /* by what it returns, an int */
#define RETURNS_LONG  1 /* by what it returns, a long */
#define RETURNS_COUNT 2 /* it returns 1, and the number is where it was told to put it */
#define RETURNS_NONE  3 /* not at all: only its connection is of interest */

/*
 * A call by its thread and the place of its stack frame: one can be inside another one, for TLS
 * within TLS. What a thread that left by longjmp() has not taken out is written over in time.
 */
struct frame {
	u64 thread;
	u64 sp; /* behind the return address */
};

struct call {
	u64 conn;
	u64 data;
	u64 count; /* where RETURNS_COUNT has the number, a size_t */
	u64 outer; /* sp of the call that this one is inside of, 0 for none */
	u64 io;	   /* of the thread, when it began */
	u8 out;
	u8 returns;
	u8 unused[6];
};

/* The oldest goes first when it is full; its return will find it missing. */
BPF_TABLE("lru_hash", struct frame, struct call, calls, 10240);

/* A thread that has called the library. */
struct thread {
	u64 sp; /* of the innermost call that it is in, 0 for none */
	u64 io; /* how often it has used a socket inside a call */
	struct connection last;
};

BPF_TABLE("lru_hash", u64, struct thread, threads, 10240);

/* The library's connections, by its own names for them. */
struct name {
	u64 conn;
	u32 pid;
	u32 unused;
};

/* For calls that the library can do without the network. */
BPF_TABLE("lru_hash", struct name, struct connection, connections, 16384);

static struct name name_of(u64 conn)
{
	struct name name = { .conn = conn, .pid = bpf_get_current_pid_tgid() >> 32 };

	return name;
}

/*
 * The data of a call inside another one of the same connection are passed on, not said: so does
 * gnutls_record_uncork() with what gnutls_record_send() was given.
 */
static bool passed_on(u64 thread, u64 outer, u64 conn)
{
	struct frame frame = { .thread = thread, .sp = outer };
	struct call *call = calls.lookup(&frame);

	return call && call->conn == conn;
}

static int enter(struct pt_regs *ctx, bool out, u32 returns, u64 data, u64 count)
{
	struct call call = { .data = data, .count = count, .out = out, .returns = returns };
	struct frame frame = { .sp = PT_REGS_SP(ctx) };
	struct thread *thread;

#ifdef __x86_64__
	frame.sp += 8;
#endif
	frame.thread = bpf_get_current_pid_tgid();
	call.conn = PT_REGS_PARM1(ctx);
	thread = threads.lookup(&frame.thread);
	if (thread) {
		/* stacks grow down: what is below has been left without a return */
		if (thread->sp > frame.sp)
			call.outer = thread->sp;
		if (call.outer && passed_on(frame.thread, call.outer, call.conn))
			call.returns = RETURNS_NONE;
		call.io = thread->io;
		thread->sp = frame.sp;
	} else {
		struct thread first = { .sp = frame.sp };

		threads.update(&frame.thread, &first);
	}
	calls.update(&frame, &call);
	return 0;
}

/* int SSL_read(SSL *ssl, void *buf, int num) */
int enter_read(struct pt_regs *ctx)
{
	return enter(ctx, false, RETURNS_INT, PT_REGS_PARM2(ctx), 0);
}

/* int SSL_write(SSL *ssl, const void *buf, int num) */
int enter_write(struct pt_regs *ctx)
{
	return enter(ctx, true, RETURNS_INT, PT_REGS_PARM2(ctx), 0);
}

/* int SSL_read_ex(SSL *ssl, void *buf, size_t num, size_t *readbytes) */
int enter_read_ex(struct pt_regs *ctx)
{
	return enter(ctx, false, RETURNS_COUNT, PT_REGS_PARM2(ctx), PT_REGS_PARM4(ctx));
}

/* int SSL_write_ex(SSL *s, const void *buf, size_t num, size_t *written) */
int enter_write_ex(struct pt_regs *ctx)
{
	return enter(ctx, true, RETURNS_COUNT, PT_REGS_PARM2(ctx), PT_REGS_PARM4(ctx));
}

/* ssize_t gnutls_record_recv(gnutls_session_t session, void *data, size_t data_size) */
int enter_record_recv(struct pt_regs *ctx)
{
	return enter(ctx, false, RETURNS_LONG, PT_REGS_PARM2(ctx), 0);
}

/* ssize_t gnutls_record_send(gnutls_session_t session, const void *data, size_t data_size) */
int enter_record_send(struct pt_regs *ctx)
{
	return enter(ctx, true, RETURNS_LONG, PT_REGS_PARM2(ctx), 0);
}

/* What has the connection for its first argument, and no text. */
int enter_other(struct pt_regs *ctx)
{
	return enter(ctx, false, RETURNS_NONE, 0, 0);
}

/*
 * NSPR's functions are for files and for sockets without TLS as well. NSS makes a layer of its own:
 * a PRFileDesc begins with a pointer to its methods, and these with their type, PR_DESC_LAYERED
 * (NSPR's prio.h).
 */
static int enter_pr(struct pt_regs *ctx, bool out, bool peek)
{
	u64 methods = 0;
	s32 type = 0;

	read_user(&methods, sizeof(methods), (const void *)PT_REGS_PARM1(ctx));
	read_user(&type, sizeof(type), (const void *)methods);
	return enter(ctx, out, type == 4 && !peek ? RETURNS_INT : RETURNS_NONE, PT_REGS_PARM2(ctx),
		     0);
}

/* PRInt32 PR_Read(PRFileDesc *fd, void *buf, PRInt32 amount) */
int enter_pr_read(struct pt_regs *ctx)
{
	return enter_pr(ctx, false, false);
}

/* PRInt32 PR_Recv(PRFileDesc *fd, void *buf, PRInt32 amount, PRIntn flags, PRIntervalTime timeout)
 */
int enter_pr_recv(struct pt_regs *ctx)
{
	/* PR_MSG_PEEK */
	return enter_pr(ctx, false, PT_REGS_PARM4(ctx) & 2);
}

/* PRInt32 PR_Write(PRFileDesc *fd, const void *buf, PRInt32 amount), and PR_Send() likewise */
int enter_pr_write(struct pt_regs *ctx)
{
	return enter_pr(ctx, true, false);
}

int leave(struct pt_regs *ctx)
{
	struct frame frame = { .sp = PT_REGS_SP(ctx) };
	struct connection *known, socket = { .fd = -1 };
	struct thread *thread;
	struct call *found, call;
	struct name name;
	s64 length;

	frame.thread = bpf_get_current_pid_tgid();
	found = calls.lookup(&frame);
	if (!found) {
		events_drop();
		return 0;
	}
	call = *found;
	calls.delete(&frame);
	name = name_of(call.conn);
	known = connections.lookup(&name);
	if (known)
		socket = *known;
	thread = threads.lookup(&frame.thread);
	if (thread) {
		thread->sp = call.outer;
		if (thread->io != call.io) {
			socket = thread->last;
			connections.update(&name, &socket);
		}
	}
	length = PT_REGS_RC(ctx);
	if (call.returns == RETURNS_INT)
		length = (s32)length;
	else if (call.returns == RETURNS_NONE ||
		 (call.returns == RETURNS_COUNT && (s32)length != 1))
		length = 0;
	else if (call.returns == RETURNS_COUNT)
		read_user(&length, sizeof(length), (const void *)call.count);
	if (length > 0)
		send_text_by(ctx, call.out, call.conn, &socket, call.data, length, PIECES_MAX);
	return 0;
}

/* The next connection can get the same name. */
int forget(struct pt_regs *ctx)
{
	struct name name = name_of(PT_REGS_PARM1(ctx));

	connections.delete(&name);
	return 0;
}

/* System calls by which libraries read and write: read, write and their kin with v, to, from, msg.
 */
static bool is_io(u64 number)
{
#if defined(__x86_64__)
	return number <= 1 || number == 19 || number == 20 || (number >= 44 && number <= 47);
#else
	/* include/uapi/asm-generic/unistd.h */
	return (number >= 63 && number <= 66) || number == 206 || number == 207 || number == 211 ||
	       number == 212;
#endif
}

/*
 * Which socket a call uses shows while it uses it. That is remembered with its addresses: the
 * descriptor may be another connection's when the library hands out what it has kept.
 */
RAW_TRACEPOINT_PROBE(sys_enter)
{
	const struct pt_regs *regs = (void *)ctx->args[0];
	struct connection socket;
	struct thread *thread;
	u64 id, fd = 0;

	if (!is_io(ctx->args[1]))
		return 0;
	id = bpf_get_current_pid_tgid();
	thread = threads.lookup(&id);
	if (!thread || !thread->sp)
		return 0;
	read_kernel(&fd, sizeof(fd), &PT_REGS_PARM1(regs));
	connection_set(&socket, fd);
	/* what a program's callbacks write to its log meanwhile is not the connection's */
	if (socket.local.family != AF_INET && socket.local.family != AF_INET6)
		return 0;
	thread->last = socket;
	thread->io++;
	return 0;
}
