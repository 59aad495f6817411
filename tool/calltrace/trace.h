/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_CALLTRACE_TRACE_H
#define HOTPROBE_CALLTRACE_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "calltrace/functions.h"
#include "calltrace/value.h"

#define TRACE_STACK_MAX 48

/* program.bpf's struct trace, without its calls. */
struct trace_head {
	uint64_t time;
	uint32_t pid;
	uint32_t tid;
	char comm[16];
	uint64_t entry;
	int64_t result;
	uint64_t duration;
	uint32_t untold;
	uint32_t unreturned;
	uint64_t stack[TRACE_STACK_MAX];
	uint32_t nr_calls;
	uint32_t size;
};

/* program.bpf's struct call; what begins with args is there with --args only. */
struct trace_call {
	uint64_t function;
	uint64_t start;
	uint64_t end; /* 0: it was not seen to return */
	uint64_t result;
	uint16_t depth;
	uint16_t cpu;
	uint16_t cpu_end;
	uint16_t unused;
	uint64_t args[CALL_REGISTERS];
	int32_t sizes[CALL_TEXTS];
	unsigned char texts[CALL_TEXTS][CALL_TEXT_MAX];
};

/* An event taken apart. The calls lie in the order in which they began. */
struct trace {
	struct trace_head head;
	const unsigned char *calls;
	size_t nr_calls;
	size_t call_size;
	bool failed; /* what the entry function returned is an error, by its type */
};

/* trace_decode - false when the event is none of program.bpf's; @args: it was made with --args */
bool trace_decode(struct trace *trace, const unsigned char *data, size_t size, bool args);

/* trace_call - a copy of the @i-th call */
void trace_call(const struct trace *trace, size_t i, struct trace_call *call);

/*
 * trace_failing - which calls handed the error up
 *
 * The entry function, then each time the last call made by the one before that failed with the same
 * error, or the first of several in a row that did; if none did, the last that said false or NULL.
 *
 * @failing[i] is set for them; nr_calls of them.
 */
void trace_failing(const struct trace *trace, const struct traced_functions *functions,
		   bool *failing);

#endif
