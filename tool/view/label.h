/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_VIEW_LABEL_H
#define HOTPROBE_VIEW_LABEL_H

#include "bpf/kbpf.h"
#include "bpf/relations.h"

struct buf;

/* How objects, and what is known of them, are put into words for people. */

/* label_name - an object's name; a link has that of its program; "" when it has none */
const char *label_name(const struct kbpf *kbpf, enum kbpf_kind kind, uint32_t id);

/* label_object - append "12 counts", or "12" */
void label_object(struct buf *out, const struct kbpf *kbpf, enum kbpf_kind kind, uint32_t id);

/* label_progs - append "12 name, 13 other"; nothing when there are none */
void label_progs(struct buf *out, const struct kbpf *kbpf, const struct kbpf_ids *progs);

/* label_tag - append a program's tag in hex */
void label_tag(struct buf *out, const struct kbpf_prog *prog);

/* label_time - append when a program was loaded; strftime(3) */
void label_time(struct buf *out, const struct kbpf *kbpf, const struct kbpf_prog *prog,
		const char *format);

/* label_functions - append "one, two": a program's functions from the one numbered @first on */
void label_functions(struct buf *out, const struct kbpf_prog *prog, size_t first);

/* label_place - append "kprobe vfs_read" */
void label_place(struct buf *out, const struct kbpf_place *place);

/* label_untold - why nothing is known of where a program is attached; NULL when it just is not */
const char *label_untold(const struct kbpf *kbpf, const struct kbpf_prog *prog);

/* label_key - append a slot's key: an index as a number, anything else in hex */
void label_key(struct buf *out, const struct kbpf_map *map, const struct kbpf_slot *slot);

/* label_slot - append "[1] program 12 name" */
void label_slot(struct buf *out, const struct kbpf *kbpf, const struct kbpf_map *map,
		const struct kbpf_slot *slot);

/* label_owner - append of what programs an array is that has an owner: "kprobe, JITed" */
void label_owner(struct buf *out, const struct kbpf_map *map);

/* label_ops - append "tcp_congestion_ops, registered by link 7" */
void label_ops(struct buf *out, const struct kbpf *kbpf, const struct kbpf_map *map);

#endif
