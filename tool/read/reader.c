// SPDX-License-Identifier: GPL-2.0-only
/* Samples of all CPUs and outputs in the order of their times, read where the kernel wrote them. */
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "attach/why.h"
#include "read/reader.h"
#include "read/ring.h"
#include "util/error.h"

/* EXPAND_EVENTS_MAX of a probe, and as many of the one that takes its place under --watch */
#define READER_OUTPUTS_MAX 32

/*
 * To be woken for a sample costs the traced task several microseconds, an interrupt and a wake-up,
 * where the sample itself costs a fraction of one. So it is done only while samples are few. When
 * there are more than BUSY_SAMPLES in LOOK_NS, they are looked for every LOOK_NS, or as soon as a
 * buffer is half full, until there are fewer than CALM_SAMPLES in that time. LOOK_NS is far below
 * what a person notices, and what is sent in it leaves a buffer room for as long as the reader may
 * have to wait for its CPU.
 */
#define LOOK_NS	      4000000
#define BUSY_SAMPLES  16
#define CALM_SAMPLES  8

#define NS_PER_SECOND 1000000000

struct reader_output {
	void *output;	    /* as given to reader_add() */
	int map_fd;	    /* our own */
	struct ring *rings; /* one for each CPU that runs */
	unsigned int nr_rings;
};

struct reader {
	reader_event_fn fn;
	void *arg;
	unsigned int pages;
	int epoll_fd;
	int timer_fd;
	struct reader_output outputs[READER_OUTPUTS_MAX];
	unsigned int nr_outputs;
	uint64_t overwritten; /* of outputs that are gone */
	struct ring **heap;   /* those with a sample; the one with the earliest is the first */
	unsigned int nr_heap;
	unsigned int nr_rings;
	char *scratch;

	bool busy;
	bool always_wake; /* the kernel would not do it otherwise */
	uint64_t window;  /* start of the time in which samples are counted */
	uint64_t nr_window;
};

static uint64_t reader_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NS_PER_SECOND + (uint64_t)now.tv_nsec;
}

int reader_new(struct reader **reader, unsigned int pages, reader_event_fn fn, void *arg,
	       struct error *err)
{
	struct reader *r = calloc(1, sizeof(*r));
	struct epoll_event timer = { .events = EPOLLIN };

	if (!r)
		return error_sys(err, -ENOMEM, "cannot read events");
	r->fn = fn;
	r->arg = arg;
	r->pages = pages;
	r->scratch = malloc(RING_SCRATCH);
	r->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	r->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (!r->scratch || r->epoll_fd < 0 || r->timer_fd < 0 ||
	    epoll_ctl(r->epoll_fd, EPOLL_CTL_ADD, r->timer_fd, &timer)) {
		int ret = r->scratch ? -errno : -ENOMEM;

		reader_free(r);
		return error_sys(err, ret, "cannot read events");
	}
	*reader = r;
	return 0;
}

static void output_close(struct reader_output *output)
{
	for (unsigned int i = 0; i < output->nr_rings; i++)
		ring_close(&output->rings[i]);
	free(output->rings);
	close(output->map_fd);
}

static int output_open(struct reader *reader, struct reader_output *output)
{
	size_t size = (size_t)reader->pages * (size_t)sysconf(_SC_PAGESIZE);
	int nr_cpus = libbpf_num_possible_cpus(), ret = 0;
	struct ring **heap;

	if (nr_cpus < 0)
		return nr_cpus;
	output->rings = calloc((size_t)nr_cpus, sizeof(*output->rings));
	heap = realloc(reader->heap, (reader->nr_rings + (size_t)nr_cpus) * sizeof(struct ring *));
	if (heap)
		reader->heap = heap;
	if (!heap || !output->rings)
		return -ENOMEM;
	for (int cpu = 0; cpu < nr_cpus; cpu++) {
		struct ring *ring = &output->rings[output->nr_rings];
		struct epoll_event event = { .events = EPOLLIN };

		ret = ring_open(ring, (unsigned int)cpu, size);
		/* it is off */
		if (ret == -ENODEV)
			continue;
		if (ret)
			return ret;
		output->nr_rings++;
		ring->output = output->output;
		ret = ring_point_map(ring, output->map_fd, reader->busy);
		if (ret)
			return ret;
		if (epoll_ctl(reader->epoll_fd, EPOLL_CTL_ADD, ring->fd, &event))
			return -errno;
	}
	return 0;
}

