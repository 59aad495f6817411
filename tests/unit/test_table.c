// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>

#include "events.h"

struct event {
	uint32_t pid;
	int32_t ret;
	char comm[16];
	uint64_t bytes;
	char path[64];
};

static const struct output_options plain = { .format = OUTPUT_TABLE };

static void event_schema(struct schema *schema)
{
	set_schema(schema, "events", sizeof(struct event));
	FIELD(schema, struct event, pid, "u32", FIELD_UINT);
	FIELD(schema, struct event, ret, "errno_t", FIELD_INT);
	FIELD(schema, struct event, comm, "char", FIELD_TEXT);
	FIELD(schema, struct event, bytes, "bytes_t", FIELD_UINT);
	FIELD(schema, struct event, path, "char", FIELD_TEXT);
}

static void test_columns(void **state)
{
	struct event event = { 4242, -EACCES, "cat", 123, "/etc/shadow" };
	struct event wide = { 4294967295, -EOPNOTSUPP - 100000, "0123456789abcdef", UINT64_MAX,
			      "x" };
	struct event empty = { 1, 0, "", 0, "" };
	struct schema schema;
	struct output *out;
	struct sink sink;

	(void)state;
	sink_init(&sink, -1);
	event_schema(&schema);
	out = new_output(&sink, &schema, &plain);
	output_header(out);
	output_header(out);
	assert_string_equal(take(&sink), "    PID      RET COMM                BYTES PATH");
	assert_int_equal(output_event(out, &event, sizeof(event), 0), 0);
	assert_string_equal(take(&sink), "   4242   EACCES cat                   123 /etc/shadow");
	/* too wide: pushes the next ones, and nothing is cut */
	assert_int_equal(output_event(out, &wide, sizeof(wide), 0), 0);
	assert_string_equal(take(&sink),
			    "4294967295 -100095 0123456789abcdef 18446744073709551615 x");
	/* no spaces where the last cell is empty */
	assert_int_equal(output_event(out, &empty, sizeof(empty), 0), 0);
	assert_string_equal(take(&sink), "      1        0                         0");
	/* a short event and a padded one */
	assert_int_equal(output_event(out, &event, offsetof(struct event, path) + 4, 0), 0);
	assert_string_equal(take(&sink), "   4242   EACCES cat                   123 /etc");
	assert_int_equal(output_event(out, &event, offsetof(struct event, path), 0), 0);
	assert_string_equal(take(&sink), "   4242   EACCES cat                   123");
	output_free(out);
	sink_free(&sink);
}

static void test_malformed(void **state)
{
	struct event event = { .pid = 1 };
	char longer[sizeof(event) + 8] = {};
	struct schema schema;
	struct output *out;
	struct sink sink;

	(void)state;
	sink_init(&sink, -1);
	event_schema(&schema);
	out = new_output(&sink, &schema, &plain);
	assert_int_equal(output_event(out, &event, offsetof(struct event, path) - 1, 0), -EBADMSG);
	assert_int_equal(output_event(out, &event, 0, 0), -EBADMSG);
	assert_int_equal(output_event(out, longer, sizeof(longer), 0), -EBADMSG);
	assert_string_equal(take(&sink), "");
	assert_int_equal(output_event(out, longer, sizeof(longer) - 1, 0), 0);
	assert_true(strlen(take(&sink)) > 0);
	output_free(out);
	sink_free(&sink);
}

/* One field alone: what its cell looks like. */
static const char *cell_opt(const char *type, enum field_kind kind, const void *data, size_t size,
			    bool color)
{
	struct output_options opt = { .format = OUTPUT_TABLE, .color = color };
	struct schema schema;
	struct output *out;
	struct sink sink;
	const char *text;

	sink_init(&sink, -1);
	set_schema(&schema, "events", size);
	add_field(&schema, "x", type, kind, 0, size);
	if (kind == FIELD_ARRAY) {
		schema.fields[0].elem_size = 4;
		schema.fields[0].elem_signed = 1;
	}
	out = new_output(&sink, &schema, &opt);
	output_header(out);
	take(&sink);
	assert_int_equal(output_event(out, data, size, 0), 0);
	text = take(&sink);
	output_free(out);
	sink_free(&sink);
	return text + strspn(text, " ");
}

