/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_BPF_READERS_H
#define HOTPROBE_BPF_READERS_H

struct error;
struct kbpf;

/*
 * The parts of kbpf_read(), in its order. Those that can fail return 0 or a negative errno with the
 * message in @err. What one object does not tell is left out; what has gone meanwhile too.
 */

/* maps.c: also what stands in those that hold programs or maps */
int kbpf_read_maps(struct kbpf *kbpf, struct error *err);

/* progs.c: with their functions; then what they were loaded for, from BTF */
int kbpf_read_progs(struct kbpf *kbpf, struct error *err);
void kbpf_name_progs(struct kbpf *kbpf);

/* links.c: what they attach to what */
int kbpf_read_links(struct kbpf *kbpf, struct error *err);

/* cgroups.c: the paths of the cgroups that links are at */
void kbpf_name_cgroups(struct kbpf *kbpf);

/* links.c: what is known of their places is noted at their programs */
void kbpf_place_links(struct kbpf *kbpf);

/* struct_ops.c: which programs serve the members of which struct of the kernel's */
void kbpf_read_struct_ops(struct kbpf *kbpf);

/* cgroups.c: programs at cgroups, without links too */
void kbpf_find_cgroups(struct kbpf *kbpf);

/* interfaces.c: programs at interfaces, this network namespace and maps of sockets */
void kbpf_find_interfaces(struct kbpf *kbpf);

/* classifiers.c: filters below queueing disciplines and their classes, and actions */
void kbpf_find_classifiers(struct kbpf *kbpf);

/* holders.c: processes with descriptors, and programs at their perf events */
void kbpf_find_holders(struct kbpf *kbpf);

/* pins.c: paths in bpffs */
void kbpf_find_pins(struct kbpf *kbpf);

#endif
