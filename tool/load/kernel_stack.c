// SPDX-License-Identifier: GPL-2.0-only
#include <bpf/bpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "load/kernel_stack.h"
#include "object/object.h"
#include "util/insns.h"
#include "util/kernel.h"

/* a jump's offset has 16 bits */
#define INSNS_MAX 32000

bool kernel_stack_wanted(const struct object_prog *prog)
{
	/* calls among a program's own functions: libbcc makes one function of all */
	if (prog->nr_func_info > 1 || prog->nr_insns > INSNS_MAX)
		return false;
	/* the release that brought stacks of their own */
	if (!kernel_at_least(6, 13))
		return false;
	for (uint32_t i = 0; i < prog->nr_insns; i++)
		if (prog->insns[i].code == (BPF_JMP | BPF_CALL) && !prog->insns[i].src_reg &&
		    prog->insns[i].imm == BPF_FUNC_tail_call)
			return false;
	return true;
}

void kernel_stack_wrap(struct bpf_insn *to, const struct bpf_insn *insns, uint32_t nr, int array_fd)
{
	const struct bpf_insn before[KERNEL_STACK_BEFORE] = {
		/* r0 = 0; if (r0 != 0) goto behind; */
		INSN_SET(BPF_REG_0, 0),
		INSN(BPF_JMP | BPF_JNE | BPF_K, BPF_REG_0, 0, (int16_t)nr, 0),
	};
	const struct bpf_insn behind[KERNEL_STACK_BEHIND] = {
		/* bpf_tail_call(ctx, array, 0); return 0; */
		INSN_MAP(BPF_REG_2, array_fd),
		INSN_SET(BPF_REG_3, 0),
		INSN_CALL(BPF_FUNC_tail_call),
		INSN_RETURN(0),
	};

	memcpy(to, before, sizeof(before));
	memcpy(to + KERNEL_STACK_BEFORE, insns, nr * sizeof(*insns));
	memcpy(to + KERNEL_STACK_BEFORE + nr, behind, sizeof(behind));
}

/* The lines of all instructions but the first, which is the first one's still, move on. */
static void *moved_lines(const struct object_prog *prog)
{
	size_t size = (size_t)prog->nr_line_info * prog->line_info_rec_size;
	unsigned char *lines = malloc(size + 1);

	if (!lines)
		return NULL;
	memcpy(lines, prog->line_info, size);
	for (uint32_t i = 0; i < prog->nr_line_info; i++) {
		unsigned char *line = lines + (size_t)i * prog->line_info_rec_size;
		uint32_t at;

		/* struct bpf_line_info begins with it */
		memcpy(&at, line, sizeof(at));
		at += at ? KERNEL_STACK_BEFORE : 0;
		memcpy(line, &at, sizeof(at));
	}
	return lines;
}

int kernel_stack_load(const struct object_prog *prog, uint32_t prog_type, const char *name,
		      const char *license, const struct bpf_insn *insns,
		      const struct bpf_prog_load_opts *opts)
{
	size_t nr = prog->nr_insns + KERNEL_STACK_BEFORE + KERNEL_STACK_BEHIND;
	struct bpf_insn *wrapped = malloc(nr * sizeof(*wrapped));
	struct bpf_prog_load_opts own = *opts;
	int array_fd = bpf_map_create(BPF_MAP_TYPE_PROG_ARRAY, "hotprobe_never", 4, 4, 1, NULL);
	void *lines = NULL;
	int fd = -ENOMEM;

	if (array_fd < 0)
		fd = -errno;
	else if (opts->line_info)
		own.line_info = lines = moved_lines(prog);
	if (wrapped && array_fd >= 0 && (lines || !opts->line_info)) {
		kernel_stack_wrap(wrapped, insns, prog->nr_insns, array_fd);
		fd = bpf_prog_load(prog_type, name, license, wrapped, nr, &own);
		fd = fd < 0 ? -errno : fd;
	}
	if (array_fd >= 0)
		close(array_fd);
	free(lines);
	free(wrapped);
	return fd;
}
