/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_BINARY_ELF_USDT_H
#define HOTPROBE_BINARY_ELF_USDT_H

#include <stdint.h>

struct elf_file;
struct error;

/*
 * The USDT probes of a program or library, from its .note.stapsdt section. The format is
 * described in SystemTap's wiki, "UserSpaceProbeImplementation".
 */
struct elf_usdt {
	const char *provider;
	const char *name;
	const char *args;   /* as in the note: "-4@%edi 8@-8(%rbp)" */
	uint64_t offset;    /* of the probe's instruction, in the file */
	uint64_t semaphore; /* of its semaphore, in the file; 0 none */
};

/*
 * elf_usdt_each - call @each for every probe's every location, until it returns something else
 * than 0, and return that
 *
 * The struct and its texts last only as long as the call. -EINVAL when a note is malformed.
 */
int elf_usdt_each(const struct elf_file *file,
		  int (*each)(const struct elf_usdt *usdt, void *data, struct error *err),
		  void *data, struct error *err);

#endif
