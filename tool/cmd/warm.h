/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_CMD_WARM_H
#define HOTPROBE_CMD_WARM_H

struct error;

/*
 * cache_warm - compile every installed probe and each of the user's own, so that neither its first
 * start nor one after an edit has to wait; says on stderr how each went, and goes on
 *
 * The error is that none could be compiled.
 */
int cache_warm(struct error *err);

#endif