int reader_add(struct reader *reader, int map_fd, const char *name, void *output_arg,
	       struct error *err)
{
	struct reader_output *output = &reader->outputs[reader->nr_outputs];
	int ret;

	if (reader->nr_outputs == READER_OUTPUTS_MAX)
		return error_set(err, -E2BIG, "more than %d outputs", READER_OUTPUTS_MAX);
	memset(output, 0, sizeof(*output));
	output->output = output_arg;
	output->map_fd = fcntl(map_fd, F_DUPFD_CLOEXEC, 0);
	ret = output->map_fd < 0 ? -errno : output_open(reader, output);
	if (!ret) {
		reader->nr_outputs++;
		reader->nr_rings += output->nr_rings;
		return 0;
	}
	if (output->map_fd >= 0)
		output_close(output);
	if (ret == -ENOMEM || (ret == -EPERM && !why_capable(CAP_IPC_LOCK))) {
		error_set(err, ret,
			  "the kernel has no room for perf buffers of %zu bytes a CPU for %s",
			  (size_t)reader->pages * (size_t)sysconf(_SC_PAGESIZE), name);
		return error_hint(err, "ask for less with --buffer SIZE, or raise "
				       "kernel.perf_event_mlock_kb");
	}
	if (ret == -EPERM || ret == -EACCES)
		return why_refused(ret, "opening a perf buffer", err);
	return error_sys(err, ret, "cannot open the perf buffers of %s", name);
}

void reader_remove(struct reader *reader, const void *output)
{
	unsigned int kept = 0;

	for (unsigned int i = 0; i < reader->nr_outputs; i++) {
		struct reader_output *old = &reader->outputs[i];

		if (old->output != output) {
			reader->outputs[kept++] = *old;
			continue;
		}
		reader->nr_rings -= old->nr_rings;
		for (unsigned int k = 0; k < old->nr_rings; k++)
			reader->overwritten += old->rings[k].lost;
		output_close(old);
	}
	reader->nr_outputs = kept;
}

int reader_fd(const struct reader *reader)
{
	return reader->epoll_fd;
}

static void reader_set_timer(struct reader *reader, long ns)
{
	struct itimerspec spec = { .it_value.tv_nsec = ns, .it_interval.tv_nsec = ns };

	timerfd_settime(reader->timer_fd, 0, &spec, NULL);
}

static int reader_point_maps(struct reader *reader, bool quiet)
{
	for (unsigned int i = 0; i < reader->nr_outputs; i++) {
		struct reader_output *output = &reader->outputs[i];

		for (unsigned int k = 0; k < output->nr_rings; k++) {
			int ret = ring_point_map(&output->rings[k], output->map_fd, quiet);

			if (ret)
				return ret;
		}
	}
	return 0;
}

/* Look for samples at times of our own (@busy), or be woken for each. */
static int reader_set_busy(struct reader *reader, bool busy)
{
	int ret;

	if (busy && reader_point_maps(reader, true)) {
		/* it works without, only slower */
		reader->always_wake = true;
		busy = false;
	}
	ret = busy ? 0 : reader_point_maps(reader, false);
	reader_set_timer(reader, busy ? LOOK_NS : 0);
	reader->busy = busy;
	return ret;
}

/*
 * Decide by the @nr samples that were there at @now how to learn of the next ones.
 *
 * Returns 1 when it is to be looked again at once, because nobody was woken for what came before
 * the decision; 0, or negative errno.
 */
