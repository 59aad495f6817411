// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <gelf.h>
#include <stdbool.h>
#include <string.h>

#include "binary/elf.h"
#include "binary/elf_symbol.h"
#include "binary/go_table.h"
#include "util/error.h"
#include "util/text.h"

/* What a walk through the symbol tables has found. */
struct elf_search {
	const char *name;
	/* offered the other functions' names, when not NULL */
	struct near *near;
	bool has_symtab, has_dynsym;
	bool found;
	bool is_import, is_data, is_ifunc;
	GElf_Sym symbol;
	/* @symbol is of an old version, kept only for programs that were linked with it */
	bool is_old;
};

/* "memcpy@@GLIBC_2.14" in .symtab is memcpy */
static bool elf_name_is(const char *symbol, const char *wanted)
{
	size_t len = strlen(wanted);

	return strncmp(symbol, wanted, len) == 0 && (symbol[len] == '\0' || symbol[len] == '@');
}

/* .gnu.version, which runs parallel to .dynsym: Linux Standard Base, "Symbol Versioning" */
static Elf_Data *elf_versions(const struct elf_file *file)
{
	Elf_Scn *scn = NULL;
	GElf_Shdr section;

	while ((scn = elf_nextscn(file->elf, scn)))
		if (gelf_getshdr(scn, &section) && section.sh_type == SHT_GNU_versym)
			return elf_getdata(scn, NULL);
	return NULL;
}

/*
 * A library can have a function in several versions, such as memcpy@GLIBC_2.2.5 and
 * memcpy@@GLIBC_2.14. Those with one @ or with the hidden bit are for old programs only.
 */
static bool elf_is_old_version(const char *name, Elf_Data *versions, size_t i)
{
	const char *at = strchr(name, '@');
	GElf_Versym version;

	if (at)
		return at[1] != '@';
	return versions && gelf_getversym(versions, (int)i, &version) && (version & 0x8000);
}

static void elf_search_table(const struct elf_file *file, Elf_Scn *scn, const GElf_Shdr *section,
			     struct elf_search *search)
{
	Elf_Data *data = elf_getdata(scn, NULL);
	Elf_Data *versions = section->sh_type == SHT_DYNSYM ? elf_versions(file) : NULL;
	size_t n = section->sh_entsize ? section->sh_size / section->sh_entsize : 0;

	for (size_t i = 0; data && i < n; i++) {
		GElf_Sym symbol;
		const char *name;
		unsigned int type;
		bool is_old;

		if (!gelf_getsym(data, (int)i, &symbol))
			break;
		name = elf_strptr(file->elf, section->sh_link, symbol.st_name);
		if (!name || !name[0])
			continue;
		type = GELF_ST_TYPE(symbol.st_info);
		if (!elf_name_is(name, search->name)) {
			if (search->near && type == STT_FUNC && symbol.st_shndx != SHN_UNDEF)
				near_offer(search->near, name);
			continue;
		}
		is_old = elf_is_old_version(name, versions, i);
		if (symbol.st_shndx == SHN_UNDEF) {
			search->is_import = true;
		} else if (type == STT_GNU_IFUNC) {
			search->is_ifunc = search->is_ifunc || !is_old;
		} else if (type != STT_FUNC && type != STT_NOTYPE) {
			search->is_data = true;
		} else if (!search->found || (search->is_old && !is_old)) {
			search->found = true;
			search->is_old = is_old;
			search->symbol = symbol;
		}
	}
}

static void elf_search(const struct elf_file *file, struct elf_search *search)
{
	Elf_Scn *scn = NULL;

	while ((!search->found || search->is_old) && (scn = elf_nextscn(file->elf, scn))) {
		GElf_Shdr section;

		if (!gelf_getshdr(scn, &section))
			continue;
		if (section.sh_type == SHT_SYMTAB)
			search->has_symtab = true;
		else if (section.sh_type == SHT_DYNSYM)
			search->has_dynsym = true;
		else
			continue;
		elf_search_table(file, scn, &section, search);
	}
}

