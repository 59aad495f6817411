// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "output/sink.h"
#include "read/command.h"
#include "read/loop.h"
#include "read/reader.h"
#include "util/buf.h"
#include "util/error.h"

enum {
	WAKE_EVENTS = 1,
	WAKE_SIGNAL,
	WAKE_TIMER,
	WAKE_TICK,
	WAKE_TRACE_PIPE,
	WAKE_CLOSED,
	WAKE_WATCH,
};

static int loop_watch(int epoll_fd, int fd, uint32_t events, uint32_t what)
{
	struct epoll_event event = { .events = events, .data.u32 = what };

	return fd >= 0 && epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) ? -errno : 0;
}

/* A descriptor that is readable when the time is over; *fd stays -1 when there is no time given. */
static int loop_timer(int *fd, uint64_t ns, bool again)
{
	const struct timespec time = { (time_t)(ns / 1000000000), (long)(ns % 1000000000) };
	struct itimerspec spec = { .it_value = time };

	if (!ns)
		return 0;
	if (again)
		spec.it_interval = time;
	*fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	return *fd < 0 || timerfd_settime(*fd, 0, &spec, NULL) ? -errno : 0;
}

void loop_drain_trace_pipe(int fd)
{
	char text[4096];
	ssize_t got;

	while (fd >= 0 && (got = read(fd, text, sizeof(text))) > 0)
		if (write_all(STDERR_FILENO, text, (size_t)got))
			return;
}

/*
 * Ctrl-C reaches the command as well, by the terminal; a signal that one process sent to us alone
 * is passed on. With a command the end is the command's end, and a second signal ends both.
 */
static int loop_signal(struct loop *loop, unsigned int *seen)
{
	struct signalfd_siginfo info;

	while (read(loop->signal_fd, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGCHLD) {
			loop->child(loop->arg);
			if (command_reap(loop->command))
				return LOOP_COMMAND;
			continue;
		}
		if (!loop->command->pid || loop->command->ended || ++*seen > 1)
			return LOOP_SIGNAL;
		if (info.ssi_code != SI_KERNEL)
			command_signal(loop->command, (int)info.ssi_signo);
	}
	return 0;
}

int loop_events(struct loop *loop, struct error *err)
{
	int ret = reader_drain(loop->reader), flushed = sink_flush(loop->sink);

	if (flushed == -EPIPE || ret == -EPIPE)
		return LOOP_CLOSED;
	if (flushed)
		return error_sys(err, flushed, "cannot write events");
	if (ret < 0)
		return error_sys(err, ret, "cannot read events");
	return *loop->enough ? LOOP_ENOUGH : 0;
}

static int loop_tick(struct loop *loop, int tick_fd, struct error *err)
{
	uint64_t times;
	int ret;

	if (read(tick_fd, &times, sizeof(times)) != sizeof(times))
		return 0;
	ret = loop->tick(loop->arg, err);
	return ret ?: loop_events(loop, err);
}

static int loop_wake(struct loop *loop, uint32_t what, unsigned int *signals, struct error *err)
{
	switch (what) {
	case WAKE_EVENTS:
		return loop_events(loop, err);
	case WAKE_SIGNAL:
		return loop_signal(loop, signals);
	case WAKE_TIMER:
		return LOOP_TIME;
	case WAKE_CLOSED:
		return LOOP_CLOSED;
	case WAKE_WATCH:
		return loop->watch(loop->arg, err);
	}
	loop_drain_trace_pipe(loop->trace_pipe_fd);
	return 0;
}

int loop_run(struct loop *loop, struct error *err)
{
	int epoll_fd = epoll_create1(EPOLL_CLOEXEC), timer_fd = -1, tick_fd = -1;
	unsigned int signals = 0;
	int ret;

	ret = epoll_fd < 0 ? -errno : 0;
	ret = ret ?: loop_timer(&timer_fd, loop->duration_ns, false);
	ret = ret ?: loop_timer(&tick_fd, loop->interval_ns, true);
	ret = ret ?: loop_watch(epoll_fd, loop->signal_fd, EPOLLIN, WAKE_SIGNAL);
	ret = ret ?: loop_watch(epoll_fd, timer_fd, EPOLLIN, WAKE_TIMER);
	ret = ret ?: loop_watch(epoll_fd, tick_fd, EPOLLIN, WAKE_TICK);
	ret = ret ?: loop_watch(epoll_fd, loop->watch_fd, EPOLLIN, WAKE_WATCH);
	ret = ret ?: loop_watch(epoll_fd, reader_fd(loop->reader), EPOLLIN, WAKE_EVENTS);
	if (ret) {
		error_sys(err, ret, "cannot wait for events");
		goto out;
	}
	/* a pipe whose reader is gone reports an error; files cannot be watched and need not be */
	loop_watch(epoll_fd, loop->sink->fd, 0, WAKE_CLOSED);
	loop_watch(epoll_fd, loop->trace_pipe_fd, EPOLLIN, WAKE_TRACE_PIPE);
	/*
	 * What came before it was waited for: to add a descriptor asks whether it is readable, and
	 * a perf buffer says so only once (perf_poll() in the kernel's kernel/events/core.c).
	 */
	ret = loop_events(loop, err);
	while (!ret) {
		struct epoll_event events[8];
		int nr = epoll_wait(epoll_fd, events, 8, -1);

		if (nr < 0 && errno != EINTR) {
			ret = error_sys(err, -errno, "cannot wait for events");
			break;
		}
		for (int i = 0; i < nr && !ret; i++)
			ret = events[i].data.u32 == WAKE_TICK
				      ? loop_tick(loop, tick_fd, err)
				      : loop_wake(loop, events[i].data.u32, &signals, err);
	}
out:
	if (timer_fd >= 0)
		close(timer_fd);
	if (tick_fd >= 0)
		close(tick_fd);
	if (epoll_fd >= 0)
		close(epoll_fd);
	return ret;
}
