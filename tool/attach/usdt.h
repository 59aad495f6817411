/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_ATTACH_USDT_H
#define HOTPROBE_ATTACH_USDT_H

struct attach_point;
struct buf;
struct error;

/*
 * usdt_args - append the C text that bpf_usdt_readarg() needs, to be put before the probe's text
 *
 * @points, @n: all points of the probe; those that are not USDT are left out. libbcc writes the
 * text, from where each probe's location keeps its arguments. Nothing is appended, and libbcc is
 * not even opened, when there is no USDT point.
 */
int usdt_args(struct buf *out, const struct attach_point *points, unsigned int n,
	      struct error *err);

#endif