static const char *cell(const char *type, enum field_kind kind, const void *data, size_t size)
{
	return cell_opt(type, kind, data, size, false);
}

static void assert_int(const char *type, enum field_kind kind, uint64_t value, size_t size,
		       const char *want)
{
	assert_string_equal(cell(type, kind, &value, size), want);
}

static void test_meanings(void **state)
{
	const int32_t array[] = { 1, -2, INT32_MIN };
	const unsigned char mapped[16] = { [10] = 255, 255, 192, 168, 0, 1 };
	const unsigned char local[16] = { 0xfe, 0x80, [15] = 1 };
	const unsigned char addr[4] = { 10, 0, 2, 15 };
	const unsigned char raw[5] = { 0, 1, 0x1b, 0x80, 0xff };

	(void)state;
	assert_int("u64", FIELD_UINT, UINT64_MAX, 8, "18446744073709551615");
	assert_int("s64", FIELD_INT, (uint64_t)INT64_MIN, 8, "-9223372036854775808");
	assert_int("s8", FIELD_INT, 0x80, 1, "-128");
	assert_int("mystery_t", FIELD_UINT, 77, 4, "77");
	assert_int("_Bool", FIELD_BOOL, 1, 1, "yes");
	assert_int("_Bool", FIELD_BOOL, 0, 1, "no");
	assert_int("errno_t", FIELD_INT, (uint64_t)-2, 4, "ENOENT");
	assert_int("errno_t", FIELD_INT, (uint64_t)-2, 8, "ENOENT");
	assert_int("errno_t", FIELD_INT, (uint64_t)-512, 4, "ERESTARTSYS");
	assert_int("errno_t", FIELD_INT, (uint64_t)-4000, 4, "-4000");
	assert_int("errno_t", FIELD_INT, (uint64_t)INT64_MIN, 8, "-9223372036854775808");
	assert_int("errno_t", FIELD_INT, 2, 4, "2");
	assert_int("errno_t", FIELD_INT, 0, 4, "0");
	assert_string_equal(cell("ipv4_t", FIELD_UINT, addr, 4), "10.0.2.15");
	assert_string_equal(cell("ipv6_t", FIELD_BYTES, mapped, 16), "::ffff:192.168.0.1");
	assert_string_equal(cell("ipv6_t", FIELD_BYTES, local, 16), "fe80::1");
	assert_int("port_t", FIELD_UINT, 65535, 2, "65535");
	assert_int("duration_ns_t", FIELD_UINT, 12345, 8, "12.3us");
	assert_int("duration_ns_t", FIELD_INT, (uint64_t)-1500000, 8, "-1.50ms");
	assert_int("duration_ns_t", FIELD_UINT, UINT64_MAX, 8, "18446744074s");
	assert_int("bytes_t", FIELD_UINT, 123456789, 8, "123456789");
	assert_int("kaddr_t", FIELD_UINT, 0x1234, 8, "0x0000000000001234");
	assert_int("ustack_t", FIELD_INT, 17, 4, "17");
	assert_int("kstack_t", FIELD_INT, (uint64_t)-14, 4, "-14");
	assert_int("signal_t", FIELD_INT, 9, 4, "SIGKILL");
	assert_int("signal_t", FIELD_UINT, UINT64_MAX, 8, "18446744073709551615");
	assert_int("family_t", FIELD_UINT, AF_INET6, 2, "AF_INET6");
	assert_int("octal_t", FIELD_UINT, 0644, 2, "0644");
	assert_int("octal_t", FIELD_INT, 0xffffffff, 4, "037777777777");
	assert_int("hex_t", FIELD_UINT, 0x1f, 4, "0x1f");
	assert_int("hex_t", FIELD_INT, 0x80000000, 4, "0x80000000");
	assert_int("hex_t", FIELD_INT, UINT64_MAX, 8, "0xffffffffffffffff");
	assert_int("void *", FIELD_UINT, 0x7ffd00001000, 8, "0x7ffd00001000");
	assert_string_equal(cell("u8", FIELD_BYTES, raw, 5), "00011b80ff");
	assert_string_equal(cell("s32", FIELD_ARRAY, array, sizeof(array)), "1,-2,-2147483648");
	assert_string_equal(cell("errno_t", FIELD_ARRAY, array, sizeof(array)),
			    "1,ENOENT,-2147483648");
}

