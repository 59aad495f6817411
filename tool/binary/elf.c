// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

#include "binary/elf.h"
#include "util/error.h"

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
