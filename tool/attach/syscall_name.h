/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_ATTACH_SYSCALL_NAME_H
#define HOTPROBE_ATTACH_SYSCALL_NAME_H

/*
 * Since 4.17 a system call's function carries the architecture: sys_clone is __x64_sys_clone
 * (asm/syscall_wrapper.h of each).
 */
#if defined(__x86_64__)
#define SYSCALL_PREFIX "__x64_"
#elif defined(__aarch64__)
#define SYSCALL_PREFIX "__arm64_"
#elif defined(__riscv)
#define SYSCALL_PREFIX "__riscv_"
#else
#define SYSCALL_PREFIX ""
#endif

#endif
