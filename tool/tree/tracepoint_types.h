/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_TREE_TRACEPOINT_TYPES_H
#define HOTPROBE_TREE_TRACEPOINT_TYPES_H

struct buf;

/*
 * tracepoint_types - append the types of the fields of all tracepoints that a probe uses
 *
 * libbcc writes a struct for each TRACEPOINT_PROBE(category, event) and each struct
 * tracepoint__CATEGORY__EVENT from the tracepoint's format in tracefs (in the kernel's
 * Documentation/trace/events.rst); its fields' types appear there and not in the text. A tracepoint
 * without a format is left out: libbcc reports it.
 */
void tracepoint_types(struct buf *out, const char *text);

#endif
