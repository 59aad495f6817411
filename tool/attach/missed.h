/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_ATTACH_MISSED_H
#define HOTPROBE_ATTACH_MISSED_H

#include <stdint.h>

struct attach_point;

/*
 * missed_count - how often the kernel did not run the programs of attached points
 * @prog_fds: the program of each point
 *
 * It does not run a program within itself, nor one at a kprobe or a tracepoint within any BPF
 * program at one. It counts that for fentry, fexit and raw tracepoints since Linux 5.12 ("bpf:
 * Count the number of times recursion was prevented"), for kprobes and tracepoints, and for the
 * links of kprobe.multi, since 6.7 ("bpf: Count missed stats in trace_call_bpf", "bpf: Add missed
 * value to kprobe_multi link info").
 */
uint64_t missed_count(const struct attach_point *points, const int *prog_fds, unsigned int nr);

#endif
