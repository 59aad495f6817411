// SPDX-License-Identifier: GPL-2.0-only
/* The command line of `hotprobe run`: hotprobe's own options and those of a probe. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "attach/attach.h"
#include "options/options.h"
#include "probe/doc.h"
#include "util/buf.h"
#include "util/error.h"

static const char source[] = "/* gotls - text that Go programs send\n"
			     " *\n"
			     " * Options:\n"
			     " *   -x, --failed         only failed ones\n"
			     " *   -a, --all            all [not with: --failed, --mode]\n"
			     " *   -A, --args=N         so many [default: 020] [range: 1-64]\n"
			     " *   -b, --binary=FILE    the program\n"
			     " *   --mode=tcp|udp-lite  one protocol\n"
			     " *   --slow=DURATION      only slower ones\n"
			     " *   --max-size=SIZE      at most so much\n"
			     " *   --name=NAME          a name\n"
			     " *   --hz=N               a frequency [default: 99]\n"
			     " *   --exe=FILE           of a process [default: /proc/${pid}/exe]\n"
			     " *\n"
			     " * Attach:\n"
			     " *   uprobe      ${binary}:f       on_f\n"
			     " *   perf_event  cpu-clock@${hz}   on_clock\n"
			     " *   uprobe      ${name}.${name}   on_name\n"
			     " *   uprobe      ${exe}:f          on_exe\n"
			     " */\n";

/* speaks of all options */
static const char text[] = "OPT_FAILED OPT_ALL OPT_ARGS OPT_BINARY OPT_MODE_TCP OPT_SLOW "
			   "OPT_MAX_SIZE OPT_NAME OPT_HZ OPT_EXE";

#define ARGS_MAX 16

struct fixture {
	struct doc doc;
	char line[512];
	char *argv[ARGS_MAX + 1];
	int argc;
	struct run_options run;
	struct probe_options probe;
	struct error err;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	*state = f;
	return doc_parse("gotls.c", source, "gotls", &f->doc, &f->err);
}

static void reset(struct fixture *f)
{
	run_options_free(&f->run);
	probe_options_free(&f->probe);
	memset(&f->err, 0, sizeof(f->err));
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	reset(f);
	doc_free(&f->doc);
	free(f);
	return 0;
}

/* Arguments stand between single | (so that they can hold spaces and be empty). */
static void split(struct fixture *f, const char *line)
{
	char *pos = f->line;

	snprintf(f->line, sizeof(f->line), "%s", line);
	for (f->argc = 0; *line && pos && f->argc < ARGS_MAX;)
		f->argv[f->argc++] = strsep(&pos, "|");
	f->argv[f->argc] = NULL;
}

static int parse(struct fixture *f, const char *line)
{
	reset(f);
	split(f, line);
	return options_parse(f->argc, f->argv, &f->doc, &f->run, &f->probe, &f->err);
}

static void good(struct fixture *f, const char *line)
{
	if (parse(f, line))
		fail_msg("%s: %s", line, f->err.text);
	assert_string_equal(f->err.text, "");
}

static const char *value_of(struct fixture *f, const char *name)
{
	return probe_option_value(&f->probe, doc_option_named(&f->doc, name, strlen(name)));
}

static bool given(struct fixture *f, const char *name)
{
	return probe_option_given(&f->probe, doc_option_named(&f->doc, name, strlen(name)));
}

static void test_find_probe(void **state)
{
	static const struct {
		const char *line, *probe;
	} cases[] = {
		{ "", NULL },
		{ "exec", "exec" },
		{ "-T|exec|more", "exec" },
		{ "-n|5|exec", "exec" },
		{ "-n5|exec", "exec" },
		{ "-Tn|5|exec", "exec" },
		{ "--limit|5|exec", "exec" },
		{ "--limit=5|exec", "exec" },
		{ "--args=5|exec|--failed", "exec" },
		{ "--failed|exec", "exec" },
		{ "-xA5|exec", "exec" },
		/* the documented limit: a value of the probe's own needs its "=" there */
		{ "--args|5|exec", "5" },
		{ "--where|a b|./exec.c|--|ls", "./exec.c" },
		{ "--|exec", NULL },
		{ "--help", NULL },
		{ "exec|--name|-n", "exec" },
		{ "exec|-n|--|ls", "exec" },
		{ "-", "-" },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *probe = "unset";

		split(f, cases[i].line);
		assert_int_equal(options_find_probe(f->argc, f->argv, &probe, &f->err), 0);
		if (cases[i].probe)
			assert_string_equal(probe, cases[i].probe);
		else
			assert_null(probe);
	}
}

