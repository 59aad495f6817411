// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <gelf.h>
#include <string.h>

#include "binary/elf.h"
#include "binary/elf_image.h"

#if defined(__x86_64__)
#define RELATIVE R_X86_64_RELATIVE
#elif defined(__aarch64__)
#define RELATIVE R_AARCH64_RELATIVE
#elif defined(__riscv)
#define RELATIVE R_RISCV_RELATIVE
#elif defined(__powerpc64__)
#define RELATIVE R_PPC64_RELATIVE
#elif defined(__s390x__)
#define RELATIVE R_390_RELATIVE
#else
#error "which relocation is this architecture's RELATIVE?"
#endif

static bool image_of(const struct elf_file *file, const GElf_Phdr *segment, struct elf_image *image)
{
	size_t size;
	const char *raw = elf_rawfile(file->elf, &size);

	if (!raw || segment->p_offset >= size || !segment->p_filesz)
		return false;
	image->data = (const unsigned char *)raw + segment->p_offset;
	image->len = size - segment->p_offset;
	if (image->len > segment->p_filesz)
		image->len = segment->p_filesz;
	/* a segment at the very end of the address space does not go around it */
	if (image->len > UINT64_MAX - segment->p_vaddr)
		return false;
	image->vaddr = segment->p_vaddr;
	image->is_code = segment->p_flags & PF_X;
	image->is_writable = segment->p_flags & PF_W;
	return true;
}

/* The next segment from *@i on that is of @type and in the file. */
static bool next_segment(const struct elf_file *file, size_t *i, uint32_t type,
			 struct elf_image *image)
{
	GElf_Phdr segment;
	size_t n;

	if (elf_getphdrnum(file->elf, &n) < 0)
		return false;
	while (*i < n) {
		if (!gelf_getphdr(file->elf, (int)(*i)++, &segment) || segment.p_type != type)
			continue;
		if (image_of(file, &segment, image))
			return true;
	}
	return false;
}

bool elf_image_segment(const struct elf_file *file, unsigned int i, struct elf_image *image)
{
	size_t segment = 0;

	do {
		if (!next_segment(file, &segment, PT_LOAD, image))
			return false;
	} while (i--);
	return true;
}

static void image_skip(struct elf_image *image, uint64_t len)
{
	image->data += len;
	image->vaddr += len;
	image->len -= len;
}

bool elf_image_at(const struct elf_file *file, uint64_t vaddr, struct elf_image *image)
{
	size_t segment = 0;

	while (next_segment(file, &segment, PT_LOAD, image)) {
		if (vaddr < image->vaddr || vaddr - image->vaddr >= image->len)
			continue;
		image_skip(image, vaddr - image->vaddr);
		return true;
	}
	return false;
}

bool elf_image_section(const struct elf_file *file, const char *name, struct elf_image *image)
{
	Elf_Scn *scn = NULL;
	GElf_Shdr section;
	const char *own;
	size_t names;

	if (elf_getshdrstrndx(file->elf, &names) < 0)
		return false;
	while ((scn = elf_nextscn(file->elf, scn))) {
		if (!gelf_getshdr(scn, &section))
			continue;
		own = elf_strptr(file->elf, names, section.sh_name);
		if (!own || strcmp(own, name) != 0 || !(section.sh_flags & SHF_ALLOC))
			continue;
		if (!elf_image_at(file, section.sh_addr, image))
			continue;
		if (image->len > section.sh_size)
			image->len = section.sh_size;
		return image->len != 0;
	}
	return false;
}

uint64_t elf_image_find(const struct elf_image *image, uint64_t from, const void *what, size_t len,
			uint64_t align)
{
	uint64_t first = elf_image_u64(what);

	from += -(image->vaddr + from) & (align - 1);
	for (; from < image->len && image->len - from >= len; from += align)
		if (elf_image_u64(image->data + from) == first &&
		    memcmp(image->data + from, what, len) == 0)
			return from;
	return UINT64_MAX;
}

/* The table of relocations that the dynamic section tells of: Elf64_Rela, one behind the other. */
static bool relocations(const struct elf_file *file, struct elf_image *table)
{
	uint64_t vaddr = 0, len = 0;
	struct elf_image dynamic;
	size_t segment = 0;

	if (!next_segment(file, &segment, PT_DYNAMIC, &dynamic))
		return false;
	for (; dynamic.len >= sizeof(Elf64_Dyn); image_skip(&dynamic, sizeof(Elf64_Dyn))) {
		Elf64_Dyn entry;

		memcpy(&entry, dynamic.data, sizeof(entry));
		if (entry.d_tag == DT_NULL)
			break;
		if (entry.d_tag == DT_RELA)
			vaddr = entry.d_un.d_ptr;
		else if (entry.d_tag == DT_RELASZ)
			len = entry.d_un.d_val;
	}
	if (!len || !elf_image_at(file, vaddr, table))
		return false;
	if (table->len > len)
		table->len = len;
	return true;
}

/* The next RELATIVE one. */
static bool next_relocation(struct elf_image *table, Elf64_Rela *entry)
{
	while (table->len >= sizeof(*entry)) {
		memcpy(entry, table->data, sizeof(*entry));
		image_skip(table, sizeof(*entry));
		if (ELF64_R_TYPE(entry->r_info) == RELATIVE)
			return true;
	}
	return false;
}

int elf_image_pointers(const struct elf_file *file, uint64_t vaddr, uint64_t *values, uint64_t n)
{
	struct elf_image image, table;
	Elf64_Rela entry;

	if (!elf_image_at(file, vaddr, &image) || image.len / sizeof(*values) < n)
		return -ENOENT;
	memcpy(values, image.data, n * sizeof(*values));
	if (!relocations(file, &table))
		return 0;
	while (next_relocation(&table, &entry)) {
		uint64_t at = entry.r_offset - vaddr;

		if (at % sizeof(*values) == 0 && at / sizeof(*values) < n)
			values[at / sizeof(*values)] = (uint64_t)entry.r_addend;
	}
	return 0;
}

bool elf_image_pointer_to(const struct elf_file *file, uint64_t target,
			  bool (*each)(uint64_t place, void *data), void *data)
{
	struct elf_image image, table;
	Elf64_Rela entry;

	for (unsigned int i = 0; elf_image_segment(file, i, &image); i++) {
		uint64_t at;

		if (!image.is_writable)
			continue;
		for (at = elf_image_find(&image, 0, &target, sizeof(target), 8); at != UINT64_MAX;
		     at = elf_image_find(&image, at + 8, &target, sizeof(target), 8))
			if (each(image.vaddr + at, data))
				return true;
	}
	if (!relocations(file, &table))
		return false;
	while (next_relocation(&table, &entry))
		if ((uint64_t)entry.r_addend == target && each(entry.r_offset, data))
			return true;
	return false;
}
