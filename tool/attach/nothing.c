// SPDX-License-Identifier: GPL-2.0-only
#include <bpf/bpf.h>

#include "attach/nothing.h"
#include "util/insns.h"

int nothing_load(enum bpf_prog_type type, struct bpf_prog_load_opts *opts)
{
	const struct bpf_insn insns[] = { INSN_RETURN(0) };

	return bpf_prog_load(type, "hotprobe_try", "GPL", insns, sizeof(insns) / sizeof(insns[0]),
			     opts);
}
