/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_WORKER_WALK_H
#define HOTPROBE_WORKER_WALK_H

/*
 * walk_own_only - keep libbcc's rewriter from walking through precompiled declarations
 *
 * It walks through all of them, which loads the whole precompiled file back and takes longer than
 * everything else together, and then changes only what is the probe's own: functions and maps of
 * the main file.
 */
void walk_own_only(void);

#endif
