// SPDX-License-Identifier: GPL-2.0-only
#include <bpf/bpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>

#include "attach/attach.h"
#include "attach/stub.h"
#include "attach/why.h"
#include "util/error.h"

/*
 * Instructions as <linux/bpf.h> encodes them; the macros of their names are in the kernel's
 * include/linux/filter.h, which is not for user space.
 */
#define INSN(c, dst, src, o, i) \
	((struct bpf_insn){     \
		.code = (c), .dst_reg = (dst), .src_reg = (src), .off = (o), .imm = (i) })
#define MOV(dst, src)	     INSN(BPF_ALU64 | BPF_MOV | BPF_X, dst, src, 0, 0)
#define MOV_IMM(dst, i)	     INSN(BPF_ALU64 | BPF_MOV | BPF_K, dst, 0, 0, i)
#define ADD_IMM(dst, i)	     INSN(BPF_ALU64 | BPF_ADD | BPF_K, dst, 0, 0, i)
#define STORE_IMM(dst, o, i) INSN(BPF_ST | BPF_MEM | BPF_W, dst, 0, o, i)
#define LOAD(dst, src, o)    INSN(BPF_LDX | BPF_MEM | BPF_W, dst, src, o, 0)
#define MAP(dst, fd) \
	INSN(BPF_LD | BPF_IMM | BPF_DW, dst, BPF_PSEUDO_MAP_FD, 0, fd), INSN(0, 0, 0, 0, 0)
#define CALL(function)	INSN(BPF_JMP | BPF_CALL, 0, 0, 0, function)
#define IF_ZERO(dst, o) INSN(BPF_JMP | BPF_JEQ | BPF_K, dst, 0, o, 0)
#define EXIT()		INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0)

static int stub_refused(const struct attach_point *point, int code, struct error *err)
{
	struct error cause = {};

	if (code == -EPERM || code == -ENOSYS) {
		why_refused(code, "loading the stub that --watch attaches", &cause);
		return attach_wrap(point, err, &cause);
	}
	attach_error(point, err, code, "this kernel does not take the stub that --watch attaches");
	return error_hint(err, "run it without --watch");
}

int stub_load(const struct attach_point *point, int selector_fd, int programs_fd, struct error *err)
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts,
		    .expected_attach_type = point->provider->expected_type);
	const struct bpf_insn insns[] = {
		MOV(BPF_REG_6, BPF_REG_1),	STORE_IMM(BPF_REG_10, -4, 0),
		MOV(BPF_REG_2, BPF_REG_10),	ADD_IMM(BPF_REG_2, -4),
		MAP(BPF_REG_1, selector_fd),	CALL(BPF_FUNC_map_lookup_elem),
		IF_ZERO(BPF_REG_0, 10),		MOV(BPF_REG_2, BPF_REG_10),
		ADD_IMM(BPF_REG_2, -4),		MOV(BPF_REG_1, BPF_REG_0),
		CALL(BPF_FUNC_map_lookup_elem), IF_ZERO(BPF_REG_0, 5),
		LOAD(BPF_REG_3, BPF_REG_0, 0),	MOV(BPF_REG_1, BPF_REG_6),
		MAP(BPF_REG_2, programs_fd),	CALL(BPF_FUNC_tail_call),
		MOV_IMM(BPF_REG_0, 0),		EXIT(),
	};
	struct attach_bound bound = {};
	int fd;

	if (point->provider->loads) {
		attach_error(point, err, -EOPNOTSUPP,
			     "--watch cannot exchange what is a program for each function");
		return error_hint(err, "run it without --watch, or use kprobe.multi");
	}
	if (point->provider->bind) {
		fd = point->provider->bind(point, &bound, err);
		if (fd)
			return fd;
		opts.attach_btf_id = bound.btf_id;
	}
	fd = bpf_prog_load(point->provider->prog_type, "hotprobe_stub", "GPL", insns,
			   sizeof(insns) / sizeof(insns[0]), &opts);
	return fd < 0 ? stub_refused(point, fd, err) : fd;
}
