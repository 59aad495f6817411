// SPDX-License-Identifier: GPL-2.0-only
#include <bpf/bpf.h>
#include <errno.h>
#include <linux/perf_event.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "read/ring.h"

/* A sample as the kernel writes it for PERF_SAMPLE_TIME | PERF_SAMPLE_RAW (perf_event_open(2)). */
struct raw_sample {
	struct perf_event_header header;
	uint64_t time;
	uint32_t length;
	char data[];
};

struct lost_record {
	struct perf_event_header header;
	uint64_t id;
	uint64_t lost;
};

#define RAW_DATA offsetof(struct raw_sample, data)

/* How much is read before the kernel is told: the word that says so is in a cache line that the
 * traced CPU writes for every sample. */
#define TELL_PART 8

static int ring_event(unsigned int cpu, bool quiet)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_BPF_OUTPUT,
		.sample_type = PERF_SAMPLE_TIME | PERF_SAMPLE_RAW,
		.sample_period = 1,
		/* 0: only by the buffer's watermark, which is its half unless it was given */
		.wakeup_events = !quiet,
		.use_clockid = 1,
		.clockid = CLOCK_MONOTONIC,
	};
	int fd = (int)syscall(SYS_perf_event_open, &attr, -1, (int)cpu, -1, PERF_FLAG_FD_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int ring_open(struct ring *ring, unsigned int cpu, size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	int ret;

	memset(ring, 0, sizeof(*ring));
	ring->cpu = cpu;
	ring->size = size;
	ring->quiet_fd = -1;
	ring->fd = ring_event(cpu, false);
	if (ring->fd < 0)
		return ring->fd;
	ring->map = mmap(NULL, page + size, PROT_READ | PROT_WRITE, MAP_SHARED, ring->fd, 0);
	if (ring->map == MAP_FAILED) {
		ret = -errno;
		close(ring->fd);
		return ret;
	}
	ring->data = (char *)ring->map + page;
	return 0;
}

void ring_close(struct ring *ring)
{
	munmap(ring->map, (size_t)(ring->data - (char *)ring->map) + ring->size);
	close(ring->fd);
	if (ring->quiet_fd >= 0)
		close(ring->quiet_fd);
}

static int ring_open_quiet(struct ring *ring)
{
	int fd = ring_event(ring->cpu, true), ret;

	if (fd < 0)
		return fd;
	if (ioctl(fd, PERF_EVENT_IOC_SET_OUTPUT, ring->fd)) {
		ret = -errno;
		close(fd);
		return ret;
	}
	ring->quiet_fd = fd;
	return 0;
}

int ring_point_map(struct ring *ring, int map_fd, bool quiet)
{
	int ret;

	if (quiet && ring->quiet_fd < 0) {
		ret = ring_open_quiet(ring);
		if (ret)
			return ret;
	}
	return bpf_map_update_elem(map_fd, &ring->cpu, quiet ? &ring->quiet_fd : &ring->fd, BPF_ANY)
		       ? -errno
		       : 0;
}

void ring_refresh(struct ring *ring)
{
	const struct perf_event_mmap_page *page = ring->map;

	/* pairs with the kernel's barrier in perf_output_put_handle() */
	ring->head = __atomic_load_n(&page->data_head, __ATOMIC_ACQUIRE);
}

void ring_release(struct ring *ring)
{
	struct perf_event_mmap_page *page = ring->map;

	if (ring->told == ring->tail)
		return;
	__atomic_store_n(&page->data_tail, ring->tail, __ATOMIC_RELEASE);
	ring->told = ring->tail;
}

/* Records are aligned to 8 bytes, and so no aligned word of one goes over the buffer's end. */
static const void *ring_at(const struct ring *ring, size_t offset)
{
	return ring->data + ((ring->tail + offset) & (ring->size - 1));
}

bool ring_next(struct ring *ring)
{
	while (ring->tail < ring->head) {
		const struct perf_event_header *header = ring_at(ring, 0);

		ring->record = header->size;
		if (header->type == PERF_RECORD_SAMPLE) {
			memcpy(&ring->time, ring_at(ring, offsetof(struct raw_sample, time)),
			       sizeof(ring->time));
			memcpy(&ring->length, ring_at(ring, offsetof(struct raw_sample, length)),
			       sizeof(ring->length));
			return true;
		}
		if (header->type == PERF_RECORD_LOST) {
			uint64_t lost;

			memcpy(&lost, ring_at(ring, offsetof(struct lost_record, lost)),
			       sizeof(lost));
			ring->lost += lost;
		}
		ring_done(ring);
	}
	return false;
}

const void *ring_sample(const struct ring *ring, char *scratch)
{
	size_t at = (ring->tail + RAW_DATA) & (ring->size - 1), there = ring->size - at;

	if (ring->length <= there)
		return ring->data + at;
	memcpy(scratch, ring->data + at, there);
	memcpy(scratch + there, ring->data, ring->length - there);
	return scratch;
}

void ring_done(struct ring *ring)
{
	ring->tail += ring->record;
	if (ring->tail - ring->told >= ring->size / TELL_PART)
		ring_release(ring);
}
