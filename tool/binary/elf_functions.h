/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_BINARY_ELF_FUNCTIONS_H
#define HOTPROBE_BINARY_ELF_FUNCTIONS_H

struct elf_file;
struct elf_function;
struct error;

/*
 * elf_functions_each - call @each for every function that a file has, until it returns something
 * else than 0, and return that
 *
 * Those of .symtab, else those of .dynsym and, of a stripped Go program, of its own table; in the
 * order of the table, a name with several versions several times. Functions of other libraries are
 * not among them. The struct and its name last only as long as the call. -EINVAL when a table is
 * damaged.
 */
int elf_functions_each(const struct elf_file *file,
		       int (*each)(const struct elf_function *function, void *data), void *data,
		       struct error *err);

#endif
