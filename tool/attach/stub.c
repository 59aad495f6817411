// SPDX-License-Identifier: GPL-2.0-only
#include <bpf/bpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>

#include "attach/attach.h"
#include "attach/stub.h"
#include "attach/why.h"
#include "util/error.h"
#include "util/insns.h"

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
		INSN_MOV(BPF_REG_6, BPF_REG_1),
		INSN_STORE(BPF_W, BPF_REG_10, -4, 0),
		INSN_MOV(BPF_REG_2, BPF_REG_10),
		INSN_ADD(BPF_REG_2, -4),
		INSN_MAP(BPF_REG_1, selector_fd),
		INSN_CALL(BPF_FUNC_map_lookup_elem),
		INSN_SKIP_IF_0(BPF_REG_0, 10),
		INSN_MOV(BPF_REG_2, BPF_REG_10),
		INSN_ADD(BPF_REG_2, -4),
		INSN_MOV(BPF_REG_1, BPF_REG_0),
		INSN_CALL(BPF_FUNC_map_lookup_elem),
		INSN_SKIP_IF_0(BPF_REG_0, 5),
		INSN_LOAD(BPF_W, BPF_REG_3, BPF_REG_0, 0),
		INSN_MOV(BPF_REG_1, BPF_REG_6),
		INSN_MAP(BPF_REG_2, programs_fd),
		INSN_CALL(BPF_FUNC_tail_call),
		INSN_RETURN(0),
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
