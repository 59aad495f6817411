/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_WORKER_LIBBCC_H
#define HOTPROBE_WORKER_LIBBCC_H

#include <bcc/bcc_common.h>

struct error;

/* What is called of libbcc, by the names that its header (bcc/bcc_common.h) has after "bpf_". */
#define LIBBCC_FUNCTIONS(F)            \
	F(module_create_c_from_string) \
	F(module_license)              \
	F(module_kern_version)         \
	F(num_tables)                  \
	F(table_fd_id)                 \
	F(table_name)                  \
	F(num_functions)               \
	F(function_name)               \
	F(function_start_id)           \
	F(function_size_id)

/*
 * libbcc, with the clang and LLVM that it brings: to load it takes the process as long as a small
 * probe takes to compile, most of it for relocations. It is loaded by a thread, while the header
 * tree is made.
 */
struct libbcc {
#define LIBBCC_MEMBER(name) __typeof__(bpf_##name) *name;
	LIBBCC_FUNCTIONS(LIBBCC_MEMBER)
#undef LIBBCC_MEMBER
	__typeof__(bcc_func_load) *func_load;
};

/* libbcc_start - begin to load it */
void libbcc_start(void);

/* libbcc_wait - until it is loaded; NULL with the reason in @err when it cannot be */
const struct libbcc *libbcc_wait(struct error *err);

#endif
