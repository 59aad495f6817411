/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_CALLTRACE_PRINT_H
#define HOTPROBE_CALLTRACE_PRINT_H

#include <stdbool.h>
#include <stddef.h>

#include "calltrace/functions.h"
#include "debuginfo/debuginfo.h"
#include "output/clock.h"
#include "output/stack.h"

struct buf;

/* What traces are printed with. Zero-initialise but for functions; calltrace_print_free() it. */
struct calltrace_print {
	const struct traced_functions *functions;
	bool json;
	bool args; /* they were traced */
	bool color;
	struct wall_clock clock; /* wall_clock_init() it */
	struct symbols symbols;
	struct debuginfo debuginfo; /* debuginfo_open() and _place() it, or leave it */
};

/*
 * calltrace_print - append one trace: as a tree, or as a JSON object on a line
 *
 * @data, @size: an event of program.bpf's; @arg: a struct calltrace_print. For struct
 * output_custom.
 */
void calltrace_print(void *arg, struct buf *to, const unsigned char *data, size_t size);

void calltrace_print_free(struct calltrace_print *print);

#endif
