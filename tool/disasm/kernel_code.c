// SPDX-License-Identifier: GPL-2.0-only
#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "disasm/insn.h"
#include "disasm/kernel_code.h"
#include "load/load.h"
#include "util/error.h"

/* The kernel gives the ids of maps; the object knows its own by their index. */
static void map_indexes(struct kernel_code *code, const struct loaded *loaded)
{
	struct bpf_insn *insns = (struct bpf_insn *)code->prog.insns;
	uint32_t ids[OBJECT_MAPS_MAX] = {};

	for (uint32_t i = 0; i < loaded->obj->nr_maps; i++) {
		struct bpf_map_info info = {};
		uint32_t size = sizeof(info);

		if (loaded->map_fds[i] >= 0 &&
		    !bpf_obj_get_info_by_fd(loaded->map_fds[i], &info, &size))
			ids[i] = info.id;
	}
	for (uint32_t i = 0; i < code->prog.nr_insns; i++) {
		struct bpf_insn *insn = &insns[i];
		uint32_t id = (uint32_t)insn->imm, map = 0;

		if (!insn_is_wide(insn))
			continue;
		i++;
		if (insn->src_reg != BPF_PSEUDO_MAP_FD && insn->src_reg != BPF_PSEUDO_MAP_VALUE)
			continue;
		while (map < loaded->obj->nr_maps && (!ids[map] || ids[map] != id))
			map++;
		insn->src_reg = BPF_PSEUDO_MAP_FD;
		insn->imm = map < loaded->obj->nr_maps ? (int32_t)map : -1;
	}
}

int kernel_code_read(struct kernel_code *code, int fd, const struct loaded *loaded,
		     struct error *err)
{
	struct bpf_prog_info sizes = {}, info = {};
	uint32_t size = sizeof(sizes);
	void *insns, *lines, *functions;

	/* first how large everything is, then all of it */
	if (bpf_obj_get_info_by_fd(fd, &sizes, &size))
		return error_sys(err, -errno, "the kernel does not show the program");
	insns = calloc(1, sizes.xlated_prog_len + 1);
	lines = calloc(sizes.nr_line_info + 1, sizeof(struct bpf_line_info));
	functions = calloc(sizes.nr_func_info + 1, sizeof(struct bpf_func_info));
	code->prog.insns = insns;
	code->prog.line_info = lines;
	code->prog.func_info = functions;
	code->jited = calloc(1, sizes.jited_prog_len + 1);
	code->addrs = calloc(sizes.nr_jited_ksyms + 1, sizeof(*code->addrs));
	code->lens = calloc(sizes.nr_jited_func_lens + 1, sizeof(*code->lens));
	code->line_addrs = calloc(sizes.nr_jited_line_info + 1, sizeof(*code->line_addrs));
	if (!insns || !lines || !functions || !code->jited || !code->addrs || !code->lens ||
	    !code->line_addrs)
		return error_sys(err, -ENOMEM, "cannot read what the kernel made of the program");
	info.xlated_prog_insns = (uintptr_t)insns;
	info.xlated_prog_len = sizes.xlated_prog_len;
	info.line_info = (uintptr_t)lines;
	info.nr_line_info = sizes.nr_line_info;
	info.line_info_rec_size = sizeof(struct bpf_line_info);
	info.func_info = (uintptr_t)functions;
	info.nr_func_info = sizes.nr_func_info;
	info.func_info_rec_size = sizeof(struct bpf_func_info);
	info.jited_prog_insns = (uintptr_t)code->jited;
	info.jited_prog_len = sizes.jited_prog_len;
	info.jited_ksyms = (uintptr_t)code->addrs;
	info.nr_jited_ksyms = sizes.nr_jited_ksyms;
	info.jited_func_lens = (uintptr_t)code->lens;
	info.nr_jited_func_lens = sizes.nr_jited_func_lens;
	info.jited_line_info = (uintptr_t)code->line_addrs;
	info.nr_jited_line_info = sizes.nr_jited_line_info;
	info.jited_line_info_rec_size = sizeof(*code->line_addrs);
	size = sizeof(info);
	if (bpf_obj_get_info_by_fd(fd, &info, &size))
		return error_sys(err, -errno, "the kernel does not show the program");
	/* what it does not show it gives no place for */
	if (info.xlated_prog_insns)
		code->prog.nr_insns = info.xlated_prog_len / sizeof(struct bpf_insn);
	code->prog.nr_line_info = info.nr_line_info;
	code->prog.line_info_rec_size = sizeof(struct bpf_line_info);
	code->prog.nr_func_info = info.nr_func_info;
	code->prog.func_info_rec_size = sizeof(struct bpf_func_info);
	if (info.jited_prog_insns && info.jited_ksyms && info.jited_func_lens) {
		code->jited_len = info.jited_prog_len;
		code->nr_functions = info.nr_jited_func_lens < info.nr_jited_ksyms
					     ? info.nr_jited_func_lens
					     : info.nr_jited_ksyms;
	}
	if (info.jited_line_info && info.nr_jited_line_info <= info.nr_line_info)
		code->nr_line_addrs = info.nr_jited_line_info;
	map_indexes(code, loaded);
	return 0;
}

void kernel_code_free(struct kernel_code *code)
{
	free((void *)code->prog.insns);
	free((void *)code->prog.line_info);
	free((void *)code->prog.func_info);
	free(code->jited);
	free(code->addrs);
	free(code->lens);
	free(code->line_addrs);
	memset(code, 0, sizeof(*code));
}
