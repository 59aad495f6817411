/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_TRACE_MAPS_H
#define HOTPROBE_TRACE_MAPS_H

#include <stdbool.h>

struct error;
struct session;
struct sink;

/* maps_any - whether there are maps that maps_print() would print */
bool maps_any(const struct session *session);

/*
 * maps_print - print what the probe has gathered in its maps
 *
 * Histograms as bars, stacks with symbols, tables with the largest value first. A probe with an
 * EVENTS line keeps its own affairs in tables and arrays: of such a one only histograms and
 * stacks are printed.
 */
int maps_print(const struct session *session, struct sink *sink, struct error *err);

#endif