static void test_many_bytes(void **state)
{
	unsigned char raw[1000];
	char want[2001], *end = want;

	(void)state;
	for (size_t i = 0; i < sizeof(raw); i++) {
		raw[i] = (unsigned char)(i * 7);
		end += sprintf(end, "%02x", raw[i]);
	}
	assert_string_equal(cell("u8", FIELD_BYTES, raw, sizeof(raw)), want);
}

static void test_escapes(void **state)
{
	(void)state;
#define TEXT(s) cell("char", FIELD_TEXT, s, sizeof(s))
	assert_string_equal(TEXT("plain"), "plain");
	assert_string_equal(TEXT("a\033[2Jb"), "a\\x1b[2Jb");
	assert_string_equal(TEXT("a\nb\tc\rd\\e"), "a\\nb\\tc\\rd\\\\e");
	/* C1: CSI as UTF-8 and as a byte; DEL */
	assert_string_equal(TEXT("\xc2\x9b"
				 "1m"),
			    "\\xc2\\x9b1m");
	assert_string_equal(TEXT("\x9b"
				 "1m\x7f"),
			    "\\x9b1m\\x7f");
	assert_string_equal(TEXT("Gr\xc3\xbc\xc3\x9f"
				 "e \xe2\x82\xac"),
			    "Gr\xc3\xbc\xc3\x9f"
			    "e \xe2\x82\xac");
	/* ill-formed: cut, overlong, surrogate */
	assert_string_equal(TEXT("\xe2\x82"), "\\xe2\\x82");
	assert_string_equal(TEXT("\xc0\xaf\xed\xa0\x80"), "\\xc0\\xaf\\xed\\xa0\\x80");
#undef TEXT
}

static void test_arguments(void **state)
{
	(void)state;
#define ARGS(s) cell("argv_t", FIELD_ARGV, s, sizeof(s) - 1)
	assert_string_equal(ARGS("ls\0-l\0/tmp\0"), "ls -l /tmp");
	assert_string_equal(ARGS("echo\0\0a b\0"), "echo '' 'a b'");
	assert_string_equal(ARGS("sh\0-c\0echo $HOME | wc\0"), "sh -c 'echo $HOME | wc'");
	assert_string_equal(ARGS("a=b\0+x\0u@h:p%1,2_^\0"), "a=b +x u@h:p%1,2_^");
	assert_string_equal(ARGS("~\0*\0#\0!\0{a}\0"), "'~' '*' '#' '!' '{a}'");
	assert_string_equal(ARGS("say \"hi\"\0"), "'say \"hi\"'");
	/* a backslash stands for itself in '', and stands for an escape only in $'' */
	assert_string_equal(ARGS("a\\nb\0"), "'a\\nb'");
	assert_string_equal(ARGS("a\nb\\\0"), "$'a\\nb\\\\'");
	assert_string_equal(ARGS("it's\0"), "$'it\\'s'");
	assert_string_equal(ARGS("'\0''\0"), "$'\\'' $'\\'\\''");
	assert_string_equal(ARGS("\033[31m\0"), "$'\\x1b[31m'");
	assert_string_equal(ARGS("\xff\0"), "$'\\xff'");
	assert_string_equal(ARGS("\xc2\x9b\0"), "$'\\xc2\\x9b'");
	assert_string_equal(ARGS("gr\xc3\xbc\xc3\x9f\0"), "gr\xc3\xbc\xc3\x9f");
	assert_string_equal(ARGS("gr\xc3\xbc \xc3\x9f\0"), "'gr\xc3\xbc \xc3\x9f'");
#undef ARGS
}

