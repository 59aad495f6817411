// SPDX-License-Identifier: GPL-2.0-only
/* What is read of Go programs' files, on files made by hand; tests/e2e has real ones. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>

#include "binary/elf.h"
#include "binary/elf_image.h"
#include "binary/elf_symbol.h"
#include "binary/go_program.h"
#include "binary/go_table.h"
#include "util/error.h"

#ifdef __x86_64__
#include "go_file.h"

static const unsigned int versions[] = { 102, 116, 118, 120, 126 };

static struct go_file made;

/* Is each function of the file found, where it is? */
static void assert_functions(size_t len)
{
	struct go_function function;
	struct go_table table;
	struct elf_file file;
	struct error err = {};

	go_file_open(&made, len, &file);
	if (go_table_open(&file, &table, &err))
		fail_msg("%u: %s", made.version, err.text);
	assert_int_equal(table.nr, GO_FUNCTIONS);
	for (uint64_t i = 0; i < GO_FUNCTIONS; i++) {
		assert_int_equal(go_table_function(&table, i, &function), 0);
		assert_string_equal(function.name, go_names[i]);
		assert_int_equal(function.vaddr, GO_BASE + GO_CODE + go_starts[i]);
		assert_int_equal(function.size, go_starts[i + 1] - go_starts[i]);
	}
	assert_int_equal(go_table_function(&table, GO_FUNCTIONS, &function), -EINVAL);
	go_table_close(&table);
	elf_end(file.elf);
}

static void test_layouts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++) {
		go_file_make(&made, versions[i], false);
		assert_functions(sizeof(made.bytes));
		go_file_make(&made, versions[i], true);
		assert_functions(sizeof(made.bytes));
	}
}

/*
 * The magic number alone, as programs that read such tables have it among their constants, and a
 * whole header where none can be; before the table, which old linkers put to the code.
 */
static void test_magic_elsewhere(void **state)
{
	Elf64_Phdr segment;

	(void)state;
	go_file_make(&made, 120, false);
	memcpy(made.bytes + GO_CODE + 0x800, made.bytes + GO_TABLE, 8);
	memcpy(made.bytes + GO_CODE + 0x903, made.bytes + GO_TABLE, 0x80);
	assert_functions(sizeof(made.bytes));
	memcpy(&segment, made.bytes + sizeof(Elf64_Ehdr) + sizeof(segment), sizeof(segment));
	assert_int_equal(segment.p_vaddr, GO_BASE + GO_TABLE);
	segment.p_flags |= PF_X;
	go_put(&made, sizeof(Elf64_Ehdr) + sizeof(segment), &segment, sizeof(segment));
	assert_functions(sizeof(made.bytes));
}

static void assert_find(const char *name, int code, const char *text, const char *hint)
{
	struct elf_function function;
	struct elf_file file;
	struct error err = {};

	go_file_open(&made, sizeof(made.bytes), &file);
	assert_int_equal(elf_symbol_find(&file, name, &function, &err), code);
	if (!strstr(err.text, text) || !strstr(err.hint, hint))
		fail_msg("%s: '%s' / '%s'", name, err.text, err.hint);
	elf_end(file.elf);
}

static void test_find(void **state)
{
	struct elf_function function;
	struct elf_file file;
	struct error err = {};

	(void)state;
	go_file_make(&made, 120, true);
	go_file_open(&made, sizeof(made.bytes), &file);
	assert_int_equal(elf_symbol_find(&file, "crypto/tls.(*Conn).Read", &function, &err), 0);
	assert_int_equal(function.vaddr, GO_BASE + GO_CODE + 0x80);
	assert_int_equal(function.offset, GO_CODE + 0x80);
	assert_int_equal(function.size, 0x80);
	elf_end(file.elf);

	assert_find("crypto/tls.(*Conn).Raed", -ENOENT, "has no function crypto/tls.(*Conn).Raed",
		    "did you mean crypto/tls.(*Conn).Read?");
	assert_find("crypto/tls.(*Config).writeKeyLog", -ENOENT, "keeps only what a program uses",
		    "");
	assert_find("net/http.(*Client).Do", -ENOENT,
		    "it has no function of package net/http at all",
		    "with its package's whole path");
	assert_find("main", -ENOENT, "has no function main", "did you mean main.main?");
	assert_find(
		"main.generic[...]", -EEXIST,
		"has 2 functions main.generic[...] (instances of a generic one, or one in "
		"assembly and the one that Go code calls it through), the first two at addresses "
		"0x401100 and 0x401140",
		"FILE:0xOFFSET");
}

