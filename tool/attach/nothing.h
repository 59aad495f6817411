/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_ATTACH_NOTHING_H
#define HOTPROBE_ATTACH_NOTHING_H

#include <linux/bpf.h>

struct bpf_prog_load_opts;

/*
 * nothing_load - load a program that does nothing, to ask the kernel what it would do with a real
 * one
 * @opts: as bpf_prog_load() takes them, which newer libbpfs do not take as const; may be NULL
 *
 * Its descriptor, which the caller closes, or a negative errno.
 */
int nothing_load(enum bpf_prog_type type, struct bpf_prog_load_opts *opts);

#endif
