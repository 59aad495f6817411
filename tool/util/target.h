/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_UTIL_TARGET_H
#define HOTPROBE_UTIL_TARGET_H

#include <limits.h>
#include <stdbool.h>

/*
 * The kernel that is compiled for: the running one, unless HOTPROBE_TARGET names a folder with what
 * another one shows of itself: DIR/release (uname -r), DIR/sys/kernel/btf/vmlinux and
 * DIR/sys/kernel/tracing/events. Objects are made for it with check --save-object.
 */

/* target_other - is it another kernel than the running one? */
bool target_other(void);

/* target_release - its release; negative errno */
int target_release(char release[65]);

/* target_path - where a file of its /sys is to be found: @path itself, or below the folder */
const char *target_path(char buf[PATH_MAX], const char *path);

#endif