static void test_nothing(void **state)
{
	struct fixture *f = *state;

	good(f, "gotls");
	assert_int_equal(f->run.pid, -1);
	assert_false(f->run.has_uid);
	assert_int_equal(f->run.format, RUN_FORMAT_TABLE);
	assert_null(f->run.comm);
	assert_null(f->run.where);
	assert_null(f->run.command);
	assert_int_equal(f->run.limit, 0);
	assert_int_equal(f->run.duration_ns, 0);
	assert_int_equal(f->run.buffer_size, 0);
	assert_int_equal(f->run.defines.nr, 0);
	assert_int_equal(f->probe.nr, 0);
}

static void test_own(void **state)
{
	struct fixture *f = *state;
	char line[256];

	snprintf(line, sizeof(line),
		 "-p|%d|-u|root|--comm|fifteen bytes.|--where|ret < 0|-o|json|-T|--fields|a,b|"
		 "-n|7|gotls",
		 getpid());
	good(f, line);
	assert_int_equal(f->run.pid, getpid());
	assert_true(f->run.has_uid);
	assert_int_equal(f->run.uid, 0);
	assert_string_equal(f->run.comm, "fifteen bytes.");
	assert_string_equal(f->run.where, "ret < 0");
	assert_int_equal(f->run.format, RUN_FORMAT_JSON);
	assert_true(f->run.wall_time);
	assert_string_equal(f->run.fields, "a,b");
	assert_int_equal(f->run.limit, 7);

	good(f, "gotls|--user=4294967294|--output=csv|--duration=1.5|--headers=btf:/x|--buffer=64K|"
		"-DA|--define=B_1=\"x y\"|-D|C=|--no-cache|--debug|-vv|-v");
	assert_int_equal(f->run.uid, 4294967294U);
	assert_int_equal(f->run.format, RUN_FORMAT_CSV);
	assert_int_equal(f->run.duration_ns, 1500000000);
	assert_string_equal(f->run.headers, "btf:/x");
	assert_int_equal(f->run.buffer_size, 65536);
	assert_int_equal(f->run.defines.nr, 3);
	assert_string_equal(f->run.defines.items[0], "-DA");
	assert_string_equal(f->run.defines.items[1], "-DB_1=\"x y\"");
	assert_string_equal(f->run.defines.items[2], "-DC=");
	assert_true(f->run.no_cache);
	assert_true(f->run.debug);
	assert_int_equal(f->run.verbose, 3);
	assert_false(f->run.quiet);

	good(f, "-qTT|gotls|--time");
	assert_true(f->run.quiet);
	assert_true(f->run.wall_time);
}

static void test_command(void **state)
{
	struct fixture *f = *state;

	good(f, "gotls|-x|--|ls|-l|--|-n");
	assert_ptr_equal(f->run.command, f->argv + 3);
	assert_string_equal(f->run.command[1], "-l");
	assert_string_equal(f->run.command[3], "-n");
	assert_null(f->run.command[4]);
	assert_true(given(f, "failed"));
}

/* With --help and --version nothing else matters, also not what would be wrong. */
static void test_help(void **state)
{
	struct fixture *f = *state;

	good(f, "--help");
	assert_true(f->run.help);
	good(f, "gotls|--nonsense|-h|-n|0");
	assert_true(f->run.help);
	assert_false(f->run.version);
	good(f, "-V|gotls");
	assert_true(f->run.version);
	good(f, "gotls|-xh");
	assert_true(f->run.help);
	good(f, "gotls|--|ls|--help");
	assert_false(f->run.help);
}

