/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_DEBUGINFO_DEBUGINFO_H
#define HOTPROBE_DEBUGINFO_DEBUGINFO_H

#include <stddef.h>
#include <stdint.h>

#include "debuginfo/file.h"
#include "debuginfo/libdw.h"
#include "debuginfo/source_path.h"
#include "util/buf.h"

struct error;

/* Addresses that are remembered: stacks repeat, and to look one up takes half a millisecond. */
#define DEBUGINFO_KNOWN 1024

/* The running kernel's debug information, and that of its modules. Zero-initialise. */
struct debuginfo {
	struct libdw dw; /* not loaded: there is no debug information */
	char release[65];
	struct buf path; /* the kernel's file */
	struct debug_file kernel;
	uint64_t slide; /* by how much the kernel lies behind where its file has it */
	struct source_roots roots;
	struct debug_module {
		char *name;
		struct buf path, sections;
		struct debug_file file; /* not open: it has none */
	} * *modules;
	size_t nr_modules;
	struct known_address {
		uint64_t addr; /* 0: none */
		struct source_frame *frames;
		size_t nr;
	} * known; /* at a place by its address */
};

/*
 * debuginfo_open - find the running kernel's debug information and read which address is where
 *
 * -ENOENT: none is installed, or libdw is not: @err says which. -ESTALE: it is another kernel's.
 * After any failure debuginfo_frames() knows nothing.
 */
int debuginfo_open(struct debuginfo *info, struct error *err);

/*
 * debuginfo_place - say where the kernel is loaded
 * @stext: the address of its symbol _stext (/proc/kallsyms), 0 when that is not known
 *
 * It can be another one at each boot. -ENOENT: cannot be said; debuginfo_frames() knows nothing.
 */
int debuginfo_place(struct debuginfo *info, uint64_t stext, struct error *err);

/*
 * debuginfo_frames - the functions that the instruction at @addr belongs to, innermost first
 * @module: which module it is in; "" for the kernel itself
 * @frames: receives them; they stay until the next call
 *
 * Returns how many; see debug_file_frames().
 */
size_t debuginfo_frames(struct debuginfo *info, const char *module, uint64_t addr,
			const struct source_frame **frames);

void debuginfo_close(struct debuginfo *info);

#endif
