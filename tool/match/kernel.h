/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_MATCH_KERNEL_H
#define HOTPROBE_MATCH_KERNEL_H

#include "match/access.h"

struct buf;

/* The kernel's types, its own and its modules'. */
struct kernel_btf;

/*
 * kernel_btf_open - read the kernel's own types
 * @path: "/sys/kernel/btf/vmlinux"; the modules' are looked for beside it when they are needed
 *
 * NULL with errno when there is none.
 */
struct kernel_btf *kernel_btf_open(const char *path);

/* kernel_btf_close - NULL is left alone */
void kernel_btf_close(struct kernel_btf *kernel);

struct match_result {
	unsigned int members, enumerators; /* compared */
	unsigned int records;
	unsigned int differences;
	char file[PATH_MAX]; /* of the first difference */
	unsigned int line;
};

/*
 * match_compare - compare what a probe relies on with what the kernel has
 * @differences: receives a line for each, "\n"-terminated
 * @unknown: receives the names that the kernel's types do not have, ", " between them
 * @doubts: receives a line for each record of the probe's own that looks like a copy of the
 *          kernel's, and is another
 *
 * Where several types of the kernel have one name, the probe may mean any. A record whose name the
 * kernel does not know is looked for by the members that lead to it. -ENOMEM.
 */
int match_compare(struct kernel_btf *kernel, const struct access_list *list,
		  struct match_result *result, struct buf *differences, struct buf *unknown,
		  struct buf *doubts);

#endif
