/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_PROBE_EVENTS_H
#define HOTPROBE_PROBE_EVENTS_H

struct buf;
struct error;
struct expansion;
struct filters;

/* events_prelude - what stands before every probe's text */
void events_prelude(struct buf *out);

/*
 * events_expand - the text that an EVENTS line stands for: perf output, counters, the hidden map
 * that carries the schema, and name_emit(), name_emit_part() and name_drop()
 */
int events_expand(struct expansion *out, const char *name, const char *type,
		  const struct filters *filters, struct error *err);

/* events_postlude - what stands behind it: schemas of plain outputs, the tracking of -- COMMAND */
void events_postlude(struct expansion *out, const struct filters *filters);

#endif
