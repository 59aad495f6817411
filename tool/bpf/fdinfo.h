/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_BPF_FDINFO_H
#define HOTPROBE_BPF_FDINFO_H

#include <stdbool.h>
#include <stdint.h>

#include "bpf/kbpf.h"

struct buf;

/*
 * What /proc/PID/fdinfo tells of a BPF object's descriptor: lines "name:\tvalue" as
 * bpf_prog_show_fdinfo(), bpf_map_show_fdinfo() and bpf_link_show_fdinfo() of the kernel's
 * kernel/bpf/syscall.c write them.
 */

/* fdinfo_read - the text of one's own descriptor @fd, replacing what @text holds; 0 or -errno */
int fdinfo_read(struct buf *text, int fd);

/* fdinfo_number - the decimal number behind "NAME:"; -1 when there is no such line */
int64_t fdinfo_number(const char *text, const char *name);

/*
 * fdinfo_kind - what kind of object a descriptor is of
 * @file: what the link in /proc/PID/fd says: "anon_inode:bpf-map"
 *
 * False when it is none of the three kinds.
 */
bool fdinfo_kind(const char *file, enum kbpf_kind *kind);

/* fdinfo_id - the id of an object of that kind, 0 when the text has none */
uint32_t fdinfo_id(const char *text, enum kbpf_kind kind);

#endif
