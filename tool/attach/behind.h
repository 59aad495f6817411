/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_ATTACH_BEHIND_H
#define HOTPROBE_ATTACH_BEHIND_H

struct attach_point;

/*
 * behind_close - let go of a point's descriptors from number @first on, which take the kernel
 * milliseconds each to close
 *
 * When there are many, a process that nobody waits for closes them. The point's others stay.
 */
void behind_close(struct attach_point *point, unsigned int first);

#endif
