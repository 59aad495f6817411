// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "binary/elf.h"
#include "binary/elf_image.h"
#include "binary/go_module.h"
#include "binary/go_table.h"
#include "util/error.h"
#include "util/text.h"

/* The longest name that is compared; those of instances of generic functions get long. */
#define NAME_MAX_LEN 4096

#if defined(__x86_64__)
#define QUANTUM 1
#elif defined(__s390x__)
#define QUANTUM 2
#else
#define QUANTUM 4
#endif

/* By the magic number that the table starts with. */
static const struct go_layout {
	uint32_t magic;
	unsigned int version;
	unsigned int header_len;
	/* where the header tells what the names and the records are relative to; 0: the table */
	unsigned int names, records;
	unsigned int index_entry; /* bytes in the index of functions */
	unsigned int record_name; /* where in its record a function's name is */
} layouts[] = {
	{ 0xfffffffb, 102, 16, 0, 0, 16, 8 },
	{ 0xfffffffa, 116, 64, 24, 56, 16, 8 },
	{ 0xfffffff0, 118, 72, 32, 64, 8, 4 },
	{ 0xfffffff1, 120, 72, 32, 64, 8, 4 },
};

#define NR_LAYOUTS (sizeof(layouts) / sizeof(layouts[0]))

static const struct go_layout *layout_of(const struct go_table *table)
{
	for (unsigned int i = 0; i < NR_LAYOUTS; i++)
		if (layouts[i].version == table->version)
			return &layouts[i];
	return NULL;
}

/* The first 8 bytes: magic number, two zeros, the shortest instruction, the size of a pointer. */
static void header_start(unsigned char start[8], const struct go_layout *layout)
{
	memcpy(start, &layout->magic, sizeof(layout->magic));
	start[4] = 0;
	start[5] = 0;
	start[6] = QUANTUM;
	start[7] = sizeof(uint64_t);
}

/*
 * Does a table start here? The numbers in its header must fit into @image, and each other. Returns
 * NULL or the layout.
 */
static const struct go_layout *table_header(const struct elf_image *image, struct go_table *table)
{
	const struct go_layout *layout = NULL;
	unsigned char start[8];

	for (unsigned int i = 0; i < NR_LAYOUTS && !layout; i++) {
		header_start(start, &layouts[i]);
		if (image->len >= layouts[i].header_len &&
		    memcmp(image->data, start, sizeof(start)) == 0)
			layout = &layouts[i];
	}
	if (!layout)
		return NULL;
	memset(table, 0, sizeof(*table));
	table->data = image->data;
	table->len = image->len;
	table->vaddr = image->vaddr;
	table->version = layout->version;
	table->nr = elf_image_u64(image->data + 8);
	table->functab = 16;
	if (layout->names) {
		table->names = elf_image_u64(image->data + layout->names);
		table->records = elf_image_u64(image->data + layout->records);
		table->functab = table->records;
	}
	if (table->names >= table->len || table->functab >= table->len || !table->nr)
		return NULL;
	/* behind the last entry lies the address at which the last function ends */
	if ((table->len - table->functab) / layout->index_entry <= table->nr)
		return NULL;
	return layout;
}

/* By its section's name, which it has unless the linker put it together with others. */
static const struct go_layout *table_by_section(const struct elf_file *file, struct go_table *table)
{
	static const char *const names[] = { ".gopclntab", ".data.rel.ro.gopclntab" };
	const struct go_layout *layout = NULL;
	struct elf_image image;

	for (unsigned int i = 0; i < 2 && !layout; i++)
		if (elf_image_section(file, names[i], &image))
			layout = table_header(&image, table);
	return layout;
}

static const struct go_layout *magic_in(const struct elf_image *image, struct go_table *table)
{
	const struct go_layout *layout;
	unsigned char start[8];

	for (unsigned int i = 0; i < NR_LAYOUTS; i++) {
		uint64_t at = 0;

		header_start(start, &layouts[i]);
		while ((at = elf_image_find(image, at, start, sizeof(start), 8)) != UINT64_MAX) {
			struct elf_image rest = {
				.data = image->data + at,
				.len = image->len - at,
				.vaddr = image->vaddr + at,
			};

			layout = table_header(&rest, table);
			if (layout)
				return layout;
			at += 8;
		}
	}
	return NULL;
}

/* Linkers of old put what is only read to the code: that is searched last, because it is large. */
static const struct go_layout *table_by_magic(const struct elf_file *file, struct go_table *table)
{
	const struct go_layout *layout = NULL;
	struct elf_image image;

	for (int code = 0; code < 2; code++)
		for (unsigned int i = 0; !layout && elf_image_segment(file, i, &image); i++)
			if (image.is_code == code)
				layout = magic_in(&image, table);
	return layout;
}

/* The index before 1.18 holds addresses, which the dynamic linker writes into a PIE. */
static int old_index(const struct elf_file *file, struct go_table *table, struct error *err)
{
	uint64_t n = 2 * table->nr + 1;

	table->old = calloc(n, sizeof(*table->old));
	if (!table->old)
		return error_set(err, -ENOMEM, "no memory for the functions of %s", file->path);
	if (elf_image_pointers(file, table->vaddr + table->functab, table->old, n) < 0)
		return error_set(err, -EINVAL, "the table of Go functions of %s is cut short",
				 file->path);
	return 0;
}

