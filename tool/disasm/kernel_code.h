/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_DISASM_KERNEL_CODE_H
#define HOTPROBE_DISASM_KERNEL_CODE_H

#include <stdint.h>

#include "object/object.h"

struct error;
struct loaded;

/*
 * What the kernel made of a program, from bpf_obj_get_info_by_fd (struct bpf_prog_info of
 * linux/bpf.h). Zero-initialise; kernel_code_free() it.
 */
struct kernel_code {
	/* translated, with lines and functions in the terms of the object's BTF; as in an object,
	 * map references hold the map's index, or -1 when it is none of the object's */
	struct object_prog prog;
	unsigned char *jited; /* machine code of all functions, one after the other */
	uint32_t jited_len;   /* 0: the kernel has none, or does not show it */
	uint64_t *addrs;      /* of each function */
	uint32_t *lens;	      /* its bytes */
	uint32_t nr_functions;
	uint64_t *line_addrs; /* where the code of each of prog's lines begins */
	uint32_t nr_line_addrs;
};

/* kernel_code_read - of the loaded program @fd, whose maps are @loaded's */
int kernel_code_read(struct kernel_code *code, int fd, const struct loaded *loaded,
		     struct error *err);
void kernel_code_free(struct kernel_code *code);

#endif