/* A table of the right form whose parts lead elsewhere. */
static void test_damaged(void **state)
{
	struct go_function function;
	struct go_table table;
	struct elf_file file;
	struct error err = {};

	(void)state;
	/* not even one function */
	go_file_make(&made, 118, false);
	go_put_u64(&made, GO_TABLE + 8, 0);
	assert_find("main.main", -ENOENT, "has no symbols at all", "");
	/* more than there can be */
	go_put_u64(&made, GO_TABLE + 8, UINT64_MAX / 8);
	assert_find("main.main", -ENOENT, "has no symbols at all", "");
	/* the last function's end would be behind the segment's */
	go_put_u64(&made, GO_TABLE + 8, (GO_DATA - GO_TABLE - GO_RECORDS) / 8);
	assert_find("main.main", -ENOENT, "has no symbols at all", "");
	/* where names and records are */
	go_file_make(&made, 118, false);
	go_put_u64(&made, GO_TABLE + 32, UINT64_MAX - 4);
	assert_find("main.main", -ENOENT, "has no symbols at all", "");
	go_file_make(&made, 118, false);
	go_put_u64(&made, GO_TABLE + 64, GO_DATA - GO_TABLE);
	assert_find("main.main", -ENOENT, "has no symbols at all", "");

	/* a single function's record, name and end */
	go_file_make(&made, 118, false);
	go_put_u32(&made, GO_TABLE + GO_RECORDS + 4, 0xfffffff0);
	go_put_u32(&made, GO_TABLE + GO_RECORDS + 0x100 + 44 + 4, 0x7ffffff0);
	go_put_u32(&made, GO_TABLE + GO_RECORDS + 3 * 8, 0x20);
	go_file_open(&made, sizeof(made.bytes), &file);
	assert_int_equal(go_table_open(&file, &table, &err), 0);
	assert_int_equal(go_table_function(&table, 0, &function), -EINVAL);
	assert_int_equal(go_table_function(&table, 1, &function), -EINVAL);
	assert_int_equal(go_table_function(&table, 2, &function), -EINVAL);
	assert_int_equal(go_table_function(&table, 4, &function), 0);
	assert_int_equal(go_table_find(&file, &table, "main.main", &function, &err), 0);
	assert_int_equal(go_table_find(&file, &table, go_names[2], &function, &err), -EINVAL);
	assert_non_null(strstr(err.text, "is damaged"));
	go_table_close(&table);
	elf_end(file.elf);
	/* a function that is nowhere in the file */
	go_file_make(&made, 118, false);
	go_put_u64(&made, GO_TABLE + 24, UINT64_MAX - 0x1000);
	assert_find("main.main", -EINVAL, "is at an address that is not in the file", "");
	/* or not in the code */
	go_put_u64(&made, GO_TABLE + 24, GO_BASE + GO_DATA);
	assert_find("main.main", -EINVAL, "is not in its code", "");
}

/* Since 1.26 the table does not tell where the code starts. */
static void test_no_module(void **state)
{
	(void)state;
	for (int pie = 0; pie < 2; pie++) {
		go_file_make(&made, 126, pie);
		memset(made.bytes + GO_MODULE, 0, 0x200);
		made.nr_relocs = 0;
		go_put_headers(&made);
		assert_find("main.main", -EINVAL, "it is not told where that starts", "newer than");
	}
	/* pointers to the table which no moduledata follows, more than a program has */
	go_file_make(&made, 126, false);
	for (uint32_t at = GO_DATA + 0x800; at < GO_FILE_LEN; at += 8)
		go_put_u64(&made, at, GO_BASE + GO_TABLE);
	assert_functions(sizeof(made.bytes));
	memset(made.bytes + GO_MODULE, 0, 0x200);
	assert_find("main.main", -EINVAL, "it is not told where that starts", "newer than");
}

static void assert_program(const char *text, unsigned int minor, bool register_abi)
{
	struct go_program program;
	struct elf_file file;
	struct error err = {};

	go_put_info(&made, text);
	go_file_open(&made, sizeof(made.bytes), &file);
	if (go_program_read(&file, &program, &err))
		fail_msg("%s: %s", text, err.text);
	assert_string_equal(program.version, text);
	assert_int_equal(program.major, 1);
	assert_int_equal(program.minor, minor);
	assert_int_equal(program.register_abi, register_abi);
	elf_end(file.elf);
}

