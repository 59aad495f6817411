/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_BINARY_ELF_SYMBOL_H
#define HOTPROBE_BINARY_ELF_SYMBOL_H

#include <stdint.h>

struct elf_file;
struct error;

/* A function of a program or library. */
struct elf_function {
	const char *name; /* as it was asked for */
	uint64_t vaddr;	  /* where it is loaded, as the file counts it */
	uint64_t offset;  /* where it starts in the file */
	/*
	 * 0 when its symbol does not tell. In a Go program without .symtab it includes what follows
	 * the function as padding.
	 */
	uint64_t size;
};

/*
 * elf_symbol_find - find a function by its name
 *
 * Looks in .symtab and .dynsym, then among a Go program's functions (go_table.h). -ENOENT when
 * there is none of that name, with the likely reason in @err.
 */
int elf_symbol_find(const struct elf_file *file, const char *symbol, struct elf_function *function,
		    struct error *err);

/* elf_symbol_offset - the same, when only offset and size are of interest */
int elf_symbol_offset(const struct elf_file *file, const char *symbol, uint64_t *offset,
		      uint64_t *size, struct error *err);

#endif