/* bash is the judge of what is between the spaces */
static void test_arguments_for_bash(void **state)
{
	static const char path[] = "/tmp/hotprobe-test-XXXXXX";
	unsigned char args[2000], got[4000];
	char script[sizeof(path)], command[100];
	size_t len, nr = 0;
	FILE *file;

	(void)state;
	if (access("/bin/bash", X_OK)) {
		print_message("skipped: there is no bash here\n");
		skip();
	}
	for (size_t i = 0; i < sizeof(args); i++) {
		long r = lrand48();

		/* all bytes, more of those that matter; no NUL but between arguments */
		args[i] = (unsigned char)(r % 3 ? r % 255 + 1 : "'\\\n $\"`!a\t\xc3\xbc"[r % 12]);
		if (r % 17 == 0 || i == sizeof(args) - 1)
			args[i] = 0;
		nr += !args[i];
	}
	assert_true(nr > 50);
	strcpy(script, path);
	file = fdopen(mkstemp(script), "w");
	assert_non_null(file);
	fprintf(file, "printf '%%s\\0' %s\n", cell("argv_t", FIELD_ARGV, args, sizeof(args)));
	fclose(file);
	snprintf(command, sizeof(command), "LC_ALL=C /bin/bash %s", script);
	file = popen(command, "r");
	assert_non_null(file);
	len = fread(got, 1, sizeof(got), file);
	assert_int_equal(pclose(file), 0);
	unlink(script);
	/* a list without a size cannot end in empty arguments */
	while (sizeof(args) > 1 && len && !got[len - 1])
		len--;
	nr = sizeof(args);
	while (nr && !args[nr - 1])
		nr--;
	assert_int_equal(len, nr);
	assert_memory_equal(got, args, nr);
}

struct sized_event {
	struct {
		uint32_t size;
		char data[8];
	} text;
	struct {
		uint32_t size;
		char data[8];
	} args;
};

static void test_sized(void **state)
{
	struct sized_event event = { { 3, "abcdefg" }, { 4, "a\0b\0xxx" } };
	struct schema schema;
	struct output *out;
	struct sink sink;

	(void)state;
	sink_init(&sink, -1);
	set_schema(&schema, "events", sizeof(event));
	SIZED(&schema, struct sized_event, text, "char", FIELD_TEXT);
	SIZED(&schema, struct sized_event, args, "argv_t", FIELD_ARGV);
	out = new_output(&sink, &schema, &plain);
	output_header(out);
	assert_string_equal(take(&sink), "TEXT     ARGS");
#define EVENT(want)                                                               \
	do {                                                                      \
		assert_int_equal(output_event(out, &event, sizeof(event), 0), 0); \
		assert_string_equal(take(&sink), want);                           \
	} while (0)
	EVENT("abc      a b");
	event.text.size = 9;
	event.args.size = 500;
	EVENT("abcdefg... a b xxx ...");
	event.text.size = (uint32_t)-EFAULT;
	event.args.size = (uint32_t)-3999;
	EVENT("<EFAULT> <-3999>");
	event.text.size = 0;
	event.args.size = 0;
	EVENT("");
	/* NULs inside a text with a size are a part of it */
	event.text.size = 4;
	memcpy(event.text.data, "\0x\0y", 4);
	EVENT("\\x00x\\x00y");
#undef EVENT
	output_free(out);
	sink_free(&sink);
}

static void test_color(void **state)
{
	struct output_options opt = { .format = OUTPUT_TABLE, .color = true };
	struct event event = { 1, -EPERM, "a", 2, "b" };
	int32_t code = -1;
	struct schema schema;
	struct output *out;
	struct sink sink;

	(void)state;
	assert_string_equal(cell_opt("errno_t", FIELD_INT, &code, 4, true), "\033[31mEPERM\033[0m");
	assert_string_equal(cell_opt("s32", FIELD_INT, &code, 4, true), "-1");
	sink_init(&sink, -1);
	event_schema(&schema);
	out = new_output(&sink, &schema, &opt);
	output_header(out);
	assert_string_equal(take(&sink),
			    "\033[1m    PID      RET COMM                BYTES PATH\033[0m");
	/* colours take no room */
	output_event(out, &event, sizeof(event), 0);
	assert_string_equal(take(&sink),
			    "      1    \033[31mEPERM\033[0m a                       2 b");
	output_free(out);
	sink_free(&sink);
}

