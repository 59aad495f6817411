/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_UTIL_KERNEL_H
#define HOTPROBE_UTIL_KERNEL_H

#include <linux/version.h>
#include <stdbool.h>

struct buf;

/*
 * kernel_build_id - the running kernel's GNU build id in hexadecimal, "" when it has none
 *
 * From the ELF notes in sysfs (kernel/ksysfs.c). No two builds of a kernel share it.
 */
void kernel_build_id(char id[41]);

/* kernel_note_id - the same from the bytes of ELF notes, such as sysfs has of each module */
void kernel_note_id(const struct buf *notes, char id[41]);

/*
 * kernel_release_code - a release's name ("6.1.0-56-cloud-amd64", "6.13-rc1") as KERNEL_VERSION()
 *
 * 0 when it does not begin with two numbers. As in the kernel's LINUX_VERSION_CODE (its Makefile) a
 * sublevel over 255 counts as 255.
 */
unsigned int kernel_release_code(const char *release);

/* kernel_at_least - is the running kernel's release MAJOR.MINOR or later */
bool kernel_at_least(unsigned int major, unsigned int minor);

#endif
