/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_ATTACH_GRACE_H
#define HOTPROBE_ATTACH_GRACE_H

/*
 * programs_wait - wait until all BPF programs that run now, on whatever CPU, have come to their end
 *
 * Some 10 ms. 0 or a negative errno: then it has not waited.
 */
int programs_wait(void);

#endif
