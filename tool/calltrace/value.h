/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_CALLTRACE_VALUE_H
#define HOTPROBE_CALLTRACE_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "types/types.h"

struct buf;

/* program.bpf passes arguments as the System V ABI does for the kernel: in six registers. */
#define CALL_REGISTERS 6
/* Memory that arguments point to, of two of them: TEXT_MAX in program.bpf. */
#define CALL_TEXTS    2
#define CALL_TEXT_MAX 48

/* How program.bpf is to treat a function: its struct plan. */
struct call_plan {
	uint8_t result; /* enum call_result */
	uint8_t take[CALL_TEXTS];
	uint8_t text[CALL_TEXTS];
	uint8_t size[CALL_TEXTS];
	uint8_t unused;
};

enum call_result {
	CALL_RESULT_UNKNOWN = 0,
	CALL_RESULT_INT,     /* a negative errno in an int */
	CALL_RESULT_LONG,    /* in a register's whole width */
	CALL_RESULT_POINTER, /* the same, and NULL */
	CALL_RESULT_BOOL,    /* never a negative errno; false */
	CALL_RESULT_OTHER,   /* never an error */
};

/* call_plan_of - for the BTF_KIND_FUNC @function; its btf may be NULL */
void call_plan_of(const struct types_ref *function, struct call_plan *plan);

/*
 * call_error - the negative errno that a result is, else 0
 *
 * As error_of() in program.bpf.
 */
int64_t call_error(const struct types_ref *function, uint64_t result);

/*
 * call_result_text - append "-EINVAL", "NULL", "false", "3"; nothing for void
 *
 * Returns whether it stands for a failure: an errno, NULL, false.
 */
bool call_result_text(struct buf *out, const struct types_ref *function, uint64_t result);

/* What was kept of a call's arguments. */
struct call_values {
	const uint64_t *registers;
	const int32_t *sizes; /* of what was read; negative errno */
	const unsigned char (*texts)[CALL_TEXT_MAX];
};

/*
 * call_arguments - call @each for each argument, with its name and its value as text
 *
 * An argument that is not in registers is left out, and those behind it.
 */
void call_arguments(const struct types_ref *function, const struct call_values *values,
		    void (*each)(void *arg, const char *name, const char *value), void *arg);

#endif
