// SPDX-License-Identifier: GPL-2.0-only
/* Traces as trees for people, and as JSON. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "calltrace/frames.h"
#include "calltrace/print.h"
#include "calltrace/trace.h"
#include "calltrace/value.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/fmt.h"
#include "util/json.h"
#include "util/text.h"

#define COLOR_ERROR "\033[31m"
#define COLOR_END   "\033[0m"

/* "  123us": durations are numbers with a unit, right-aligned */
#define DURATION_WIDTH 9

static const struct types_ref no_type;

static const struct types_ref *type_of(const struct calltrace_print *print, uint64_t address)
{
	const struct traced_function *function = traced_function_at(print->functions, address);

	return function ? &function->type : &no_type;
}

static void name_of(struct calltrace_print *print, struct buf *to, uint64_t address)
{
	const struct traced_function *function = traced_function_at(print->functions, address);

	if (!function) {
		stack_line(to, &print->symbols, address);
		return;
	}
	buf_str(to, function->name);
	if (function->module)
		buf_printf(to, " [%s]", function->module);
}

static void print_duration(struct buf *to, uint64_t ns)
{
	char text[FMT_MAX];
	size_t len = (size_t)(fmt_duration(text, ns) - text);

	buf_pad(to, to->len, len < DURATION_WIDTH ? (unsigned int)(DURATION_WIDTH - len) : 0);
	buf_add(to, text, len);
}

static void print_time(struct calltrace_print *print, struct buf *to, uint64_t time)
{
	char text[FMT_MAX];

	buf_add(to, text, (size_t)(wall_clock_local(&print->clock, text, time) - text));
}

/* "EINVAL" or a number: what the entry function returned. */
static void head_result(struct calltrace_print *print, struct buf *to,
			const struct trace_head *head)
{
	struct buf text = {};

	call_result_text(&text, type_of(print, head->entry), (uint64_t)head->result);
	buf_str(to, text.len ? buf_text(&text) : "nothing");
	buf_free(&text);
}

struct argument_list {
	struct buf *to;
	bool any;
};

static void tree_argument(void *arg, const char *name, const char *value)
{
	struct argument_list *list = arg;

	buf_printf(list->to, "%s%s%s%s", list->any ? ", " : "", name, *name ? "=" : "", value);
	list->any = true;
}

static void call_values(const struct trace_call *call, struct call_values *values)
{
	values->registers = call->args;
	values->sizes = call->sizes;
	values->texts = call->texts;
}

static void tree_call(struct calltrace_print *print, struct buf *to, const struct trace_call *call,
		      bool failing)
{
	const struct types_ref *type = type_of(print, call->function);
	struct call_values values;
	struct argument_list list = { .to = to };
	struct buf result = {};

	if (call->end)
		print_duration(to, call->end - call->start);
	else
		buf_pad(to, to->len, DURATION_WIDTH);
	buf_str(to, failing ? " ! " : "   ");
	buf_pad(to, to->len, 2u * call->depth);
	name_of(print, to, call->function);
	if (print->args) {
		buf_char(to, '(');
		call_values(call, &values);
		call_arguments(type, &values, tree_argument, &list);
		buf_char(to, ')');
	}
	if (!call->end)
		buf_str(to, "  [not seen to return]");
	else
		call_result_text(&result, type, call->result);
	if (result.len)
		buf_printf(to, "  %s[%s]%s", failing && print->color ? COLOR_ERROR : "",
			   buf_text(&result), failing && print->color ? COLOR_END : "");
	if (call->end && call->cpu != call->cpu_end)
		buf_printf(to, "  CPU %u -> %u", call->cpu, call->cpu_end);
	buf_char(to, '\n');
	buf_free(&result);
}

static void place_text(struct calltrace_print *print, struct buf *to,
		       const struct source_frame *place)
{
	struct buf path = {};

	source_path(&path, &print->debuginfo.roots, place->file);
	text_escape(to, buf_text(&path), path.len);
	buf_printf(to, ":%u", place->line);
	buf_free(&path);
}

static void tree_frame(struct calltrace_print *print, struct buf *to,
		       const struct trace_frame *frame)
{
	struct buf result = {};

	buf_printf(to, "    %s%s", frame->call ? "! " : "  ", frame->name);
	if (frame->call && call_result_text(&result, frame->type, frame->call->result))
		buf_printf(to, "  [%s]", buf_text(&result));
	if (frame->place && frame->place->inlined)
		buf_str(to, "  (inlined)");
	if (frame->place && frame->place->file) {
		buf_str(to, "  ");
		place_text(print, to, frame->place);
	}
	buf_char(to, '\n');
	buf_free(&result);
}

static void print_tree(struct calltrace_print *print, struct buf *to, const struct trace *trace,
		       const bool *failing)
{
	const struct trace_head *head = &trace->head;
	struct trace_call call;

	print_time(print, to, head->time);
	buf_printf(to, "  %u", head->pid);
	if (head->tid != head->pid)
		buf_printf(to, "/%u", head->tid);
	buf_char(to, ' ');
	text_escape(to, head->comm, strnlen(head->comm, sizeof(head->comm)));
	buf_str(to, ": ");
	name_of(print, to, head->entry);
	buf_str(to, " returned ");
	head_result(print, to, head);
	buf_char(to, '\n');
	for (size_t i = 0; i < trace->nr_calls; i++) {
		trace_call(trace, i, &call);
		tree_call(print, to, &call, failing[i]);
	}
	if (head->untold)
		buf_printf(to, "    %u more calls: there was no room for them\n", head->untold);
	if (head->unreturned)
		buf_printf(to, "    %u calls were not seen to return\n", head->unreturned);
	if (trace->failed) {
		buf_str(to, "  the error came up here:\n");
		trace_frames(print, to, trace, failing, tree_frame);
	}
	buf_char(to, '\n');
}

