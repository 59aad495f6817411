/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_REFUSAL_REFUSAL_H
#define HOTPROBE_REFUSAL_REFUSAL_H

struct error;
struct object;
struct object_prog;

/* A program that the kernel's verifier did not take. */
struct refusal {
	const struct object *obj;
	const struct object_prog *prog;
	const char *source;   /* the probe's path */
	const char *provider; /* what the program is loaded for: "tracepoint" */
	const char *release;  /* the kernel's, as uname -r tells */
	int code;	      /* what it answered when it was not asked for a log */
	const char *log;
};

/*
 * refusal_explain - say which line was refused and why, and what to change; returns @in->code
 *
 * The message: "FILE:LINE: the verifier refused FUNCTION: " and the cause, the line with a caret,
 * the verifier's own words behind "kernel: ", and the steps that led there. The hint is what to
 * change. error_place() is called with the line. A log without words gives a message without
 * a reason.
 */
int refusal_explain(const struct refusal *in, struct error *err);

#endif
