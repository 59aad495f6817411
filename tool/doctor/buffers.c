// SPDX-License-Identifier: GPL-2.0-only
/* The ways from a program to us: a value is sent, and must arrive. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "attach/attach.h"
#include "attach/why.h"
#include "doctor/doctor.h"
#include "doctor/trial.h"
#include "read/ring.h"
#include "util/error.h"

#define VALUE	   0x68707472 /* anything that is not 0 */
#define RING_PAGES 8

static void failed(struct doctor_result *result, int code, const char *what)
{
	struct error err = {};

	why_refused(code, what, &err);
	doctor_error(result, &err);
}

/* Did the value come through the perf buffer? */
static bool perf_arrived(struct ring *ring)
{
	char *scratch = malloc(RING_SCRATCH);
	uint64_t value = 0;

	ring_refresh(ring);
	if (scratch && ring_next(ring) && ring->length >= sizeof(value))
		memcpy(&value, ring_sample(ring, scratch), sizeof(value));
	free(scratch);
	return value == VALUE;
}

static void test_perf_buffer(struct doctor *doctor, const struct doctor_check *check,
			     struct doctor_result *result)
{
	int cpu = sched_getcpu(), cpus = libbpf_num_possible_cpus();
	struct trial trial = { -1, -1 };
	struct ring ring = {};
	struct error err = {};
	int map, ret;

	(void)doctor;
	(void)check;
	doctor_tested(result, "a program sent a value through one, which was read");
	map = bpf_map_create(BPF_MAP_TYPE_PERF_EVENT_ARRAY, "trial", 4, 4,
			     cpus > 0 ? (__u32)cpus : 1, NULL);
	if (map < 0)
		return failed(result, map, "creating the map of a perf buffer");
	ret = ring_open(&ring, (unsigned int)cpu, RING_PAGES * (size_t)sysconf(_SC_PAGESIZE));
	if (ret) {
		failed(result, ret, "opening a perf buffer");
		goto out;
	}
	ret = ring_point_map(&ring, map, false);
	if (ret) {
		failed(result, ret, "putting a perf buffer into its map");
		goto close;
	}
	/* bpf_perf_event_output(ctx, map, BPF_F_CURRENT_CPU, &value, sizeof(value)) */
	if (trial_load(&trial, &provider_raw_tracepoint, 0,
		       &TRIAL_BODY(INSN_STORE(BPF_DW, 10, -8, VALUE), INSN_MOV(1, 6),
				   INSN_MAP(2, map), TRIAL_SET32(3, -1), INSN_MOV(4, 10),
				   INSN_ADD(4, -8), INSN_SET(5, 8),
				   INSN_CALL(BPF_FUNC_perf_event_output), INSN_SET(8, 1),
				   INSN_SKIP_IF_0(0, 1), INSN_SET(8, 2)),
		       &err))
		doctor_error(result, &err);
	else if ((ret = trial_run(&trial, cpu)) != 0)
		doctor_found(result, FOUND_LIMITED, "opened, but no program could be run: %s",
			     strerror(-ret));
	else if (perf_arrived(&ring))
		doctor_found(result, FOUND_OK, "works");
	else
		doctor_found(result, FOUND_MISSING, "what is sent does not arrive");
close:
	ring_close(&ring);
out:
	trial_close(&trial);
	close(map);
}

static int ring_sample_taken(void *arg, void *data, size_t size)
{
	if (size == sizeof(uint64_t))
		memcpy(arg, data, size);
	return 0;
}

static void test_ring_buffer(struct doctor *doctor, const struct doctor_check *check,
			     struct doctor_result *result)
{
	struct trial trial = { -1, -1 };
	struct ring_buffer *buffer = NULL;
	struct error err = {};
	uint64_t value = 0;
	int map, ret;

	(void)doctor;
	(void)check;
	doctor_tested(result, "a program sent a value through one, which was read");
	map = bpf_map_create(BPF_MAP_TYPE_RINGBUF, "trial", 0, 0, (__u32)sysconf(_SC_PAGESIZE),
			     NULL);
	if (map == -EINVAL) {
		doctor_found(result, FOUND_MISSING, "this kernel has none");
		return doctor_fix(result, "use a kernel since Linux 5.8; bundled probes use perf "
					  "buffers");
	}
	if (map < 0)
		return failed(result, map, "creating a ring buffer");
	/* bpf_ringbuf_output(map, &number, sizeof(number), 0) */
	if (trial_load(&trial, &provider_raw_tracepoint, 0,
		       &TRIAL_BODY(INSN_STORE(BPF_DW, 10, -8, VALUE), INSN_MAP(1, map),
				   INSN_MOV(2, 10), INSN_ADD(2, -8), INSN_SET(3, 8), INSN_SET(4, 0),
				   INSN_CALL(BPF_FUNC_ringbuf_output), INSN_SET(8, 1),
				   INSN_SKIP_IF_0(0, 1), INSN_SET(8, 2)),
		       &err)) {
		doctor_error(result, &err);
		goto out;
	}
	buffer = ring_buffer__new(map, ring_sample_taken, &value, NULL);
	if (!buffer) {
		failed(result, -errno, "opening a ring buffer");
		goto out;
	}
	ret = trial_run(&trial, sched_getcpu());
	if (ret)
		doctor_found(result, FOUND_LIMITED, "opened, but no program could be run: %s",
			     strerror(-ret));
	else if (ring_buffer__consume(buffer) == 1 && value == VALUE)
		doctor_found(result, FOUND_OK, "works");
	else
		doctor_found(result, FOUND_MISSING, "what is sent does not arrive");
out:
	ring_buffer__free(buffer);
	trial_close(&trial);
	close(map);
}

static void test_stacks(struct doctor *doctor, const struct doctor_check *check,
			struct doctor_result *result)
{
	struct trial trial = { -1, -1 };
	struct error err = {};
	int map, ret;

	(void)doctor;
	(void)check;
	doctor_tested(result, "a program took its own kernel stack");
	/* as BPF_STACK_TRACE declares it: up to 127 addresses (PERF_MAX_STACK_DEPTH) */
	map = bpf_map_create(BPF_MAP_TYPE_STACK_TRACE, "trial", 4, 127 * 8, 4, NULL);
	if (map < 0)
		return failed(result, map, "creating a map for stacks");
	/* bpf_get_stackid(ctx, map, 0) */
	if (trial_load(&trial, &provider_raw_tracepoint, 0,
		       &TRIAL_BODY(INSN_MOV(1, 6), INSN_MAP(2, map), INSN_SET(3, 0),
				   INSN_CALL(BPF_FUNC_get_stackid), INSN_SET(8, 1),
				   TRIAL_SKIP_IF_GE_0(), INSN_SET(8, 2)),
		       &err))
		doctor_error(result, &err);
	else if ((ret = trial_run(&trial, sched_getcpu())) != 0)
		doctor_found(result, FOUND_LIMITED, "no program could be run: %s", strerror(-ret));
	else if (trial_number(&trial) == 1)
		doctor_found(result, FOUND_OK, "can be taken");
	else
		doctor_found(result, FOUND_LIMITED, "the kernel gives none");
	trial_close(&trial);
	close(map);
}

const struct doctor_check doctor_buffers[] = {
	{ "perf buffer", "BPF programs", test_perf_buffer, NULL },
	{ "ring buffer", "BPF programs", test_ring_buffer, NULL },
	{ "kernel stacks", "BPF programs", test_stacks, NULL },
	{},
};