static void json_result(struct buf *to, const char *key, const struct types_ref *type,
			uint64_t result)
{
	struct buf text = {};

	call_result_text(&text, type, result);
	json_add_text(to, key, text.len ? buf_text(&text) : NULL);
	buf_free(&text);
}

static void json_argument(void *arg, const char *name, const char *value)
{
	struct buf *to = arg;

	json_next(to);
	buf_char(to, '{');
	json_add_text(to, "name", name);
	json_add_text(to, "value", value);
	buf_char(to, '}');
}

static void json_name(struct calltrace_print *print, struct buf *to, const char *key,
		      uint64_t address)
{
	const struct traced_function *function = traced_function_at(print->functions, address);
	struct buf name = {};

	if (function) {
		json_add_text(to, key, function->name);
	} else {
		stack_line(&name, &print->symbols, address);
		json_add_text(to, key, buf_text(&name));
	}
	if (function && function->module)
		json_add_text(to, "module", function->module);
	buf_free(&name);
}

static void json_call(struct calltrace_print *print, struct buf *to, const struct trace *trace,
		      const struct trace_call *call, bool failing)
{
	const struct types_ref *type = type_of(print, call->function);
	struct call_values values;

	json_next(to);
	buf_char(to, '{');
	json_add_u64(to, "depth", call->depth);
	json_name(print, to, "function", call->function);
	json_add_u64(to, "start", call->start - trace->head.time);
	json_add_bool(to, "returned", call->end != 0);
	if (call->end) {
		json_add_u64(to, "duration", call->end - call->start);
		json_result(to, "result", type, call->result);
		json_add_bool(to, "failing", failing);
		json_add_u64(to, "cpu_end", call->cpu_end);
	}
	json_add_u64(to, "cpu", call->cpu);
	if (print->args) {
		json_list(to, "args");
		call_values(call, &values);
		call_arguments(type, &values, json_argument, to);
		buf_char(to, ']');
	}
	buf_char(to, '}');
}

static void json_place(struct calltrace_print *print, struct buf *to,
		       const struct source_frame *place)
{
	struct buf path = {};

	if (place->file) {
		source_path(&path, &print->debuginfo.roots, place->file);
		json_add_text(to, "file", buf_text(&path));
		json_add_u64(to, "line", place->line);
	}
	if (place->inlined)
		json_add_bool(to, "inlined", true);
	buf_free(&path);
}

static void json_frame(struct calltrace_print *print, struct buf *to,
		       const struct trace_frame *frame)
{
	json_next(to);
	buf_char(to, '{');
	json_add_text(to, "frame", frame->name);
	if (frame->place)
		json_place(print, to, frame->place);
	if (frame->call)
		json_result(to, "result", frame->type, frame->call->result);
	buf_char(to, '}');
}

static void print_json(struct calltrace_print *print, struct buf *to, const struct trace *trace,
		       const bool *failing)
{
	const struct trace_head *head = &trace->head;
	struct trace_call call;
	char time[FMT_MAX];
	struct buf comm = {};

	*wall_clock_utc(&print->clock, time, head->time) = '\0';
	buf_add(&comm, head->comm, strnlen(head->comm, sizeof(head->comm)));
	buf_char(to, '{');
	json_add_text(to, "time", time);
	json_add_u64(to, "pid", head->pid);
	json_add_u64(to, "tid", head->tid);
	json_add_text(to, "comm", buf_text(&comm));
	json_name(print, to, "entry", head->entry);
	json_result(to, "result", type_of(print, head->entry), (uint64_t)head->result);
	json_add_bool(to, "failed", trace->failed);
	json_add_u64(to, "duration", head->duration);
	json_add_u64(to, "untold", head->untold);
	json_add_u64(to, "unreturned", head->unreturned);
	json_list(to, "calls");
	for (size_t i = 0; i < trace->nr_calls; i++) {
		trace_call(trace, i, &call);
		json_call(print, to, trace, &call, failing[i]);
	}
	buf_str(to, "]");
	json_list(to, "stack");
	if (trace->failed)
		trace_frames(print, to, trace, failing, json_frame);
	buf_str(to, "]}\n");
	buf_free(&comm);
}

void calltrace_print(void *arg, struct buf *to, const unsigned char *data, size_t size)
{
	struct calltrace_print *print = arg;
	struct trace trace;
	bool *failing;

	if (!trace_decode(&trace, data, size, print->args))
		return;
	failing = calloc(trace.nr_calls, sizeof(*failing));
	if (!failing) {
		to->failed = true;
		return;
	}
	trace.failed = call_error(type_of(print, trace.head.entry), (uint64_t)trace.head.result);
	if (trace.failed)
		trace_failing(&trace, print->functions, failing);
	if (print->json)
		print_json(print, to, &trace, failing);
	else
		print_tree(print, to, &trace, failing);
	free(failing);
}

void calltrace_print_free(struct calltrace_print *print)
{
	debuginfo_close(&print->debuginfo);
	symbols_free(&print->symbols);
}
