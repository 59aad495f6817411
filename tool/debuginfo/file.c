// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "debuginfo/file.h"
#include "debuginfo/libdw.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/text.h"

#if HAVE_LIBDW

static int find_elf(Dwfl_Module *mod, void **userdata, const char *name, Dwarf_Addr base,
		    char **file_name, Elf **elf)
{
	const struct debug_file *file = *userdata;
	int fd = open(file->path, O_RDONLY | O_CLOEXEC);

	(void)mod;
	(void)name;
	(void)base;
	(void)elf;
	/* libdw owns both from here on */
	*file_name = fd < 0 ? NULL : strdup(file->path);
	return fd;
}

/* libdw's own would ask servers on the network */
static int find_no_debuginfo(Dwfl_Module *mod, void **userdata, const char *name, Dwarf_Addr base,
			     const char *file_name, const char *debuglink, GElf_Word crc,
			     char **debuginfo)
{
	(void)mod;
	(void)userdata;
	(void)name;
	(void)base;
	(void)file_name;
	(void)debuglink;
	(void)crc;
	(void)debuginfo;
	return -1;
}

static int section_address(Dwfl_Module *mod, void **userdata, const char *name, Dwarf_Addr base,
			   const char *section, GElf_Word index, const GElf_Shdr *header,
			   Dwarf_Addr *addr)
{
	const struct debug_file *file = *userdata;
	struct buf path = {}, text = {};

	(void)mod;
	(void)name;
	(void)base;
	(void)index;
	(void)header;
	/* not in memory, such as .init.text once it has run */
	*addr = (Dwarf_Addr)-1;
	buf_printf(&path, "%s/%s", file->sections, section);
	if (file->sections && !path.failed && buf_read_file(&text, buf_text(&path), 64) == 0)
		*addr = strtoull(buf_text(&text), NULL, 16);
	buf_free(&path);
	buf_free(&text);
	return 0;
}

static const Dwfl_Callbacks callbacks = {
	.find_elf = find_elf,
	.find_debuginfo = find_no_debuginfo,
	.section_address = section_address,
};

static int range_compare(const void *a, const void *b)
{
	const struct unit_range *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

static int add_unit(struct debug_file *file, struct buf *ranges, uint64_t offset)
{
	Dwarf_Die die;
	Dwarf_Addr base;
	struct unit_range range = { .die = offset };
	ptrdiff_t at = 0;

	if (!file->dw->dwarf_offdie(file->dwarf, offset, &die))
		return -EBADMSG;
	while ((at = file->dw->dwarf_ranges(&die, at, &base, &range.start, &range.end)) > 0)
		if (range.start < range.end)
			buf_add(ranges, &range, sizeof(range));
	/* a unit without code has no ranges, a broken one is left out */
	return 0;
}

/*
 * Not by .debug_aranges, which would name each unit's ranges as well: clang does not write it
 * unless it is asked to.
 */
static int read_units(struct debug_file *file, struct error *err)
{
	Dwarf_Off offset = 0, next;
	struct buf ranges = {};
	size_t head;
	int ret = 0;

	while (!ret &&
	       file->dw->dwarf_nextcu(file->dwarf, offset, &next, &head, NULL, NULL, NULL) == 0) {
		ret = add_unit(file, &ranges, offset + head);
		offset = next;
	}
	if (!ret && ranges.failed)
		ret = -ENOMEM;
	if (ret) {
		buf_free(&ranges);
		return error_sys(err, ret, "%s: cannot read its debug information", file->path);
	}
	file->ranges = (struct unit_range *)ranges.data;
	file->nr_ranges = ranges.len / sizeof(*file->ranges);
	if (file->nr_ranges)
		qsort(file->ranges, file->nr_ranges, sizeof(*file->ranges), range_compare);
	return 0;
}

int debug_file_open(struct debug_file *file, const struct libdw *dw, const char *path,
		    const char *sections, struct error *err)
{
	Dwfl_Module *module;
	Dwarf_Addr bias;
	void **userdata;
	int ret;

	file->dw = dw;
	file->path = path;
	file->sections = sections;
	file->dwfl = dw->dwfl_begin(&callbacks);
	if (!file->dwfl)
		return error_set(err, -ENOMEM, "%s: %s", path, dw->dwfl_errmsg(-1));
	/* where it is loaded is not libdw's business: addresses are the file's, or its sections' */
	module = dw->dwfl_report_module(file->dwfl, "", 0, UINT64_MAX);
	dw->dwfl_report_end(file->dwfl, NULL, NULL);
	if (module) {
		dw->dwfl_module_info(module, &userdata, NULL, NULL, NULL, NULL, NULL, NULL);
		*userdata = file;
		file->dwarf = dw->dwfl_module_getdwarf(module, &bias);
	}
	ret = file->dwarf ? read_units(file, err)
			  : error_set(err, -ENOENT, "%s: %s", path, dw->dwfl_errmsg(-1));
	if (ret)
		debug_file_close(file);
	return ret;
}

void debug_file_close(struct debug_file *file)
{
	free(file->ranges);
	if (file->dwfl)
		file->dw->dwfl_end(file->dwfl);
	memset(file, 0, sizeof(*file));
}

static bool unit_at(const struct debug_file *file, uint64_t addr, Dwarf_Die *unit)
{
	size_t low = 0, high = file->nr_ranges;

	/* the last range that does not begin behind it */
	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (file->ranges[mid].start <= addr)
			low = mid + 1;
		else
			high = mid;
	}
	return low && addr < file->ranges[low - 1].end &&
	       file->dw->dwarf_offdie(file->dwarf, file->ranges[low - 1].die, unit);
}

