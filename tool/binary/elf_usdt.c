// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <gelf.h>
#include <stdbool.h>
#include <string.h>

#include "binary/elf.h"
#include "binary/elf_usdt.h"
#include "util/error.h"

/* systemtap's sys/sdt.h: the note's type, and its three leading addresses */
#define STAPSDT_TYPE  3
#define STAPSDT_OWNER "stapsdt"

struct stapsdt_addrs {
	uint64_t pc;
	uint64_t base; /* where .stapsdt.base was when the note was written */
	uint64_t semaphore;
};

static Elf_Scn *elf_section(const struct elf_file *file, const char *name, GElf_Shdr *section)
{
	Elf_Scn *scn = NULL;
	size_t names;

	if (elf_getshdrstrndx(file->elf, &names) < 0)
		return NULL;
	while ((scn = elf_nextscn(file->elf, scn))) {
		const char *found;

		if (!gelf_getshdr(scn, section))
			continue;
		found = elf_strptr(file->elf, names, section->sh_name);
		if (found && strcmp(found, name) == 0)
			return scn;
	}
	return NULL;
}

/* The string at *pos, which is moved behind its NUL; NULL when none ends before @end. */
static const char *note_string(const char **pos, const char *end)
{
	const char *start = *pos, *nul = memchr(start, '\0', (size_t)(end - start));

	if (!nul)
		return NULL;
	*pos = nul + 1;
	return start;
}

static int note_parse(const struct elf_file *file, const char *desc, size_t len, uint64_t base,
		      struct elf_usdt *usdt)
{
	const char *pos = desc + sizeof(struct stapsdt_addrs), *end = desc + len;
	struct stapsdt_addrs addrs;
	uint64_t moved;

	if (len < sizeof(addrs))
		return -EINVAL;
	memcpy(&addrs, desc, sizeof(addrs));
	usdt->provider = note_string(&pos, end);
	usdt->name = usdt->provider ? note_string(&pos, end) : NULL;
	usdt->args = usdt->name ? note_string(&pos, end) : NULL;
	if (!usdt->args)
		return -EINVAL;
	/* prelink(8) moves everything but cannot change the note: the base shows how far */
	moved = base ? base - addrs.base : 0;
	if (elf_file_offset(file, addrs.pc + moved, &usdt->offset) < 0)
		return -EINVAL;
	usdt->semaphore = 0;
	if (addrs.semaphore && elf_file_offset(file, addrs.semaphore + moved, &usdt->semaphore) < 0)
		return -EINVAL;
	return 0;
}

int elf_usdt_each(const struct elf_file *file,
		  int (*each)(const struct elf_usdt *usdt, void *data, struct error *err),
		  void *data, struct error *err)
{
	GElf_Shdr section, base_section;
	uint64_t base = 0;
	size_t pos = 0, next, name, desc;
	Elf_Data *notes;
	GElf_Nhdr note;
	Elf_Scn *scn;

	scn = elf_section(file, ".note.stapsdt", &section);
	if (!scn || section.sh_type != SHT_NOTE)
		return 0;
	notes = elf_getdata(scn, NULL);
	if (elf_section(file, ".stapsdt.base", &base_section))
		base = base_section.sh_addr;
	for (; notes && (next = gelf_getnote(notes, pos, &note, &name, &desc)) > 0; pos = next) {
		const char *bytes = notes->d_buf;
		struct elf_usdt usdt;
		int ret;

		if (note.n_type != STAPSDT_TYPE || note.n_namesz != sizeof(STAPSDT_OWNER) ||
		    memcmp(bytes + name, STAPSDT_OWNER, sizeof(STAPSDT_OWNER)) != 0)
			continue;
		if (note_parse(file, bytes + desc, note.n_descsz, base, &usdt) < 0)
			return error_set(err, -EINVAL,
					 "%s has a USDT note that is not understood, at byte %zu "
					 "of .note.stapsdt",
					 file->path, pos);
		ret = each(&usdt, data, err);
		if (ret != 0)
			return ret;
	}
	return 0;
}
