/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_TESTS_GO_FILE_H
#define HOTPROBE_TESTS_GO_FILE_H

/* Go programs' files, as far as hotprobe looks at them, made by hand in each layout. */
#include <elf.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <libelf.h>

#include "binary/elf.h"

/* Where in the file what is; in memory it is GO_BASE further on. */
#define GO_BASE	    0x400000
#define GO_CODE	    0x1000
#define GO_TABLE    0x2000
#define GO_NAMES    0x80  /* in the table */
#define GO_RECORDS  0x400 /* in the table; before 1.16 relative to it */
#define GO_DATA	    0x4000
#define GO_INFO	    GO_DATA
#define GO_STRING   (GO_DATA + 0x80)
#define GO_MODULE   (GO_DATA + 0x200)
#define GO_DYNAMIC  0x5000
#define GO_RELOCS   0x5100
#define GO_FILE_LEN 0x8000

/* The functions: those of @go_names, @go_starts into the code, the last ends at the last of them */
static const char *const go_names[] = {
	"internal/cpu.Initialize", "runtime.morestack_noctxt", "crypto/tls.(*Conn).Read",
	"main.generic[...]",	   "main.generic[...]",	       "main.main",
};
#define GO_FUNCTIONS 6
static const uint32_t go_starts[GO_FUNCTIONS + 1] = {
	0x10, 0x40, 0x80, 0x100, 0x140, 0x180, 0x1c0
};

struct go_file {
	unsigned char bytes[GO_FILE_LEN];
	unsigned int version; /* layout: 102, 116, 118, 120; 126 is that without the code's start */
	bool pie;	      /* what is in the file in the place of pointers is 0 */
	unsigned int nr_relocs;
};

static inline void go_put(struct go_file *file, uint32_t at, const void *data, size_t len)
{
	memcpy(file->bytes + at, data, len);
}

static inline void go_put_u32(struct go_file *file, uint32_t at, uint32_t value)
{
	go_put(file, at, &value, sizeof(value));
}

static inline void go_put_u64(struct go_file *file, uint32_t at, uint64_t value)
{
	go_put(file, at, &value, sizeof(value));
}

/* A pointer to what is at @to in the file, which the dynamic linker writes into a PIE. */
static inline void go_put_pointer(struct go_file *file, uint32_t at, uint64_t to)
{
	Elf64_Rela reloc = {
		.r_offset = GO_BASE + at,
		.r_info = ELF64_R_INFO(0, R_X86_64_RELATIVE),
		.r_addend = (int64_t)(GO_BASE + to),
	};

	if (!file->pie) {
		go_put_u64(file, at, GO_BASE + to);
		return;
	}
	go_put(file, GO_RELOCS + file->nr_relocs++ * sizeof(reloc), &reloc, sizeof(reloc));
}

static inline void go_put_headers(struct go_file *file)
{
	static const struct {
		uint32_t type, flags, at, len;
	} segments[] = {
		{ PT_LOAD, PF_R | PF_X, 0, GO_TABLE },
		{ PT_LOAD, PF_R, GO_TABLE, GO_DATA - GO_TABLE },
		{ PT_LOAD, PF_R | PF_W, GO_DATA, GO_FILE_LEN - GO_DATA },
		{ PT_DYNAMIC, PF_R | PF_W, GO_DYNAMIC, 0x100 },
	};
	Elf64_Ehdr header = {
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
			     EV_CURRENT },
		.e_type = file->pie ? ET_DYN : ET_EXEC,
		.e_machine = EM_X86_64,
		.e_version = EV_CURRENT,
		.e_phoff = sizeof(header),
		.e_ehsize = sizeof(header),
		.e_phentsize = sizeof(Elf64_Phdr),
		.e_phnum = 3 + file->pie,
	};
	Elf64_Dyn dynamic[] = {
		{ DT_RELA, { GO_BASE + GO_RELOCS } },
		{ DT_RELASZ, { file->nr_relocs * sizeof(Elf64_Rela) } },
		{ DT_NULL, { 0 } },
	};

	go_put(file, 0, &header, sizeof(header));
	for (uint32_t i = 0; i < header.e_phnum; i++) {
		Elf64_Phdr segment = {
			.p_type = segments[i].type,
			.p_flags = segments[i].flags,
			.p_offset = segments[i].at,
			.p_vaddr = GO_BASE + segments[i].at,
			.p_filesz = segments[i].len,
			.p_memsz = segments[i].len,
		};

		go_put(file, sizeof(header) + i * sizeof(segment), &segment, sizeof(segment));
	}
	if (file->pie)
		go_put(file, GO_DYNAMIC, dynamic, sizeof(dynamic));
}

