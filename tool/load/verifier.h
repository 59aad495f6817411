/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_LOAD_VERIFIER_H
#define HOTPROBE_LOAD_VERIFIER_H

#include <stdint.h>

struct attach_point;
struct bpf_insn;
struct bpf_prog_load_opts;
struct error;
struct loaded;
struct object_prog;

/* A program as it is handed to the kernel. */
struct submission {
	const struct loaded *loaded;
	const struct attach_point *point;
	const struct object_prog *prog;
	const char *name; /* the kernel's */
	const struct bpf_insn *insns;
	struct bpf_prog_load_opts *opts; /* without a log */
};

/*
 * verifier_refused - the kernel answered @code: ask again, with a log, and explain it in @err
 *
 * With -v the log goes to stderr. Returns a descriptor when the kernel changed its mind, else the
 * negative errno.
 */
int verifier_refused(const struct submission *sub, int code, struct error *err);

/*
 * verifier_write - have the program verified and write all that the verifier says to @log_fd
 *
 * At its second level: every path, also of a program that is taken, with the statistics. 0, or a
 * negative errno when the file cannot be written.
 */
int verifier_write(const struct submission *sub, int log_fd, struct error *err);

#endif