static void assert_no_program(const char *text, const char *hint)
{
	struct go_program program;
	struct elf_file file;
	struct error err = {};

	go_file_open(&made, sizeof(made.bytes), &file);
	assert_int_equal(go_program_read(&file, &program, &err), -EINVAL);
	if (!strstr(err.text, text) || !strstr(err.hint, hint))
		fail_msg("'%s' / '%s'", err.text, err.hint);
	elf_end(file.elf);
}

static void test_versions(void **state)
{
	(void)state;
	for (unsigned int version = 102; version <= 118; version += 16) {
		go_file_make(&made, version, false);
		assert_program("go1.15.15", 15, false);
		assert_program("go1.16", 16, false);
		assert_program("go1.17", 17, true);
		assert_program("go1.17.2 X:noregabi", 17, false);
		assert_program("go1.19.8 X:boringcrypto", 19, true);
		assert_program("go1.27rc1", 27, true);
		assert_program("devel go1.27-9a2b3c4d5e Mon Nov 2 10:00:00 2026 +0000", 27, true);
	}
	/* where the dynamic linker writes the pointers to the text, and to its bytes */
	for (int pie = 0; pie < 2; pie++) {
		struct go_program program;
		struct elf_file file;
		struct error err = {};

		go_file_make(&made, 102, pie);
		go_file_open(&made, sizeof(made.bytes), &file);
		assert_int_equal(go_program_read(&file, &program, &err), 0);
		assert_string_equal(program.version, "go1.15.15");
		elf_end(file.elf);
	}
	/* among constants, and not at a multiple of 16, it is no header */
	go_file_make(&made, 118, false);
	memcpy(made.bytes + GO_CODE + 0x800, made.bytes + GO_INFO, 32);
	memmove(made.bytes + GO_INFO + 0x38, made.bytes + GO_INFO, 0x30);
	memset(made.bytes + GO_INFO, 0, 0x38);
	memcpy(made.bytes + GO_INFO + 0x100, made.bytes + GO_INFO + 0x38, 0x30);
	memcpy(made.bytes + GO_INFO + 0x38 + 33, "go1.99.9", 8);
	{
		struct go_program program;
		struct elf_file file;
		struct error err = {};

		go_file_open(&made, sizeof(made.bytes), &file);
		assert_int_equal(go_program_read(&file, &program, &err), 0);
		assert_string_equal(program.version, "go1.24.4");
		elf_end(file.elf);
	}
}

static void test_no_version(void **state)
{
	(void)state;
	for (unsigned int version = 102; version <= 118; version += 16) {
		go_file_make(&made, version, false);
		go_put_info(&made, "devel +1a2b3c4 Fri Jan 1 00:00:00 2021 +0000");
		assert_no_program("calls itself 'devel +1a2b3c4 Fri Jan", "a release of Go");
		go_put_info(&made, "ago1.x");
		assert_no_program("calls itself 'ago1.x'", "");
		go_put_info(&made, "go1");
		assert_no_program("calls itself 'go1'", "");
		go_put_info(&made, "go2.1");
		assert_no_program("calls itself 'go2.1'", "");
		go_put_info(&made, "go1.4294967297");
		assert_no_program("calls itself 'go1.4294967297'", "");
		go_put_info(&made, "go1.99999999999999999999");
		assert_no_program("calls itself 'go1.9999", "");
		/* a terminal gets to see it: escaped as all of a message, once, but for line ends
		 */
		go_put_info(&made, "\x1b[31m\\");
		assert_no_program("calls itself '\x1b[31m\\'", "");
		go_put_info(&made, "a\nhotprobe: b\r\tc");
		assert_no_program("calls itself 'a hotprobe: b  c'", "");
		go_put_info(&made, "");
		assert_no_program("the build information of Go program made is damaged", "");
	}
	/* lengths that lead out of the file, and numbers that never end */
	go_file_make(&made, 118, false);
	memcpy(made.bytes + GO_INFO + 32, "\xff\xff\xff\xff\xff\xff\xff\x7f", 8);
	assert_no_program("is damaged", "");
	memset(made.bytes + GO_INFO + 32, 0xff, GO_FILE_LEN - GO_INFO - 32);
	assert_no_program("is damaged", "");
	go_file_make(&made, 102, false);
	go_put_u64(&made, GO_STRING + 8, UINT64_MAX);
	assert_no_program("is damaged", "");
	go_file_make(&made, 102, false);
	go_put_u64(&made, GO_STRING, UINT64_MAX);
	assert_no_program("is damaged", "");
	go_file_make(&made, 102, false);
	go_put_u64(&made, GO_INFO + 16, GO_BASE + GO_FILE_LEN - 8);
	assert_no_program("is damaged", "");
	/* of a machine with smaller pointers, or another order of bytes */
	go_file_make(&made, 102, false);
	made.bytes[GO_INFO + 14] = 4;
	assert_no_program("is damaged", "");
	go_file_make(&made, 102, false);
	made.bytes[GO_INFO + 15] = 1;
	assert_no_program("is damaged", "");
	/* without it, with and without functions */
	go_file_make(&made, 118, false);
	memset(made.bytes + GO_INFO, 0, 0x100);
	assert_no_program("does not tell the version of Go that made it", "build it anew");
	memset(made.bytes + GO_TABLE, 0, 8);
	assert_no_program("made is not a Go program", "/proc/PID/exe");
}

