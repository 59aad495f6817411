/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_TREE_TRACEPOINT_TYPES_H
#define HOTPROBE_TREE_TRACEPOINT_TYPES_H

struct buf;

/*
 * tracepoint_types - append the types of the fields in tracepoints' formats
 * @formats: as tracefs has them (Documentation/trace/events.rst), one behind the other
 *
 * libbcc writes a struct for each tracepoint that a probe names from its format: these types appear
 * there and not in the text.
 */
void tracepoint_types(struct buf *out, const char *formats);

#endif
