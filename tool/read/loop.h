/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_READ_LOOP_H
#define HOTPROBE_READ_LOOP_H

#include <stdbool.h>
#include <stdint.h>

struct command;
struct error;
struct reader;
struct sink;

enum loop_end {
	LOOP_SIGNAL = 1, /* somebody stopped it */
	LOOP_TIME,	 /* the duration is over */
	LOOP_COMMAND,	 /* the command ended */
	LOOP_ENOUGH,	 /* as many events as were asked for */
	LOOP_CLOSED,	 /* nobody reads our output any more */
};

/* What loop_run() waits for. Nothing is taken over. */
struct loop {
	struct reader *reader;
	struct sink *sink;
	struct command *command;  /* pid 0: none */
	int signal_fd;		  /* of a signalfd for SIGINT, SIGTERM, SIGHUP and SIGCHLD */
	int trace_pipe_fd;	  /* -1 none; its lines go to stderr */
	const bool *enough;	  /* set by the event function: no more events are wanted */
	uint64_t duration_ns;	  /* 0 no end */
	uint64_t interval_ns;	  /* of tick(); 0 never */
	void (*child)(void *arg); /* a child ended that is not the command */
	int (*tick)(void *arg, struct error *err);
	int watch_fd; /* -1 none; when it is readable watch() is called */
	/* what it returns, if not 0, ends the loop: an enum loop_end, or negative errno */
	int (*watch)(void *arg, struct error *err);
	void *arg;
};

/*
 * loop_run - wait and hand on until something ends it: an enum loop_end, or negative errno
 */
int loop_run(struct loop *loop, struct error *err);

/* loop_events - print what the reader has: 0, an enum loop_end, or negative errno */
int loop_events(struct loop *loop, struct error *err);

/* loop_drain_trace_pipe - what bpf_trace_printk() wrote so far, to stderr */
void loop_drain_trace_pipe(int fd);

#endif
