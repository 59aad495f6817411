// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "debuginfo/file.h"
#include "debuginfo/image.h"
#include "debuginfo/libdw.h"
#include "util/buf.h"
#include "util/error.h"
#include "run.h"

/* What addr2line says of the same addresses is what must come out. */

#define SOURCE "tests/fixtures/inlined.c"

static char folder[] = "/tmp/hotprobe-debug-file.XXXXXX";
static struct libdw dw;

/* Of all frames of an address, as `addr2line -f -i -p` writes them. */
static void add_frames(struct buf *out, const struct debug_file *file, uint64_t addr)
{
	struct source_frame frames[SOURCE_FRAMES_MAX];
	size_t nr = debug_file_frames(file, addr, frames);

	for (size_t i = 0; i < nr; i++) {
		assert_int_equal(frames[i].inlined, i + 1 < nr);
		buf_printf(out, "%s%s at %s:%u\n", i ? " (inlined by) " : "",
			   frames[i].function ?: "??", frames[i].file ?: "??", frames[i].line);
	}
	if (!nr)
		buf_str(out, "?? ??:0\n");
}

/* Addresses of the symbols whose names begin with one of @names, as nm -S lists them. */
static void list_addresses(struct buf *to, const char *path, const char *names)
{
	unsigned long long start, size;
	char command[PATH_MAX + 64], line[4096], name[4096];
	FILE *nm;

	snprintf(command, sizeof(command), "nm -S %s | grep -E ' [tT] (%s)'", path, names);
	nm = popen(command, "r");
	assert_non_null(nm);
	while (fgets(line, sizeof(line), nm)) {
		if (sscanf(line, "%llx %llx %*c %4095s", &start, &size, name) != 3)
			continue;
		for (unsigned long long i = 0; i < size; i++)
			buf_printf(to, "%llx\n", start + i);
	}
	pclose(nm);
}

/*
 * Compare every address of the functions in @path whose names begin with one of @names,
 * "a|b", with what addr2line says, which is given @options. @shift is what the file's addresses are
 * short of those that are looked up.
 */
static void compare(const struct debug_file *file, const char *path, const char *names,
		    const char *options, uint64_t shift)
{
	struct buf mine = {}, theirs = {}, addresses = {};
	char name[PATH_MAX];
	FILE *list;

	list_addresses(&addresses, path, names);
	snprintf(name, sizeof(name), "%s/addresses", folder);
	list = fopen(name, "w");
	assert_non_null(list);
	fputs(buf_text(&addresses), list);
	assert_int_equal(fclose(list), 0);
	run("addr2line -f -i -p %s -e %s <%s | sed 's/ (discriminator [0-9]*)$//' >%s/theirs",
	    options, path, name, folder);
	snprintf(name, sizeof(name), "%s/theirs", folder);
	assert_int_equal(buf_read_file(&theirs, name, 64 << 20), 0);
	assert_true(theirs.len > 100);
	for (const char *s = buf_text(&addresses); *s; s = strchr(s, '\n') + 1)
		add_frames(&mine, file, strtoull(s, NULL, 16) + shift);
	assert_string_equal(buf_text(&mine), buf_text(&theirs));
	buf_free(&mine);
	buf_free(&theirs);
	buf_free(&addresses);
}

static void test_programs(void **state)
{
	static const char *const flags[] = {
		"-O2 -g",
		"-O2 -g -gdwarf-4",
		"-O2 -g -gdwarf-5",
		"-O2 -g -gz=zlib",
		"-O2 -g -fPIE -pie",
		"-O0 -g",
		"-O3 -g -gno-column-info",
	};
	char path[PATH_MAX];

	(void)state;
	snprintf(path, sizeof(path), "%s/program", folder);
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		struct debug_file file = {};
		struct error err = {};

		run("gcc %s -o %s \"$PWD/" SOURCE "\"", flags[i], path);
		if (debug_file_open(&file, &dw, path, NULL, &err))
			fail_msg("%s: %s", flags[i], err.text);
		compare(&file, path, "main|outer|last_call|elsewhere", "", 0);
		debug_file_close(&file);
		assert_null(file.dwarf);
	}
}

/* The file that Debian's -dbg packages have: the code is elsewhere. */
static void test_only_debug(void **state)
{
	struct debug_file file = {};
	struct error err = {};
	char path[PATH_MAX], debug[PATH_MAX];

	(void)state;
	snprintf(path, sizeof(path), "%s/program", folder);
	snprintf(debug, sizeof(debug), "%s/program.debug", folder);
	run("gcc -O2 -g -no-pie -o %s \"$PWD/" SOURCE "\"", path);
	run("objcopy --only-keep-debug --compress-debug-sections %s %s", path, debug);
	assert_int_equal(debug_file_open(&file, &dw, debug, NULL, &err), 0);
	compare(&file, path, "main|outer|last_call|elsewhere", "", 0);
	debug_file_close(&file);
}

