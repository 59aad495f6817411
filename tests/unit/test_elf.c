// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <limits.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "binary/path.h"
#include "binary/elf.h"
#include "binary/elf_symbol.h"
#include "util/buf.h"
#include "util/error.h"

int elf_variable = 1;

__attribute__((noinline, noclone)) int elf_function(int value)
{
	__asm__ volatile("" : "+r"(value));
	return value;
}

/* The file and the offset in it that an address of this process is mapped from. */
static uint64_t mapped_offset(const void *addr, char *path)
{
	uint64_t wanted = (uint64_t)(uintptr_t)addr;
	char line[PATH_MAX + 100];
	FILE *maps = fopen("/proc/self/maps", "r");

	assert_non_null(maps);
	while (fgets(line, sizeof(line), maps)) {
		unsigned long long start, end, offset;

		if (sscanf(line, "%llx-%llx %*s %llx %*s %*s %4095s", &start, &end, &offset,
			   path) == 4 &&
		    wanted >= start && wanted < end) {
			fclose(maps);
			return wanted - start + offset;
		}
	}
	fclose(maps);
	fail_msg("%p is not mapped", addr);
	return 0;
}

static void test_own_function(void **state)
{
	uint64_t offset, size, again;
	struct elf_file file;
	struct error err = {};
	char path[PATH_MAX];

	(void)state;
	assert_int_equal(elf_file_open(&file, "/proc/self/exe", &err), 0);
	assert_int_equal(elf_symbol_offset(&file, "elf_function", &offset, &size, &err), 0);
	assert_int_equal(offset, mapped_offset((void *)elf_function, path));
	assert_true(size > 0);
	/* and the same way through its address as linked */
	assert_int_equal(elf_file_offset(&file, UINT64_MAX, &again), -ENOENT);
	assert_int_equal(elf_check_code(&file, offset, &err), 0);
	assert_int_equal(elf_check_code(&file, mapped_offset(&elf_variable, path), &err), -EINVAL);
	assert_non_null(strstr(err.text, "is not in its code"));
	elf_file_close(&file);
	assert_int_equal(file.fd, -1);
}

static void assert_no_symbol(const char *path, const char *symbol, const char *text,
			     const char *hint)
{
	uint64_t offset, size;
	struct elf_file file;
	struct error err = {};

	assert_int_equal(elf_file_open(&file, path, &err), 0);
	assert_true(elf_symbol_offset(&file, symbol, &offset, &size, &err) < 0);
	if (!strstr(err.text, text) || !strstr(err.hint, hint))
		fail_msg("%s: '%s' / '%s'", symbol, err.text, err.hint);
	elf_file_close(&file);
}

static void test_no_symbol(void **state)
{
	(void)state;
	assert_no_symbol("/proc/self/exe", "elf_funktion", "has no function elf_funktion",
			 "did you mean elf_function?");
	assert_no_symbol("/proc/self/exe", "elf_variable", "is a variable, not a function", "");
	assert_no_symbol("/proc/self/exe", "getpid", "only calls getpid", "c:getpid");
}

static void test_libc(void **state)
{
	char path[PATH_MAX], mapped[PATH_MAX];
	uint64_t offset, size, expected;
	struct error err = {};
	struct elf_file file;
	void *function;

	(void)state;
	assert_int_equal(binary_path("c", -1, path, sizeof(path), &err), 0);
	/* dlsym() gives the function itself, not what a sanitizer puts in its place */
	function = dlsym(RTLD_NEXT, "getppid");
	assert_non_null(function);
	expected = mapped_offset(function, mapped);
	assert_int_equal(elf_file_open(&file, path, &err), 0);
	assert_int_equal(elf_symbol_offset(&file, "getppid", &offset, &size, &err), 0);
	assert_int_equal(offset, expected);
	elf_file_close(&file);
}

#if defined(__x86_64__) && defined(__GLIBC__)
/* glibc has memcpy in an old version and as an indirect function: neither is what runs. */
static void test_indirect(void **state)
{
	struct error err = {};
	char path[PATH_MAX];

	(void)state;
	assert_int_equal(binary_path("libc.so.6", -1, path, sizeof(path), &err), 0);
	assert_no_symbol(path, "memcpy", "is an indirect function", "readelf");
}
#endif

