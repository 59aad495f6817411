/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef BENCH_SUBJECT_H
#define BENCH_SUBJECT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

/* How long a subject may take for anything, ns. */
#define SUBJECT_PATIENCE (60 * 1000000000LL)

/* What is measured: a tracer, started with its output where we can read it. */
struct subject {
	pid_t pid;
	int64_t started;     /* CLOCK_MONOTONIC, ns, before the fork */
	struct rusage usage; /* after subject_stop(): of it and of its children */
	int status;
};

/* CLOCK_MONOTONIC in ns */
int64_t now(void);

/* Sleep until @when, or not at all. */
void sleep_until(int64_t when);

/* Print "NAME: what failed: errno" and end. */
void die(const char *what) __attribute__((noreturn));

/*
 * subject_start - fork and exec
 * @root: a folder that becomes its root, or NULL
 * @cpu: the CPU that it is to run on, or -1 for all
 * @out: becomes its stdout
 * @err: the path of the file that gets its stderr
 */
void subject_start(struct subject *subject, char **argv, const char *root, int cpu, int out,
		   const char *err);

/* subject_cpu_time - ns that its main thread and all others have had of a CPU up to now */
int64_t subject_cpu_time(const struct subject *subject);

/* subject_ended - has it ended by itself? */
bool subject_ended(struct subject *subject);

/*
 * subject_stop - SIGINT, as from a terminal; wait for its end, which is forced if it does not come,
 * and for that of the processes that it leaves behind
 */
void subject_stop(struct subject *subject);

/* subject_pin - let this process itself run only on @cpu */
void subject_pin(int cpu);

#endif