static void test_wall_time(void **state)
{
	struct output_options opt = { .format = OUTPUT_TABLE,
				      .wall_time = true,
				      .fields = "pid,comm" };
	struct event event = { 1, 0, "a", 2, "b" };
	struct timespec mono, real;
	char want[64];
	struct schema schema;
	struct output *out;
	struct sink sink;
	struct tm tm;

	(void)state;
	sink_init(&sink, -1);
	event_schema(&schema);
	out = new_output(&sink, &schema, &opt);
	output_header(out);
	assert_string_equal(take(&sink), "TIME             PID COMM");
	/* half a second before and after: one of the two seconds must be there */
	clock_gettime(CLOCK_MONOTONIC, &mono);
	clock_gettime(CLOCK_REALTIME, &real);
	output_event(out, &event, sizeof(event),
		     (uint64_t)mono.tv_sec * 1000000000 + (uint64_t)mono.tv_nsec -
			     (uint64_t)real.tv_nsec + 500000000);
	localtime_r(&real.tv_sec, &tm);
	strftime(want, sizeof(want), "%H:%M:%S", &tm);
	assert_memory_equal(take(&sink), want, 8);
	output_free(out);

	/* the event's own time is enough, also when it is not shown first */
	strcpy(schema.fields[3].type, "time_ns_t");
	opt.fields = "pid,bytes";
	out = new_output(&sink, &schema, &opt);
	output_header(out);
	assert_string_equal(take(&sink), "    PID BYTES");
	output_free(out);
	/* but not when it is not shown */
	opt.fields = "pid";
	out = new_output(&sink, &schema, &opt);
	output_header(out);
	assert_string_equal(take(&sink), "TIME             PID");
	output_free(out);
	sink_free(&sink);
}

static void test_two_schemas(void **state)
{
	struct event event = { 1, 0, "a", 2, "b" };
	struct schema schema;
	struct output *a, *b;
	struct sink sink;

	(void)state;
	sink_init(&sink, -1);
	event_schema(&schema);
	schema.nr_fields = 1;
	a = new_output(&sink, &schema, &plain);
	schema.nr_fields = 2;
	b = new_output(&sink, &schema, &plain);
	for (int i = 0; i < 2; i++)
		output_event(a, &event, sizeof(event), 0);
	for (int i = 0; i < 2; i++)
		output_event(b, &event, sizeof(event), 0);
	output_event(a, &event, sizeof(event), 0);
	assert_string_equal(take(&sink), "    PID\n      1\n      1\n"
					 "    PID      RET\n      1        0\n      1        0\n"
					 "    PID\n      1");
	output_free(a);
	output_free(b);

	/* a new output with the same columns, alone: the header still stands above */
	schema.nr_fields = 1;
	a = new_output(&sink, &schema, &plain);
	output_event(a, &event, sizeof(event), 0);
	assert_string_equal(take(&sink), "      1");
	output_free(a);
	sink_free(&sink);
}

static void assert_fields(const char *fields, const char *want)
{
	struct output_options opt = { .format = OUTPUT_TABLE, .fields = fields };
	struct schema schema;
	struct output *out;
	struct sink sink;

	sink_init(&sink, -1);
	event_schema(&schema);
	out = new_output(&sink, &schema, &opt);
	output_header(out);
	assert_string_equal(take(&sink), want);
	output_free(out);
	sink_free(&sink);
}

static void assert_no_fields(const char *fields, const char *text, const char *hint)
{
	struct output_options opt = { .format = OUTPUT_JSON, .fields = fields };
	struct error *err = calloc(1, sizeof(*err));
	struct output *out = NULL;
	struct schema schema;
	struct sink sink;

	assert_non_null(err);
	sink_init(&sink, -1);
	event_schema(&schema);
	assert_int_equal(output_new(&out, &sink, &schema, &opt, err), -EINVAL);
	assert_int_equal(err->status, 2);
	assert_string_equal(err->text, text);
	assert_string_equal(err->hint, hint);
	assert_null(out);
	assert_int_equal(sink.nr_outputs, 0);
	sink_free(&sink);
	free(err);
}