int go_table_open(const struct elf_file *file, struct go_table *table, struct error *err)
{
	const struct go_layout *layout;
	uint64_t text = 0;
	int ret;

	memset(table, 0, sizeof(*table));
	layout = table_by_section(file, table);
	if (!layout)
		layout = table_by_magic(file, table);
	if (!layout)
		return -ENOENT;
	if (layout->index_entry == 16) {
		ret = old_index(file, table, err);
		if (ret < 0)
			go_table_close(table);
		return ret;
	}
	/* the start of the code, until 1.25 */
	if (elf_image_pointers(file, table->vaddr + 24, &text, 1) < 0 || !text) {
		ret = go_module_text(file, table, &text, err);
		if (ret < 0)
			return ret;
	}
	table->text = text;
	return 0;
}

void go_table_close(struct go_table *table)
{
	free(table->old);
	table->old = NULL;
}

static uint64_t go_table_address(const struct go_table *table, uint64_t i)
{
	if (table->old)
		return table->old[2 * i];
	return table->text + elf_image_u32(table->data + table->functab + 8 * i);
}

/* The text at @at, when it ends within the table. */
static const char *table_text(const struct go_table *table, uint64_t at)
{
	uint64_t most;

	if (at >= table->len)
		return NULL;
	most = table->len - at;
	if (!memchr(table->data + at, '\0', most < NAME_MAX_LEN ? most : NAME_MAX_LEN))
		return NULL;
	return (const char *)table->data + at;
}

/* Where in the table the name of the @i-th function is; UINT64_MAX when its entry is damaged. */
static uint64_t name_place(const struct go_table *table, const struct go_layout *layout, uint64_t i)
{
	uint64_t record = table->old ? table->old[2 * i + 1]
				     : elf_image_u32(table->data + table->functab + 8 * i + 4);
	uint64_t room = table->len - table->records;

	if (record >= room || room - record < layout->record_name + 4)
		return UINT64_MAX;
	record += table->records + layout->record_name;
	return table->names + elf_image_u32(table->data + record);
}

int go_table_function(const struct go_table *table, uint64_t i, struct go_function *function)
{
	uint64_t place, next;

	if (i >= table->nr)
		return -EINVAL;
	place = name_place(table, layout_of(table), i);
	function->name = place == UINT64_MAX ? NULL : table_text(table, place);
	function->vaddr = go_table_address(table, i);
	next = go_table_address(table, i + 1);
	if (!function->name || next < function->vaddr)
		return -EINVAL;
	function->size = next - function->vaddr;
	return 0;
}

static bool name_is(const struct go_table *table, uint64_t place, const char *name, size_t len)
{
	return place < table->len && table->len - place > len &&
	       memcmp(table->data + place, name, len + 1) == 0;
}

/* "crypto/tls" of "crypto/tls.(*Conn).Read": up to the first dot behind the last slash */
static size_t package_len(const char *name)
{
	size_t path = strcspn(name, "([");
	size_t dot = 0;

	for (size_t i = 0; i < path; i++) {
		if (name[i] == '/')
			dot = 0;
		else if (name[i] == '.' && !dot)
			dot = i;
	}
	return dot;
}

static int not_found(const struct elf_file *file, const struct go_table *table, const char *name,
		     struct error *err)
{
	size_t len = strlen(name), package = package_len(name);
	struct near near = { .wanted = name };
	struct go_function function;
	bool has_package = false;
	const char *best;

	for (uint64_t i = 0; i < table->nr; i++) {
		size_t own;

		if (go_table_function(table, i, &function) < 0)
			continue;
		own = strlen(function.name);
		if (package && own > package && memcmp(function.name, name, package + 1) == 0)
			has_package = true;
		/* to compare is costly: only with what can be near */
		if (own > len ? (own - len <= len / 3 || text_starts(function.name, name))
			      : len - own <= len / 3)
			near_offer(&near, function.name);
	}
	best = near_best(&near);
	if (package && !has_package) {
		error_set(err, -ENOENT,
			  "%s has no function %s: it has no function of package %.*s at all, so it "
			  "does not use it (Go's linker keeps only what a program uses)",
			  file->path, name, (int)package, name);
	} else {
		error_set(err, -ENOENT,
			  "%s has no function %s: Go's linker keeps only what a program uses, and "
			  "its compiler inlines small functions",
			  file->path, name);
	}
	if (best)
		error_hint(err, "did you mean %s?", best);
	else
		error_hint(err, "a function is named with its package's whole path and its "
				"receiver: net/http.(*Client).Do, main.main");
	return -ENOENT;
}

int go_table_find(const struct elf_file *file, const struct go_table *table, const char *name,
		  struct go_function *function, struct error *err)
{
	const struct go_layout *layout = layout_of(table);
	uint64_t found = 0, nr_found = 0;
	size_t len = strlen(name);
	struct go_function other;

	for (uint64_t i = 0; i < table->nr; i++) {
		if (!name_is(table, name_place(table, layout, i), name, len))
			continue;
		if (!nr_found++)
			found = i;
		else if (nr_found == 2 && go_table_function(table, i, &other) < 0)
			return error_set(err, -EINVAL, "the table of Go functions of %s is damaged",
					 file->path);
	}
	if (!nr_found)
		return not_found(file, table, name, err);
	if (go_table_function(table, found, function) < 0)
		return error_set(err, -EINVAL, "the table of Go functions of %s is damaged",
				 file->path);
	if (nr_found > 1) {
		error_set(
			err, -EEXIST,
			"%s has %llu functions %s (instances of a generic one, or one in assembly "
			"and the one that Go code calls it through), the first two at addresses "
			"0x%llx and 0x%llx",
			file->path, (unsigned long long)nr_found, name,
			(unsigned long long)function->vaddr, (unsigned long long)other.vaddr);
		error_hint(err,
			   "say which one by its offset in the file, FILE:0xOFFSET; readelf -lW "
			   "tells how far addresses are from offsets");
		return -EEXIST;
	}
	return 0;
}
