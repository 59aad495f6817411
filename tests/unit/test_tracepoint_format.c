// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "attach/tracefs.h"
#include "util/buf.h"
#include "util/error.h"

#define COMMON                                                                         \
	"\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"         \
	"\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;\n"         \
	"\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;\n" \
	"\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n"

static const char execve_text[] =
	"name: sys_enter_execve\nID: 862\nformat:\n" COMMON
	"\tfield:int __syscall_nr;\toffset:8;\tsize:4;\tsigned:1;\n"
	"\tfield:const char * filename;\toffset:16;\tsize:8;\tsigned:0;\n"
	"\tfield:const char *const * argv;\toffset:24;\tsize:8;\tsigned:0;\n"
	"\tfield:const char *const * envp;\toffset:32;\tsize:8;\tsigned:0;\n\n"
	"print fmt: \"filename: 0x%08lx, argv: 0x%08lx, envp: 0x%08lx\", "
	"((unsigned long)(REC->filename)), ((unsigned long)(REC->argv)), "
	"((unsigned long)(REC->envp))\n";

static const char exec_text[] =
	"name: sched_process_exec\nID: 365\nformat:\n" COMMON
	"\tfield:__data_loc char[] filename;\toffset:8;\tsize:4;\tsigned:0;\n"
	"\tfield:pid_t pid;\toffset:12;\tsize:4;\tsigned:1;\n"
	"\tfield:pid_t old_pid;\toffset:16;\tsize:4;\tsigned:1;\n\n"
	"print fmt: \"filename=%s pid=%d old_pid=%d\", __get_str(filename), REC->pid, "
	"REC->old_pid\n";

/* What other kernels and drivers write: symbolic and nested sizes, odd blanks, missing signed. */
static const char odd_text[] =
	"name: odd\r\n"
	"ID: 7\n"
	"format:\n"
	"\n"
	"\tfield:char comm[TASK_COMM_LEN];\toffset:8;\tsize:16;\tsigned:1;\n"
	"   field:unsigned  long   args[6] ; offset:24; size:48; signed:0;\n"
	"\tfield:u8 addr[sizeof(x[0])];\toffset:72;\tsize:6;\tsigned:0;\n"
	"\tfield:__u8 matrix[2][3];\toffset:78;\tsize:6;\tsigned:0;\n"
	"\tfield:void*ptr;\toffset:88;\tsize:8;\tsigned:0;\n"
	"\tfield:__rel_loc __u8[] data;\toffset:96;\tsize:4;\tsigned:0;\n"
	"\tfield:__data_loc  unsigned long[] list;\toffset:100;\tsize:4;\tsigned:0;\n"
	"\tfield:char buf[];\toffset:104;\tsize:0;\tsigned:0;\n"
	"\tfield special:bool last;\toffset:104;\tsize:1;\n"
	"print fmt: \"field:int nonsense\", REC->x\n"
	"\tfield:int after;\toffset:0;\tsize:4;\tsigned:1;\n";

static const struct tracepoint_field *field_of(const struct tracepoint_format *format,
					       const char *name)
{
	for (unsigned int i = 0; i < format->nr_fields; i++)
		if (strcmp(format->fields[i].name, name) == 0)
			return &format->fields[i];
	fail_msg("no field %s", name);
	return NULL;
}

static void assert_field(const struct tracepoint_format *format, const char *name, const char *type,
			 unsigned int offset, unsigned int size, bool is_signed)
{
	const struct tracepoint_field *field = field_of(format, name);

	assert_string_equal(field->type, type);
	assert_int_equal(field->offset, offset);
	assert_int_equal(field->size, size);
	assert_int_equal(field->is_signed, is_signed);
}

