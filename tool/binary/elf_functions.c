// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <gelf.h>
#include <stdbool.h>

#include "binary/elf.h"
#include "binary/elf_functions.h"
#include "binary/elf_symbol.h"
#include "binary/go_table.h"
#include "util/error.h"

static int table_each(const struct elf_file *file, Elf_Scn *scn, const GElf_Shdr *section,
		      int (*each)(const struct elf_function *function, void *data), void *data)
{
	Elf_Data *symbols = elf_getdata(scn, NULL);
	size_t n = section->sh_entsize ? section->sh_size / section->sh_entsize : 0;
	int ret = 0;

	for (size_t i = 0; symbols && i < n && !ret; i++) {
		struct elf_function function;
		GElf_Sym symbol;

		if (!gelf_getsym(symbols, (int)i, &symbol))
			break;
		if (GELF_ST_TYPE(symbol.st_info) != STT_FUNC || symbol.st_shndx == SHN_UNDEF)
			continue;
		function.name = elf_strptr(file->elf, section->sh_link, symbol.st_name);
		function.vaddr = symbol.st_value;
		function.size = symbol.st_size;
		if (!function.name || !function.name[0] ||
		    elf_file_offset(file, symbol.st_value, &function.offset))
			continue;
		ret = each(&function, data);
	}
	return ret;
}

static bool table_find(const struct elf_file *file, uint32_t type, Elf_Scn **scn,
		       GElf_Shdr *section)
{
	*scn = NULL;
	while ((*scn = elf_nextscn(file->elf, *scn)))
		if (gelf_getshdr(*scn, section) && section->sh_type == type)
			return true;
	return false;
}

static int go_each(const struct elf_file *file,
		   int (*each)(const struct elf_function *function, void *data), void *data,
		   struct error *err)
{
	struct go_table table;
	int ret = go_table_open(file, &table, err);

	if (ret)
		return ret == -ENOENT ? 0 : ret;
	for (uint64_t i = 0; i < table.nr && !ret; i++) {
		struct elf_function function;
		struct go_function go;

		if (go_table_function(&table, i, &go) ||
		    elf_file_offset(file, go.vaddr, &function.offset))
			continue;
		function.name = go.name;
		function.vaddr = go.vaddr;
		function.size = go.size;
		ret = each(&function, data);
	}
	go_table_close(&table);
	return ret;
}

int elf_functions_each(const struct elf_file *file,
		       int (*each)(const struct elf_function *function, void *data), void *data,
		       struct error *err)
{
	GElf_Shdr section;
	Elf_Scn *scn;
	int ret = 0;

	if (table_find(file, SHT_SYMTAB, &scn, &section))
		return table_each(file, scn, &section, each, data);
	if (table_find(file, SHT_DYNSYM, &scn, &section))
		ret = table_each(file, scn, &section, each, data);
	return ret ?: go_each(file, each, data, err);
}
