/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_VIEW_VIEW_H
#define HOTPROBE_VIEW_VIEW_H

#include "bpf/kbpf.h"
#include "util/buf.h"

struct error;

/* What hotprobe bpf was asked for, what it found, and what it has to print. */
struct view {
	struct kbpf kbpf;
	struct buf out;
	const char *word; /* the ID, NAME or path that was given; NULL: all objects */
	bool kinds[KBPF_KINDS];
	bool json;
};

/* view_wants - is that object one that was asked for? */
bool view_wants(const struct view *view, enum kbpf_kind kind, uint32_t id);

/* view_count - how many objects were asked for */
size_t view_count(const struct view *view);

/* view_unknown - say that there is none of that name, and which may be meant; -ENOENT */
int view_unknown(const struct view *view, struct error *err);

/* view_each - call the one of its kind for every object that was asked for */
void view_each(struct view *view, void (*prog)(struct view *view, const struct kbpf_prog *prog),
	       void (*map)(struct view *view, const struct kbpf_map *map),
	       void (*link)(struct view *view, const struct kbpf_link *link));

#endif
