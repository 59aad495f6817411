/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_BINARY_GO_MODULE_H
#define HOTPROBE_BINARY_GO_MODULE_H

#include <stdint.h>

struct elf_file;
struct error;
struct go_table;

/*
 * go_module_text - where a Go program's code starts (runtime.text), which its functions' addresses
 * are relative to
 *
 * From runtime.firstmoduledata (struct moduledata in runtime/symtab.go), which lies in a section
 * .go.module since Go 1.26, and is found by its pointer to the table where there are no sections.
 * -EINVAL when there is none that fits the table.
 */
int go_module_text(const struct elf_file *file, const struct go_table *table, uint64_t *text,
		   struct error *err);

#endif
