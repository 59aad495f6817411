/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_PROBE_EXPAND_H
#define HOTPROBE_PROBE_EXPAND_H

#include <stdbool.h>
#include <stddef.h>

#include "probe/source.h"
#include "util/buf.h"

struct error;

#define EXPAND_EVENTS_MAX      16
#define EXPAND_TRACEPOINTS_MAX 64
#define EXPAND_INCLUDES_MAX    32

/* Which filters are compiled into name_emit. */
struct filters {
	bool pid, uid, comm, cgroup, tasks;
	const char *where; /* --where, NULL when not given */
	/* outputs that --where is not about: their events are lines of a file */
	const char *aside[EXPAND_EVENTS_MAX];
	unsigned int nr_aside;
	/* offsets of two fields in the records of sched tracepoints, for @tasks */
	unsigned int fork_child_offset;
	unsigned int exec_old_pid_offset;
};

struct expand_output {
	char name[64];	/* of the perf output */
	char type[128]; /* "struct event" */
	bool plain;	/* BPF_PERF_OUTPUT without EVENTS: no filters, no exact count */
};

/*
 * A probe's text as the compiler gets it: includes in quotes and hotprobe.h taken in, EVENTS lines
 * expanded, #line directives wherever the compiler or libbcc's rewriter would lose count.
 * Zero-initialise; expansion_free() it.
 */
struct expansion {
	struct buf text;
	size_t start; /* where in it the probe's own begins */
	struct expand_output outputs[EXPAND_EVENTS_MAX];
	unsigned int nr_outputs;
	char tracepoints[EXPAND_TRACEPOINTS_MAX][128]; /* "sched/sched_switch" */
	unsigned int nr_tracepoints;
	char histograms[EXPAND_EVENTS_MAX][64]; /* maps declared with BPF_HISTOGRAM */
	unsigned int nr_histograms;
	char *includes[EXPAND_INCLUDES_MAX]; /* paths of the files that were taken in */
	unsigned int nr_includes;
	/* where each byte of the --where line came from, to point back at the user's expression */
	int *where_map;
	size_t where_len;
};

/* What diagnostics call the --where expression. */
#define EXPAND_WHERE_FILE "--where"
/* What starts the line in the place of EVENTS that fails unless the event's type is known. */
#define EXPAND_CHECK "_Static_assert(sizeof("
/* What they call the text that hotprobe adds. */
#define EXPAND_OWN_FILE "hotprobe's own text"

/*
 * expand_source - expand a probe; -EINVAL with file and line in @err when it cannot be
 * @preface: C text to stand before the probe's own, NULL for none
 */
int expand_source(struct expansion *out, const struct source *src, const struct filters *filters,
		  const char *preface, struct error *err);
void expansion_free(struct expansion *exp);

/* expand_where_column - 1-based column in the user's expression for one in the expanded line */
int expand_where_column(const struct expansion *exp, int column);

/*
 * fields_of_type - names of the members of a struct declared in @text, separated by spaces
 *
 * Only what a look at the declaration shows: members that macros bring are not seen. The name of a
 * TEXT(n) field is followed by FIELD_TEXT_MARK.
 */
#define FIELD_TEXT_MARK ".data"
int fields_of_type(const char *text, const char *type, struct buf *names);

/*
 * where_rewrite - make an expression over field names one over hp_e's members
 *
 * @fields: as fields_of_type() gives them. NAME == "text" and NAME != "text" become comparisons of
 * characters. *map receives, for each byte appended to @out, its place in @expr (malloc'ed).
 */
int where_rewrite(const char *expr, const char *fields, struct buf *out, int **map,
		  struct error *err);

#endif