static void test_not_go(void **state)
{
	struct go_program program;
	struct elf_file file;
	struct error err = {};

	(void)state;
	assert_int_equal(elf_file_open(&file, "/proc/self/exe", &err), 0);
	assert_int_equal(go_program_read(&file, &program, &err), -EINVAL);
	/* this test holds the magic numbers of all that it looks for */
	if (!strstr(err.text, "/proc/self/exe is not a Go program (its compiler: "))
		fail_msg("%s", err.text);
	elf_file_close(&file);
}

/* Everything that reads such files, on one that is cut short or has wrong bytes. */
static void read_all(size_t len)
{
	struct elf_function function;
	struct go_program program;
	struct go_table table;
	struct elf_file file;
	struct error err = {};

	go_file_open(&made, len, &file);
	if (go_program_read(&file, &program, &err) < 0)
		assert_true(err.text[0] != '\0');
	memset(&err, 0, sizeof(err));
	if (elf_symbol_find(&file, "main.main", &function, &err) < 0)
		assert_true(err.text[0] != '\0');
	memset(&err, 0, sizeof(err));
	if (elf_symbol_find(&file, "main.missing", &function, &err) < 0)
		assert_true(err.text[0] != '\0');
	memset(&err, 0, sizeof(err));
	if (go_table_open(&file, &table, &err) == 0) {
		struct go_function found;

		for (uint64_t i = 0; i < table.nr && i < 100; i++)
			if (go_table_function(&table, i, &found) == 0)
				assert_true(strlen(found.name) < GO_FILE_LEN);
		go_table_close(&table);
	}
	elf_end(file.elf);
}

static void test_hostile(void **state)
{
	static struct go_file good;
	unsigned char *exact;

	(void)state;
	for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++) {
		for (int pie = 0; pie < 2; pie++) {
			uint32_t seed = 1;

			go_file_make(&good, versions[i], pie);
			/* in memory of just that length, so that reading on is seen */
			for (size_t len = sizeof(Elf64_Ehdr); len < GO_FILE_LEN; len += 331) {
				struct elf_file file = { .fd = -1, .path = "cut" };
				struct elf_function function;
				struct go_program program;
				struct error err = {};

				exact = malloc(len);
				memcpy(exact, good.bytes, len);
				file.elf = elf_memory((char *)exact, len);
				assert_non_null(file.elf);
				go_program_read(&file, &program, &err);
				memset(&err, 0, sizeof(err));
				elf_symbol_find(&file, "main.main", &function, &err);
				elf_end(file.elf);
				free(exact);
			}
			for (unsigned int round = 0; round < 300; round++) {
				made = good;
				for (unsigned int wrong = 0; wrong < 4; wrong++) {
					/* where the file is not empty */
					static const uint32_t at[] = { 0,
								       GO_TABLE,
								       GO_TABLE + 0x400,
								       GO_TABLE + 0x500,
								       GO_DATA,
								       GO_MODULE,
								       GO_DYNAMIC };
					uint32_t place;

					seed = seed * 1103515245 + 12345;
					place = at[(seed >> 24) % 7] + (seed >> 8) % 0x100;
					made.bytes[place] = (unsigned char)(seed >> 16);
				}
				read_all(sizeof(made.bytes));
			}
		}
	}
}

#else

static void test_other_machine(void **state)
{
	(void)state;
	/* the files that this test makes are those of x86-64 */
	skip();
}
#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
#ifdef __x86_64__
		cmocka_unit_test(test_layouts),	   cmocka_unit_test(test_magic_elsewhere),
		cmocka_unit_test(test_find),	   cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_no_module),  cmocka_unit_test(test_versions),
		cmocka_unit_test(test_no_version), cmocka_unit_test(test_not_go),
		cmocka_unit_test(test_hostile),
#else
		cmocka_unit_test(test_other_machine),
#endif
	};

	return cmocka_run_group_tests_name("go files", tests, NULL, NULL);
}
