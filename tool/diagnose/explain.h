/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_DIAGNOSE_EXPLAIN_H
#define HOTPROBE_DIAGNOSE_EXPLAIN_H

#include <stdbool.h>
#include <stddef.h>

struct compile_job;
struct buf;
struct error;
struct expansion;
struct request;
struct worker;

/* explain_death - the worker ended by a signal or with a status that it does not have */
int explain_death(const struct worker *worker, const struct compile_job *job,
		  const struct request *req, struct error *err);

/* explain_failure - the probe could not be compiled: what its messages mean */
int explain_failure(const struct worker *worker, const struct compile_job *job,
		    const struct request *req, struct error *err);

/*
 * explain_errors - the compiler's errors in the user's lines, with what to do about them
 * @text: what diagnostics_clean() made of its messages
 *
 * Without any error in it, nothing is said, and 0 returned.
 */
int explain_errors(const char *text, const struct compile_job *job, const struct request *req,
		   struct error *err);

/* explain_warnings - append its warnings on the user's lines */
void explain_warnings(struct buf *out, const char *text, const struct compile_job *job);

/* explain_where - what the compiler said of --where; a mistake on the command line */
int explain_where(const char *text, const struct expansion *exp, struct error *err);

/*
 * explain_tracepoint - does @text, which the compiler said, come from a tracepoint that is not
 * there?
 *
 * That is no error to the compiler: a pointer to a struct that nobody declared. True and @err set
 * if so.
 */
bool explain_tracepoint(const char *text, const struct request *req, const struct expansion *exp,
			struct error *err);

/* tracepoint_name - "sched/sched_switch" as it stands in C names: @prefix, then sched__sched_switch
 */
void tracepoint_name(char *name, size_t size, const char *prefix, const char *event);

#endif
