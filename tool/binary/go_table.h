/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_BINARY_GO_TABLE_H
#define HOTPROBE_BINARY_GO_TABLE_H

#include <stddef.h>
#include <stdint.h>

struct elf_file;
struct error;

/*
 * The table of all functions that Go's runtime needs for stack traces, and that is there in
 * stripped programs too: "pclntab". Its layouts are those of runtime/symtab.go (pcHeader, functab)
 * and runtime/runtime2.go (_func) in Go 1.2, 1.16, 1.18 and 1.20, as
 * cmd/link/internal/ld/pcln.go writes them; the first is described in "Go 1.2 Runtime Symbol
 * Information".
 */
struct go_table {
	const unsigned char *data; /* from the table's header on; the file's */
	uint64_t len;
	uint64_t vaddr;
	unsigned int version; /* of Go that began with this layout: 102, 116, 118, 120 */
	uint64_t nr;	      /* functions */

	uint64_t names;	  /* index into data: names are relative to it */
	uint64_t records; /* the same of the functions' records */
	uint64_t functab; /* the same of the index of functions, which is sorted by address */
	uint64_t *old;	  /* the index before 1.18, with relocations applied: address, record */
	uint64_t text;	  /* what addresses are relative to since 1.18 */
};

struct go_function {
	const char *name; /* ends with a NUL; the file's, and untrusted */
	uint64_t vaddr;
	uint64_t size; /* up to the next function: with what it is padded with */
};

/*
 * go_table_open - find the table
 *
 * -ENOENT, without a message, when the file has none: it is no Go program. Other errors say what is
 * wrong with it. go_table_close() it when 0 was returned.
 */
int go_table_open(const struct elf_file *file, struct go_table *table, struct error *err);
void go_table_close(struct go_table *table);

/* go_table_function - the @i-th function; -EINVAL when its entry is damaged */
int go_table_function(const struct go_table *table, uint64_t i, struct go_function *function);

/*
 * go_table_find - the function of that name, as stack traces show it: crypto/tls.(*Conn).Read
 *
 * -ENOENT, with a message that says what might be the reason. -EEXIST when there are several, such
 * as the instances of a generic function.
 */
int go_table_find(const struct elf_file *file, const struct go_table *table, const char *name,
		  struct go_function *function, struct error *err);

#endif
