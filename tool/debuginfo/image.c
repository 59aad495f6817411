// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <string.h>
#include <unistd.h>

#include "debuginfo/image.h"
#include "util/buf.h"
#include "util/kernel.h"

static Elf *image_open(const char *path, int *fd)
{
	Elf *elf;

	*fd = open(path, O_RDONLY | O_CLOEXEC);
	if (*fd < 0)
		return NULL;
	elf_version(EV_CURRENT);
	elf = elf_begin(*fd, ELF_C_READ_MMAP, NULL);
	if (elf && elf_kind(elf) == ELF_K_ELF)
		return elf;
	elf_end(elf);
	close(*fd);
	return NULL;
}

static void image_close(Elf *elf, int fd)
{
	elf_end(elf);
	close(fd);
}

static void find_id(const Elf_Data *data, char id[DEBUG_ID_SIZE])
{
	if (data)
		kernel_note_id(&(struct buf){ .data = data->d_buf, .len = data->d_size }, id);
}

int debug_image_id(const char *path, char id[DEBUG_ID_SIZE])
{
	Elf_Scn *section = NULL;
	bool has_dwarf = false;
	size_t names;
	int fd;
	Elf *elf = image_open(path, &fd);

	id[0] = '\0';
	if (!elf)
		return -ENOENT;
	if (elf_getshdrstrndx(elf, &names) == 0)
		while ((section = elf_nextscn(elf, section)) != NULL) {
			GElf_Shdr shdr;
			const char *name = gelf_getshdr(section, &shdr)
						   ? elf_strptr(elf, names, shdr.sh_name)
						   : NULL;

			if (!name || shdr.sh_type == SHT_NOBITS)
				continue;
			/* .zdebug: as ld compressed before SHF_COMPRESSED */
			has_dwarf |= strcmp(name, ".debug_info") == 0 ||
				     strcmp(name, ".zdebug_info") == 0;
			if (shdr.sh_type == SHT_NOTE && !id[0])
				find_id(elf_getdata(section, NULL), id);
		}
	image_close(elf, fd);
	return has_dwarf && id[0] ? 0 : -ENOENT;
}

int debug_image_symbol(const char *path, const char *name, uint64_t *value)
{
	Elf_Scn *section = NULL;
	int fd, ret = -ENOENT;
	Elf *elf = image_open(path, &fd);

	if (!elf)
		return -ENOENT;
	while (ret && (section = elf_nextscn(elf, section)) != NULL) {
		GElf_Shdr shdr;
		GElf_Sym sym;
		Elf_Data *data;

		if (!gelf_getshdr(section, &shdr) || shdr.sh_type != SHT_SYMTAB)
			continue;
		data = elf_getdata(section, NULL);
		for (int i = 0; data && ret && gelf_getsym(data, i, &sym); i++) {
			const char *found = elf_strptr(elf, shdr.sh_link, sym.st_name);

			if (!found || strcmp(found, name) != 0)
				continue;
			*value = sym.st_value;
			ret = 0;
		}
	}
	image_close(elf, fd);
	return ret;
}
