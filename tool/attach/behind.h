/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_ATTACH_BEHIND_H
#define HOTPROBE_ATTACH_BEHIND_H

#include <stddef.h>

/*
 * behind_close - close descriptors which take the kernel long to close: a tracepoint 70 ms, a
 * kprobe 30
 *
 * A process that nobody waits for closes them, and has nothing else open.
 */
void behind_close(const int *fds, size_t nr);

#endif
