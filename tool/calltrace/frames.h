/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_CALLTRACE_FRAMES_H
#define HOTPROBE_CALLTRACE_FRAMES_H

#include <stdbool.h>

#include "calltrace/trace.h"

struct buf;
struct calltrace_print;
struct source_frame;

/* A line of the stack. */
struct trace_frame {
	const char *name; /* "path_openat+0x1c3"; of what is inlined, without a place */
	const struct source_frame *place; /* NULL: not known */
	const struct trace_call
		*call;		      /* that handed the error up there; NULL: none that is known */
	const struct types_ref *type; /* of that call's function */
};

typedef void trace_frame_fn(struct calltrace_print *print, struct buf *to,
			    const struct trace_frame *frame);

/*
 * trace_frames - tell each line of the stack, from the call that decided to where user space called
 * @failing: of each call, as trace_failing() has it
 *
 * The calls on their way up are known from the trace; the kernel's stack, which begins with who
 * called the first of them, has what is between them. Without a stack they are all.
 */
void trace_frames(struct calltrace_print *print, struct buf *to, const struct trace *trace,
		  const bool *failing, trace_frame_fn *fn);

#endif