static void test_probe_options(void **state)
{
	struct fixture *f = *state;

	good(f, "-xA5|gotls|-b|/a b|--mode=udp-lite|--name|-n|--slow=20us|-T");
	assert_true(given(f, "failed"));
	assert_null(value_of(f, "failed"));
	assert_string_equal(value_of(f, "args"), "5");
	assert_string_equal(value_of(f, "binary"), "/a b");
	assert_string_equal(value_of(f, "mode"), "udp-lite");
	assert_string_equal(value_of(f, "name"), "-n");
	assert_string_equal(value_of(f, "hz"), "99");
	assert_false(given(f, "hz"));
	assert_null(value_of(f, "max-size"));
	assert_true(f->run.wall_time);
	good(f, "--args=64|--failed|gotls|-x");
	assert_string_equal(value_of(f, "args"), "64");
	assert_int_equal(f->probe.nr, 2);
	good(f, "gotls|--name=|-A|0x10");
	assert_string_equal(value_of(f, "name"), "");
}

static void test_defines(void **state)
{
	static const char *const wanted[] = {
		"-DOPT_FAILED=1",
		"-DOPT_ARGS=16",
		"-DOPT_BINARY=\"/a \\\"b\\\\\\011\\303\\244?\"",
		"-DOPT_MODE_UDP_LITE=1",
		"-DOPT_SLOW=1500000000",
		"-DOPT_MAX_SIZE=2097152",
		"-DOPT_NAME=\"\"",
		"-DOPT_HZ=99",
	};
	struct fixture *f = *state;
	struct define_list list = {};

	good(f, "gotls|-x|-b/a \"b\\\t\xc3\xa4?|--mode=udp-lite|--slow=1.5|--max-size|2M|--name=");
	assert_int_equal(probe_options_defines(&f->doc, &f->probe, text, &list, &f->err), 0);
	assert_int_equal(list.nr, 8);
	for (size_t i = 0; i < 8; i++)
		assert_string_equal(list.items[i], wanted[i]);
	define_list_free(&list);

	good(f, "gotls");
	assert_int_equal(probe_options_defines(&f->doc, &f->probe, text, &list, &f->err), 0);
	assert_int_equal(list.nr, 2);
	assert_string_equal(list.items[0], "-DOPT_ARGS=16");
	assert_string_equal(list.items[1], "-DOPT_HZ=99");
	define_list_free(&list);

	/* only those that the text speaks of; put together from two names it may speak of all */
	assert_int_equal(probe_options_defines(&f->doc, &f->probe, "OPT_HZ", &list, &f->err), 0);
	assert_int_equal(list.nr, 1);
	assert_string_equal(list.items[0], "-DOPT_HZ=99");
	define_list_free(&list);
	assert_int_equal(probe_options_defines(&f->doc, &f->probe, "O##X", &list, &f->err), 0);
	assert_int_equal(list.nr, 2);
	define_list_free(&list);
}

static void test_pid_default(void **state)
{
	struct fixture *f = *state;
	struct attach_point point;
	char line[64];

	good(f, "gotls");
	assert_int_equal(doc_attach_expand(&f->doc, 3, &f->probe, &point, &f->err), -EINVAL);
	assert_string_equal(f->err.text, "gotls needs --exe FILE or -p PID");
	assert_int_equal(f->err.status, 2);
	snprintf(line, sizeof(line), "gotls|-p|%d", (int)getpid());
	good(f, line);
	assert_int_equal(doc_attach_expand(&f->doc, 3, &f->probe, &point, &f->err), 0);
	snprintf(line, sizeof(line), "/proc/%d/exe:f", (int)getpid());
	assert_string_equal(point.target, line);
	snprintf(line, sizeof(line), "gotls|-p|%d|--exe=/a", (int)getpid());
	good(f, line);
	assert_int_equal(doc_attach_expand(&f->doc, 3, &f->probe, &point, &f->err), 0);
	assert_string_equal(point.target, "/a:f");
}

