// SPDX-License-Identifier: GPL-2.0-only
/*
 * gotls - show what Go programs say inside TLS
 *
 * Shows the plaintext that a program passes through Go's crypto/tls: what it writes before it is
 * encrypted, what it reads after it was decrypted, for each connection in order. Works on programs
 * as they are built and shipped: stripped, PIE, with cgo; Go 1.15 and newer on x86-64.
 *
 * A text is printed when it is written, and when it was read. One of more than 16 KB comes in
 * pieces; OFFSET says where in the text of LENGTH bytes a piece belongs. The text stands below its
 * line, its control characters escaped. CONN tells connections apart. FD, LOCAL and REMOTE are
 * known when the connection is a TCP socket that the program gave to crypto/tls itself, else a dash
 * stands there.
 *
 * With --keylog the secrets of each handshake are written to a file as well, in the form that
 * Wireshark reads (Preferences, Protocols, TLS, "(Pre)-Master-Secret log filename"), whether the
 * program has a KeyLogWriter or not.
 *
 * Options:
 *   -b, --binary=FILE  the Go program [default: /proc/${pid}/exe]
 *   -m, --max=BYTES    keep at most so many bytes of each text [default: 2M] [range: 1-8M]
 *   -x, --hex          print texts as hex dumps
 *   -k, --keylog=FILE  write the secrets of handshakes to FILE; with "-" to standard output, and no
 *                      texts
 *
 * Attach:
 *   go      ${binary}
 *   symbol  ${binary}:crypto/tls.(*Conn).Read+body            READ_BODY
 *   symbol  ${binary}:crypto/tls.(*Conn).writeRecordLocked+body  WRITE_BODY
 *   symbol? ${binary}:net.(*TCPConn).Close                    TCP_CLOSE
 *   uprobe  ${binary}:crypto/tls.(*Conn).writeRecordLocked+body  on_write
 *   uprobe  ${binary}:crypto/tls.(*Conn).Read+body            on_read
 *   uprobe  ${binary}:crypto/tls.(*Conn).Read+ret             on_read_return
 *   uprobe  ${binary}:crypto/tls.(*Config).writeKeyLog+body   on_secret
 *
 * Files:
 *   keys  ${keylog}  {label} {client_random} {secret}
 *
 * Buffer:
 *   2M  a program can write a megabyte at once
 *
 * Notes:
 *   Of a Read that had begun before the probe was attached only the length is known: its text is
 *   printed as <ENODATA>. The next one on that connection is printed whole.
 *
 * Examples:
 *   hotprobe gotls -p $(pgrep -o caddy)         what a running server says and hears
 *   hotprobe gotls -b ./client --hex            every process that runs this program
 *   hotprobe gotls -b ./client -o json --where 'length > 1000'
 *   hotprobe gotls -b ./client -k keys.txt      for Wireshark or tshark -o tls.keylog_file:keys.txt
 */
#include "tls.h"

#ifndef OPT_KEYLOG_STDOUT
/* Go's src/crypto/tls/common.go, recordTypeApplicationData */
#define APPLICATION_DATA 23

/*
 * The descriptor of the socket behind a *tls.Conn, -1 when it is not known. Its first member is the
 * net.Conn: an interface, whose table of methods begins behind 24 bytes (Go's
 * src/internal/abi/iface.go, type ITab) with Close. Only a *net.TCPConn's Close says that behind
 * its first pointer is a net.netFD; there the descriptor follows a lock of 16 bytes (Go's
 * src/internal/poll/fd_unix.go). @moved: how far from its own addresses the program is loaded.
 */
static int conn_fd(u64 conn, u64 moved)
{
#ifdef SYMBOL_TCP_CLOSE
	u64 iface[2] = {}, method = 0, net_fd = 0;
	s64 fd = -1;

	read_user(iface, sizeof(iface), (const void *)conn);
	read_user(&method, sizeof(method), (const void *)(iface[0] + 24));
	if (method != SYMBOL_TCP_CLOSE + moved)
		return -1;
	read_user(&net_fd, sizeof(net_fd), (const void *)iface[1]);
	if (read_user(&fd, sizeof(fd), (const void *)(net_fd + 16)))
		return -1;
	return fd;
#else
	return -1;
#endif
}

/* func (c *Conn) writeRecordLocked(typ recordType, data []byte) (int, error) */
int on_write(struct pt_regs *ctx)
{
	u64 conn = go_arg(ctx, 0), data = go_arg(ctx, 2), length = go_arg(ctx, 3);

	if ((u8)go_arg(ctx, 1) != APPLICATION_DATA)
		return 0;
	send_text(ctx, true, conn, conn_fd(conn, ctx->ip - SYMBOL_WRITE_BODY), data, length,
		  PIECES_MAX);
	return 0;
}

struct call {
	u64 conn;
	u64 buffer; /* go_keep() */
	u64 moved;
};

/* As many goroutines can wait in Read as there are connections. */
BPF_TABLE("hash", struct go_call, struct call, calls, 65536);

/* func (c *Conn) Read(b []byte) (int, error) */
int on_read(struct pt_regs *ctx)
{
	struct call call = { .conn = go_arg(ctx, 0), .moved = ctx->ip - SYMBOL_READ_BODY };
	struct go_stack stack;
	struct go_call key;

	if (go_call_of(ctx, &key, &stack))
		return 0;
	call.buffer = go_keep(&stack, go_arg(ctx, 1));
	if (calls.update(&key, &call))
		events_drop();
	return 0;
}

int on_read_return(struct pt_regs *ctx)
{
	s64 length = go_result(ctx, 4, 0);
	struct go_stack stack;
	struct go_call key;
	struct call *found, call;

	if (go_call_of(ctx, &key, &stack)) {
		if (length > 0)
			events_drop();
		return 0;
	}
	found = calls.lookup(&key);
	if (!found) {
		if (length > 0)
			send_unknown(ctx, false, length);
		return 0;
	}
	call = *found;
	calls.delete(&key);
	if (length > 0)
		send_text(ctx, false, call.conn, conn_fd(call.conn, call.moved),
			  go_kept(&stack, call.buffer), length, 1);
	return 0;
}
#endif

#ifdef OPT_KEYLOG
struct secret {
	TEXT(48) label;
	BYTES(32) client_random;
	BYTES(64) secret;
};

EVENTS(keys, struct secret);

/* The first *@length bytes at @from, as many as fit. */
static u32 take(void *to, u32 max, u64 from, u64 length)
{
	int ret;

	asm volatile("" : "+r"(length));
	if (length > max)
		return CUT(0);
	ret = read_user(to, length, (const void *)from);
	return ret ?: length;
}

/* func (c *Config) writeKeyLog(label string, clientRandom, secret []byte) error */
int on_secret(struct pt_regs *ctx)
{
	struct secret key = {};

	key.label.size = take(key.label.data, sizeof(key.label.data), go_arg(ctx, 1),
			      go_arg(ctx, 2));
	key.client_random.size = take(key.client_random.data, sizeof(key.client_random.data),
				      go_arg(ctx, 3), go_arg(ctx, 4));
	key.secret.size = take(key.secret.data, sizeof(key.secret.data), go_arg(ctx, 6),
			       go_arg(ctx, 7));
	return keys_emit(ctx, &key);
}
#endif
