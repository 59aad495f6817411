// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdbool.h>

#include "binary/elf.h"
#include "binary/elf_image.h"
#include "binary/go_module.h"
#include "binary/go_table.h"
#include "util/error.h"

/* More words of a moduledata than there are before what is looked for, in any release. */
#define MODULE_WORDS 64
/* Programs have two or three pointers to their table: a file with more has no chance to hold us up.
 */
#define MOST_POINTERS 64

struct module_search {
	const struct elf_file *file;
	const struct go_table *table;
	uint64_t text;
	unsigned int seen;
};

/*
 * Is it a moduledata? Its members minpc, maxpc, text and etext lie one behind the other: those of a
 * module whose functions are the table's are told by the first and last of these.
 */
static bool module_at(uint64_t place, void *data)
{
	struct module_search *search = data;
	uint64_t words[MODULE_WORDS], first, end;

	first = elf_image_u32(search->table->data + search->table->functab);
	end = elf_image_u32(search->table->data + search->table->functab + 8 * search->table->nr);
	if (elf_image_pointers(search->file, place, words, MODULE_WORDS) == 0) {
		for (unsigned int i = 1; i + 3 < MODULE_WORDS; i++) {
			uint64_t text = words[i + 2], offset;

			if (!text || words[i] != text + first || words[i + 1] != text + end ||
			    words[i + 3] < text || elf_file_offset(search->file, text, &offset) < 0)
				continue;
			search->text = text;
			return true;
		}
	}
	return ++search->seen >= MOST_POINTERS;
}

int go_module_text(const struct elf_file *file, const struct go_table *table, uint64_t *text,
		   struct error *err)
{
	struct module_search search = { .file = file, .table = table };
	struct elf_image image;

	if (elf_image_section(file, ".go.module", &image))
		module_at(image.vaddr, &search);
	if (!search.text)
		elf_image_pointer_to(file, table->vaddr, module_at, &search);
	if (!search.text) {
		error_set(err, -EINVAL,
			  "the table of Go functions of %s is one of addresses in its code, but it "
			  "is "
			  "not told where that starts",
			  file->path);
		error_hint(err,
			   "it may be of a Go release that is newer than hotprobe; a build with "
			   "symbols (without -ldflags -s) does not need that table");
		return -EINVAL;
	}
	*text = search.text;
	return 0;
}
