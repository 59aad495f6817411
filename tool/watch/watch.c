// SPDX-License-Identifier: GPL-2.0-only
/*
 * The state of --watch. Its work is done in a thread, because neither a compile nor the verifier
 * nor the kernel's waiting for the old programs' end may keep the reader from its buffers. The
 * thread and the reader share nothing that either changes while the thread runs.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "attach/swap.h"
#include "session/session.h"
#include "util/error.h"
#include "util/process.h"
#include "util/text.h"
#include "watch/attempt.h"
#include "watch/file_watch.h"
#include "watch/watch.h"

/* An editor writes, renames and removes: look when it has been quiet for a while. */
#define QUIET_NS 30000000
/* A file that was removed mostly comes again. */
#define UNSETTLED_NS 300000000
/* A folder that is not there is looked for this often. */
#define FOLDERS_NS 1000000000

enum watch_state { WATCH_IDLE, WATCH_TRYING, WATCH_TURNING };

struct watch {
	struct attempt attempt;
	struct file_watch files;
	enum watch_state state;
	pthread_t thread;
	bool threaded; /* there is one to be joined */
	int epoll_fd;
	int timer_fd;
	int done_fd;	   /* an eventfd: the thread is at its end */
	int cancel_fds[2]; /* a pipe */
	bool settling;	   /* the timer runs because of a change, not to look for folders */
	bool again;	   /* files changed while the thread was at work */
	bool failed;	   /* the last edit; the program that runs is not what the file says */
	uint64_t changed_at;
	uint64_t turned_at;
	int turn_ret;
	struct session *next; /* taking over */
};

