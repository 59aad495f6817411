/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_OUTPUT_OUTPUT_H
#define HOTPROBE_OUTPUT_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "output/sink.h"

struct error;
struct schema;

/*
 * Prints the events of one schema, a line each; in a table, payloads are lines below it.
 *
 * Table: columns sized by type; text is escaped (text_escape()), an argument that a shell would not
 * take as it stands is in '', or in $'' when something in it is escaped; both as bash reads them.
 *
 * JSON: one object a line, valid whatever bytes arrive; 64-bit integers are written in full. A text
 * or argument list that is not well-formed UTF-8 has U+FFFD for each bad byte and a second key,
 * NAME_hex, with all its bytes. Control characters, C1 too, are escaped.
 *
 * A payload is no cell of a table: it is lines below the row, indented, which hold nothing that a
 * terminal could take for more than text. In JSON one that is UTF-8 is a string, another one base64
 * (RFC 4648 4) under NAME_base64 instead. In CSV it is escaped as text, or as a HEXDUMP's, in hex.
 *
 * CSV: RFC 4180 with LF line ends, values as in the table but errno and durations as numbers and
 * times in RFC 3339.
 *
 * A sized field that says more than it holds is followed by "..." in tables and CSV and by
 * "NAME_cut":true in JSON; one whose reading failed is "<EFAULT>" and null with "NAME_errno":-14.
 *
 * Line: the form that is given, where the fields are values as in CSV, but not quoted.
 *
 * With more than one output on a sink, JSON objects and CSV lines start with the schema's name
 * ("event"), and the header comes again when the schema changes from one line to the next.
 */
struct output;

enum output_kind {
	OUTPUT_TABLE,
	OUTPUT_JSON,
	OUTPUT_CSV,
	OUTPUT_LINE,
};

/*
 * Events that are no lines of columns: whoever knows them writes them, in whatever @format asks
 * for.
 * @data, @size: an event of at least value_min_size().
 */
struct output_custom {
	void (*write)(void *arg, struct buf *to, const unsigned char *data, size_t size);
	void *arg;
};

struct output_options {
	enum output_kind format;
	const char *form;   /* OUTPUT_LINE: "{label} {secret}"; see util/form.h */
	const char *fields; /* "pid,comm": these, in this order; NULL: all */
	bool wall_time;	    /* a column with the sample's time, unless a time_ns_t is shown */
	bool color;
	const struct output_custom *custom; /* NULL: none; must outlive the output */
};

/*
 * output_new - prepare to print events of @schema to @sink
 *
 * @schema need not outlive the call, @sink must outlive the output. Returns 0, -EINVAL (a usage
 * error for --fields that do not fit) or -ENOMEM. Free with output_free().
 */
int output_new(struct output **out, struct sink *sink, const struct schema *schema,
	       const struct output_options *opt, struct error *err);

/* output_header - write the header now, before the first event, if the format has one */
void output_header(struct output *out);

/*
 * output_event - buffer one event's line in the sink
 *
 * @data, @size: a raw perf sample; @time_ns: when it was taken (CLOCK_MONOTONIC).
 *
 * Returns 0; -EBADMSG when the event does not fit the schema (nothing is printed: count it);
 * -ENOMEM; or, when the sink had to be flushed because it was full, what sink_flush() gave.
 */
int output_event(struct output *out, const void *data, size_t size, uint64_t time_ns);

void output_free(struct output *out);

#endif
