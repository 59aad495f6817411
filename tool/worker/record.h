/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_WORKER_RECORD_H
#define HOTPROBE_WORKER_RECORD_H

#include "object/object.h"
#include "object/request.h"
#include "util/buf.h"

/*
 * File descriptors that the kernel never gives: libbcc's maps and programs get these. So a
 * descriptor outside of the range in libbcc's tables shows that a call went past us.
 */
#define RECORD_FD_BASE	 0x10000000
#define RECORD_FD_MAP(i) (RECORD_FD_BASE + (int)(i))
#define RECORD_FD_BTF	 (RECORD_FD_BASE + 0x100000)
#define RECORD_FD_PROG	 (RECORD_FD_BASE + 0x200000)

/* What libbcc asked the kernel for. */
struct record {
	const struct request *req;
	struct object_map maps[OBJECT_MAPS_MAX];
	uint32_t nr_maps;
	struct buf btf;

	/* the program that is being asked for; its pointers are malloc'ed when it was seen */
	const void *insns;
	struct object_prog *prog;
};

/*
 * record_start - from here on libbcc's calls to the kernel are answered from @record
 *
 * The functions that stand in for libc's and libbcc's own (record.c) have no argument to carry
 * it, which is why there is one for the process.
 */
void record_start(struct record *record);

#endif
