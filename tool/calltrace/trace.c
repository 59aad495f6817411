// SPDX-License-Identifier: GPL-2.0-only
/* What the kernel sent, and where in it the error came from. */
#include <string.h>

#include "calltrace/trace.h"
#include "util/buf.h"

bool trace_decode(struct trace *trace, const unsigned char *data, size_t size, bool args)
{
	size_t call = args ? sizeof(struct trace_call) : offsetof(struct trace_call, args);

	if (size < sizeof(trace->head))
		return false;
	memcpy(&trace->head, data, sizeof(trace->head));
	trace->calls = data + sizeof(trace->head);
	trace->call_size = call;
	trace->nr_calls = trace->head.size / call;
	return trace->nr_calls == trace->head.nr_calls && trace->nr_calls > 0 &&
	       trace->head.size <= size - sizeof(trace->head) && trace->head.size % call == 0;
}

void trace_call(const struct trace *trace, size_t i, struct trace_call *call)
{
	memset(call, 0, sizeof(*call));
	memcpy(call, trace->calls + i * trace->call_size, trace->call_size);
}

/* Does the result stand for @error (2), or for what a caller makes one of (1)? */
static int call_fails(const struct trace_call *call, const struct traced_functions *functions,
		      int64_t error)
{
	static const struct types_ref unknown = {};
	const struct traced_function *function = traced_function_at(functions, call->function);
	const struct types_ref *type = function ? &function->type : &unknown;
	int64_t own = call_error(type, call->result);
	struct buf unused = {};
	bool fails;

	if (own)
		return own == error ? 2 : 0;
	fails = call_result_text(&unused, type, call->result);
	buf_free(&unused);
	return fails;
}

/* Of a function that can fail. */
static bool is_success(const struct trace_call *call, const struct traced_functions *functions)
{
	const struct traced_function *function = traced_function_at(functions, call->function);
	struct call_plan plan = {};

	if (function)
		call_plan_of(&function->type, &plan);
	return plan.result != CALL_RESULT_OTHER;
}

void trace_failing(const struct trace *trace, const struct traced_functions *functions,
		   bool *failing)
{
	size_t at = 0;

	memset(failing, 0, trace->nr_calls * sizeof(*failing));
	for (;;) {
		struct trace_call parent, call;
		size_t last = 0;
		int worst = 1;
		bool run = false;

		failing[at] = true;
		trace_call(trace, at, &parent);
		for (size_t i = at + 1; i < trace->nr_calls; i++) {
			int fails;

			trace_call(trace, i, &call);
			if (call.depth <= parent.depth)
				break;
			if (call.depth != parent.depth + 1 || !call.end)
				continue;
			fails = call_fails(&call, functions, trace->head.result);
			/* the next call may have been handed the error: the first had it */
			if (fails >= worst && !(fails == 2 && run))
				last = i;
			if (fails > worst)
				worst = fails;
			if (fails == 2 || is_success(&call, functions))
				run = fails == 2;
		}
		if (!last)
			return;
		at = last;
	}
}
