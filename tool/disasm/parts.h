/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_DISASM_PARTS_H
#define HOTPROBE_DISASM_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct place;
struct places;
struct symbols;

/* What listings of BPF and of machine code have in common. */

/* parts_symbol - the kernel's function at an address; false when none begins there */
bool parts_symbol(struct symbols *symbols, uint64_t addr, char *name, size_t size);

/* parts_file - without what the paths of files that are no user's have for the compiler alone */
const char *parts_file(const char *file);

/* parts_source - append "; LINE: TEXT", or "; FILE:LINE: TEXT" for another file than @source */
void parts_source(struct buf *out, struct places *places, const struct place *place,
		  const char *source);

#endif
