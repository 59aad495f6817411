/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_READ_READER_H
#define HOTPROBE_READ_READER_H

#include <stddef.h>
#include <stdint.h>

struct error;

/*
 * Reads the perf buffers of a probe's outputs. What one reader_drain() finds, on all CPUs and of
 * all outputs, is handed on in the order of the samples' times.
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

/* reader_fd - a descriptor that is readable when the @i-th buffer has samples; -1 after the last */
int reader_fd(const struct reader *reader, unsigned int i);

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
