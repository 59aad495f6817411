// SPDX-License-Identifier: GPL-2.0-only
/* hotprobe's own options of `run`: their table, and the check of each value. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "options/options.h"
#include "options/optval.h"
#include "options/table.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/text.h"

/* include/linux/sched.h: TASK_COMM_LEN with its final NUL */
#define COMM_LEN   16
#define BUFFER_MAX (UINT64_C(512) << 20)

/* Tgid of /proc/PID/status (proc(5)): kill() finds threads as well as processes; 0 when unknown. */
static int process_of(int tid)
{
	struct buf status = {};
	const char *line;
	char path[64];
	int tgid = 0;

	snprintf(path, sizeof(path), "/proc/%d/status", tid);
	if (buf_read_file(&status, path, 65536) == 0) {
		line = strstr(buf_text(&status), "\nTgid:");
		if (line)
			tgid = atoi(line + strlen("\nTgid:"));
	}
	buf_free(&status);
	return tgid;
}

static int set_pid(struct run_options *run, const char *value, struct error *err)
{
	uint64_t pid;
	int ret = text_u64(value, &pid);
	int tgid;

	if (ret == -EINVAL || (ret == 0 && pid == 0)) {
		error_usage(err, "-p: '%s' is not the number of a process", value);
		return error_hint(err, "`pgrep NAME` tells it");
	}
	if (ret || pid > INT32_MAX || (kill((pid_t)pid, 0) && errno == ESRCH))
		return error_set(err, -ESRCH, "-p: there is no process %s", value);
	tgid = process_of((int)pid);
	if (tgid && tgid != (int)pid) {
		error_usage(err, "-p: %s is a thread of process %d", value, tgid);
		return error_hint(err, "trace the process with -p %d", tgid);
	}
	run->pid = (int)pid;
	return 0;
}

static int set_user(struct run_options *run, const char *value, struct error *err)
{
	const struct passwd *user;
	uint64_t uid;
	int ret = text_u64(value, &uid);

	if (ret == 0 && uid < UINT32_MAX) {
		run->uid = (uint32_t)uid;
	} else if (ret != -EINVAL) {
		return error_usage(err, "-u: user id %s is out of range", value);
	} else {
		user = *value ? getpwnam(value) : NULL;
		if (!user) {
			error_usage(err, "-u: there is no user '%s'", value);
			return error_hint(err, "a user's number is accepted, too");
		}
		run->uid = user->pw_uid;
	}
	run->has_uid = true;
	return 0;
}

static int set_comm(struct run_options *run, const char *value, struct error *err)
{
	if (!*value)
		return error_usage(err, "--comm: the name is empty");
	if (strlen(value) >= COMM_LEN) {
		error_usage(err,
			    "--comm: '%s' has %zu bytes; the kernel keeps %d of a task's name, so "
			    "nothing would ever match",
			    value, strlen(value), COMM_LEN - 1);
		return error_hint(err, "write --comm '%.*s'", COMM_LEN - 1, value);
	}
	run->comm = value;
	return 0;
}

static int set_cgroup(struct run_options *run, const char *value, struct error *err)
{
	struct statfs fs;
	struct stat st;

	if (statfs(value, &fs) || stat(value, &st)) {
		error_sys(err, -errno, "--cgroup: cannot use '%s'", value);
		goto hint;
	}
	if (fs.f_type != CGROUP2_SUPER_MAGIC || !S_ISDIR(st.st_mode)) {
		error_usage(err, "--cgroup: '%s' is not a directory of a cgroup2 hierarchy", value);
		goto hint;
	}
	run->cgroup = value;
	return 0;
hint:
	return error_hint(err, "the groups are the folders below /sys/fs/cgroup (or "
			       "/sys/fs/cgroup/unified); /proc/PID/cgroup names a process's own, "
			       "behind 0::");
}

static int set_where(struct run_options *run, const char *value, struct error *err)
{
	if (!value[strspn(value, " \t\n")]) {
		error_usage(err, "--where: the expression is empty");
		return error_hint(err, "for example: --where 'ret < 0 && uid != 0'");
	}
	run->where = value;
	return 0;
}

