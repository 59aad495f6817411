// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "binary/elf.h"
#include "binary/go_table.h"
#include "util/error.h"
#include "util/text.h"

#if defined(__x86_64__)
#define ELF_MACHINE EM_X86_64
#elif defined(__aarch64__)
#define ELF_MACHINE EM_AARCH64
#elif defined(__riscv)
#define ELF_MACHINE EM_RISCV
#elif defined(__powerpc64__)
#define ELF_MACHINE EM_PPC64
#elif defined(__s390x__)
#define ELF_MACHINE EM_S390
#else
#error "which e_machine is this architecture's?"
#endif

static int elf_check_header(const char *path, Elf *elf, struct error *err)
{
	GElf_Ehdr header;

	if (elf_kind(elf) != ELF_K_ELF || !gelf_getehdr(elf, &header)) {
		error_set(err, -ENOEXEC, "%s is not an ELF program or library", path);
		error_hint(err, "for a script, name its interpreter");
		return -ENOEXEC;
	}
	if (header.e_ident[EI_CLASS] != ELFCLASS64) {
		error_set(err, -ENOEXEC, "%s is a 32-bit program", path);
		error_hint(err,
			   "only programs of this machine's own kind can be traced: is there a "
			   "64-bit build of it?");
		return -ENOEXEC;
	}
	if (header.e_machine != ELF_MACHINE) {
		error_set(err, -ENOEXEC, "%s is for another architecture (ELF machine %u)", path,
			  header.e_machine);
		error_hint(err,
			   "only programs of this machine's own kind can be traced: file %s "
			   "tells which kind this is",
			   path);
		return -ENOEXEC;
	}
	if (header.e_type != ET_EXEC && header.e_type != ET_DYN)
		return error_set(err, -ENOEXEC,
				 "%s is neither a program nor a library (an object file or a core "
				 "dump?)",
				 path);
	return 0;
}

/* Of a file that was not copied whole, what is missing would be taken for what was never there. */
static int elf_check_whole(const struct elf_file *file, uint64_t size, struct error *err)
{
	GElf_Ehdr header;
	GElf_Phdr segment;
	bool whole = gelf_getehdr(file->elf, &header) && header.e_phoff <= size &&
		     (uint64_t)header.e_phnum * header.e_phentsize <= size - header.e_phoff;

	for (int i = 0; whole && i < header.e_phnum; i++)
		if (gelf_getphdr(file->elf, i, &segment) && segment.p_type == PT_LOAD)
			whole = segment.p_filesz <= size &&
				segment.p_offset <= size - segment.p_filesz;
	if (whole)
		return 0;
	error_set(err, -ENOEXEC, "%s is cut short: parts of the program lie behind its end",
		  file->path);
	error_hint(err, "copy or build it anew");
	return -ENOEXEC;
}

int elf_file_open(struct elf_file *file, const char *path, struct error *err)
{
	struct stat st;
	int ret;

	file->path = path;
	file->elf = NULL;
	/* O_NONBLOCK: a fifo of that name must not hold us up */
	file->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (file->fd < 0) {
		ret = -errno;
		if (ret == -ENOENT)
			return error_set(err, ret, "there is no file %s", path);
		return error_sys(err, ret, "cannot open %s", path);
	}
	if (fstat(file->fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		ret = error_set(err, -EINVAL, "%s is not a regular file", path);
		goto fail;
	}
	elf_version(EV_CURRENT);
	file->elf = elf_begin(file->fd, ELF_C_READ_MMAP, NULL);
	if (!file->elf) {
		ret = error_set(err, -ENOEXEC, "cannot read %s: %s", path, elf_errmsg(-1));
		goto fail;
	}
	ret = elf_check_header(path, file->elf, err);
	ret = ret ?: elf_check_whole(file, (uint64_t)st.st_size, err);
	if (ret < 0)
		goto fail;
	return 0;
fail:
	elf_file_close(file);
	return ret;
}

void elf_file_close(struct elf_file *file)
{
	if (file->elf)
		elf_end(file->elf);
	if (file->fd >= 0)
		close(file->fd);
	file->elf = NULL;
	file->fd = -1;
}

int elf_file_offset(const struct elf_file *file, uint64_t vaddr, uint64_t *offset)
{
	size_t n;

	if (elf_getphdrnum(file->elf, &n) < 0)
		return -ENOENT;
	for (size_t i = 0; i < n; i++) {
		GElf_Phdr segment;

		if (!gelf_getphdr(file->elf, (int)i, &segment) || segment.p_type != PT_LOAD)
			continue;
		if (vaddr < segment.p_vaddr || vaddr - segment.p_vaddr >= segment.p_filesz)
			continue;
		*offset = vaddr - segment.p_vaddr + segment.p_offset;
		return 0;
	}
	return -ENOENT;
}

int elf_check_code(const struct elf_file *file, uint64_t offset, struct error *err)
{
	size_t n;

	if (elf_getphdrnum(file->elf, &n) < 0)
		n = 0;
	for (size_t i = 0; i < n; i++) {
		GElf_Phdr segment;

		if (!gelf_getphdr(file->elf, (int)i, &segment) || segment.p_type != PT_LOAD)
			continue;
		if ((segment.p_flags & PF_X) && offset >= segment.p_offset &&
		    offset - segment.p_offset < segment.p_filesz)
			return 0;
	}
	error_set(err, -EINVAL, "offset 0x%llx of %s is not in its code",
		  (unsigned long long)offset, file->path);
	error_hint(err, "the offset is one in the file, not an address: readelf -lW shows both");
	return -EINVAL;
}

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
