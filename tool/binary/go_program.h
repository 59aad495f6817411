/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_BINARY_GO_PROGRAM_H
#define HOTPROBE_BINARY_GO_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>

struct elf_file;
struct error;

/* By what release of Go a program was made. */
struct go_program {
	char version[128]; /* as the program has it: "go1.24.4", "go1.19.8 X:boringcrypto" */
	unsigned int major, minor;
	/* arguments are passed in registers and not on the stack: src/cmd/compile/abi-internal.md
	 */
	bool register_abi;
};

/*
 * go_program_read - what a program's build information says
 *
 * It is a header of 32 bytes, in a section .go.buildinfo or else somewhere in the data, as written
 * by cmd/link/internal/ld/data.go (buildinfo) and read by debug/buildinfo: since Go 1.18 the text
 * itself follows it, before that the header points to a string. Errors: it is not a Go program, or
 * one whose version cannot be told.
 */
int go_program_read(const struct elf_file *file, struct go_program *program, struct error *err);

/*
 * go_version_parse - major, minor and register_abi from version[]
 *
 * "go1.24.4", "go1.27rc1", "devel go1.27-9a2b3c4 Mon ...". False when there is no release in it.
 */
bool go_version_parse(struct go_program *program);

#endif
