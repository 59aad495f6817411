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

#endif
