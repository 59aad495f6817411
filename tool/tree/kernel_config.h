/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_TREE_KERNEL_CONFIG_H
#define HOTPROBE_TREE_KERNEL_CONFIG_H

struct buf;
struct names;

/*
 * kernel_config_read - append the configuration that a kernel was built with
 * @release: as uname -r gives it
 *
 * From /proc/config.gz (only when @release is the running kernel), /boot/config-RELEASE or
 * /lib/modules/RELEASE/config. Lines are CONFIG_X=y, m, a number or "text". Returns 0, -ENOENT when
 * none of them is there, -EINVAL for a release that no file can be named after, or what reading
 * gave.
 */
int kernel_config_read(const char *release, struct buf *out);

/*
 * kernel_config_defines - append the macros that the kernel's build makes of a configuration
 *
 * CONFIG_X=y becomes CONFIG_X 1, =m CONFIG_X_MODULE 1, other values stay. Only for those of which
 * @names has the name CONFIG_X or CONFIG_X_MODULE: clang needs 4 ms to read them all. @config NULL:
 * what can be known without one. CONFIG_BPF_SYSCALL is always set.
 */
void kernel_config_defines(struct buf *out, const char *config, const struct names *names);

#endif
