/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_UTIL_KERNEL_H
#define HOTPROBE_UTIL_KERNEL_H

struct buf;

/*
 * kernel_build_id - the running kernel's GNU build id in hexadecimal, "" when it has none
 *
 * From the ELF notes in sysfs (kernel/ksysfs.c). No two builds of a kernel share it.
 */
void kernel_build_id(char id[41]);

/* kernel_note_id - the same from the bytes of ELF notes, such as sysfs has of each module */
void kernel_note_id(const struct buf *notes, char id[41]);

#endif
