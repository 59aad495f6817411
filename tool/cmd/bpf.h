/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_CMD_BPF_H
#define HOTPROBE_CMD_BPF_H

#include "bpf/kbpf.h"
#include "util/buf.h"

struct error;

/* What hotprobe bpf was asked for, and what it found. */
struct bpf_view {
	struct kbpf kbpf;
	struct buf out;
	struct buf left_out; /* columns that the terminal is too narrow for */
	const char *word;    /* the ID, NAME or path that was given; NULL: all objects */
	bool kinds[KBPF_KINDS];
	bool json;
};

/* bpf_wanted - is that object one that was asked for? */
bool bpf_wanted(const struct bpf_view *view, enum kbpf_kind kind, uint32_t id);

/* bpf_name - an object's name; a link has that of its program; "" when it has none */
const char *bpf_name(const struct kbpf *kbpf, enum kbpf_kind kind, uint32_t id);

/* bpf_label - append how an object is named in texts: "12 counts", "12" */
void bpf_label(struct buf *out, const struct kbpf *kbpf, enum kbpf_kind kind, uint32_t id);

/* bpf_place_text - append "kprobe vfs_read" */
void bpf_place_text(struct buf *out, const struct kbpf_place *place);

/* bpf_slot_text - append a slot's key: an index as a number, anything else in hex */
void bpf_slot_text(struct buf *out, const struct kbpf_map *map, const struct kbpf_slot *slot);

/* bpf_ops_state - the kernel's word for what it does with a map of struct_ops; NULL: unknown */
const char *bpf_ops_state(const struct kbpf_map *map);

/* bpf_ops_link - the link that registers a map of struct_ops, 0 for none */
uint32_t bpf_ops_link(const struct kbpf *kbpf, const struct kbpf_map *map);

/* bpf_ops_text - append "tcp_congestion_ops, registered by link 7" */
void bpf_ops_text(struct buf *out, const struct kbpf *kbpf, const struct kbpf_map *map);

/*
 * bpf_others - append those of the other programs than @prog that are @wanted: "12 name, 13 other",
 * or with @json the ids as an array's elements; nothing when there are none
 * @map_id: for @wanted
 */
typedef bool bpf_other_fn(const struct kbpf *kbpf, const struct kbpf_prog *prog,
			  const struct kbpf_prog *other, uint32_t map_id);
void bpf_others(struct buf *out, const struct kbpf *kbpf, const struct kbpf_prog *prog, bool json,
		bpf_other_fn *wanted, uint32_t map_id);

/*
 * bpf_same_place - append "12 name, 13 other": the programs that share the trampoline of a
 * kernel's function with @prog; nothing when there are none
 */
void bpf_same_place(struct buf *out, const struct kbpf *kbpf, const struct kbpf_prog *prog,
		    bool json);

/* bpf_time - append when a program was loaded; strftime(3) */
void bpf_time(struct buf *out, const struct kbpf *kbpf, const struct kbpf_prog *prog,
	      const char *format);

/* bpf_tables - append all objects of the kinds wanted, as tables */
void bpf_tables(struct bpf_view *view);

/* bpf_details - append all there is to say of the objects wanted */
void bpf_details(struct bpf_view *view);

/* bpf_json - append the objects wanted, one JSON object a line */
void bpf_json(struct bpf_view *view);

/* bpf_json_slot - append the members that say what stands in a slot */
void bpf_json_slot(struct buf *out, const struct kbpf *kbpf, const struct kbpf_map *map,
		   const struct kbpf_slot *slot);

/* bpf_dump - print a map's entries; 0 or a negative errno with the message in @err */
int bpf_dump(struct bpf_view *view, struct error *err);

/* bpf_tree - append who calls, replaces and shares what */
void bpf_tree(struct bpf_view *view);

#endif