static int elf_not_found(const struct elf_file *file, struct elf_search *search, struct error *err)
{
	struct near near = { .wanted = search->name };
	const char *best;

	if (search->is_ifunc) {
		error_set(err, -EINVAL,
			  "%s of %s is an indirect function: its symbol is the code that chooses "
			  "among several when the program starts, and is not called afterwards",
			  search->name, file->path);
		error_hint(err,
			   "trace the one chosen on this processor: readelf -sW %s lists them "
			   "where the symbols are there, or perf top shows which one runs",
			   file->path);
		return -EINVAL;
	}
	if (search->is_import) {
		error_set(err, -ENOENT, "%s only calls %s, which is in another library", file->path,
			  search->name);
		error_hint(err, "name the library: c:%s for libc's", search->name);
		return -ENOENT;
	}
	if (search->is_data)
		return error_set(err, -EINVAL, "%s of %s is a variable, not a function",
				 search->name, file->path);
	/* comparing with every name takes milliseconds: only now */
	search->near = &near;
	elf_search(file, search);
	search->near = NULL;
	best = near_best(&near);
	if (!search->has_symtab && !search->has_dynsym)
		error_set(err, -ENOENT, "%s has no symbols at all (it is stripped)", file->path);
	else if (!search->has_symtab)
		error_set(err, -ENOENT,
			  "%s does not export a function %s; it is stripped, so that only its "
			  "dynamic symbols are there",
			  file->path, search->name);
	else
		error_set(err, -ENOENT, "%s has no function %s (or the compiler inlined it)",
			  file->path, search->name);
	if (best)
		error_hint(err, "did you mean %s?", best);
	else if (!search->has_symtab)
		error_hint(err, "use a build that is not stripped, or give an offset in the file: "
				"FILE:0xOFFSET");
	else
		error_hint(err, "nm %s lists its functions", file->path);
	return -ENOENT;
}

/* In a Go program: whose functions are all in a table of its own, even when it is stripped. */
static int elf_search_go(const struct elf_file *file, const char *symbol,
			 struct elf_function *function, struct error *err)
{
	struct go_function found;
	struct go_table table;
	int ret;

	ret = go_table_open(file, &table, err);
	if (ret < 0)
		return ret;
	ret = go_table_find(file, &table, symbol, &found, err);
	go_table_close(&table);
	if (ret < 0)
		return ret;
	function->vaddr = found.vaddr;
	function->size = found.size;
	return 0;
}

int elf_symbol_find(const struct elf_file *file, const char *symbol, struct elf_function *function,
		    struct error *err)
{
	struct elf_search search = { .name = symbol };
	int ret;

	elf_search(file, &search);
	function->name = symbol;
	function->vaddr = search.symbol.st_value;
	function->size = search.symbol.st_size;
	if (!search.found || (search.is_ifunc && search.is_old)) {
		ret = -ENOENT;
		/* what is known of the name is a better answer than another table's */
		if (!search.is_ifunc && !search.is_import && !search.is_data)
			ret = elf_search_go(file, symbol, function, err);
		if (ret < 0)
			return err->code ? ret : elf_not_found(file, &search, err);
	}
	if (elf_file_offset(file, function->vaddr, &function->offset) < 0)
		return error_set(err, -EINVAL, "%s of %s is at an address that is not in the file",
				 symbol, file->path);
	return elf_check_code(file, function->offset, err);
}

int elf_symbol_offset(const struct elf_file *file, const char *symbol, uint64_t *offset,
		      uint64_t *size, struct error *err)
{
	struct elf_function function;
	int ret;

	ret = elf_symbol_find(file, symbol, &function, err);
	if (ret < 0)
		return ret;
	*offset = function.offset;
	*size = function.size;
	return 0;
}