static void write_file(char *path, const void *data, size_t len)
{
	int fd;

	strcpy(path, "/tmp/hotprobe-elf-XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write_all(fd, data, len), 0);
	close(fd);
}

static void assert_not_elf(const void *data, size_t len, const char *text)
{
	struct elf_file file;
	struct error err = {};
	char path[64];
	int ret;

	write_file(path, data, len);
	ret = elf_file_open(&file, path, &err);
	unlink(path);
	assert_true(ret < 0);
	if (!strstr(err.text, text))
		fail_msg("'%s' instead of '%s'", err.text, text);
}

static void test_not_elf(void **state)
{
	Elf64_Ehdr header = {
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
			     EV_CURRENT },
		.e_type = ET_EXEC,
		.e_version = EV_CURRENT,
		.e_ehsize = sizeof(Elf64_Ehdr),
	};
	struct elf_file file;
	struct error err = {};
	struct buf self = {};

	(void)state;
	assert_not_elf("", 0, "not an ELF");
	assert_not_elf("#!/bin/sh\n", 10, "not an ELF");
	header.e_machine = EM_68K;
	assert_not_elf(&header, sizeof(header), "another architecture (ELF machine 4)");
	assert_not_elf(&header, 20, "cannot read");

	/* this very program, said to be an object file, and said to be for 32 bits */
	assert_int_equal(buf_read_file(&self, "/proc/self/exe", 256 << 20), 0);
	((Elf64_Ehdr *)self.data)->e_type = ET_REL;
	assert_not_elf(self.data, self.len, "neither a program nor a library");
	buf_free(&self);

	assert_int_equal(elf_file_open(&file, "/nonexistent", &err), -ENOENT);
	assert_string_equal(err.text, "there is no file /nonexistent");
	memset(&err, 0, sizeof(err));
	assert_int_equal(elf_file_open(&file, "/tmp", &err), -EINVAL);
}

/* A damaged program must not take us down, whatever is damaged. */
static void test_damaged(void **state)
{
	struct buf self = {};
	unsigned int seed = 1;

	(void)state;
	assert_int_equal(buf_read_file(&self, "/proc/self/exe", 256 << 20), 0);
	for (int round = 0; round < 40; round++) {
		uint64_t offset, size;
		struct buf copy = {};
		struct elf_file file;
		struct error err = {};
		char path[64];
		Elf64_Ehdr *header;
		Elf64_Shdr *sections;

		buf_add(&copy, self.data, self.len);
		header = (void *)copy.data;
		sections = (void *)(copy.data + header->e_shoff);
		for (int i = 0; i < 4; i++)
			((unsigned char *)sections)[(size_t)rand_r(&seed) %
						    (header->e_shnum * sizeof(*sections))] ^=
				(unsigned char)rand_r(&seed);
		if (round % 4 == 0)
			copy.len /= 2;
		write_file(path, copy.data, copy.len);
		if (elf_file_open(&file, path, &err) == 0) {
			if (elf_symbol_offset(&file, "elf_function", &offset, &size, &err) < 0)
				assert_true(err.text[0] != '\0');
			elf_file_close(&file);
		} else {
			assert_true(err.text[0] != '\0');
		}
		unlink(path);
		buf_free(&copy);
	}
	buf_free(&self);
}

static void test_library_names(void **state)
{
	(void)state;
	assert_true(binary_library_is("libc.so.6", "c"));
	assert_true(binary_library_is("libc.so.6", "libc"));
	assert_true(binary_library_is("libc.so.6", "libc.so"));
	assert_true(binary_library_is("libc.so.6", "libc.so.6"));
	assert_true(binary_library_is("libstdc++.so.6", "stdc++"));
	assert_true(binary_library_is("libfoo-2.1.so", "foo-2.1"));
	assert_false(binary_library_is("libcrypt.so.1", "c"));
	assert_false(binary_library_is("libc.so.6", "libc.so.60"));
	assert_false(binary_library_is("libc.so.6", "libc.s"));
	assert_false(binary_library_is("libc.soup", "c"));
	assert_false(binary_library_is("ld.conf", "ld"));
}

static bool accept_lib64(const char *path)
{
	return strncmp(path, "/lib64/", 7) == 0;
}

