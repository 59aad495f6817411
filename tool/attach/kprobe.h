/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_ATTACH_KPROBE_H
#define HOTPROBE_ATTACH_KPROBE_H

struct attach_point;
struct error;

/* kprobe_possible - has this kernel kprobes, and may this process use them? */
int kprobe_possible(const struct attach_point *point, struct error *err);

#endif