static void test_attach(void **state)
{
	struct fixture *f = *state;
	struct attach_point point;
	char line[ATTACH_TARGET_SIZE + 64];

	good(f, "gotls|--binary=/a b/go:x|--hz=0x10|--name=n");
	assert_int_equal(doc_attach_expand(&f->doc, 0, &f->probe, &point, &f->err), 0);
	assert_ptr_equal(point.provider, provider_by_name("uprobe"));
	assert_string_equal(point.target, "/a b/go:x:f");
	assert_string_equal(point.function, "on_f");
	assert_string_equal(point.origin, "gotls.c:16");
	assert_int_equal(point.pid, -1);
	assert_null(point.fds);
	assert_int_equal(doc_attach_expand(&f->doc, 1, &f->probe, &point, &f->err), 0);
	assert_string_equal(point.target, "cpu-clock@16");
	assert_int_equal(doc_attach_expand(&f->doc, 2, &f->probe, &point, &f->err), 0);
	assert_string_equal(point.target, "n.n");

	good(f, "gotls");
	assert_int_equal(doc_attach_expand(&f->doc, 1, &f->probe, &point, &f->err), 0);
	assert_string_equal(point.target, "cpu-clock@99");
	assert_int_equal(doc_attach_expand(&f->doc, 0, &f->probe, &point, &f->err), -EINVAL);
	assert_string_equal(f->err.text, "gotls needs --binary FILE");
	assert_string_equal(f->err.hint, "--binary: the program");
	assert_int_equal(f->err.status, 2);

	/* ":f" and the final NUL leave this many bytes */
	memset(line, 'b', sizeof(line));
	memcpy(line, "gotls|-b", 8);
	line[8 + ATTACH_TARGET_SIZE - 3] = '\0';
	split(f, "");
	reset(f);
	f->argc = 2;
	f->argv[0] = strtok(line, "|");
	f->argv[1] = strtok(NULL, "|");
	f->argv[2] = NULL;
	assert_int_equal(options_parse(f->argc, f->argv, &f->doc, &f->run, &f->probe, &f->err), 0);
	assert_int_equal(doc_attach_expand(&f->doc, 0, &f->probe, &point, &f->err), 0);
	assert_int_equal(strlen(point.target), ATTACH_TARGET_SIZE - 1);
	f->argv[1][2 + ATTACH_TARGET_SIZE - 3] = 'b';
	f->argv[1][2 + ATTACH_TARGET_SIZE - 2] = '\0';
	assert_int_equal(doc_attach_expand(&f->doc, 0, &f->probe, &point, &f->err), -ENAMETOOLONG);
	assert_int_equal(f->err.status, 1);
}

static void test_plain_probe(void **state)
{
	struct fixture *f = *state;

	split(f, "file.c|-T");
	assert_int_equal(options_parse(f->argc, f->argv, NULL, &f->run, &f->probe, &f->err), 0);
	assert_true(f->run.wall_time);
	reset(f);
	split(f, "file.c|--args=3");
	assert_int_equal(options_parse(f->argc, f->argv, NULL, &f->run, &f->probe, &f->err),
			 -EINVAL);
	assert_string_equal(f->err.text, "unknown option --args");
	assert_string_equal(f->err.hint, "`hotprobe file.c --help` lists the options");
}