/* A cache in glibc's format, with a 32-bit libc before the wanted one. */
static void test_library_cache(void **state)
{
	static const char names[] = "libc.so.6\0/lib32/libc.so.6\0/lib64/libc.so.6\0libm.so.6";
	struct {
		char magic[20];
		uint32_t nr_libs, strings_len, unused[5];
		struct {
			int32_t flags;
			uint32_t key, value, os_version;
			uint64_t hwcap;
		} entries[3];
		char text[sizeof(names)];
	} cache = { .magic = "glibc-ld.so.cache1.1", .nr_libs = 3 };
	uint32_t text = offsetof(__typeof__(cache), text);
	char path[64];

	(void)state;
	memcpy(cache.text, names, sizeof(names));
	cache.entries[0].key = cache.entries[1].key = text;
	cache.entries[0].value = text + 10;
	cache.entries[1].value = text + 27;
	cache.entries[2].key = text + 44;
	cache.entries[2].value = text + 44;
	assert_int_equal(
		binary_cache_find(&cache, sizeof(cache), "c", accept_lib64, path, sizeof(path)), 0);
	assert_string_equal(path, "/lib64/libc.so.6");
	assert_int_equal(
		binary_cache_find(&cache, sizeof(cache), "m", accept_lib64, path, sizeof(path)),
		-ENOENT);
	/* damaged ones */
	assert_int_equal(binary_cache_find(&cache, 10, "c", accept_lib64, path, sizeof(path)),
			 -ENOENT);
	cache.entries[0].key = 0xffffff00;
	assert_int_equal(
		binary_cache_find(&cache, sizeof(cache), "c", accept_lib64, path, sizeof(path)),
		-ENOENT);
	cache.nr_libs = 0x10000000;
	assert_int_equal(
		binary_cache_find(&cache, sizeof(cache), "c", accept_lib64, path, sizeof(path)),
		-ENOENT);
}

static void test_paths(void **state)
{
	struct error err = {};
	char path[PATH_MAX], expected[64];

	(void)state;
	assert_int_equal(binary_path("/bin/ls", -1, path, sizeof(path), &err), 0);
	assert_string_equal(path, "/bin/ls");
	assert_int_equal(binary_path("ls", -1, path, sizeof(path), &err), 0);
	assert_string_equal(strrchr(path, '/'), "/ls");
	assert_int_equal(path[0], '/');
	/* what this process has mapped, through its own root folder */
	assert_int_equal(binary_path("c", getpid(), path, sizeof(path), &err), 0);
	snprintf(expected, sizeof(expected), "/proc/%d/root/", getpid());
	assert_memory_equal(path, expected, strlen(expected));
	/* and what is the same file for it as for us by the name that we know it by */
	assert_int_equal(binary_path("/bin/ls", getpid(), path, sizeof(path), &err), 0);
	assert_string_equal(path, "/bin/ls");

	assert_int_equal(binary_path("./no-such-file", -1, path, sizeof(path), &err), -ENOENT);
	memset(&err, 0, sizeof(err));
	assert_int_equal(binary_path("no-such-program", -1, path, sizeof(path), &err), -ENOENT);
	assert_non_null(strstr(err.text, "no library and no program called no-such-program"));
	memset(&err, 0, sizeof(err));
	assert_int_equal(binary_path("libnever", getpid(), path, sizeof(path), &err), -ENOENT);
	assert_non_null(strstr(err.text, "has not loaded a library libnever"));
	memset(&err, 0, sizeof(err));
	assert_int_equal(binary_path("c", 0x7ffffffe, path, sizeof(path), &err), -ESRCH);
	assert_string_equal(err.text, "there is no process 2147483646");
	memset(&err, 0, sizeof(err));
	assert_int_equal(binary_path("", -1, path, sizeof(path), &err), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_own_function),
		cmocka_unit_test(test_no_symbol),
		cmocka_unit_test(test_libc),
#if defined(__x86_64__) && defined(__GLIBC__)
		cmocka_unit_test(test_indirect),
#endif
		cmocka_unit_test(test_not_elf),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_library_names),
		cmocka_unit_test(test_library_cache),
		cmocka_unit_test(test_paths),
	};

	return cmocka_run_group_tests_name("elf symbol", tests, NULL, NULL);
}
