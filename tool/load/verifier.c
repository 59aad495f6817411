// SPDX-License-Identifier: GPL-2.0-only
/* The talk with the kernel's verifier about a program that it refuses, or is to explain. */
#include <bpf/bpf.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "attach/attach.h"
#include "attach/why.h"
#include "load/load.h"
#include "load/verifier.h"
#include "object/object.h"
#include "refusal/log.h"
#include "refusal/refusal.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/text.h"

/*
 * Before 5.2 the kernel takes no log larger than UINT_MAX >> 8 (verifier.c), which is a byte less
 * than 16 MiB; then UINT_MAX >> 2.
 */
#define LOG_SIZE_FIRST (64u << 10)
#define LOG_SIZE_MAX   ((16u << 20) - 256)
#define LOG_SIZE_HUGE  (256u << 20)

/* how long the verifier is watched at a program that is too complex for it */
#define SAMPLE_SECONDS 2

/* of -v's output: a terminal is no place for more */
#define SHOWN_MAX (1u << 20)

/*
 * log_level in <linux/bpf.h>'s union bpf_attr, whose bits are named in
 * include/linux/bpf_verifier.h: 1 is the path that leads to the refusal (all paths before
 * Linux 5.8), 2 is every path.
 */
#define LEVEL_PATH  1
#define LEVEL_ALL   2
#define LEVEL_STATS 4

/* One attempt with a log of @size bytes; what the kernel answered. *log is to be freed. */
static int load_once(const struct submission *sub, unsigned int level, uint32_t size, char **log)
{
	struct bpf_prog_load_opts *opts = sub->opts;
	int fd;

	free(*log);
	/* of a large block only what is written to becomes memory */
	*log = calloc(1, size);
	if (!*log)
		return -ENOMEM;
	opts->log_level = level;
	opts->log_buf = *log;
	opts->log_size = size;
	fd = bpf_prog_load(sub->point->provider->prog_type, sub->name, sub->loaded->obj->license,
			   sub->insns, sub->prog->nr_insns, opts);
	opts->log_level = 0;
	opts->log_buf = NULL;
	opts->log_size = 0;
	return fd;
}

/*
 * The same with a larger log while it does not fit. @end: its end will do; since Linux 6.4 it is
 * the beginning that is left out of one that is too long.
 */
static int load_logged(const struct submission *sub, unsigned int level, bool end, char **log)
{
	int fd = load_once(sub, level, LOG_SIZE_FIRST, log);

	if (fd == -ENOSPC && !(end && vlog_ends(*log)))
		fd = load_once(sub, level, LOG_SIZE_MAX, log);
	if (fd == -ENOSPC && !(end && vlog_ends(*log))) {
		char *huge = NULL;
		int again = load_once(sub, level, LOG_SIZE_HUGE, &huge);

		/* -EINVAL of kernels before 5.2, which keep what they have said; -ENOMEM */
		if (!huge || !huge[0]) {
			free(huge);
			return fd;
		}
		free(*log);
		*log = huge;
		fd = again;
	}
	return fd;
}

static void interrupt(int signal)
{
	(void)signal;
}

/*
 * Watch the verifier for a while, at all paths. It looks for signals at each instruction and then
 * gives up with -EAGAIN (do_check() in kernel/bpf/verifier.c): to write all that it does at a
 * million instructions takes it most of a minute.
 */
static int load_sample(const struct submission *sub, char **log)
{
	struct sigaction act = { .sa_handler = interrupt }, before;
	/* again and again, should the first come before the call */
	struct itimerspec when = { { 0, 100000000 }, { SAMPLE_SECONDS, 0 } };
	struct sigevent event = { .sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGRTMIN };
	sigset_t set, old;
	timer_t timer;
	int fd = -EAGAIN;

	event._sigev_un._tid = gettid();
	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN);
	sigaction(SIGRTMIN, &act, &before);
	pthread_sigmask(SIG_UNBLOCK, &set, &old);
	if (timer_create(CLOCK_MONOTONIC, &event, &timer) == 0) {
		int attempts = sub->opts->attempts;

		timer_settime(timer, 0, &when, NULL);
		sub->opts->attempts = 1;
		fd = load_once(sub, LEVEL_ALL, LOG_SIZE_MAX, log);
		sub->opts->attempts = attempts;
		timer_delete(timer);
	}
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	sigaction(SIGRTMIN, &before, NULL);
	return fd;
}