static void test_pointers(void **state)
{
	struct tracepoint_format format;
	struct error err = {};

	(void)state;
	assert_int_equal(tracepoint_format_parse(&format, execve_text, &err), 0);
	assert_string_equal(format.name, "sys_enter_execve");
	assert_int_equal(format.id, 862);
	assert_int_equal(format.nr_fields, 8);
	assert_field(&format, "common_type", "unsigned short", 0, 2, false);
	assert_true(field_of(&format, "common_type")->is_common);
	assert_field(&format, "common_pid", "int", 4, 4, true);
	assert_field(&format, "__syscall_nr", "int", 8, 4, true);
	assert_false(field_of(&format, "__syscall_nr")->is_common);
	assert_field(&format, "filename", "const char *", 16, 8, false);
	assert_field(&format, "argv", "const char *const *", 24, 8, false);
	tracepoint_format_free(&format);
	assert_null(format.fields);
}

static void test_data_loc(void **state)
{
	struct tracepoint_format format;
	struct error err = {};

	(void)state;
	assert_int_equal(tracepoint_format_parse(&format, exec_text, &err), 0);
	assert_field(&format, "filename", "char[]", 8, 4, false);
	assert_true(field_of(&format, "filename")->is_data_loc);
	assert_false(field_of(&format, "filename")->is_rel_loc);
	assert_field(&format, "pid", "pid_t", 12, 4, true);
	assert_false(field_of(&format, "pid")->is_data_loc);
	tracepoint_format_free(&format);
}

static void test_odd_lines(void **state)
{
	struct tracepoint_format format;
	struct error err = {};

	(void)state;
	assert_int_equal(tracepoint_format_parse(&format, odd_text, &err), 0);
	assert_string_equal(format.name, "odd");
	assert_field(&format, "comm", "char[TASK_COMM_LEN]", 8, 16, true);
	assert_field(&format, "args", "unsigned  long[6]", 24, 48, false);
	assert_field(&format, "addr", "u8[sizeof(x[0])]", 72, 6, false);
	assert_field(&format, "matrix", "__u8[2][3]", 78, 6, false);
	assert_field(&format, "ptr", "void*", 88, 8, false);
	assert_field(&format, "data", "__u8[]", 96, 4, false);
	assert_true(field_of(&format, "data")->is_rel_loc);
	assert_field(&format, "list", "unsigned long[]", 100, 4, false);
	assert_true(field_of(&format, "list")->is_data_loc);
	assert_field(&format, "buf", "char[]", 104, 0, false);
	assert_field(&format, "last", "bool", 104, 1, false);
	/* nothing behind "print fmt" is a field */
	assert_int_equal(format.nr_fields, 9);
	tracepoint_format_free(&format);
}

static void test_malformed(void **state)
{
	static const struct {
		const char *text, *message;
	} bad[] = {
		{ "", "no name: line" },
		{ "name: x\nformat:\n", "no ID: line" },
		{ "name: x\nID: 1\n", "no format: line" },
		{ "name:\nID: 1\nformat:\n", "line 1 " },
		{ "name: x\nID: one\nformat:\n", "line 2 " },
		{ "name: x\nID: 1\nformat:\nrubbish\n", "line 4 of a tracepoint's format is not "
							"understood: rubbish" },
		{ "name: x\nID: 1\nformat:\n\tfield:int a;\n", "line 4 " },
		{ "name: x\nID: 1\nformat:\n\tfield:int a;\toffset:0;\n", "line 4 " },
		{ "name: x\nID: 1\nformat:\n\tfield:a;\toffset:0;\tsize:4;\tsigned:0;\n",
		  "line 4 " },
		{ "name: x\nID: 1\nformat:\n\tfield:;\toffset:0;\tsize:4;\tsigned:0;\n",
		  "line 4 " },
		{ "name: x\nID: 1\nformat:\n\tfield:int a]]];\toffset:0;\tsize:4;\tsigned:0;\n",
		  "line 4 " },
		{ "name: x\nID: 1\nformat:\n\tfield:int a;\toffset:-1;\tsize:4;\tsigned:0;\n",
		  "line 4 " },
		{ "name: x\nID: 1\nformat:\n\tfield:int a;\toffset:0;\tsize:99999999999;\tsigned:0;"
		  "\n",
		  "line 4 " },
		{ "name: x\nID: 1\nformat:\n\tfield:int a", "line 4 " },
		{ "name: x\nID: 1\nformat:\n\tfield:__data_loc ;\toffset:0;\tsize:4;\tsigned:0;\n",
		  "line 4 " },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct tracepoint_format format;
		struct error err = {};

		assert_int_equal(tracepoint_format_parse(&format, bad[i].text, &err), -EINVAL);
		if (!strstr(err.text, bad[i].message))
			fail_msg("'%s' gave '%s'", bad[i].text, err.text);
		assert_null(format.fields);
	}
}

