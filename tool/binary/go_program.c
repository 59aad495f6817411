// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <errno.h>
#include <gelf.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "binary/elf.h"
#include "binary/elf_image.h"
#include "binary/go_program.h"
#include "binary/go_table.h"
#include "util/error.h"

#define INFO_MAGIC	"\xff Go buildinf:"
#define INFO_MAGIC_LEN	14
#define INFO_LEN	32
#define INFO_ALIGN	16

#define INFO_BIG_ENDIAN 1
#define INFO_INLINE	2 /* the texts follow the header, each behind its length */

#ifdef __s390x__
#define INFO_ORDER INFO_BIG_ENDIAN
#else
#define INFO_ORDER 0
#endif

/* The first release that passes arguments in registers, by the notes of Go 1.17, 1.18 and 1.19. */
#if defined(__x86_64__)
#define REGISTER_ABI 17
#elif defined(__aarch64__) || defined(__powerpc64__)
#define REGISTER_ABI 18
#elif defined(__riscv)
#define REGISTER_ABI 19
#endif

bool go_version_parse(struct go_program *program)
{
	const char *at = program->version;
	unsigned long major, minor;
	char *end;

	/* what stands before it: "devel " */
	while ((at = strstr(at, "go")) && !isdigit((unsigned char)at[2]))
		at += 2;
	if (!at)
		return false;
	major = strtoul(at + 2, &end, 10);
	if (*end != '.' || !isdigit((unsigned char)end[1]))
		return false;
	minor = strtoul(end + 1, &end, 10);
	if (major != 1 || minor > 99)
		return false;
	program->major = (unsigned int)major;
	program->minor = (unsigned int)minor;
	program->register_abi = false;
#ifdef REGISTER_ABI
	/* an experiment that could be switched off when it was new */
	program->register_abi = program->minor >= REGISTER_ABI &&
				!strstr(program->version, "noregabi");
#endif
	return true;
}

static bool info_in(const struct elf_image *image, struct elf_image *info)
{
	uint64_t at = elf_image_find(image, 0, INFO_MAGIC, INFO_MAGIC_LEN, INFO_ALIGN);

	if (at == UINT64_MAX || image->len - at < INFO_LEN)
		return false;
	info->data = image->data + at;
	info->len = image->len - at;
	info->vaddr = image->vaddr + at;
	return true;
}

/*
 * A program that reads such information, as the go tool does, has the magic number among its
 * constants: hence first the section, then what can be written to.
 */
static bool info_find(const struct elf_file *file, struct elf_image *info)
{
	struct elf_image image;

	if (elf_image_section(file, ".go.buildinfo", &image) && info_in(&image, info))
		return true;
	for (unsigned int i = 0; elf_image_segment(file, i, &image); i++)
		if (image.is_writable && info_in(&image, info))
			return true;
	return false;
}

/* Unsigned LEB128, and as many bytes as it says. */
static const unsigned char *text_inline(const struct elf_image *info, uint64_t *len)
{
	uint64_t at = INFO_LEN;
	unsigned int shift = 0;
	unsigned char byte;

	*len = 0;
	do {
		if (at >= info->len || shift > 56)
			return NULL;
		byte = info->data[at++];
		*len |= (uint64_t)(byte & 0x7f) << shift;
		shift += 7;
	} while (byte & 0x80);
	return *len <= info->len - at ? info->data + at : NULL;
}

/* A pointer to a Go string, which is a pointer and a length. */
static const unsigned char *text_pointed(const struct elf_file *file, const struct elf_image *info,
					 uint64_t *len)
{
	struct elf_image text;
	uint64_t where, string[2];

	if (elf_image_pointers(file, info->vaddr + 16, &where, 1) < 0 ||
	    elf_image_pointers(file, where, string, 2) < 0 ||
	    !elf_image_at(file, string[0], &text) || text.len < string[1])
		return NULL;
	*len = string[1];
	return text.data;
}

/*
 * Foreign text for a message, up to its first NUL. Of what could do harm there, only the ends of
 * lines are not escaped when the message is printed.
 */
static void quote(char *to, size_t size, const void *text, size_t len)
{
	len = strnlen(text, len < size ? len : size - 1);
	memcpy(to, text, len);
	to[len] = '\0';
	for (char *s = to; *s; s++)
		if (isspace((unsigned char)*s))
			*s = ' ';
}

/* What compiled the file, in its own words, which most compilers leave in section .comment. */
static void compiler_words(const struct elf_file *file, char *words, size_t size)
{
	GElf_Shdr section;
	Elf_Scn *scn = NULL;
	const char *name;
	Elf_Data *data;
	size_t names;

	if (elf_getshdrstrndx(file->elf, &names) < 0)
		return;
	while ((scn = elf_nextscn(file->elf, scn))) {
		if (!gelf_getshdr(scn, &section))
			continue;
		name = elf_strptr(file->elf, names, section.sh_name);
		if (!name || strcmp(name, ".comment") != 0)
			continue;
		data = elf_getdata(scn, NULL);
		if (data && data->d_buf)
			quote(words, size, data->d_buf, data->d_size);
		return;
	}
}

static int not_go(const struct elf_file *file, struct error *err)
{
	struct go_table table;
	char words[201] = "";
	int ret;

	ret = go_table_open(file, &table, err);
	if (ret == 0) {
		go_table_close(&table);
		error_set(
			err, -EINVAL,
			"%s is a Go program, but does not tell the version of Go that made it: its "
			"build information was removed, or it is older than Go 1.13",
			file->path);
		error_hint(err,
			   "without it nobody knows how its functions pass arguments: build it "
			   "anew");
		return -EINVAL;
	}
	if (ret != -ENOENT)
		return ret;
	compiler_words(file, words, sizeof(words));
	error_set(err, -EINVAL, "%s is not a Go program%s%s%s", file->path,
		  words[0] ? " (its compiler: " : "", words, words[0] ? ")" : "");
	error_hint(err,
		   "if it was packed, unpack it; a script or container starts its program from "
		   "another file: /proc/PID/exe of the process tells which");
	return -EINVAL;
}

int go_program_read(const struct elf_file *file, struct go_program *program, struct error *err)
{
	const unsigned char *text;
	struct elf_image info;
	uint64_t len = 0;

	memset(program, 0, sizeof(*program));
	if (!info_find(file, &info))
		return not_go(file, err);
	if (info.data[15] & INFO_INLINE)
		text = text_inline(&info, &len);
	else if (info.data[14] == sizeof(void *) && info.data[15] == INFO_ORDER)
		text = text_pointed(file, &info, &len);
	else
		text = NULL;
	if (!text || !len)
		return error_set(err, -EINVAL, "the build information of Go program %s is damaged",
				 file->path);
	quote(program->version, sizeof(program->version), text, len);
	if (go_version_parse(program))
		return 0;
	error_set(err, -EINVAL,
		  "%s was made by a version of Go that calls itself '%s', which does not tell the "
		  "release",
		  file->path, program->version);
	error_hint(err,
		   "how functions pass arguments follows from the release: build the program with "
		   "a release of Go");
	return -EINVAL;
}
