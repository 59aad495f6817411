/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_HEADERS_MAGIC_H
#define HOTPROBE_HEADERS_MAGIC_H

#include <stdbool.h>
#include <stddef.h>

/*
 * headers_magic - can a tree of kernel headers be of a kernel that calls itself so?
 * @config: the text of its include/generated/autoconf.h
 * @version: as uname -v gives it
 * @why: receives the difference when it cannot
 *
 * Two kernels of one release may be configured otherwise: the version string tells of that what the
 * version magic of modules does (include/linux/vermagic.h), in the words of the kernel's
 * init/Makefile (until 6.0 scripts/mkcompile_h): SMP, PREEMPT, PREEMPT_DYNAMIC, PREEMPT_RT. A
 * string without them tells nothing.
 */
bool headers_magic(const char *config, const char *version, char *why, size_t size);

#endif
