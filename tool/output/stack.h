/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_OUTPUT_STACK_H
#define HOTPROBE_OUTPUT_STACK_H

#include <stddef.h>
#include <stdint.h>

#include "util/buf.h"

/* The kernel's symbols, sorted by address; read when the first stack is printed. */
struct symbols {
	struct buf text; /* /proc/kallsyms */
	struct symbol {
		uint64_t addr;
		const char *name; /* in text, ended by white space */
	} * items;
	size_t nr;
	int loaded; /* 1: tried */
};

void symbols_free(struct symbols *symbols);

/* symbols_find - the symbol that covers a kernel address; NULL when none does */
const struct symbol *symbols_find(struct symbols *symbols, uint64_t addr);

/* symbols_address - where the symbol of that name is; 0: there is none, or it is not told */
uint64_t symbols_address(struct symbols *symbols, const char *name);

/* symbol_module - set *module to the name of its module and return its length; 0: the kernel's own
 */
size_t symbol_module(const struct symbol *symbol, const char **module);

/*
 * stack_line - append one frame: "tcp_connect+0x12", or the address where no symbol covers it
 *
 * Only kernel addresses have symbols here: a stack map does not say whose user addresses are.
 */
void stack_line(struct buf *out, struct symbols *symbols, uint64_t addr);

#endif