static int set_output(struct run_options *run, const char *value, struct error *err)
{
	static const char *const formats[] = {
		[RUN_FORMAT_TABLE] = "table",
		[RUN_FORMAT_JSON] = "json",
		[RUN_FORMAT_CSV] = "csv",
	};
	struct near near = { .wanted = value };

	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		if (strcmp(value, formats[i]) == 0) {
			run->format = (enum run_format)i;
			return 0;
		}
		near_offer(&near, formats[i]);
	}
	error_usage(err, "-o: '%s' is not an output format; there are table, json and csv", value);
	if (near_best(&near))
		error_hint(err, "did you mean -o %s?", near_best(&near));
	return -EINVAL;
}

static int set_fields(struct run_options *run, const char *value, struct error *err)
{
	if (!*value || *value == ',' || text_ends(value, ",") || strstr(value, ",,")) {
		error_usage(err, "--fields: a name is missing in '%s'", value);
		return error_hint(err, "write the fields with one comma between: "
				       "--fields pid,comm");
	}
	run->fields = value;
	return 0;
}

static int set_limit(struct run_options *run, const char *value, struct error *err)
{
	if (text_u64(value, &run->limit) || run->limit == 0)
		return error_usage(err, "-n: '%s' is not a number of events from 1 up", value);
	return 0;
}

static int set_span(uint64_t *ns, char letter, const char *value, struct error *err)
{
	if (optval_number(OPTVAL_TIME, value, ns) == 0 && *ns > 0)
		return 0;
	error_usage(err, "-%c: '%s' is not a time above 0", letter, value);
	return error_hint(err,
			  "seconds, such as -%c 10 or -%c 1.5, or with a unit: -%c 500ms, -%c 2m",
			  letter, letter, letter, letter);
}

static int set_duration(struct run_options *run, const char *value, struct error *err)
{
	return set_span(&run->duration_ns, 'd', value, err);
}

static int set_interval(struct run_options *run, const char *value, struct error *err)
{
	return set_span(&run->interval_ns, 'i', value, err);
}

static int set_headers(struct run_options *run, const char *value, struct error *err)
{
	if (!*value || strcmp(value, "btf:") == 0) {
		error_usage(err, "--headers: '%s' names no header source", value);
		return error_hint(err, "there are auto, a folder, btf, and btf:FILE");
	}
	run->headers = value;
	return 0;
}

/* The kernel maps a perf buffer of a power of two of pages (perf_event_open(2), MMAP layout). */
static int set_buffer(struct run_options *run, const char *value, struct error *err)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	uint64_t below = page, size;
	struct buf down = {}, up = {}, largest = {};
	int ret = optval_number(OPTVAL_SIZE, value, &size);

	while (ret == 0 && below * 2 <= size && below < BUFFER_MAX)
		below *= 2;
	optval_size_text(&down, below);
	optval_size_text(&up, below * 2);
	optval_size_text(&largest, BUFFER_MAX);
	if (ret == -EINVAL || (ret == 0 && size == 0)) {
		ret = error_usage(err, "--buffer: '%s' is not a size above 0", value);
		error_hint(err, "for example --buffer 256K or --buffer 4M, for each CPU");
	} else if (ret || size > BUFFER_MAX) {
		ret = error_usage(err, "--buffer: %s is more than %s for each CPU", value,
				  buf_text(&largest));
		error_hint(err, "write at most --buffer %s", buf_text(&largest));
	} else if (size < page) {
		ret = error_usage(err, "--buffer: %s is less than a page of memory", value);
		error_hint(err, "write at least --buffer %s", buf_text(&down));
	} else if (size != below) {
		ret = error_usage(err,
				  "--buffer: a perf buffer is 1, 2, 4, 8 ... pages of memory, and "
				  "%s is none of these",
				  value);
		error_hint(err, "the nearest sizes are --buffer %s and --buffer %s",
			   buf_text(&down), buf_text(&up));
	} else {
		run->buffer_size = size;
	}
	buf_free(&down);
	buf_free(&up);
	buf_free(&largest);
	return ret;
}

/* A quote that does not end would be reported by the compiler in a file called "<command line>". */
static bool quotes_closed(const char *s)
{
	char quote = 0;

	for (; *s; s++) {
		if (quote && *s == '\\' && s[1])
			s++;
		else if (quote && *s == quote)
			quote = 0;
		else if (!quote && (*s == '"' || *s == '\''))
			quote = *s;
	}
	return !quote;
}

