/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_TREE_EMIT_H
#define HOTPROBE_TREE_EMIT_H

struct buf;
struct names;
struct reach;

/*
 * emit_types - append C declarations of all types in @reach, with all they depend on
 * @taken: receives, separated by spaces, the enumerators and typedefs that are declared by them
 *
 * A struct that the probe's text defines itself is given another name here. The offset of each
 * member that the text names is asserted, so that a declaration that the compiler lays out
 * differently than the kernel's BTF says cannot go unnoticed. Returns 0 or a negative errno.
 */
int emit_types(struct buf *out, const struct reach *reach, const struct names *names,
	       struct buf *taken);

#endif
