/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_BINARY_ELF_IMAGE_H
#define HOTPROBE_BINARY_ELF_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct elf_file;

/*
 * What lies in a program's memory when it starts, read from its file by virtual address (that of
 * the file: 0 is where it is loaded). Nothing of it needs section headers, which can be missing.
 * What is found was written by anybody: it is not to be trusted, and need not be aligned.
 */

/* A part of that memory that is in the file: one PT_LOAD segment, or what begins inside of one. */
struct elf_image {
	const unsigned char *data; /* belongs to the file */
	uint64_t len;
	uint64_t vaddr;
	bool is_code, is_writable;
};

/* elf_image_segment - the @i-th PT_LOAD segment that has bytes in the file; false behind the last
 */
bool elf_image_segment(const struct elf_file *file, unsigned int i, struct elf_image *image);

/* elf_image_at - what is loaded at @vaddr, up to its segment's end; false when nothing is */
bool elf_image_at(const struct elf_file *file, uint64_t vaddr, struct elf_image *image);

/* elf_image_section - the section of that name, if there is one that is loaded */
bool elf_image_section(const struct elf_file *file, const char *name, struct elf_image *image);

/*
 * elf_image_find - the next place at or behind @from that starts with the @len bytes of @what
 *
 * @what is at least 8 bytes. Only places at multiples of @align (a power of 2) from address 0
 * count. UINT64_MAX: there is none. Otherwise an index into the image.
 */
uint64_t elf_image_find(const struct elf_image *image, uint64_t from, const void *what, size_t len,
			uint64_t align);

/*
 * elf_image_pointers - read @n pointers that lie at @vaddr, one behind the other
 *
 * In a position independent program the dynamic linker writes them (relocations of type RELATIVE,
 * gABI chapter 5 and the processor's psABI), and what is in the file in their place is mostly 0.
 * This gives what it would write for a program loaded at 0. -ENOENT when that memory is not in the
 * file.
 */
int elf_image_pointers(const struct elf_file *file, uint64_t vaddr, uint64_t *values, uint64_t n);

/*
 * elf_image_pointer_to - call @each for the places that hold a pointer to @target, until it returns
 * true, and return that
 *
 * Places at multiples of 8 only, in what the program can write to when it starts, and in what the
 * dynamic linker writes.
 */
bool elf_image_pointer_to(const struct elf_file *file, uint64_t target,
			  bool (*each)(uint64_t place, void *data), void *data);

static inline uint32_t elf_image_u32(const unsigned char *data)
{
	uint32_t value;

	__builtin_memcpy(&value, data, sizeof(value));
	return value;
}

static inline uint64_t elf_image_u64(const unsigned char *data)
{
	uint64_t value;

	__builtin_memcpy(&value, data, sizeof(value));
	return value;
}

#endif