/* A kernel module is an object file; sysfs says where its sections lie. */
static void test_sections(void **state)
{
	static const struct {
		const char *name;
		const char *functions;
		uint64_t addr;
	} sections[] = {
		{ ".text", "outer|last_call", 0xffffffffc0103000 },
		{ ".text.elsewhere", "elsewhere", 0xffffffffc0451000 },
		{ ".text.startup", "main", 0xffffffffc0200000 },
	};
	struct source_frame frames[SOURCE_FRAMES_MAX];
	struct debug_file file = {};
	struct error err = {};
	char path[PATH_MAX], places[PATH_MAX], options[64];

	(void)state;
	snprintf(path, sizeof(path), "%s/module.o", folder);
	snprintf(places, sizeof(places), "%s/sections", folder);
	run("gcc -O2 -g -c -o %s \"$PWD/" SOURCE "\" && mkdir %s", path, places);
	/* .text.startup is not in memory, like the .init.text of a module that has started */
	for (size_t i = 0; i < 2; i++)
		run("echo 0x%llx >%s/%s", (unsigned long long)sections[i].addr, places,
		    sections[i].name);
	assert_int_equal(debug_file_open(&file, &dw, path, places, &err), 0);
	for (size_t i = 0; i < 2; i++) {
		snprintf(options, sizeof(options), "-j %s", sections[i].name);
		compare(&file, path, sections[i].functions, options, sections[i].addr);
	}
	assert_int_equal(debug_file_frames(&file, sections[2].addr + 4, frames), 0);
	debug_file_close(&file);
}

static void test_outside(void **state)
{
	static const uint64_t places[] = { 0, 1, 0x1000, 0xffffffff81000000, UINT64_MAX };
	struct source_frame frames[SOURCE_FRAMES_MAX];
	struct debug_file file = {};
	struct error err = {};
	char path[PATH_MAX];

	(void)state;
	snprintf(path, sizeof(path), "%s/program", folder);
	run("gcc -O2 -g -no-pie -o %s \"$PWD/" SOURCE "\"", path);
	assert_int_equal(debug_file_open(&file, &dw, path, NULL, &err), 0);
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		assert_int_equal(debug_file_frames(&file, places[i], frames), 0);
	debug_file_close(&file);
}

static void test_none(void **state)
{
	struct debug_file file = {};
	struct error err = {};
	char path[PATH_MAX], id[DEBUG_ID_SIZE];
	uint64_t value;

	(void)state;
	snprintf(path, sizeof(path), "%s/program", folder);
	run("gcc -O2 -o %s \"$PWD/" SOURCE "\"", path);
	assert_int_equal(debug_file_open(&file, &dw, path, NULL, &err), -ENOENT);
	assert_non_null(strstr(err.text, path));
	assert_null(file.dwfl);
	assert_int_equal(debug_image_id(path, id), -ENOENT);
	assert_int_equal(debug_image_id("/nonexistent", id), -ENOENT);
	assert_int_equal(debug_image_id(SOURCE, id), -ENOENT);
	assert_int_equal(debug_image_symbol(path, "no_such_function", &value), -ENOENT);
	run("printf '\\177ELF' >%s", path);
	memset(&err, 0, sizeof(err));
	assert_int_equal(debug_file_open(&file, &dw, path, NULL, &err), -ENOENT);
}

static void test_image(void **state)
{
	char path[PATH_MAX], id[DEBUG_ID_SIZE], expected[64];
	struct buf theirs = {};
	uint64_t value;

	(void)state;
	snprintf(path, sizeof(path), "%s/program", folder);
	run("gcc -O2 -g -no-pie -Wl,--build-id=sha1 -o %s \"$PWD/" SOURCE "\"", path);
	assert_int_equal(debug_image_id(path, id), 0);
	run("readelf -n %s | sed -n 's/.*Build ID: //p' >%s/id", path, folder);
	snprintf(expected, sizeof(expected), "%s\n", id);
	snprintf(path, sizeof(path), "%s/id", folder);
	assert_int_equal(buf_read_file(&theirs, path, 100), 0);
	assert_string_equal(buf_text(&theirs), expected);
	buf_reset(&theirs);
	snprintf(path, sizeof(path), "%s/program", folder);
	assert_int_equal(debug_image_symbol(path, "outer", &value), 0);
	run("nm %s/program | sed -n 's/ T outer$//p' >%s/id", folder, folder);
	snprintf(path, sizeof(path), "%s/id", folder);
	assert_int_equal(buf_read_file(&theirs, path, 100), 0);
	assert_int_equal(strtoull(buf_text(&theirs), NULL, 16), value);
	buf_free(&theirs);
}

static int begin(void **state)
{
	const char *missing = libdw_load(&dw);

	(void)state;
	if (missing)
		print_error("%s\n", missing);
	return missing || !mkdtemp(folder);
}

static int end(void **state)
{
	(void)state;
	run("rm -rf %s", folder);
	libdw_unload(&dw);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_programs), cmocka_unit_test(test_only_debug),
		cmocka_unit_test(test_sections), cmocka_unit_test(test_outside),
		cmocka_unit_test(test_none),	 cmocka_unit_test(test_image),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