static void test_fields(void **state)
{
	const char *all = "its fields are: pid, ret, comm, bytes, path";

	(void)state;
	assert_fields("path,pid", "PATH                                 PID");
	assert_fields("comm", "COMM");
	assert_fields("pid, comm ", "    PID COMM");
	assert_fields(NULL, "    PID      RET COMM                BYTES PATH");
	assert_no_fields("pid,com", "--fields: the event has no field 'com'; did you mean 'comm'?",
			 all);
	assert_no_fields("PID,x", "--fields: the event has no field 'PID'", all);
	assert_no_fields("zzz", "--fields: the event has no field 'zzz'", all);
	assert_no_fields("pid,comm,pid", "--fields: 'pid' is given twice", "");
	assert_no_fields("", "--fields: a name is missing: give them as in pid,comm", "");
	assert_no_fields("pid,", "--fields: a name is missing: give them as in pid,comm", "");
	assert_no_fields("pid,,comm", "--fields: a name is missing: give them as in pid,comm", "");
}

static int write_to(int fd)
{
	struct event event = { 1, 0, "a", 2, "b" };
	struct schema schema;
	struct output *out;
	struct sink sink;
	int ret;

	event_schema(&schema);
	sink_init(&sink, fd);
	out = new_output(&sink, &schema, &plain);
	assert_int_equal(output_event(out, &event, sizeof(event), 0), 0);
	ret = sink_flush(&sink);
	assert_int_equal(sink.buf.len, 0);
	output_free(out);
	sink_free(&sink);
	close(fd);
	return ret;
}

static void test_sink(void **state)
{
	struct event event = { 1, 0, "a", 2, "b" };
	struct schema schema;
	struct output *out;
	struct sink sink;
	char got[4096];
	ssize_t len;
	int fds[2];

	(void)state;
	assert_int_equal(write_to(open("/dev/full", O_WRONLY)), -ENOSPC);
	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(pipe(fds), 0);
	close(fds[0]);
	assert_int_equal(write_to(fds[1]), -EPIPE);

	assert_int_equal(pipe(fds), 0);
	assert_int_equal(write_to(fds[1]), 0);
	len = read(fds[0], got, sizeof(got) - 1);
	close(fds[0]);
	assert_true(len > 0);
	got[len] = '\0';
	assert_string_equal(got, "    PID      RET COMM                BYTES PATH\n"
				 "      1        0 a                       2 b\n");

	/* a sink that nobody flushes does so itself, and says why it cannot */
	event_schema(&schema);
	sink_init(&sink, open("/dev/full", O_WRONLY));
	out = new_output(&sink, &schema, &plain);
	len = 0;
	while (output_event(out, &event, sizeof(event), 0) == 0)
		assert_true(++len < 10000);
	assert_true(len > 1000);
	assert_int_equal(output_event(out, &event, sizeof(event), 0), 0);
	output_free(out);
	close(sink.fd);
	sink_free(&sink);
}

/* A full pipe that does not block: the writer waits until there is room. */
static void test_sink_nonblocking(void **state)
{
	struct event event = { 1, 0, "a", 2, "b" };
	struct schema schema;
	struct output *out;
	struct sink sink;
	char got[4096];
	size_t total = 0;
	ssize_t len;
	int fds[2], status;
	pid_t child;

	(void)state;
	assert_int_equal(pipe2(fds, O_NONBLOCK), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		event_schema(&schema);
		sink_init(&sink, fds[1]);
		out = new_output(&sink, &schema, &plain);
		for (int i = 0; i < 5000; i++)
			if (output_event(out, &event, sizeof(event), 0))
				_exit(1);
		_exit(sink_flush(&sink) ? 1 : 0);
	}
	close(fds[1]);
	fcntl(fds[0], F_SETFL, 0);
	/* let it run into the full pipe first */
	usleep(50000);
	while ((len = read(fds[0], got, sizeof(got))) > 0)
		total += (size_t)len;
	close(fds[0]);
	assert_int_equal(len, 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(total,
			 strlen("    PID      RET COMM                BYTES PATH\n") +
				 5000 * strlen("      1        0 a                       2 b\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_columns),
		cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_meanings),
		cmocka_unit_test(test_many_bytes),
		cmocka_unit_test(test_escapes),
		cmocka_unit_test(test_arguments),
		cmocka_unit_test(test_arguments_for_bash),
		cmocka_unit_test(test_sized),
		cmocka_unit_test(test_color),
		cmocka_unit_test(test_wall_time),
		cmocka_unit_test(test_two_schemas),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_sink),
		cmocka_unit_test(test_sink_nonblocking),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