static void test_faults(void **state)
{
	static const struct {
		const char *line, *message, *hint;
	} cases[] = {
		{ "", "which probe?", "`hotprobe list` shows them" },
		{ "-T", "which probe?", NULL },
		/* what is wrong already comes before what is missing */
		{ "--fomat=json", "unknown option --fomat",
		  "`hotprobe run --help` lists the options" },
		{ "-n0", "-n: '0' is not a number of events from 1 up", NULL },
		{ "--|ls", "which probe?", NULL },
		{ "gotls|more", "'more' is too much: gotls is the probe to run",
		  "to start and trace a command write: -- more ..." },
		{ "gotls|--", "no command behind --",
		  "write the command to start and trace: -- ls -l" },
		/* unknown options */
		{ "gotls|--wher=1", "unknown option --wher", "did you mean --where?" },
		{ "gotls|--fialed", "unknown option --fialed", "did you mean --failed?" },
		{ "--fialed|gotls", "unknown option --fialed", "did you mean --failed?" },
		{ "gotls|--fail", "unknown option --fail", "did you mean --failed?" },
		{ "gotls|--dur|5", "unknown option --dur", "did you mean --duration?" },
		{ "gotls|--qwertz", "unknown option --qwertz",
		  "`hotprobe gotls --help` lists the options" },
		{ "gotls|--=x", "unknown option --", NULL },
		{ "gotls|-y", "unknown option -y", "`hotprobe gotls --help` lists the options" },
		{ "gotls|-Ty", "unknown option -y", NULL },
		{ "gotls|-\xc3\xa4", "unknown option -\xc3\xa4", NULL },
		/* values that are missing, or too much */
		{ "gotls|-n", "-n needs a value: -n COUNT", NULL },
		{ "gotls|-Tn", "-n needs a value: -n COUNT", NULL },
		{ "gotls|--limit", "--limit needs a value: --limit COUNT", NULL },
		{ "gotls|-n|--|ls", "-n needs a value: -n COUNT", NULL },
		{ "gotls|--binary", "--binary needs a value: --binary FILE", NULL },
		{ "gotls|--debug=1", "--debug takes no value, but '1' was given", NULL },
		{ "gotls|--failed=", "--failed takes no value, but '' was given", NULL },
		{ "--args|gotls|5", "--args stands before the probe's name, without its value",
		  "write --args=N there, or put it behind the name" },
		{ "-A|gotls", "-A stands before the probe's name, without its value", NULL },
		/* twice, and together */
		{ "-n|1|gotls|-n2", "-n is given twice", NULL },
		{ "-n|1|gotls|--limit=1", "--limit is given twice", NULL },
		{ "gotls|--args=1|-A1", "--args is given twice", NULL },
		{ "gotls|-x|-a", "--failed and --all cannot be used together",
		  "leave one of them out" },
		{ "gotls|-ax", "--all and --failed cannot be used together", NULL },
		{ "gotls|--mode=tcp|--all", "--mode and --all cannot be used together", NULL },
		{ "gotls|-p1|--|ls",
		  "-p and -- COMMAND cannot be used together: one traces a process that runs, the "
		  "other one that it starts",
		  "leave one of them out" },
		{ "gotls|-qv", "-q and -v cannot be used together", NULL },
		/* the probe's values */
		{ "gotls|--args=x", "--args: 'x' is not a number", NULL },
		{ "gotls|--args=", "--args: '' is not a number", NULL },
		{ "gotls|-A|65", "--args: '65' is not in the range 1 to 64", NULL },
		{ "gotls|-A|0", "--args: '0' is not in the range 1 to 64", NULL },
		{ "gotls|-A|-1", "--args: '-1' is not a number", NULL },
		{ "gotls|--hz=9223372036854775808", "--hz: '9223372036854775808' is too large",
		  NULL },
		{ "gotls|--mode=udp", "--mode: 'udp' is none of tcp|udp-lite", NULL },
		{ "gotls|--binary=", "--binary: a file's name cannot be empty", NULL },
		{ "gotls|--slow=fast",
		  "--slow: 'fast' is not a time such as 1.5 (seconds), 20ms or 300us", NULL },
		{ "gotls|--max-size=1KB",
		  "--max-size: '1KB' is not a number of bytes such as 4096, 64K or 2M", NULL },
		/* hotprobe's own values */
		{ "gotls|-p|x", "-p: 'x' is not the number of a process", "`pgrep NAME` tells it" },
		{ "gotls|-p0", "-p: '0' is not the number of a process", NULL },
		{ "gotls|-p|-1", "-p: '-1' is not the number of a process", NULL },
		{ "gotls|-u|no such user", "-u: there is no user 'no such user'",
		  "a user's number is accepted, too" },
		{ "gotls|-u|", "-u: there is no user ''", NULL },
		{ "gotls|-u|4294967295", "-u: user id 4294967295 is out of range", NULL },
		{ "gotls|-u|99999999999999999999",
		  "-u: user id 99999999999999999999 is out of range", NULL },
		{ "gotls|--comm=", "--comm: the name is empty", NULL },
		{ "gotls|--comm|sixteen bytes...",
		  "--comm: 'sixteen bytes...' has 16 bytes; the kernel keeps 15 of a task's name, "
		  "so nothing would ever match",
		  "write --comm 'sixteen bytes..'" },
		{ "gotls|--cgroup=/proc",
		  "--cgroup: '/proc' is not a directory of a cgroup2 hierarchy", NULL },
		{ "gotls|--where= ", "--where: the expression is empty", NULL },
		{ "gotls|-o|jsn",
		  "-o: 'jsn' is not an output format; there are table, json and csv",
		  "did you mean -o json?" },
		{ "gotls|-o|", "-o: '' is not an output format; there are table, json and csv",
		  NULL },
		{ "gotls|--fields=", "--fields: a name is missing in ''", NULL },
		{ "gotls|--fields=a,,b", "--fields: a name is missing in 'a,,b'", NULL },
		{ "gotls|--fields=,a", "--fields: a name is missing in ',a'", NULL },
		{ "gotls|--fields=a,", "--fields: a name is missing in 'a,'", NULL },
		{ "gotls|-n0", "-n: '0' is not a number of events from 1 up", NULL },
		{ "gotls|-n|-5", "-n: '-5' is not a number of events from 1 up", NULL },
		{ "gotls|-n5x", "-n: '5x' is not a number of events from 1 up", NULL },
		{ "gotls|-d0", "-d: '0' is not a time above 0", NULL },
		{ "gotls|-d|0.0", "-d: '0.0' is not a time above 0", NULL },
		{ "gotls|-d|-1", "-d: '-1' is not a time above 0", NULL },
		{ "gotls|-d|1.", "-d: '1.' is not a time above 0", NULL },
		{ "gotls|--headers=", "--headers: '' names no header source", NULL },
		{ "gotls|--headers=btf:", "--headers: 'btf:' names no header source", NULL },
		{ "gotls|--buffer=0", "--buffer: '0' is not a size above 0", NULL },
		{ "gotls|--buffer=x", "--buffer: 'x' is not a size above 0", NULL },
		{ "gotls|--buffer=-4K", "--buffer: '-4K' is not a size above 0", NULL },
		{ "gotls|--buffer=3", "--buffer: 3 is less than a page of memory",
		  "write at least --buffer 4K" },
		{ "gotls|--buffer=12K",
		  "--buffer: a perf buffer is 1, 2, 4, 8 ... pages of memory, and 12K is none of "
		  "these",
		  "the nearest sizes are --buffer 8K and --buffer 16K" },
		{ "gotls|--buffer=4097",
		  "--buffer: a perf buffer is 1, 2, 4, 8 ... pages of memory, and 4097 is none "
		  "of these",
		  "the nearest sizes are --buffer 4K and --buffer 8K" },
		{ "gotls|--buffer=300M",
		  "--buffer: a perf buffer is 1, 2, 4, 8 ... pages of memory, and 300M is none "
		  "of these",
		  "the nearest sizes are --buffer 256M and --buffer 512M" },
		{ "gotls|--buffer=10G", "--buffer: 10G is more than 512M for each CPU",
		  "write at most --buffer 512M" },
		{ "gotls|--buffer=99999999999G",
		  "--buffer: 99999999999G is more than 512M for each CPU", NULL },
		{ "gotls|-D|1X=2", "-D: '1X=2' does not start with the name of a macro", NULL },
		{ "gotls|-D=5", "-D: '=5' does not start with the name of a macro", NULL },
		{ "gotls|-D|", "-D: '' does not start with the name of a macro", NULL },
		{ "gotls|-D|A B=1", "-D: 'A B=1' does not start with the name of a macro", NULL },
		{ "gotls|-D|F(x)=x", "-D: 'F(x)=x' does not start with the name of a macro", NULL },
		{ "gotls|-D|X=\"a", "-D: a quote in 'X=\"a' does not end",
		  "the shell takes quotes away; write text as -D 'NAME=\"VALUE\"'" },
		{ "gotls|-D|X=\"a\\\"", "-D: a quote in 'X=\"a\\\"' does not end", NULL },
		{ "gotls|-D|X=a\nb", "-D X: a control character stands in the value", NULL },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(parse(f, cases[i].line), -EINVAL);
		assert_string_equal(f->err.text, cases[i].message);
		assert_int_equal(f->err.status, 2);
		if (cases[i].hint)
			assert_string_equal(f->err.hint, cases[i].hint);
	}
}

