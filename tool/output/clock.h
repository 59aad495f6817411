/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_OUTPUT_CLOCK_H
#define HOTPROBE_OUTPUT_CLOCK_H

#include <stdint.h>
#include <time.h>

/*
 * Turns the kernel's monotonic time stamps into wall-clock text.
 *
 * The distance between the two clocks is measured once, so that equal stamps always give equal
 * text; a clock that is set, or a machine that sleeps, during the run is not followed. The text of
 * the last second is kept, because time zones are too slow to look up for every event.
 */
struct wall_clock {
	int64_t seconds; /* CLOCK_REALTIME - CLOCK_MONOTONIC, floor */
	int64_t nanoseconds;
	int64_t local_second; /* the second that local[] stands for */
	int64_t utc_second;
	char local[8]; /* "15:04:05" */
	char utc[19];  /* "2026-01-02T15:04:05" */
};

/* wall_clock_init - measure the distance between the two clocks */
void wall_clock_init(struct wall_clock *clock);

/* wall_clock_set - the same with a known distance in nanoseconds */
void wall_clock_set(struct wall_clock *clock, int64_t offset_ns);

/* wall_clock_local - "15:04:05.123" in the local time zone; at most FMT_MAX bytes, no NUL */
char *wall_clock_local(struct wall_clock *clock, char *p, uint64_t monotonic_ns);

/* wall_clock_utc - RFC 3339: "2026-01-02T15:04:05.123456789Z" */
char *wall_clock_utc(struct wall_clock *clock, char *p, uint64_t monotonic_ns);

#endif