/* Put the last words behind a log that was cut before them. */
static int add_words(const struct submission *sub, char **log)
{
	char *words = NULL, *both = NULL;
	int fd = load_once(sub, LEVEL_STATS, LOG_SIZE_FIRST, &words);

	/* the last line of what was cut may not be whole */
	if (words && *log &&
	    asprintf(&both, "%.*s\n%s", (int)(strrchr(*log, '\n') ? strrchr(*log, '\n') - *log : 0),
		     *log, words) >= 0) {
		free(*log);
		*log = both;
	}
	free(words);
	return fd;
}

static void show_log(const char *function, const char *log)
{
	struct buf text = {};
	size_t len = strlen(log);

	buf_printf(&text, "hotprobe: what the verifier says of %s%s:\n", function,
		   len > SHOWN_MAX ? " (the end; --verifier-log FILE has all)" : "");
	if (len > SHOWN_MAX)
		log = strchr(log + len - SHOWN_MAX, '\n') ?: log + len - SHOWN_MAX;
	for (; *log; log += *log == '\n') {
		size_t line = strcspn(log, "\n");

		text_escape(&text, log, line);
		buf_char(&text, '\n');
		log += line;
	}
	write_all(STDERR_FILENO, buf_text(&text), text.len);
	buf_free(&text);
}

/* Refused before the verifier had a look: by a capability, lockdown, a build without BPF. */
static int refused_early(const struct submission *sub, int code, struct error *err)
{
	struct error cause = {};
	char what[64];

	snprintf(what, sizeof(what), "loading a %s program", sub->point->provider->name);
	why_refused(code, what, &cause);
	return attach_wrap(sub->point, err, &cause);
}

int verifier_refused(const struct submission *sub, int code, struct error *err)
{
	struct refusal refusal = {
		.obj = sub->loaded->obj,
		.prog = sub->prog,
		.source = sub->loaded->source,
		.provider = sub->point->provider->name,
		.code = code,
	};
	struct utsname name = {};
	char *log = NULL;
	int fd;

	if (code == -ENOSYS)
		return refused_early(sub, code, err);
	/*
	 * Too complex: not the path to the refusal is of interest but where the verifier goes most.
	 */
	if (code == -E2BIG)
		fd = load_sample(sub, &log);
	else
		fd = load_logged(sub, LEVEL_PATH, !sub->loaded->verbose, &log);
	if (fd < 0 && log && log[0] && (code == -E2BIG || !vlog_ends(log)))
		fd = add_words(sub, &log);
	if (fd >= 0)
		goto out;
	if (!log) {
		fd = error_sys(err, fd, "cannot read the verifier's log");
		goto out;
	}
	if (code == -EPERM && !log[0]) {
		fd = refused_early(sub, code, err);
		goto out;
	}
	if (sub->loaded->verbose)
		show_log(sub->point->function, log);
	uname(&name);
	refusal.release = name.release;
	refusal.log = log;
	fd = refusal_explain(&refusal, err);
out:
	free(log);
	return fd;
}

int verifier_write(const struct submission *sub, int log_fd, struct error *err)
{
	char *log = NULL, head[256];
	int fd = load_logged(sub, LEVEL_ALL | LEVEL_STATS, false, &log), ret;

	if (!log)
		return error_sys(err, -ENOMEM, "cannot read the verifier's log");
	ret = snprintf(head, sizeof(head), "==== %s: %s%s\n", sub->point->function,
		       fd >= 0	       ? "taken"
		       : fd == -ENOSPC ? "the log is cut: it is larger than a log can be"
				       : "refused",
		       log[0] ? "" : ", without a word");
	ret = write_all(log_fd, head, (size_t)ret);
	ret = ret ?: write_all(log_fd, log, strlen(log));
	if (ret)
		error_sys(err, ret, "--verifier-log %s", sub->loaded->verifier_log);
	if (fd >= 0)
		close(fd);
	free(log);
	return ret;
}
