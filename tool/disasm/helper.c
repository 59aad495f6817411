// SPDX-License-Identifier: GPL-2.0-only
#include <linux/bpf.h>
#include <stddef.h>

#include "disasm/insn.h"

/*
 * The header that hotprobe was built with lists all helpers that it knows. Of those that came
 * later the number is all there is to tell.
 */
#define HELPER_NAME(name) [BPF_FUNC_##name] = "bpf_" #name

static const char *const names[] = { __BPF_FUNC_MAPPER(HELPER_NAME) };

const char *insn_helper_name(int id)
{
	return id > 0 && (size_t)id < sizeof(names) / sizeof(names[0]) ? names[id] : NULL;
}
