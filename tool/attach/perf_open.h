/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_ATTACH_PERF_OPEN_H
#define HOTPROBE_ATTACH_PERF_OPEN_H

#include <stdbool.h>
#include <stdint.h>

struct attach_point;
struct perf_event_attr;

/*
 * Opening perf events that run a BPF program. What is opened here lives as long as its fd: nothing
 * stays behind in the kernel when the process is killed.
 *
 * libbcc_bpf's bpf_attach_kprobe() and bpf_attach_uprobe() are not used: where perf_event_open(2)
 * fails they write to tracefs' kprobe_events and uprobe_events, whose entries outlive the process,
 * and they print on stderr.
 */

/* A kernel or user probe, for the dynamic PMUs "kprobe" and "uprobe". */
struct perf_probe {
	const char *pmu;
	bool is_return;	    /* at the function's return */
	const char *name;   /* kernel function or binary's path; NULL: @addr is a kernel address */
	uint64_t addr;	    /* kprobe: bytes into the function; uprobe: offset in the file */
	uint64_t semaphore; /* uprobe: offset in the file of a USDT semaphore, 0 none */
	int pid;	    /* uprobe: only this process; -1 all */
};

/* perf_pmu_type - its number from sysfs; -ENOENT when the kernel does not have that PMU */
int perf_pmu_type(const char *pmu, uint32_t *type);

/* perf_probe_open - a disabled probe; the fd, or a negative errno as perf_event_open(2) gave it */
int perf_probe_open(const struct perf_probe *probe);

/* perf_tracepoint_open - a disabled tracepoint by the number in its id file; fd or negative errno
 */
int perf_tracepoint_open(uint64_t id);

/* perf_event_open - perf_event_open(2), closed on exec; fd or negative errno */
int perf_event_open(const struct perf_event_attr *attr, int pid, int cpu);

/*
 * perf_start - put the program on the event, enable it, give it to the point
 *
 * Takes @fd in any case: on failure it is closed. Returns 0 or a negative errno.
 */
int perf_start(struct attach_point *point, int fd, int prog_fd);

/* perf_event_name - perf-list(1)'s name of a kernel's or processor's event, NULL when it has none
 */
const char *perf_event_name(uint32_t type, uint64_t config);

#endif
