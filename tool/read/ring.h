/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_READ_RING_H
#define HOTPROBE_READ_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The perf buffer of one CPU for one output, read where the kernel wrote it.
 *
 * Its memory belongs to a perf event that wakes us for every sample. A second event without
 * wake-ups can write to the same memory: the one of the two that stands in the output's perf event
 * array decides, so that the way of waking changes while the probe runs.
 */
struct ring {
	void *output; /* whose samples these are */
	unsigned int cpu;
	int fd;	      /* wakes for every sample; owns the memory */
	int quiet_fd; /* wakes when the buffer is half full; -1 until it was needed */
	void *map;    /* struct perf_event_mmap_page, then the data */
	char *data;
	size_t size;   /* of the data, a power of two */
	uint64_t head; /* up to here the samples are known to be complete */
	uint64_t tail; /* up to here they are handed on */
	uint64_t told; /* up to here the kernel knows that */
	uint64_t lost; /* samples that PERF_RECORD_LOST spoke of */

	/* the next sample: found by ring_next() */
	uint64_t time; /* CLOCK_MONOTONIC */
	uint32_t length;
	uint32_t record; /* bytes that it takes in the buffer */
};

/*
 * ring_open - make the buffer of @cpu
 *
 * @size: bytes, a power of two of pages. Returns 0 or negative errno, -ENODEV when the CPU is off.
 * Close it with ring_close().
 */
int ring_open(struct ring *ring, unsigned int cpu, size_t size);
void ring_close(struct ring *ring);

/* ring_point_map - let the perf event array send this CPU's samples here; 0 or negative errno */
int ring_point_map(struct ring *ring, int map_fd, bool quiet);

/* ring_refresh - take in what the kernel has written meanwhile */
void ring_refresh(struct ring *ring);

/* ring_next - find the next sample; false when there is none before the last ring_refresh() */
bool ring_next(struct ring *ring);

/*
 * ring_sample - the bytes of the sample that ring_next() found, good until ring_done()
 * @scratch: RING_SCRATCH bytes, for samples that go over the end of the buffer
 */
#define RING_SCRATCH 65536
const void *ring_sample(const struct ring *ring, char *scratch);

/* ring_done - the sample is not needed any more */
void ring_done(struct ring *ring);

/* ring_release - let the kernel write over what is done */
void ring_release(struct ring *ring);

#endif
