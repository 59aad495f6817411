/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_COMPILE_RUN_H
#define HOTPROBE_COMPILE_RUN_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct buf;
struct cache;
struct error;
struct expansion;
struct header_source;
struct object;
struct source;

/* What to compile, and how. Nothing is taken over. */
struct compile_job {
	const struct source *src;
	const struct expansion *exp;
	const struct header_source *headers;
	const char *const *flags; /* -D options */
	unsigned int nr_flags;
	const char *where;	   /* --where, for messages; NULL when not given */
	int signal_fd;		   /* a signalfd: when it becomes readable, give up; -1 none */
	bool progress;		   /* stderr is a terminal: show that it is going on */
	bool quiet;		   /* no warnings of the compiler */
	const struct cache *cache; /* of objects; NULL: compile, and keep nothing */
	/* says, for -v, what happened on the way */
	void (*remark)(void *arg, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
	void *arg;
	/* is given the compiler's warnings, hint NULL; NULL: they go to stderr */
	void (*warn)(void *arg, const char *text, const char *hint);
	void *warn_arg;
	pid_t *left; /* receives a worker that is about to end, to be waited for; NULL: wait for it
		      */
};

/*
 * compile_run - have a probe compiled: by the worker, or by taking what it made of the same before
 *
 * As root the worker runs as nobody. -EINTR when a signal came; every other failure is explained
 * in @err: a compiler error in the user's lines, a worker that died, hung or wrote rubbish.
 * HOTPROBE_COMPILE_TIMEOUT in the environment: seconds it may take, 300 unless set.
 */
int compile_run(struct object *obj, const struct compile_job *job, struct error *err);

/*
 * diagnostics_clean - make the compiler's stderr fit for a person
 *
 * libbcc compiles a probe that fails twice, says so, and adds remarks of its own: each error is
 * kept once. Positions in the --where expression are turned into positions in what the user typed.
 */
void diagnostics_clean(struct buf *out, const char *text, const struct expansion *exp,
		       const char *where);

#endif
