/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_BPF_ASK_H
#define HOTPROBE_BPF_ASK_H

#include "bpf/kbpf.h"

struct error;

/* Asking the kernel for its objects: for all of a kind, and for one by its id. */

/* ask_open - a descriptor to read an object by, the caller's to close; or -errno */
int ask_open(enum kbpf_kind kind, uint32_t id);

/*
 * ask_each - call @fn for each object of a kind, by id, until it returns something else than 0
 * @fn: takes a descriptor, which is closed behind it; 0 or -errno
 *
 * 0 or a negative errno with the message in @err. What has gone meanwhile is left out.
 */
int ask_each(enum kbpf_kind kind, int (*fn)(struct kbpf *kbpf, int fd), struct kbpf *kbpf,
	     struct error *err);

/* ask_refused - explain that the kernel does not let us look at its objects; returns @code */
int ask_refused(int code, struct error *err);

#endif
