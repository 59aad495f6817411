/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_ATTACH_USDT_H
#define HOTPROBE_ATTACH_USDT_H

#include <limits.h>
#include <stddef.h>
#include <stdint.h>

struct attach_point;
struct buf;
struct error;

/* One place where a static probe was compiled into a program or library. */
struct usdt_location {
	uint64_t offset;    /* in the file */
	uint64_t semaphore; /* in the file; 0 none */
	char *args;	    /* as in the note: "-4@%edi 8@-8(%rbp)" */
};

/* A static probe, with all its places. */
struct usdt_probe {
	char path[PATH_MAX];
	char provider[256];
	char name[256];
	struct usdt_location *locations;
	unsigned int nr_locations;
};

/* usdt_probe_find - find the probe that a point's target names; usdt_probe_free() it */
int usdt_probe_find(const struct attach_point *point, struct usdt_probe *probe, struct error *err);
void usdt_probe_free(struct usdt_probe *probe);

/*
 * usdt_args - append the C text that bpf_usdt_readarg() needs, to be put before the probe's text
 *
 * @points, @n: all points of the probe; those that are not USDT are left out. Nothing is appended
 * when there is none. libbcc's compiler turns bpf_usdt_readarg(N, ctx, &x) in the function F into
 * _bpf_readarg_F_N(ctx, &x, sizeof(x)), and bpf_usdt_readarg_p() alike; the text defines these.
 *
 * It is not left to libbcc's own bcc_usdt_genargs(): that refuses probes with a semaphore unless
 * there is a PID, and then writes into that process's memory.
 */
int usdt_args(struct buf *out, const struct attach_point *points, unsigned int n,
	      struct error *err);

/*
 * usdt_arg_parse - append a C expression for one argument, "-4@-20(%rbp)" in @spec's @len bytes
 *
 * The expression is of type u64, sign-extended where the argument is signed, and expects the
 * registers in ctx. -ENOTSUP for what BPF cannot read (floating point) or what is not understood.
 */
int usdt_arg_parse(struct buf *out, const char *spec, size_t len);

#endif