/* What does not exist is no wrong usage: status 1. */
static void test_missing(void **state)
{
	struct fixture *f = *state;
	char line[64], wanted[64];
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0)
		_exit(0);
	assert_int_equal(waitpid(child, NULL, 0), child);
	snprintf(line, sizeof(line), "gotls|-p|%d", child);
	snprintf(wanted, sizeof(wanted), "-p: there is no process %d", child);
	assert_int_equal(parse(f, line), -ESRCH);
	assert_string_equal(f->err.text, wanted);
	assert_int_equal(f->err.status, 1);
	assert_int_equal(parse(f, "gotls|-p|99999999999"), -ESRCH);
	assert_string_equal(f->err.text, "-p: there is no process 99999999999");

	assert_int_equal(parse(f, "gotls|--cgroup|/no/group"), -ENOENT);
	assert_string_equal(f->err.text,
			    "--cgroup: cannot use '/no/group': No such file or directory");
	assert_int_equal(f->err.status, 1);
	assert_non_null(strstr(f->err.hint, "/proc/PID/cgroup"));
}

struct thread {
	int tid;
	int pipe[2];
};

static void *thread_main(void *data)
{
	struct thread *thread = data;
	char byte;

	__atomic_store_n(&thread->tid, (int)syscall(SYS_gettid), __ATOMIC_RELEASE);
	return read(thread->pipe[0], &byte, 1) == 0 ? thread : NULL;
}

