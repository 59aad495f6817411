/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_ATTACH_FUNCTION_BTF_H
#define HOTPROBE_ATTACH_FUNCTION_BTF_H

#include <stddef.h>
#include <stdint.h>

#include "attach/function_list.h"

struct btf;
struct error;

/* What a BPF trampoline needs to know of a function. */
struct function_proto {
	uint32_t btf_id;
	/* of the BTF that this is an id of, a module's; 0 the kernel's own. Not to be closed. */
	int btf_fd;
	uint32_t nr_slots;   /* of 8 bytes, that its arguments take in the program's context */
	const char *why_not; /* it cannot have a trampoline, in a few words; NULL it can */
};

/* The functions of a list in the BTF of the kernel and its modules. */
struct function_btf {
	struct function_proto *protos; /* one for each item of the list */
	struct {
		const char *name; /* the list's */
		struct btf *btf;
		int fd;
	} * modules;
	size_t nr_modules;
};

/*
 * function_btf_open - look up all functions of @list in the @kernel's BTF and in its modules'
 *
 * The list and the kernel's BTF must outlive it. Zero-initialise; function_btf_close() it, also
 * after a failure, which is -ENOMEM.
 */
int function_btf_open(struct function_btf *btf, const struct function_list *list,
		      struct btf *kernel, struct error *err);
void function_btf_close(struct function_btf *btf);

/*
 * function_btf_proto - what the BTF_KIND_FUNC @id of @btf says of slots, and why not
 *
 * By the rules of btf_distill_func_proto() and get_ctx_arg_idx() in the kernel's kernel/bpf/btf.c.
 */
void function_btf_proto(const struct btf *btf, uint32_t id, struct function_proto *proto);

#endif
