/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_TRACE_GENERATION_H
#define HOTPROBE_TRACE_GENERATION_H

#include <stdbool.h>
#include <stdint.h>

#include "probe/expand.h"

struct error;
struct file;
struct files;
struct output;
struct reader;
struct session;
struct sink;

/* What became of events. The first four are the prelude's struct hp_count, from the kernel. */
struct tally {
	uint64_t emitted;
	uint64_t filtered;
	uint64_t lost;	  /* could not be sent */
	uint64_t dropped; /* name_drop(): the probe could not make them */
	uint64_t printed;
	uint64_t unprinted; /* came after the end that -n asked for */
	uint64_t malformed; /* did not fit the schema */
};

/*
 * A loaded session with its outputs: what --watch exchanges while the run goes on. Without it there
 * is one in a run.
 */
struct generation {
	struct session *session;
	struct generation_output {
		struct generation *generation;
		struct output *output;
		struct file *file; /* where its events go; NULL: they are printed */
	} outputs[EXPAND_EVENTS_MAX];
	unsigned int nr_outputs;
	unsigned int nr_printed; /* of the outputs */
	bool plain;		 /* an output is without EVENTS: it has no exact count */
	struct tally tally;
};

/*
 * generation_new - open the outputs of a loaded session
 *
 * @files: where those under Files go, unless they go to @sink
 * @reader gets its buffers, with a struct generation_output as the output of their events. The
 * session is taken over if all went well, and stays the caller's if not.
 */
int generation_new(struct generation **generation, struct session *session, struct sink *sink,
		   struct files *files, struct reader *reader, struct error *err);

/* generation_pages - of each CPU's perf buffer, as the session asks for */
unsigned int generation_pages(const struct session *session);

/* generation_count - take the kernel's counts into the tally; negative errno */
int generation_count(struct generation *generation);

/*
 * generation_stop - from here on the programs make no events, although they may still be attached
 *
 * When it returns 0, the kernel's counts are final. Negative errno: it cannot be had, because there
 * is an output that the probe submits to by itself, or for want of memory.
 */
int generation_stop(const struct generation *generation);

/* generation_free - the session too; @sink counts the other generation's outputs then, if any */
void generation_free(struct generation *generation, struct reader *reader);

/* tally_known - the events whose fate is known */
uint64_t tally_known(const struct tally *tally);

/* tally_add - @sum += @tally; what was sent and never came counts as lost */
void tally_add(struct tally *sum, const struct tally *tally);

#endif
