// SPDX-License-Identifier: GPL-2.0-only
/*
 * libbpf reads the ring buffers; the raw form of its reader is used because that one gives the
 * samples' times, without which events of several CPUs could not be put in order.
 */
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/capability.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "attach/why.h"
#include "read/reader.h"
#include "util/buf.h"
#include "util/error.h"

/* EXPAND_EVENTS_MAX of a probe, and as many of the one that takes its place under --watch */
#define READER_OUTPUTS_MAX 32

struct sample {
	uint64_t time;
	size_t offset; /* in the batch's data */
	uint32_t size;
	void *output;
};

/* What libbpf hands back to the callback. */
struct reader_output {
	struct reader *reader;
	struct perf_buffer *buffer;
	void *output; /* as given to reader_add() */
};

struct reader {
	reader_event_fn fn;
	void *arg;
	unsigned int pages;
	struct reader_output *outputs[READER_OUTPUTS_MAX]; /* libbpf knows their addresses */
	unsigned int nr_outputs;
	uint64_t overwritten;
	struct buf data; /* of one drain */
	struct sample *samples;
	size_t nr_samples;
	size_t max_samples;
};

/* A sample as the kernel writes it for PERF_SAMPLE_TIME | PERF_SAMPLE_RAW (perf_event_open(2)). */
struct raw_sample {
	struct perf_event_header header;
	uint64_t time;
	uint32_t size;
	char data[];
};

struct lost_sample {
	struct perf_event_header header;
	uint64_t id;
	uint64_t lost;
};

static enum bpf_perf_event_ret reader_take(void *arg, int cpu, struct perf_event_header *event)
{
	struct reader_output *output = arg;
	struct reader *reader = output->reader;
	const struct raw_sample *raw = (const void *)event;
	struct sample *sample;

	(void)cpu;
	if (event->type == PERF_RECORD_LOST) {
		reader->overwritten += ((const struct lost_sample *)(const void *)event)->lost;
		return LIBBPF_PERF_EVENT_CONT;
	}
	if (event->type != PERF_RECORD_SAMPLE)
		return LIBBPF_PERF_EVENT_CONT;
	if (reader->nr_samples == reader->max_samples) {
		size_t more = reader->max_samples ? reader->max_samples * 2 : 256;
		struct sample *samples = realloc(reader->samples, more * sizeof(*samples));

		if (!samples)
			return LIBBPF_PERF_EVENT_ERROR;
		reader->samples = samples;
		reader->max_samples = more;
	}
	sample = &reader->samples[reader->nr_samples++];
	sample->time = raw->time;
	sample->size = raw->size;
	sample->output = output->output;
	/* fields are read where they lie: keep the alignment that the event has in the ring */
	sample->offset = (reader->data.len + 7) & ~(size_t)7;
	buf_pad(&reader->data, reader->data.len, sample->offset - reader->data.len);
	buf_add(&reader->data, raw->data, raw->size);
	return reader->data.failed ? LIBBPF_PERF_EVENT_ERROR : LIBBPF_PERF_EVENT_CONT;
}

int reader_new(struct reader **reader, unsigned int pages, reader_event_fn fn, void *arg,
	       struct error *err)
{
	struct reader *r = calloc(1, sizeof(*r));

	if (!r)
		return error_sys(err, -ENOMEM, "cannot read events");
	r->fn = fn;
	r->arg = arg;
	r->pages = pages;
	*reader = r;
	return 0;
}

int reader_add(struct reader *reader, int map_fd, const char *name, void *output_arg,
	       struct error *err)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_BPF_OUTPUT,
		.sample_type = PERF_SAMPLE_TIME | PERF_SAMPLE_RAW,
		.sample_period = 1,
		.wakeup_events = 1,
		.use_clockid = 1,
		.clockid = CLOCK_MONOTONIC,
	};
	size_t size = (size_t)reader->pages * (size_t)sysconf(_SC_PAGESIZE);
	struct reader_output *output;
	int ret;

	if (reader->nr_outputs == READER_OUTPUTS_MAX)
		return error_set(err, -E2BIG, "more than %d outputs", READER_OUTPUTS_MAX);
	output = calloc(1, sizeof(*output));
	if (!output)
		return error_sys(err, -ENOMEM, "cannot read events");
	output->reader = reader;
	output->output = output_arg;
	output->buffer = perf_buffer__new_raw(map_fd, reader->pages, &attr, reader_take, output,
					      NULL);
	if (output->buffer) {
		reader->outputs[reader->nr_outputs++] = output;
		return 0;
	}
	ret = -errno;
	free(output);
	if (ret == -ENOMEM || (ret == -EPERM && !why_capable(CAP_IPC_LOCK))) {
		error_set(err, ret,
			  "the kernel has no room for perf buffers of %zu bytes a CPU for %s", size,
			  name);
		return error_hint(err, "ask for less with --buffer SIZE, or raise "
				       "kernel.perf_event_mlock_kb");
	}
	if (ret == -EPERM || ret == -EACCES)
		return why_refused(ret, "opening a perf buffer", err);
	return error_sys(err, ret, "cannot open the perf buffers of %s", name);
}

static void output_close(struct reader_output *output)
{
	perf_buffer__free(output->buffer);
	free(output);
}

void reader_remove(struct reader *reader, const void *output)
{
	unsigned int kept = 0;

	for (unsigned int i = 0; i < reader->nr_outputs; i++) {
		if (reader->outputs[i]->output == output)
			output_close(reader->outputs[i]);
		else
			reader->outputs[kept++] = reader->outputs[i];
	}
	reader->nr_outputs = kept;
}

int reader_fd(const struct reader *reader, unsigned int i)
{
	return i < reader->nr_outputs ? perf_buffer__epoll_fd(reader->outputs[i]->buffer) : -1;
}

static int sample_compare(const void *a, const void *b)
{
	const struct sample *x = a, *y = b;

	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	/* of one CPU: the order in which they were read */
	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

int reader_drain(struct reader *reader)
{
	bool sorted = true;
	int ret = 0, failed = 0;

	buf_reset(&reader->data);
	reader->nr_samples = 0;
	/*
	 * The latest first: when --watch has put a program in the place of another, whatever a task
	 * did under the old one before what is found of the new one is found after it.
	 */
	for (unsigned int i = reader->nr_outputs; i-- > 0;) {
		ret = perf_buffer__consume(reader->outputs[i]->buffer);
		/* what was taken before is handed on all the same */
		if (ret < 0 && !failed)
			failed = ret;
	}
	for (size_t i = 1; i < reader->nr_samples && sorted; i++)
		sorted = reader->samples[i - 1].time <= reader->samples[i].time;
	if (!sorted)
		qsort(reader->samples, reader->nr_samples, sizeof(*reader->samples),
		      sample_compare);
	for (size_t i = 0; i < reader->nr_samples; i++) {
		const struct sample *sample = &reader->samples[i];

		ret = reader->fn(reader->arg, sample->output, reader->data.data + sample->offset,
				 sample->size, sample->time);
		if (ret < 0)
			return ret;
	}
	return failed;
}

uint64_t reader_overwritten(const struct reader *reader)
{
	return reader->overwritten;
}

void reader_free(struct reader *reader)
{
	if (!reader)
		return;
	for (unsigned int i = 0; i < reader->nr_outputs; i++)
		output_close(reader->outputs[i]);
	buf_free(&reader->data);
	free(reader->samples);
	free(reader);
}
