/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_COMPILE_WORKER_H
#define HOTPROBE_COMPILE_WORKER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "util/buf.h"

struct error;

/* The folder or file that the worker is given as this descriptor, to reach it without a path. */
#define WORKER_SOURCE_FD   4
#define WORKER_SOURCE_PATH "/proc/self/fd/4"

/* Precompiled headers are given as this one. */
#define WORKER_PCH_FD	6
#define WORKER_PCH_PATH "/proc/self/fd/6"

/* The argument with which it is to make them. */
#define WORKER_PRECOMPILE "precompile"

/* The argument with which it is to tell of its libraries; it reads no request then. */
#define WORKER_VERSIONS "versions"

/* A conversation with one worker process. */
struct worker {
	const char *program;
	const struct buf *request;
	int source_fd; /* becomes WORKER_SOURCE_FD there; -1 none */
	int pch_fd;    /* becomes WORKER_PCH_FD there; -1 none */
	int signal_fd;
	bool precompile;
	bool versions;
	const char *progress; /* what to say after half a second, NULL nothing */
	uint64_t timeout_ns;
	bool may_leave; /* do not wait for its end when the answer is whole */

	/* afterwards */
	struct buf answer;
	struct buf messages; /* its stderr */
	int status;	     /* as waitpid() gives it */
	uint64_t took_ns;
	pid_t left; /* is about to end, and is the caller's to wait for; 0 none */
};

/*
 * worker_converse - start the worker, hand over the request, collect all it says, wait for its end
 *
 * As root it runs as the user nobody, with no groups and no capabilities. Returns 0 also when the
 * worker failed: @status tells. -EINTR when the signalfd became readable, -ETIMEDOUT.
 */
int worker_converse(struct worker *worker, struct error *err);

#define WORKER_NOBODY 65534 /* Debian policy 9.2.2: nobody and nogroup */

#endif
