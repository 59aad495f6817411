// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "attach/attach.h"
#include "attach/function_globs.h"
#include "attach/many.h"
#include "attach/why.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/process.h"

/* Remarks name the program, not its list, which can be long. So many of its functions are named. */
#define NAMED_MAX 100

#define SECOND_NS 1000000000ull

int many_check(const struct attach_point *point, struct error *err)
{
	struct function_globs globs = {};
	struct error cause = {};
	int ret = function_globs_parse(&globs, point->target, &cause);

	function_globs_free(&globs);
	return ret ? attach_wrap(point, err, &cause) : 0;
}

static void left_out(struct many *many, const char *name, const char *why)
{
	const struct attach_talk *talk = many->point->talk;

	if (talk && talk->remark && many->nr_left_out < NAMED_MAX)
		talk->remark(talk->arg, "%s %s: %s is left out: %s", many->point->provider->name,
			     many->point->function, name, why);
	many->nr_left_out++;
}

static void left_out_by_list(void *arg, const char *name, enum function_fault fault)
{
	left_out(arg, name, kernel_function_why_not(fault));
}

int many_open(struct many *many, const struct attach_point *point, struct error *err)
{
	static const struct function_list none;
	struct error cause = {};
	int ret;

	*many = (struct many){ .point = point, .list = &none, .start_ns = clock_now() };
	many->store = point->store ?: &many->own;
	ret = function_store_find(many->store, point->target, left_out_by_list, many, &many->lookup,
				  &cause);
	if (ret)
		return attach_wrap(point, err, &cause);
	many->list = &many->lookup->list;
	many->nr_left_out = many->lookup->nr_left_out;
	return 0;
}

int many_open_btf(struct many *many, struct error *err)
{
	struct error cause = {};
	int ret = function_store_btf(many->store, many->lookup, &cause);

	return ret ? attach_wrap(many->point, err, &cause) : 0;
}

void many_close(struct many *many)
{
	if (many->shown_ns)
		write_all(STDERR_FILENO, "\r\033[K", 4);
	function_store_free(&many->own);
}

static void show_progress(struct many *many)
{
	const struct attach_talk *talk = many->point->talk;
	uint64_t now = clock_now();
	char line[160];
	int len;

	if (!talk || !talk->progress || now < many->start_ns + SECOND_NS ||
	    now < many->shown_ns + SECOND_NS / 10)
		return;
	len = snprintf(line, sizeof(line), "\r\033[Khotprobe: attaching %s: %zu of %zu functions",
		       many->point->provider->name, many->nr_done, many->list->nr);
	write_all(STDERR_FILENO, line, (size_t)len);
	many->shown_ns = now;
}

void many_attached(struct many *many, size_t n)
{
	many->nr_attached += n;
	many->nr_done += n;
	show_progress(many);
}

bool many_is_function(int code)
{
	/*
	 * EINVAL: notrace, blacklisted, or no place for ftrace; EILSEQ: no instruction there;
	 * ENOENT, ESRCH: gone with its module; EADDRNOTAVAIL: not a function's address;
	 * EBUSY, EOPNOTSUPP: its first instruction is taken, or cannot be replaced
	 */
	return code == -EINVAL || code == -EILSEQ || code == -ENOENT || code == -ESRCH ||
	       code == -EADDRNOTAVAIL || code == -EBUSY || code == -EOPNOTSUPP;
}

void many_leave_out(struct many *many, const struct function *function, const char *why)
{
	char name[640];

	snprintf(name, sizeof(name), "%s%s%s%s", function->name, function->module ? " [" : "",
		 function->module ?: "", function->module ? "]" : "");
	left_out(many, name, why);
	many->nr_done++;
	show_progress(many);
}

int many_refused(struct many *many, const struct function *function, int code, struct error *err)
{
	struct error cause = {};
	char why[128];

	if (!many_is_function(code)) {
		why_refused(code, "attaching", &cause);
		return attach_wrap(many->point, err, &cause);
	}
	snprintf(why, sizeof(why), "the kernel does not allow a probe there (%s)",
		 errno_name(-code) ?: strerror(-code));
	many_leave_out(many, function, why);
	return 0;
}

/* What the process starts has been started with the old limit. */
void many_raise_limit(size_t nr)
{
	struct rlimit limit;
	int next = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
	rlim_t want = nr + 1024;

	if (next >= 0)
		close(next);
	if (getrlimit(RLIMIT_NOFILE, &limit))
		return;
	/* besides what the points before hold, whose descriptors have the lowest numbers */
	want += next >= 0 ? (rlim_t)next : limit.rlim_cur;
	if (limit.rlim_cur >= want)
		return;
	limit.rlim_cur = limit.rlim_max < want ? limit.rlim_max : want;
	setrlimit(RLIMIT_NOFILE, &limit);
}

int many_interrupted(const struct many *many, struct error *err)
{
	const struct attach_talk *talk = many->point->talk;

	if (!talk || !process_interrupted(talk->signal_fd))
		return 0;
	return error_set(err, -EINTR, "interrupted while attaching");
}

int many_end(const struct many *many, struct error *err)
{
	const struct attach_talk *talk = many->point->talk;

	if (!many->nr_attached) {
		attach_error(many->point, err, -ENOENT,
			     "the kernel allows a probe in none of the %zu functions that it means",
			     many->list->nr);
		return error_hint(err, "trace functions that call them or that they call");
	}
	if (talk && talk->remark)
		talk->remark(talk->arg, "%s %s: %zu function%s, %zu left out, %llu ms",
			     many->point->provider->name, many->point->function, many->nr_attached,
			     many->nr_attached == 1 ? "" : "s", many->nr_left_out,
			     (unsigned long long)((clock_now() - many->start_ns) / 1000000));
	return 0;
}