static int set_define(struct run_options *run, const char *value, struct error *err)
{
	size_t len = text_ident_len(value);
	struct buf define = {};
	int ret;

	if (len == 0 || (value[len] && value[len] != '=')) {
		error_usage(err, "-D: '%s' does not start with the name of a macro", value);
		return error_hint(err, "write -D NAME or -D NAME=VALUE; a name has letters, "
				       "digits and _");
	}
	for (const char *c = value; *c; c++)
		if (iscntrl((unsigned char)*c))
			return error_usage(err, "-D %.*s: a control character stands in the value",
					   (int)len, value);
	if (!quotes_closed(value + len)) {
		error_usage(err, "-D: a quote in '%s' does not end", value);
		return error_hint(err, "the shell takes quotes away; write text as "
				       "-D 'NAME=\"VALUE\"'");
	}
	buf_printf(&define, "-D%s", value);
	ret = define_list_add(&run->defines, buf_text(&define), err);
	buf_free(&define);
	return ret;
}

static int set_verifier_log(struct run_options *run, const char *value, struct error *err)
{
	if (!*value)
		return error_usage(err, "--verifier-log: '' is not the name of a file");
	run->verifier_log = value;
	return 0;
}

#define SET_FLAG(name, statement)                                                      \
	static int name(struct run_options *run, const char *value, struct error *err) \
	{                                                                              \
		(void)value;                                                           \
		(void)err;                                                             \
		statement;                                                             \
		return 0;                                                              \
	}

SET_FLAG(set_time, run->wall_time = true)
SET_FLAG(set_watch, run->watch = true)
SET_FLAG(set_no_cache, run->no_cache = true)
SET_FLAG(set_debug, run->debug = true)
SET_FLAG(set_verbose, run->verbose++)
SET_FLAG(set_quiet, run->quiet = true)
SET_FLAG(set_help, run->help = true)
SET_FLAG(set_version, run->version = true)

static const struct option_row rows[] = {
	{ "pid", 'p', "PID", "only events of this process", set_pid },
	{ "user", 'u', "USER", "only events of this user, by name or number", set_user },
	{ "comm", 0, "NAME", "only events of tasks with this name", set_comm },
	{ "cgroup", 0, "PATH", "only events of tasks in this cgroup2 directory", set_cgroup },
	{ "where", 0, "EXPR", "only events for which this C expression over their fields is true",
	  set_where },
	{ "output", 'o', "FORMAT", "table, json (an object a line) or csv", set_output },
	{ "time", 'T', NULL, "show the wall-clock time of each event", set_time },
	{ "fields", 0, "F,F", "show these fields, in this order", set_fields },
	{ "limit", 'n', "COUNT", "stop after this many events", set_limit },
	{ "interval", 'i', "SECONDS", "print the probe's maps this often, not only at the end",
	  set_interval },
	{ "duration", 'd', "SECONDS", "stop after this long; also 500ms, 2m", set_duration },
	{ "watch", 0, NULL,
	  "when the probe's file changes, put the new program in the old one's place", set_watch },
	{ "headers", 0, "SOURCE", "the kernel's types from auto, a folder, btf or btf:FILE",
	  set_headers },
	{ "buffer", 0, "SIZE", "perf buffer for each CPU, such as 256K", set_buffer },
	{ "define", 'D', "NAME[=VALUE]", "define a macro for the probe's compiler; may be repeated",
	  set_define },
	{ "no-cache", 0, NULL, "compile anew, and keep nothing of it", set_no_cache },
	{ "debug", 0, NULL, "show what the probe writes with debugf()", set_debug },
	{ "verifier-log", 0, "FILE", "write all that the kernel's verifier says there",
	  set_verifier_log },
	{ "verbose", 'v', NULL, "say more about the run; twice for still more", set_verbose },
	{ "quiet", 'q', NULL, "say nothing about the run but errors", set_quiet },
	{ "help", 'h', NULL, "show the probe's help", set_help },
	{ "version", 'V', NULL, "show the version", set_version },
};

_Static_assert(sizeof(rows) / sizeof(rows[0]) <= OPTION_ROWS_MAX, "too many options");

const struct option_row *option_row_at(size_t i)
{
	return i < sizeof(rows) / sizeof(rows[0]) ? &rows[i] : NULL;
}

const struct option_row *option_row_named(const char *name, size_t len)
{
	const struct option_row *row;

	for (size_t i = 0; (row = option_row_at(i)); i++)
		if (strlen(row->name) == len && memcmp(row->name, name, len) == 0)
			return row;
	return NULL;
}

const struct option_row *option_row_letter(char letter)
{
	const struct option_row *row;

	for (size_t i = 0; (row = option_row_at(i)); i++)
		if (row->letter && row->letter == letter)
			return row;
	return NULL;
}
