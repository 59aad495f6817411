/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_REFUSAL_LOG_H
#define HOTPROBE_REFUSAL_LOG_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A verifier's log, taken apart. All kernels' dialects (kernel/bpf/verifier.c, log.c, and since 7.3
 * diagnostics.c) agree in these:
 *
 *	12: (79) r1 = *(u64 *)(r0 +0)        an instruction that was looked at; since 5.18 the
 *registers that it changed follow behind a ";" R0 invalid mem access 'scalar'       what is wrong:
 *the last words, of one or more lines processed 7 insns (limit ...         how the log ends
 *
 * Since 7.3 a block "Verification failed: ..." with Reason, At, Causal path and Suggestion stands
 * between the words and the end.
 */
struct vlog_step {
	unsigned int insn;
	const char *text; /* from "(79)" on, ended by a line end or NUL */
	int len;	  /* without the registers */
	const char *regs; /* the registers' states: "R0=scalar() R1=..."; NULL when not told */
	int regs_len;
};

/* Zero-initialise; vlog_free() it. The steps point into the log's text. */
struct vlog {
	char words[1024]; /* "" when there are none */
	char title[128];  /* the block's first line: "Register Type Safety: Invalid dereference" */
	char reason[512]; /* what the block says as Reason */
	char suggestion[512];
	char validating[128]; /* the global function that was being verified; "" none */
	int at_insn;	      /* what the block names under At; -1 none */
	struct vlog_step *steps;
	size_t nr_steps;
};

/* vlog_parse - 0 or -ENOMEM; @text must outlive @log */
int vlog_parse(struct vlog *log, const char *text);
void vlog_free(struct vlog *log);

/* vlog_ends - does @log have its end? A buffer that was too small has not, before Linux 6.4 */
bool vlog_ends(const char *log);

/*
 * vlog_state - the state of a register after a step: "map_value_or_null(id=1,ks=4,vs=8)"
 *
 * False when the log does not tell.
 */
bool vlog_state(const struct vlog_step *step, unsigned int reg, char *out, size_t size);

#endif
