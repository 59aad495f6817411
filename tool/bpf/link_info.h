/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_BPF_LINK_INFO_H
#define HOTPROBE_BPF_LINK_INFO_H

#include <linux/types.h>

/*
 * What BPF_OBJ_GET_INFO_BY_FD tells of a link: the layout of struct bpf_link_info
 * (include/uapi/linux/bpf.h of Linux 7.2). Written down here because the headers that hotprobe is
 * built with may know less than the kernel that it runs on. An older kernel fills in less.
 */
struct link_info {
	__u32 type, id, prog_id;
	__u32 unused;
	union {
		struct {
			__u64 name;
			__u32 name_len;
			__u32 unused;
			__u64 cookie;
		} raw_tracepoint;
		struct {
			__u32 attach_type;
			__u32 object; /* a program's id or a BTF object's */
			__u32 btf_id; /* of the function, in that BTF */
			__u32 unused;
			__u64 cookie;
		} tracing;
		struct {
			__u64 id;
			__u32 attach_type;
		} cgroup;
		struct {
			__u64 name;
			__u32 name_len;
			__u32 map_id;
			union {
				struct {
					__u64 id;
					__u32 order; /* enum bpf_cgroup_iter_order */
				} cgroup;
				struct {
					__u32 tid, pid; /* one of them; 0: all tasks */
				} task;
			};
		} iter;
		struct {
			__u32 inode;
			__u32 attach_type;
		} netns;
		struct {
			__u32 ifindex;
			__u32 attach_type; /* not of XDP */
		} interface;		   /* xdp, tcx, netkit */
		struct {
			__u32 map_id;
			__u32 attach_type; /* not of struct_ops */
		} map;			   /* struct_ops, sockmap */
		struct {
			__u32 family, hook;
			__s32 priority;
			__u32 flags;
		} netfilter;
		struct {
			__u64 addrs;
			__u32 count, flags;
			__u64 missed, cookies;
		} kprobe_multi;
		struct {
			__u64 path, offsets, ref_ctr_offsets, cookies;
			__u32 path_size, count, flags, pid;
		} uprobe_multi;
		struct {
			__u32 type; /* enum bpf_perf_event_type */
			__u32 unused;
			union {
				struct {
					__u64 name;
					__u32 name_len, offset;
					__u64 addr, missed, cookie;
				} kprobe;
				struct {
					__u64 name;
					__u32 name_len, offset;
					__u64 cookie;
				} uprobe; /* the file's name and the offset in it */
				struct {
					__u64 name;
					__u32 name_len, unused;
					__u64 cookie;
				} tracepoint;
				struct {
					__u64 config;
					__u32 type, unused;
					__u64 cookie;
				} event;
			};
		} perf_event;
		__u64 room[8]; /* for what later kernels add */
	};
};

/* enum bpf_link_type, enum bpf_perf_event_type and flags, as numbered there */
#define LINK_PERF_EVENT	   7
#define LINK_KPROBE_MULTI  8
#define LINK_STRUCT_OPS	   9
#define LINK_NETFILTER	   10
#define LINK_TCX	   11
#define LINK_UPROBE_MULTI  12
#define LINK_NETKIT	   13
#define LINK_SOCKMAP	   14
#define LINK_TRACING_MULTI 15

#define PERF_UPROBE	   1
#define PERF_URETPROBE	   2
#define PERF_KPROBE	   3
#define PERF_KRETPROBE	   4
#define PERF_TRACEPOINT	   5
#define PERF_EVENT	   6

#define MULTI_RETURN	   1u

#endif
