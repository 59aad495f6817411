// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "output/stack.h"
#include "util/text.h"

#define KALLSYMS_SIZE_MAX (64u << 20)

/* the upper half of the address space is the kernel's, on every 64-bit machine that Linux runs on
 */
#define is_kernel(addr) ((int64_t)(addr) < 0)

static int symbol_compare(const void *a, const void *b)
{
	const struct symbol *x = a, *y = b;

	return x->addr < y->addr ? -1 : x->addr > y->addr;
}

/* "ffffffff81000000 T _stext" or, with a module, "... t name\t[module]" */
static void symbols_load(struct symbols *symbols)
{
	size_t lines = 0;

	symbols->loaded = 1;
	if (buf_read_file(&symbols->text, "/proc/kallsyms", KALLSYMS_SIZE_MAX))
		return;
	for (const char *s = buf_text(&symbols->text); *s; s++)
		lines += *s == '\n';
	symbols->items = malloc((lines + 1) * sizeof(*symbols->items));
	if (!symbols->items)
		return;
	for (char *s = symbols->text.data; *s;) {
		char *eol = s + strcspn(s, "\n"), *end;
		uint64_t addr = strtoull(s, &end, 16);

		if (addr && end[0] == ' ' && strchr("tTwW", end[1]) && end[2] == ' ')
			symbols->items[symbols->nr++] = (struct symbol){ addr, end + 3 };
		s = *eol ? eol + 1 : eol;
	}
	qsort(symbols->items, symbols->nr, sizeof(*symbols->items), symbol_compare);
}

void symbols_free(struct symbols *symbols)
{
	buf_free(&symbols->text);
	free(symbols->items);
	memset(symbols, 0, sizeof(*symbols));
}

const struct symbol *symbols_find(struct symbols *symbols, uint64_t addr)
{
	size_t low = 0, high;

	if (is_kernel(addr) && !symbols->loaded)
		symbols_load(symbols);
	high = is_kernel(addr) ? symbols->nr : 0;
	/* the last symbol that does not lie behind it */
	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (symbols->items[mid].addr <= addr)
			low = mid + 1;
		else
			high = mid;
	}
	return low ? &symbols->items[low - 1] : NULL;
}

uint64_t symbols_address(struct symbols *symbols, const char *name)
{
	size_t len = strlen(name);

	if (!symbols->loaded)
		symbols_load(symbols);
	for (size_t i = 0; i < symbols->nr; i++)
		if (strncmp(symbols->items[i].name, name, len) == 0 &&
		    isspace((unsigned char)symbols->items[i].name[len]))
			return symbols->items[i].addr;
	return 0;
}

size_t symbol_module(const struct symbol *symbol, const char **module)
{
	size_t name = strcspn(symbol->name, " \t\n");

	*module = symbol->name + name;
	if (strncmp(*module, "\t[", 2) != 0)
		return 0;
	*module += 2;
	return strcspn(*module, "]\n");
}

void stack_line(struct buf *out, struct symbols *symbols, uint64_t addr)
{
	const struct symbol *symbol = symbols_find(symbols, addr);

	if (symbol) {
		text_escape(out, symbol->name, strcspn(symbol->name, " \t\n"));
		buf_printf(out, "+0x%llx", (unsigned long long)(addr - symbol->addr));
	} else {
		buf_printf(out, "0x%016llx", (unsigned long long)addr);
	}
}