static void say(const struct session *session, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void say(const struct session *session, const char *fmt, ...)
{
	struct buf line = {};
	char text[1024];
	va_list ap;

	if (session->run.quiet)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	buf_str(&line, "hotprobe: ");
	text_escape(&line, session->src.path, strlen(session->src.path));
	buf_char(&line, ' ');
	buf_str(&line, text);
	buf_char(&line, '\n');
	write_all(STDERR_FILENO, buf_text(&line), line.len);
	buf_free(&line);
}

static void watch_failed(struct watch *watch, const struct error *err)
{
	static const char rest[] = "hotprobe: the old program runs on\n";

	watch->failed = true;
	error_print(err);
	write_all(STDERR_FILENO, rest, sizeof(rest) - 1);
}

static void watch_timer(struct watch *watch, uint64_t ns)
{
	struct itimerspec spec = { .it_value = { (time_t)(ns / 1000000000),
						 (long)(ns % 1000000000) } };

	timerfd_settime(watch->timer_fd, 0, &spec, NULL);
}

static void *watch_thread_try(void *arg)
{
	struct watch *watch = arg;

	attempt_run(&watch->attempt);
	eventfd_write(watch->done_fd, 1);
	return NULL;
}

static void *watch_thread_turn(void *arg)
{
	struct watch *watch = arg;

	/* it turns at once; the rest of the call is waiting for the old programs to end */
	watch->turned_at = clock_now();
	watch->turn_ret = swap_turn(watch->attempt.swap);
	swap_tidy(watch->attempt.swap);
	eventfd_write(watch->done_fd, 1);
	return NULL;
}

/* Without a thread it is done right here: slower, but not wrong. */
static void watch_start(struct watch *watch, enum watch_state state, void *(*work)(void *))
{
	watch->state = state;
	watch->again = false;
	watch->threaded = pthread_create(&watch->thread, NULL, work, watch) == 0;
	if (!watch->threaded)
		work(watch);
}

static void watch_join(struct watch *watch)
{
	eventfd_t unused;

	if (watch->threaded)
		pthread_join(watch->thread, NULL);
	watch->threaded = false;
	eventfd_read(watch->done_fd, &unused);
}

static void watch_cancel(struct watch *watch)
{
	const struct signalfd_siginfo stop = { .ssi_signo = SIGTERM };

	/* a full pipe holds one already */
	if (write(watch->cancel_fds[1], &stop, sizeof(stop)) < 0)
		return;
}

static void watch_try(struct watch *watch)
{
	struct signalfd_siginfo unused;

	while (read(watch->cancel_fds[0], &unused, sizeof(unused)) > 0)
		;
	memset(&watch->attempt.err, 0, sizeof(watch->attempt.err));
	watch->attempt.next = NULL;
	watch_start(watch, WATCH_TRYING, watch_thread_try);
}

/* The files that a session was made of, and the one that would stand before it. */
static int watch_files(struct watch *watch, const struct session *session)
{
	char own[PATH_MAX], path[PATH_MAX + 160];
	int ret;

	if (!session->src.path[0])
		return 0;
	ret = file_watch_add(&watch->files, session->src.path);
	for (unsigned int i = 0; i < session->exp.nr_includes && !ret; i++)
		ret = file_watch_add(&watch->files, session->exp.includes[i]);
	source_user_dir(own);
	if (!ret && session->src.origin == SOURCE_BUNDLED && own[0]) {
		snprintf(path, sizeof(path), "%s/%s.c", own, session->src.name);
		ret = file_watch_add(&watch->files, path);
	}
	return ret;
}

static void watch_free(struct watch *watch)
{
	const int fds[] = { watch->epoll_fd, watch->timer_fd, watch->done_fd, watch->cancel_fds[0],
			    watch->cancel_fds[1] };

	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
		if (fds[i] >= 0)
			close(fds[i]);
	file_watch_free(&watch->files);
	free(watch);
}

static int watch_open(struct watch *watch)
{
	struct epoll_event event = { .events = EPOLLIN };

	watch->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	watch->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	watch->done_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (watch->epoll_fd < 0 || watch->timer_fd < 0 || watch->done_fd < 0 ||
	    pipe2(watch->cancel_fds, O_CLOEXEC | O_NONBLOCK))
		return -errno;
	for (int i = 0; i < 3; i++) {
		event.data.fd = i == 0	 ? watch->files.fd
				: i == 1 ? watch->timer_fd
					 : watch->done_fd;
		if (epoll_ctl(watch->epoll_fd, EPOLL_CTL_ADD, event.data.fd, &event))
			return -errno;
	}
	return 0;
}

int watch_new(struct watch **result, int argc, char **argv, const struct session *running,
	      struct swap *swap, struct error *err)
{
	struct watch *watch = calloc(1, sizeof(*watch));
	int ret;

	if (!watch)
		return error_sys(err, -ENOMEM, "cannot watch %s", running->src.path);
	watch->epoll_fd = watch->timer_fd = watch->done_fd = -1;
	watch->cancel_fds[0] = watch->cancel_fds[1] = -1;
	ret = file_watch_init(&watch->files, err);
	if (ret)
		goto fail;
	ret = watch_open(watch);
	ret = ret ?: watch_files(watch, running);
	if (ret) {
		error_sys(err, ret, "cannot watch %s", running->src.path);
		goto fail;
	}
	watch->attempt = (struct attempt){
		.argc = argc,
		.argv = argv,
		.running = running,
		.swap = swap,
		.cancel_fd = watch->cancel_fds[0],
	};
	/* it may have been saved since it was read */
	watch->changed_at = clock_now();
	watch->settling = true;
	watch_timer(watch, 1);
	*result = watch;
	return 0;
fail:
	watch_free(watch);
	return ret;
}

int watch_fd(const struct watch *watch)
{
	return watch->epoll_fd;
}

static void watch_changed(struct watch *watch)
{
	enum file_change change = file_watch_read(&watch->files);

	if (change == FILE_SAME)
		return;
	if (!watch->changed_at)
		watch->changed_at = clock_now();
	watch->settling = true;
	watch_timer(watch, change == FILE_CHANGED ? QUIET_NS : UNSETTLED_NS);
}

/* Nothing is to be done: if a folder is missing, look for it from time to time. */
static void watch_rest(struct watch *watch)
{
	if (watch->settling)
		return;
	watch->changed_at = 0;
	if (file_watch_folders(&watch->files) != FOLDERS_ALL)
		watch_timer(watch, FOLDERS_NS);
}

static void watch_timeout(struct watch *watch)
{
	uint64_t unused;

	if (read(watch->timer_fd, &unused, sizeof(unused)) < 0)
		return;
	if (!watch->settling && file_watch_folders(&watch->files) != FOLDERS_CAME) {
		watch_rest(watch);
		return;
	}
	watch->settling = false;
	if (!watch->changed_at)
		watch->changed_at = clock_now();
	if (watch->state == WATCH_IDLE) {
		watch_try(watch);
		return;
	}
	watch->again = true;
	if (watch->state == WATCH_TRYING)
		watch_cancel(watch);
}

/* The thread has tried. */
static enum watch_news watch_tried(struct watch *watch, struct session **next)
{
	struct attempt *attempt = &watch->attempt;

	/* what could not be added will be missed; all that could be is */
	if (attempt->next)
		watch_files(watch, attempt->next);
	if (attempt->end == ATTEMPT_READY) {
		*next = watch->next = attempt->next;
		return WATCH_READY;
	}
	if (watch->again) {
		session_free(attempt->next);
		watch_try(watch);
		return WATCH_NOTHING;
	}
	if (attempt->end == ATTEMPT_FAILED && attempt->err.code != -EINTR) {
		watch_failed(watch, &attempt->err);
	} else if (attempt->end == ATTEMPT_EQUAL ||
		   (attempt->end == ATTEMPT_SAME && watch->failed)) {
		say(attempt->next, attempt->end == ATTEMPT_SAME
					   ? "is again what runs"
					   : "changed, but nothing in what it does: it runs on");
		watch->failed = false;
	}
	session_free(attempt->next);
	watch_rest(watch);
	return WATCH_NOTHING;
}

/* "; 2 maps kept, emptied: NAME, NAME": the maps that have a name of the user's */
static void maps_text(struct buf *out, const struct session *was, const struct session *is)
{
	unsigned int kept = 0, emptied = 0;
	struct buf names = {};

	for (uint32_t i = 0; i < is->obj.nr_maps; i++) {
		const struct object_map *map = &is->obj.maps[i];
		struct loaded between = { .obj = &is->obj, .before = &was->loaded };

		if (text_starts(map->name, NAME_RESERVED) ||
		    map->type == BPF_MAP_TYPE_PERF_EVENT_ARRAY)
			continue;
		if (load_map_before(&between, map) >= 0)
			kept++;
		else if (object_find_map(&was->obj, map->name) >= 0)
			buf_printf(&names, "%s%s", emptied++ ? ", " : "", map->name);
	}
	if (kept)
		buf_printf(out, "; %u map%s kept", kept, kept == 1 ? "" : "s");
	if (emptied)
		buf_printf(out, "; emptied, because of another type or size: %s", buf_text(&names));
	buf_free(&names);
}

/* The thread has put the next program in the old one's place. */
static enum watch_news watch_turned(struct watch *watch)
{
	struct attempt *attempt = &watch->attempt;
	const struct session *was = attempt->running, *is = watch->next;
	struct error err = {};
	struct buf more = {};

	watch->state = WATCH_IDLE;
	if (watch->turn_ret) {
		error_sys(&err, watch->turn_ret, "%s could not take over", is->src.path);
		watch_failed(watch, &err);
		return WATCH_REFUSED;
	}
	if (swap_added(attempt->swap))
		buf_printf(&more, "; attached at %u more", swap_added(attempt->swap));
	if (swap_gone(attempt->swap))
		buf_printf(&more, "; detached from %u", swap_gone(attempt->swap));
	maps_text(&more, was, is);
	say(is, "swapped in %llu ms%s",
	    (unsigned long long)((watch->turned_at - watch->changed_at) / 1000000),
	    buf_text(&more));
	buf_free(&more);
	attempt->running = is;
	watch->failed = false;
	return WATCH_TURNED;
}

/* One edit is through; another one may wait. */
static void watch_next(struct watch *watch)
{
	watch_rest(watch);
	if (!watch->again || watch->settling)
		return;
	watch->changed_at = clock_now();
	watch->settling = true;
	watch_timer(watch, 1);
}

static enum watch_news watch_done(struct watch *watch, struct session **next)
{
	enum watch_news news;

	watch_join(watch);
	if (watch->state == WATCH_TRYING) {
		watch->state = WATCH_IDLE;
		return watch_tried(watch, next);
	}
	news = watch_turned(watch);
	watch_next(watch);
	return news;
}

enum watch_news watch_step(struct watch *watch, struct session **next)
{
	enum watch_news news = WATCH_NOTHING;
	struct epoll_event events[3];
	int nr = epoll_wait(watch->epoll_fd, events, 3, 0);

	for (int i = 0; i < nr; i++) {
		if (events[i].data.fd == watch->files.fd)
			watch_changed(watch);
		else if (events[i].data.fd == watch->timer_fd)
			watch_timeout(watch);
		else
			news = watch_done(watch, next);
	}
	return news;
}

void watch_turn(struct watch *watch)
{
	bool again = watch->again;

	watch_start(watch, WATCH_TURNING, watch_thread_turn);
	watch->again = again;
}

void watch_drop(struct watch *watch, struct session *next, const struct error *why)
{
	swap_tidy(watch->attempt.swap);
	session_free(next);
	watch->next = NULL;
	watch_failed(watch, why);
	watch_next(watch);
}

enum watch_news watch_end(struct watch *watch)
{
	enum watch_news news = WATCH_NOTHING;

	if (!watch)
		return WATCH_NOTHING;
	if (watch->state == WATCH_TRYING) {
		watch_cancel(watch);
		watch_join(watch);
		session_free(watch->attempt.next);
	} else if (watch->state == WATCH_TURNING) {
		watch_join(watch);
		news = watch_turned(watch);
	}
	watch_free(watch);
	return news;
}
