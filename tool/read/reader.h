/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_READ_READER_H
#define HOTPROBE_READ_READER_H

#include <stddef.h>
#include <stdint.h>

struct error;

/*
 * Reads the perf buffers of a probe's outputs.
 *
 * Samples of all CPUs and of all outputs are handed on in the order of their times, also over
 * several drains; those of one CPU and output in the order in which they were written. While few
 * come, each wakes whoever waits; while many come, they are looked for every few milliseconds.
 */
struct reader;

/*
 * reader_event_fn - takes one sample
 * @output: as given to reader_add(); @time_ns: CLOCK_MONOTONIC. @data is good during the call.
 * A negative return ends the drain.
 */
typedef int (*reader_event_fn)(void *arg, void *output, const void *data, size_t size,
			       uint64_t time_ns);

/* reader_new - @pages: of each CPU's buffer, a power of two */
int reader_new(struct reader **reader, unsigned int pages, reader_event_fn fn, void *arg,
	       struct error *err);

/*
 * reader_add - open the buffers behind a perf event array
 * @output: what the event function is told of where a sample came from
 */
int reader_add(struct reader *reader, int map_fd, const char *name, void *output,
	       struct error *err);

/* reader_remove - close the buffers of @output; what was not drained is dropped */
void reader_remove(struct reader *reader, const void *output);

/* reader_fd - readable when it is time for reader_drain(); the same for the reader's whole life */
int reader_fd(const struct reader *reader);

/* reader_drain - hand on all that is there; what the event function gave, or negative errno */
int reader_drain(struct reader *reader);

/*
 * reader_overwritten - samples that the kernel says it had no room for (PERF_RECORD_LOST)
 *
 * Only a hint: the kernel loses count. Probes with EVENTS count by themselves.
 */
uint64_t reader_overwritten(const struct reader *reader);

void reader_free(struct reader *reader);

#endif
