// SPDX-License-Identifier: GPL-2.0-only
/* The stack that an error came up through, without what tracing itself has put there. */
#include <string.h>

#include "calltrace/frames.h"
#include "calltrace/print.h"
#include "calltrace/source.h"
#include "util/buf.h"
#include "util/text.h"

/* of a program's name in kallsyms: bpf_get_prog_name() in the kernel's kernel/bpf/core.c */
#define PROGRAM_TAG_DIGITS 16

/* The call that handed the error up and has this frame on the stack, if any. */
static bool frame_call(struct calltrace_print *print, const struct trace *trace,
		       const bool *failing, const char *frame, struct trace_call *call)
{
	for (size_t i = 0; i < trace->nr_calls; i++) {
		const struct traced_function *function;
		size_t len;

		if (!failing[i])
			continue;
		trace_call(trace, i, call);
		function = traced_function_at(print->functions, call->function);
		len = function ? strlen(function->name) : 0;
		if (len && strncmp(frame, function->name, len) == 0 &&
		    (frame[len] == '+' || !frame[len]))
			return true;
	}
	return false;
}

/* What the kernel puts between a function and its caller to see it return. */
static bool is_return_trampoline(const char *frame)
{
	static const char *const names[] = { "kretprobe_trampoline",
					     "__kretprobe_trampoline",
					     "arch_rethook_trampoline",
					     "rethook_trampoline",
					     "return_to_handler",
					     "fprobe_",
					     "ftrace_" };

	return text_starts_any(frame, names, sizeof(names) / sizeof(names[0]));
}

/* Between a function's first instruction, which calls it, and the rest of the function. */
static bool is_bpf_trampoline(const char *frame)
{
	return text_starts(frame, "bpf_trampoline_");
}

/* The program that took the stack, called by its tag; functions' names begin like it, too. */
static bool is_program(const char *frame)
{
	static const char prefix[] = "bpf_prog_";

	return text_starts(frame, prefix) &&
	       strspn(frame + sizeof(prefix) - 1, "0123456789abcdef") == PROGRAM_TAG_DIGITS;
}

/* The functions that were inlined there; returns where in its own source the frame is. */
static const struct source_frame *inlined_frames(struct calltrace_print *print, struct buf *to,
						 uint64_t addr, bool interrupted,
						 trace_frame_fn *fn)
{
	const struct source_frame *places;
	size_t nr = frame_source(&print->debuginfo, &print->symbols, addr, interrupted, &places);

	for (size_t i = 0; i + 1 < nr; i++)
		fn(print, to,
		   &(struct trace_frame){ .name = places[i].function ?: "?", .place = &places[i] });
	return nr ? &places[nr - 1] : NULL;
}

/* The frames that the kernel told of. */
static bool stack_frames(struct calltrace_print *print, struct buf *to, const struct trace *trace,
			 const bool *failing, trace_frame_fn *fn)
{
	/* the first frame, too, is where a call returns to: the stack is that of who was called */
	bool any = false, interrupted = false, same = false;
	struct buf frame = {};

	for (unsigned int i = 0; i < TRACE_STACK_MAX && trace->head.stack[i]; i++) {
		struct trace_frame told = {};
		struct trace_call call;
		bool skip = same;

		buf_reset(&frame);
		stack_line(&frame, &print->symbols, trace->head.stack[i]);
		/* which its first instruction had called was told as the frame before */
		same = is_bpf_trampoline(buf_text(&frame));
		if (skip || same || is_return_trampoline(buf_text(&frame)) ||
		    is_program(buf_text(&frame)))
			continue;
		any = true;
		told.name = buf_text(&frame);
		told.place = inlined_frames(print, to, trace->head.stack[i], interrupted, fn);
		interrupted = frame_interrupts(buf_text(&frame));
		if (frame_call(print, trace, failing, buf_text(&frame), &call)) {
			told.call = &call;
			told.type = &traced_function_at(print->functions, call.function)->type;
		}
		fn(print, to, &told);
	}
	buf_free(&frame);
	return any;
}

void trace_frames(struct calltrace_print *print, struct buf *to, const struct trace *trace,
		  const bool *failing, trace_frame_fn *fn)
{
	bool first = true;

	for (size_t i = trace->nr_calls; i-- > 0;) {
		const struct traced_function *function;
		struct trace_call call;

		if (!failing[i])
			continue;
		trace_call(trace, i, &call);
		function = traced_function_at(print->functions, call.function);
		if (function)
			fn(print, to,
			   &(struct trace_frame){ function->name,
						  function_source(&print->debuginfo,
								  &print->symbols, call.function),
						  &call, &function->type });
		if (first && stack_frames(print, to, trace, failing, fn))
			return;
		first = false;
	}
}
