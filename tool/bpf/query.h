/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_BPF_QUERY_H
#define HOTPROBE_BPF_QUERY_H

#include "bpf/kbpf.h"

/*
 * The most programs of one kind at one place: BPF_CGROUP_MAX_PROGS of
 * include/linux/bpf-cgroup-defs.h, BPF_MPROG_MAX of include/linux/bpf_mprog.h.
 */
#define QUERY_MAX 64

/*
 * query_progs - which programs are attached to something, as BPF_PROG_QUERY tells
 * @target: a descriptor of a cgroup, namespace or map; an interface's number
 * @attach_type: enum bpf_attach_type, also one that libbpf does not know
 *
 * Returns how many; none where the kernel does not know the question.
 */
uint32_t query_progs(int target, uint32_t attach_type, uint32_t ids[QUERY_MAX]);

/* query_places - note @name at them, as the place where they are attached */
void query_places(struct kbpf *kbpf, int target, uint32_t attach_type, const char *name);

#endif
