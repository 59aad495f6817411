/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_BPF_READ_H
#define HOTPROBE_BPF_READ_H

#include "bpf/kbpf.h"

struct error;

/* Also who has them and where they are attached, which takes a walk through /proc and others. */
#define KBPF_USERS 1u

/*
 * kbpf_read - ask the kernel for all its objects
 *
 * Zero-initialise; kbpf_free() also after a failure. -EPERM and others are explained in @err.
 */
int kbpf_read(struct kbpf *kbpf, unsigned int flags, struct error *err);

#endif
