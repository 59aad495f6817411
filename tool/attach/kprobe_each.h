/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_ATTACH_KPROBE_EACH_H
#define HOTPROBE_ATTACH_KPROBE_EACH_H

struct provider;

/* What kprobe.multi and kretprobe.multi are on kernels without such links. */
extern const struct provider provider_kprobe_each, provider_kretprobe_each;

#endif
