/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_BINARY_ELF_H
#define HOTPROBE_BINARY_ELF_H

#include <stdint.h>

struct error;

/*
 * Where things are in a program's or library's file, for uprobes, which are placed by file offset.
 * ELF as in the System V ABI's gABI, chapters 4 and 5, read with libelf.
 */
struct elf_file {
	int fd;
	void *elf; /* libelf's Elf */
	const char *path;
};

/*
 * elf_file_open - open a program or library of this machine's own kind
 *
 * @path must stay as long as the file is open. Errors: no such file, not ELF, of another
 * architecture, not a program or library.
 */
int elf_file_open(struct elf_file *file, const char *path, struct error *err);
void elf_file_close(struct elf_file *file);

/*
 * elf_file_offset - where the byte that is loaded at @vaddr is in the file
 *
 * -ENOENT when it is in no loaded segment.
 */
int elf_file_offset(const struct elf_file *file, uint64_t vaddr, uint64_t *offset);

/* elf_check_code - is @offset inside code? -EINVAL, with the reason, when not */
int elf_check_code(const struct elf_file *file, uint64_t offset, struct error *err);

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
