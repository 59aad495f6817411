/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_DEBUGINFO_IMAGE_H
#define HOTPROBE_DEBUGINFO_IMAGE_H

#include <stdbool.h>
#include <stdint.h>

/* Room for a build id in hexadecimal. */
#define DEBUG_ID_SIZE 41

/*
 * debug_image_id - the GNU build id of an ELF file that has DWARF, in hexadecimal
 *
 * -ENOENT: there is no such file, or it has no DWARF or no build id (gABI chapter 5, Note Section;
 * NT_GNU_BUILD_ID in elf.h).
 */
int debug_image_id(const char *path, char id[DEBUG_ID_SIZE]);

/* debug_image_symbol - the value of a symbol of .symtab; -ENOENT when there is none */
int debug_image_symbol(const char *path, const char *name, uint64_t *value);

#endif