/* runtime/symtab.go: pcHeader, functab and _func, as far as they are read */
static inline void go_put_table(struct go_file *file)
{
	bool old = file->version < 118;
	uint32_t magic = file->version == 102	? 0xfffffffb
			 : file->version == 116 ? 0xfffffffa
			 : file->version == 118 ? 0xfffffff0
						: 0xfffffff1;
	uint32_t records = file->version == 102 ? 0 : GO_RECORDS;
	uint32_t names = file->version == 102 ? 0 : GO_NAMES;
	uint32_t index = GO_TABLE + (records ?: 16), name = GO_TABLE + GO_NAMES + 0x100;
	uint32_t entry = old ? 16 : 8;
	/* the records follow the index, wherever that is */
	uint32_t record = GO_TABLE + GO_RECORDS + 0x100;

	go_put_u32(file, GO_TABLE, magic);
	file->bytes[GO_TABLE + 6] = 1;
	file->bytes[GO_TABLE + 7] = 8;
	go_put_u64(file, GO_TABLE + 8, GO_FUNCTIONS);
	if (file->version == 116) {
		go_put_u64(file, GO_TABLE + 24, GO_NAMES);
		go_put_u64(file, GO_TABLE + 56, GO_RECORDS);
	} else if (!old) {
		if (file->version < 126)
			go_put_pointer(file, GO_TABLE + 24, GO_CODE);
		go_put_u64(file, GO_TABLE + 32, GO_NAMES);
		go_put_u64(file, GO_TABLE + 64, GO_RECORDS);
	}
	for (uint32_t i = 0; i <= GO_FUNCTIONS; i++, index += entry) {
		if (old)
			go_put_pointer(file, index, GO_CODE + go_starts[i]);
		else
			go_put_u32(file, index, go_starts[i]);
		if (i == GO_FUNCTIONS)
			break;
		if (old)
			go_put_u64(file, index + 8, record - GO_TABLE - records);
		else
			go_put_u32(file, index + 4, record - GO_TABLE - records);
		go_put_u32(file, record + (old ? 8 : 4), name - GO_TABLE - names);
		go_put(file, name, go_names[i], strlen(go_names[i]) + 1);
		name += (uint32_t)strlen(go_names[i]) + 1;
		record += 44;
	}
}

/* runtime.firstmoduledata: pcHeader, 6 slices, findfunctab, minpc, maxpc, text, etext */
static inline void go_put_module(struct go_file *file)
{
	static const uint32_t ends[] = { 0x10, 0x1c0, 0, 0x1000 };

	go_put_pointer(file, GO_MODULE, GO_TABLE);
	for (uint32_t i = 0; i < 4; i++)
		go_put_pointer(file, GO_MODULE + 160 + 8 * i, GO_CODE + ends[i]);
}

/* debug/buildinfo: the version as a text behind the header, or as a Go string elsewhere */
static inline void go_put_info(struct go_file *file, const char *version)
{
	uint64_t len = strlen(version);

	memset(file->bytes + GO_INFO, 0, 0x100);
	go_put(file, GO_INFO, "\xff Go buildinf:\x08", 15);
	if (file->version >= 118) {
		file->bytes[GO_INFO + 15] = 2;
		file->bytes[GO_INFO + 32] = (unsigned char)len;
		go_put(file, GO_INFO + 33, version, len);
		return;
	}
	go_put_pointer(file, GO_INFO + 16, GO_STRING);
	go_put_pointer(file, GO_STRING, GO_STRING + 16);
	go_put_u64(file, GO_STRING + 8, len);
	go_put(file, GO_STRING + 16, version, len);
}

static inline void go_file_make(struct go_file *file, unsigned int version, bool pie)
{
	memset(file, 0, sizeof(*file));
	file->version = version;
	file->pie = pie;
	/* int3: what lies between functions */
	memset(file->bytes + GO_CODE, 0xcc, GO_TABLE - GO_CODE);
	go_put_table(file);
	go_put_module(file);
	go_put_info(file, version == 102 ? "go1.15.15" : version == 116 ? "go1.16" : "go1.24.4");
	go_put_headers(file);
}

/* Take it as a file that was opened; the bytes stay the caller's. elf_end() it. */
static inline void go_file_open(struct go_file *file, size_t len, struct elf_file *elf)
{
	elf_version(EV_CURRENT);
	elf->fd = -1;
	elf->path = "made";
	elf->elf = elf_memory((char *)file->bytes, len);
	if (!elf->elf)
		abort();
}

#endif