static int reader_pace(struct reader *reader, uint64_t now, uint64_t nr)
{
	bool over = now - reader->window >= LOOK_NS;
	int ret = 0;

	if (!reader->busy) {
		/* a new window begins with the samples that were found now */
		reader->nr_window = over ? nr : reader->nr_window + nr;
		if (over)
			reader->window = now;
		if (reader->nr_window <= BUSY_SAMPLES || reader->always_wake)
			return 0;
		ret = reader_set_busy(reader, true);
	} else {
		reader->nr_window += nr;
		if (!over)
			return 0;
		if (reader->nr_window < CALM_SAMPLES)
			ret = reader_set_busy(reader, false) ?: 1;
	}
	reader->window = now;
	reader->nr_window = 0;
	return ret;
}

/* heap[at] is new there: let it sink to where it belongs. */
static void heap_sink(struct reader *reader, unsigned int at)
{
	struct ring **heap = reader->heap, *ring = heap[at];

	for (;;) {
		unsigned int child = 2 * at + 1;

		if (child >= reader->nr_heap)
			break;
		if (child + 1 < reader->nr_heap && heap[child + 1]->time < heap[child]->time)
			child++;
		if (heap[child]->time >= ring->time)
			break;
		heap[at] = heap[child];
		at = child;
	}
	heap[at] = ring;
}

/* Find the rings that have something from before @until; false when one has only later samples. */
static bool reader_collect(struct reader *reader, uint64_t until)
{
	bool all = true;

	reader->nr_heap = 0;
	for (unsigned int i = 0; i < reader->nr_outputs; i++) {
		struct reader_output *output = &reader->outputs[i];

		for (unsigned int k = 0; k < output->nr_rings; k++) {
			struct ring *ring = &output->rings[k];

			ring_refresh(ring);
			if (!ring_next(ring))
				ring_release(ring);
			else if (ring->time <= until)
				reader->heap[reader->nr_heap++] = ring;
			else
				all = false;
		}
	}
	for (unsigned int i = reader->nr_heap / 2; i-- > 0;)
		heap_sink(reader, i);
	return all;
}

/* Hand on what the collected rings have from before @until; @nr counts. */
static int reader_merge(struct reader *reader, uint64_t until, uint64_t *nr)
{
	int ret = 0;

	while (reader->nr_heap && ret >= 0) {
		struct ring *ring = reader->heap[0];

		ret = reader->fn(reader->arg, ring->output, ring_sample(ring, reader->scratch),
				 ring->length, ring->time);
		ring_done(ring);
		++*nr;
		if (!ring_next(ring) || ring->time > until) {
			ring_release(ring);
			reader->heap[0] = reader->heap[--reader->nr_heap];
		}
		heap_sink(reader, 0);
	}
	for (unsigned int i = 0; i < reader->nr_heap; i++)
		ring_release(reader->heap[i]);
	return ret < 0 ? ret : 0;
}

int reader_drain(struct reader *reader)
{
	uint64_t expired;
	int ret = 0;

	if (reader->busy && read(reader->timer_fd, &expired, sizeof(expired)) < 0 &&
	    errno != EAGAIN)
		return -errno;
	for (bool again = true; again && !ret;) {
		/*
		 * What came later stays for the next drain: a ring that was looked at before it
		 * came may have got something earlier since. The clock is read first: whatever came
		 * before is found.
		 */
		uint64_t now = reader_clock(), nr = 0;
		bool all = reader_collect(reader, now);

		ret = reader_merge(reader, now, &nr);
		ret = ret ?: reader_pace(reader, now, nr);
		again = ret == 1 || (!all && !reader->busy);
		ret = ret < 0 ? ret : 0;
	}
	return ret;
}

uint64_t reader_overwritten(const struct reader *reader)
{
	uint64_t lost = reader->overwritten;

	for (unsigned int i = 0; i < reader->nr_outputs; i++)
		for (unsigned int k = 0; k < reader->outputs[i].nr_rings; k++)
			lost += reader->outputs[i].rings[k].lost;
	return lost;
}

void reader_free(struct reader *reader)
{
	if (!reader)
		return;
	for (unsigned int i = 0; i < reader->nr_outputs; i++)
		output_close(&reader->outputs[i]);
	if (reader->epoll_fd >= 0)
		close(reader->epoll_fd);
	if (reader->timer_fd >= 0)
		close(reader->timer_fd);
	free(reader->heap);
	free(reader->scratch);
	free(reader);
}