/* The functions around an address, outermost first. */
struct nest {
	Dwarf_Die dies[SOURCE_FRAMES_MAX];
	size_t nr;
};

/* Look through what lies below @parent; true when the address was in one of them. */
static bool descend(const struct libdw *dw, Dwarf_Die *parent, uint64_t addr, struct nest *nest)
{
	Dwarf_Die die;

	if (dw->dwarf_child(parent, &die))
		return false;
	do {
		switch (dw->dwarf_tag(&die)) {
		case DW_TAG_namespace:
		case DW_TAG_module:
			/* has no addresses of its own */
			if (descend(dw, &die, addr, nest))
				return true;
			break;
		case DW_TAG_subprogram:
		case DW_TAG_inlined_subroutine:
			if (dw->dwarf_haspc(&die, addr) <= 0)
				break;
			if (nest->nr < SOURCE_FRAMES_MAX)
				nest->dies[nest->nr++] = die;
			descend(dw, &die, addr, nest);
			return true;
		case DW_TAG_lexical_block:
			if (dw->dwarf_haspc(&die, addr) <= 0)
				break;
			descend(dw, &die, addr, nest);
			return true;
		}
	} while (dw->dwarf_siblingof(&die, &die) == 0);
	return false;
}

/* Where the inlined function at @die is called: DW_AT_call_file is an index into the unit's files.
 */
static void call_place(const struct libdw *dw, Dwarf_Die *unit, Dwarf_Die *die,
		       struct source_frame *frame)
{
	Dwarf_Attribute attr;
	Dwarf_Files *files;
	Dwarf_Word number;
	size_t nr;

	if (dw->dwarf_formudata(dw->dwarf_attr_integrate(die, DW_AT_call_line, &attr), &number) ==
	    0)
		frame->line = (unsigned int)number;
	if (dw->dwarf_formudata(dw->dwarf_attr_integrate(die, DW_AT_call_file, &attr), &number) ==
		    0 &&
	    dw->dwarf_getsrcfiles(unit, &files, &nr) == 0 && number < nr)
		frame->file = dw->dwarf_filesrc(files, number, NULL, NULL);
}

size_t debug_file_frames(const struct debug_file *file, uint64_t addr,
			 struct source_frame frames[SOURCE_FRAMES_MAX])
{
	const struct libdw *dw = file->dw;
	struct nest nest = {};
	Dwarf_Die unit;
	Dwarf_Line *line;
	size_t n = 1;
	int number;

	if (!unit_at(file, addr, &unit))
		return 0;
	descend(dw, &unit, addr, &nest);
	frames[0] = (struct source_frame){};
	line = dw->dwarf_getsrc_die(&unit, addr);
	if (line && dw->dwarf_lineno(line, &number) == 0) {
		frames[0].line = (unsigned int)number;
		frames[0].file = dw->dwarf_linesrc(line, NULL, NULL);
	}
	if (!nest.nr)
		/* assembler */
		return line ? 1 : 0;
	for (size_t i = nest.nr; i-- > 0;) {
		frames[n - 1].function = dw->dwarf_diename(&nest.dies[i]);
		frames[n - 1].inlined = i > 0;
		if (i > 0) {
			frames[n] = (struct source_frame){};
			call_place(dw, &unit, &nest.dies[i], &frames[n++]);
		}
	}
	return n;
}

void debug_file_units(const struct debug_file *file,
		      void (*each)(void *arg, const char *name, const char *folder), void *arg)
{
	Dwarf_Attribute attr;
	Dwarf_Die unit;

	for (size_t i = 0; i < file->nr_ranges; i++) {
		const char *name, *folder;

		if (!file->dw->dwarf_offdie(file->dwarf, file->ranges[i].die, &unit))
			continue;
		name = file->dw->dwarf_diename(&unit);
		folder = file->dw->dwarf_formstring(
			file->dw->dwarf_attr_integrate(&unit, DW_AT_comp_dir, &attr));
		if (name)
			each(arg, name, folder ? folder : "");
	}
}

#else

int debug_file_open(struct debug_file *file, const struct libdw *dw, const char *path,
		    const char *sections, struct error *err)
{
	(void)file;
	(void)dw;
	(void)sections;
	return error_set(err, -ENOENT, "%s: hotprobe was built without libdw's headers", path);
}

void debug_file_close(struct debug_file *file)
{
	memset(file, 0, sizeof(*file));
}

size_t debug_file_frames(const struct debug_file *file, uint64_t addr,
			 struct source_frame frames[SOURCE_FRAMES_MAX])
{
	(void)file;
	(void)addr;
	(void)frames;
	return 0;
}

void debug_file_units(const struct debug_file *file,
		      void (*each)(void *arg, const char *name, const char *folder), void *arg)
{
	(void)file;
	(void)each;
	(void)arg;
}

#endif