/* Every cut of a good text is either read or refused, never read beyond. */
static void test_truncated(void **state)
{
	(void)state;
	for (size_t len = 0; len < sizeof(odd_text); len++) {
		struct tracepoint_format format;
		struct error err = {};
		struct buf text = {};

		buf_add(&text, odd_text, len);
		if (tracepoint_format_parse(&format, buf_text(&text), &err) == 0)
			tracepoint_format_free(&format);
		else
			assert_true(err.text[0] != '\0');
		buf_free(&text);
	}
}

static void assert_near(const char *category, const char *event, const char *text, const char *hint)
{
	static const char events[] = "sched:sched_switch\nsched:sched_process_exec\n"
				     "sched:sched_process_exit\nnet:net_dev_queue\n"
				     "net:netif_rx\nsyscalls:sys_enter_openat\n";
	struct error err = {};

	assert_int_equal(tracepoint_near(events, category, event, &err), -ENOENT);
	assert_string_equal(err.text, text);
	assert_string_equal(err.hint, hint);
}

static void test_near_names(void **state)
{
	(void)state;
	assert_near("sched", "sched_swich",
		    "this kernel has no tracepoint sched_swich in category sched",
		    "did you mean sched:sched_switch?");
	assert_near("task", "netif_rx", "this kernel has no tracepoint category task",
		    "did you mean net:netif_rx?");
	assert_near("net", "sched_switch",
		    "this kernel has no tracepoint sched_switch in category net",
		    "did you mean sched:sched_switch?");
	assert_near("shed", "nothing_like_it", "this kernel has no tracepoint category shed",
		    "did you mean category sched? hotprobe list tracepoints 'sched:*' lists it");
	assert_near("net", "completely_different",
		    "this kernel has no tracepoint completely_different in category net",
		    "hotprobe list tracepoints 'net:*' lists those there are");
	assert_near("zzzzzz", "completely_different",
		    "this kernel has no tracepoint category zzzzzz",
		    "hotprobe list tracepoints lists those there are");
}

/* All formats that this kernel has are understood, and agree with the name and the id files. */
static void test_this_kernel(void **state)
{
	struct error err = {};
	struct buf events = {};
	unsigned int seen = 0;

	(void)state;
	if (geteuid() != 0) {
		print_message("skipped: tracefs is for root\n");
		skip();
	}
	if (tracefs_read(&events, "available_events", 16 << 20, &err) < 0)
		fail_msg("%s", err.text);
	for (char *line = events.data, *end; *line; line = end + 1) {
		struct tracepoint_format format;
		char *colon;
		uint32_t id;

		end = strchr(line, '\n');
		*end = '\0';
		colon = strchr(line, ':');
		*colon = '\0';
		if (tracepoint_format_read(&format, line, colon + 1, &err) < 0 ||
		    tracepoint_id(line, colon + 1, &id, &err) < 0)
			fail_msg("%s:%s: %s", line, colon + 1, err.text);
		assert_string_equal(format.name, colon + 1);
		assert_int_equal(format.id, id);
		assert_true(format.nr_fields >= 4);
		assert_true(field_of(&format, "common_pid")->is_common);
		for (unsigned int i = 1; i < format.nr_fields; i++)
			assert_true(format.fields[i].offset >=
				    format.fields[i - 1].offset + format.fields[i - 1].size);
		tracepoint_format_free(&format);
		seen++;
	}
	buf_free(&events);
	assert_true(seen > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pointers),    cmocka_unit_test(test_data_loc),
		cmocka_unit_test(test_odd_lines),   cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_truncated),   cmocka_unit_test(test_near_names),
		cmocka_unit_test(test_this_kernel),
	};

	return cmocka_run_group_tests_name("tracepoint format", tests, NULL, NULL);
}