static void test_thread(void **state)
{
	struct fixture *f = *state;
	struct thread thread = {};
	char line[64], wanted[96];
	pthread_t id;

	assert_int_equal(pipe(thread.pipe), 0);
	assert_int_equal(pthread_create(&id, NULL, thread_main, &thread), 0);
	while (!__atomic_load_n(&thread.tid, __ATOMIC_ACQUIRE))
		usleep(100);
	snprintf(line, sizeof(line), "gotls|-p|%d", thread.tid);
	snprintf(wanted, sizeof(wanted), "-p: %d is a thread of process %d", thread.tid, getpid());
	assert_int_equal(parse(f, line), -EINVAL);
	assert_string_equal(f->err.text, wanted);
	close(thread.pipe[1]);
	assert_int_equal(pthread_join(id, NULL), 0);
	close(thread.pipe[0]);
}

/* The mount point of the cgroup2 hierarchy of this machine, from proc(5)'s mounts. */
static bool cgroup2_root(char *path, size_t size)
{
	struct buf mounts = {};
	bool found = false;
	char *line, *rest;

	assert_int_equal(buf_read_file(&mounts, "/proc/self/mounts", 1 << 20), 0);
	for (rest = mounts.data; !found && (line = strsep(&rest, "\n")) && *line;) {
		const char *device = strsep(&line, " ");
		const char *where = strsep(&line, " ");
		const char *type = strsep(&line, " ");

		found = device && type && strcmp(type, "cgroup2") == 0;
		if (found)
			snprintf(path, size, "%s", where);
	}
	buf_free(&mounts);
	return found;
}

static void test_cgroup(void **state)
{
	struct fixture *f = *state;
	char root[256], line[300];

	if (!cgroup2_root(root, sizeof(root))) {
		print_message("# no cgroup2 hierarchy is mounted here\n");
		skip();
	}
	snprintf(line, sizeof(line), "gotls|--cgroup|%s", root);
	good(f, line);
	assert_string_equal(f->run.cgroup, root);
	snprintf(line, sizeof(line), "gotls|--cgroup|%s/cgroup.procs", root);
	assert_int_equal(parse(f, line), -EINVAL);
	assert_non_null(strstr(f->err.text, "is not a directory of a cgroup2 hierarchy"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_find_probe),	TEST(test_nothing),	TEST(test_own),
		TEST(test_command),	TEST(test_help),	TEST(test_probe_options),
		TEST(test_defines),	TEST(test_pid_default), TEST(test_attach),
		TEST(test_plain_probe), TEST(test_faults),	TEST(test_missing),
		TEST(test_thread),	TEST(test_cgroup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
