/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_BPF_LINK_READING_H
#define HOTPROBE_BPF_LINK_READING_H

#include "bpf/kbpf.h"
#include "bpf/link_info.h"

/* A link while it is asked what it is. */
struct link_reading {
	struct kbpf *kbpf;
	struct kbpf_link *link;
	struct link_info info;
	uint32_t size; /* so much of it the kernel filled in */
	int fd;
};

/* link_place_set - name a place; its target is NULL when there is no memory */
void link_place_set(struct kbpf_place *place, const char *how, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * link_ask_again - ask with room for what the first answer gave the length of
 *
 * 0 or -errno.
 */
int link_ask_again(struct link_reading *r, const struct link_info *question);

/* What links to perf events, and to many functions, are at. */
void link_perf_event(struct link_reading *r);
void link_kprobe_multi(struct link_reading *r);
void link_uprobe_multi(struct link_reading *r);

#endif
