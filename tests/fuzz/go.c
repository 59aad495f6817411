// SPDX-License-Identifier: GPL-2.0-only
/* Any bytes in the places that are read in a Go program's file, and as the code of its functions.
 */
#include <libelf.h>

#include "../unit/go_file.h"
#include "binary/elf.h"
#include "binary/elf_symbol.h"
#include "binary/go_program.h"
#include "binary/go_table.h"
#include "binary/returns.h"
#include "fuzz.h"
#include "util/error.h"

static void fuzz_code(const struct elf_file *file, const struct elf_function *function)
{
	struct error err = {};
	uint64_t *offsets, body;
	unsigned int nr;

	if (binary_returns(file, function, &offsets, &nr, &err) == 0) {
		for (unsigned int i = 0; i < nr; i++)
			if (offsets[i] - function->offset >= function->size)
				abort();
		free(offsets);
	}
	memset(&err, 0, sizeof(err));
	if (binary_body(file, function, &body, &err) == 0 &&
	    body - function->offset > function->size)
		abort();
}

static void fuzz_file(const struct elf_file *file)
{
	struct elf_function function;
	struct go_program program;
	struct error err = {};
	struct go_table table;

	if (go_program_read(file, &program, &err) < 0 && !err.text[0])
		abort();
	memset(&err, 0, sizeof(err));
	if (elf_symbol_find(file, "main.main", &function, &err) == 0)
		fuzz_code(file, &function);
	else if (!err.text[0])
		abort();
	memset(&err, 0, sizeof(err));
	if (go_table_open(file, &table, &err) == 0) {
		struct go_function found;

		for (uint64_t i = 0; i < table.nr && i < 100; i++)
			if (go_table_function(&table, i, &found) == 0)
				strlen(found.name);
		go_table_close(&table);
	}
}

/* Each 4 bytes of the input are where to put a byte, and which; the rest of it is code. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const unsigned int versions[] = { 102, 116, 118, 120, 126 };
	static struct go_file made;
	struct elf_file file;
	size_t changes;

	if (size < 2)
		return 0;
	go_file_make(&made, versions[data[0] % 5], data[0] & 0x80);
	changes = data[1] % 16;
	data += 2;
	size -= 2;
	for (; changes && size >= 4; changes--, data += 4, size -= 4) {
		uint32_t place = (uint32_t)data[0] << 8 | data[1];

		made.bytes[place % GO_FILE_LEN] = data[2];
		made.bytes[(place + 1) % GO_FILE_LEN] = data[3];
	}
	if (size > 0x400)
		size = 0x400;
	/* main.main is the last function */
	memcpy(made.bytes + GO_CODE + go_starts[GO_FUNCTIONS - 1], data, size);
	go_file_open(&made, sizeof(made.bytes), &file);
	fuzz_file(&file);
	elf_end(file.elf);
	return 0;
}
