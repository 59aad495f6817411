// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "attach/missed.h"
#include "attach/swap.h"
#include "attach/tracefs.h"
#include "output/files.h"
#include "output/output.h"
#include "output/sink.h"
#include "read/command.h"
#include "read/loop.h"
#include "read/reader.h"
#include "session/files.h"
#include "session/session.h"
#include "trace/generation.h"
#include "trace/maps.h"
#include "trace/trace.h"
#include "util/error.h"
#include "watch/watch.h"

struct trace {
	struct run_options run; /* of the first generation; its strings are argv's */
	struct generation *now;
	struct generation *before; /* while another one takes its place */
	struct sink sink;
	struct files files;
	struct error *err; /* for what goes wrong where none can be passed */
	struct reader *reader;
	struct command command;
	struct loop loop;
	struct swap *swap; /* --watch */
	struct watch *watch;
	int signal_fd;
	int trace_pipe_fd;
	struct tally past; /* of generations that have ended */
	uint64_t printed;  /* of all generations */
	uint64_t missed;   /* runs that the kernel left out */
	bool plain;	   /* of any generation */
	bool has_outputs;
	bool enough; /* -n is reached */
};

static int trace_event(void *arg, void *output, const void *data, size_t size, uint64_t time)
{
	struct trace *trace = arg;
	const struct generation_output *out = output;
	struct generation *generation = out->generation;
	int ret;

	/* the rest of a batch is counted, so that the sum stays right */
	if (trace->enough) {
		generation->tally.unprinted++;
		return 0;
	}
	trace->sink.nr_outputs = generation->nr_printed;
	ret = output_event(out->output, data, size, time);
	if (ret == -EBADMSG) {
		generation->tally.malformed++;
		return 0;
	}
	if (out->file)
		ret = file_written(out->file, ret, trace->err);
	if (ret)
		return ret;
	generation->tally.printed++;
	trace->enough = ++trace->printed == trace->run.limit;
	return 0;
}

/* Open a session's outputs and let it print. On failure the session is the caller's. */
static int trace_adopt(struct trace *trace, struct session *session, struct error *err)
{
	struct generation *generation;
	int ret;

	ret = generation_new(&generation, session, &trace->sink, &trace->files, trace->reader, err);
	if (ret)
		return ret;
	trace->before = trace->now;
	trace->now = generation;
	trace->sink.nr_outputs = generation->nr_printed;
	trace->plain |= generation->plain;
	trace->has_outputs |= generation->nr_outputs > 0;
	return 0;
}

static int trace_debug(struct trace *trace, struct error *err)
{
	const char *tracefs;
	char path[PATH_MAX];

	if (!trace->run.debug)
		return 0;
	tracefs = tracefs_path(err);
	if (!tracefs)
		return err->code;
	snprintf(path, sizeof(path), "%s/trace_pipe", tracefs);
	trace->trace_pipe_fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (trace->trace_pipe_fd < 0)
		return error_sys(err, -errno, "cannot read %s", path);
	return 0;
}

/* The command exists, held, before anything is attached, so that its first exec is seen. */
static int trace_command(struct trace *trace, struct error *err)
{
	int map_fd = load_map_fd(&trace->now->session->loaded, NAME_TASKS), ret;
	char **argv = trace->run.command;
	uint8_t one = 1;
	uint32_t tid;

	if (!argv)
		return 0;
	ret = command_fork(&trace->command, argv, err);
	if (ret)
		return ret;
	tid = (uint32_t)trace->command.pid;
	ret = load_map_set(map_fd, &tid, &one);
	return ret ? error_sys(err, ret, "cannot follow %s", argv[0]) : 0;
}

/*
 * When nothing is attached any more, a program may still be on its way on another CPU: read until
 * what came is what the probe says it sent, but not for ever.
 */
static int trace_last_drain(struct trace *trace, struct generation *generation)
{
	const struct timespec pause = { 0, 1000000 };
	int ret = 0;

	for (int i = 0; i < 100; i++) {
		ret = reader_drain(trace->reader);
		if (ret)
			return ret;
		ret = generation_count(generation);
		if (ret || tally_known(&generation->tally) >= generation->tally.emitted)
			return ret;
		nanosleep(&pause, NULL);
	}
	return 0;
}

/* A generation's end: print what is left of it, keep its counts. */
static int trace_retire(struct trace *trace)
{
	int ret = trace_last_drain(trace, trace->before);

	tally_add(&trace->past, &trace->before->tally);
	generation_free(trace->before, trace->reader);
	trace->before = NULL;
	trace->sink.nr_outputs = trace->now->nr_printed;
	/* two probes and a compile's messages were in memory: it is to be as small as before */
	malloc_trim(0);
	return ret;
}

static void trace_summary(struct trace *trace)
{
	struct tally sum = trace->past;
	uint64_t unsent, lost;
	struct buf line = {};

	tally_add(&sum, &trace->now->tally);
	unsent = sum.lost;
	if (trace->plain)
		unsent += reader_overwritten(trace->reader);
	lost = unsent + sum.dropped;
	/* a probe of maps only: they were what there is to say */
	if (!trace->has_outputs)
		return;
	if (trace->run.quiet && !lost && !sum.malformed && !trace->missed)
		return;
	buf_printf(&line, "hotprobe: %llu event%s printed, %s%llu lost",
		   (unsigned long long)sum.printed, sum.printed == 1 ? "" : "s",
		   trace->plain ? "at least " : "", (unsigned long long)lost);
	if (sum.dropped)
		buf_printf(&line, ", %llu of them given up by the probe itself",
			   (unsigned long long)sum.dropped);
	if (sum.filtered)
		buf_printf(&line, ", %llu filtered out", (unsigned long long)sum.filtered);
	if (sum.unprinted)
		buf_printf(&line, ", %llu after the last one asked for",
			   (unsigned long long)sum.unprinted);
	if (sum.malformed)
		buf_printf(&line, ", %llu could not be decoded", (unsigned long long)sum.malformed);
	if (trace->missed)
		buf_printf(&line, ", %llu run%s of the probe missed within BPF programs",
			   (unsigned long long)trace->missed, trace->missed == 1 ? "" : "s");
	if (unsent)
		buf_str(&line, "; a larger --buffer loses less");
	buf_char(&line, '\n');
	write_all(STDERR_FILENO, buf_text(&line), line.len);
	buf_free(&line);
}

static void trace_child(void *arg)
{
	struct trace *trace = arg;

	session_reap(trace->now->session, false);
}

/* Among lines of a form nobody would know what they are. */
static int trace_maps(struct trace *trace, struct error *err)
{
	const struct session *session = trace->now->session;

	return session_files_take_stdout(session) ? 0 : maps_print(session, &trace->sink, err);
}

static int trace_tick(void *arg, struct error *err)
{
	return trace_maps(arg, err);
}

/* With one output the header stands there before its first event. */
static void trace_header(struct trace *trace)
{
	const struct generation *now = trace->now;

	for (unsigned int i = 0; now->nr_printed == 1 && i < now->nr_outputs; i++)
		if (!now->outputs[i].file)
			output_header(now->outputs[i].output);
}

/* The next program is prepared: open its outputs beside those of the one that runs. */
static void trace_next(struct trace *trace, struct session *next)
{
	struct error err = {};
	int ret;

	ret = trace_adopt(trace, next, &err);
	if (ret) {
		trace->sink.nr_outputs = trace->now->nr_printed;
		watch_drop(trace->watch, next, &err);
		return;
	}
	watch_turn(trace->watch);
}

static int trace_news(struct trace *trace, enum watch_news news)
{
	struct generation *now = trace->now;
	int ret;

	if (news != WATCH_TURNED && news != WATCH_REFUSED)
		return 0;
	if (news == WATCH_REFUSED) {
		trace->now = trace->before;
		trace->before = now;
	}
	ret = trace_retire(trace);
	trace_header(trace);
	return ret;
}

static int trace_watch(void *arg, struct error *err)
{
	struct trace *trace = arg;
	struct session *next = NULL;
	enum watch_news news = watch_step(trace->watch, &next);
	int ret;

	if (news == WATCH_READY)
		trace_next(trace, next);
	ret = trace_news(trace, news);
	if (ret && ret != -EPIPE)
		return error_sys(err, ret, "cannot read events");
	return loop_events(&trace->loop, err);
}

static int trace_attach(struct trace *trace, int argc, char **argv, struct error *err)
{
	struct session *session = trace->now->session;
	const int *prog_fds = session->loaded.prog_fds;
	int ret;

	if (!trace->run.watch) {
		ret = attach_all(session->points, prog_fds, session->nr_points, err);
		function_store_free(&session->store);
		return ret;
	}
	ret = swap_new(&trace->swap, err);
	ret = ret ?: swap_prepare(trace->swap, session->points, prog_fds, session->nr_points, err);
	if (ret)
		return ret;
	ret = swap_turn(trace->swap);
	if (ret)
		return error_sys(err, ret, "cannot attach");
	return watch_new(&trace->watch, argc, argv, session, trace->swap, err);
}

static void trace_detach(struct trace *trace)
{
	detach_all(trace->now->session->points, trace->now->session->nr_points);
	swap_free(trace->swap);
	trace->swap = NULL;
}

/*
 * The end of all events. To detach takes the kernel up to 100 ms for each place: nobody is to wait
 * for that, so the programs are told to make no more events instead. Maps know no such thing.
 */
static void trace_stop(struct trace *trace)
{
	struct session *session = trace->now->session;

	trace->missed = missed_count(session->points, session->loaded.prog_fds,
				     session->nr_points) +
			swap_missed(trace->swap);
	if (!maps_any(session) && !generation_stop(trace->now)) {
		detach_behind(session->points, session->nr_points);
		swap_behind(trace->swap);
	}
	trace_detach(trace);
}

/* No event is made any more: what is still to be read and said. */
static int trace_end(struct trace *trace, int end, struct error *err)
{
	int ret = 0, flushed;

	if (trace->before)
		ret = trace_retire(trace);
	if (!ret)
		ret = end == LOOP_CLOSED ? generation_count(trace->now)
					 : trace_last_drain(trace, trace->now);
	loop_drain_trace_pipe(trace->trace_pipe_fd);
	if (end != LOOP_CLOSED && !ret)
		ret = trace_maps(trace, err);
	flushed = sink_flush(&trace->sink);
	if (flushed == -EPIPE || ret == -EPIPE)
		end = LOOP_CLOSED;
	else if (flushed || ret)
		return error_sys(err, flushed ?: ret, "cannot write events");
	/* who closed our output does not care for the rest */
	if (end != LOOP_CLOSED)
		trace_summary(trace);
	if (trace->command.pid && end == LOOP_COMMAND)
		return command_exit_status(&trace->command);
	return 0;
}

/* From live probes to the end of the run. */
static int trace_live(struct trace *trace, struct error *err)
{
	int ret, end;

	trace->loop = (struct loop){
		.reader = trace->reader,
		.sink = &trace->sink,
		.command = &trace->command,
		.signal_fd = trace->signal_fd,
		.trace_pipe_fd = trace->trace_pipe_fd,
		.enough = &trace->enough,
		.duration_ns = trace->run.duration_ns,
		.interval_ns = trace->run.interval_ns,
		.tick = trace_tick,
		.child = trace_child,
		.watch_fd = trace->watch ? watch_fd(trace->watch) : -1,
		.watch = trace_watch,
		.arg = trace,
	};
	/* it may have ended before its end was listened to */
	session_reap(trace->now->session, false);
	session_remark(trace->now->session, "attached at %u places, tracing",
		       trace->now->session->nr_points);
	trace_header(trace);
	ret = sink_flush(&trace->sink);
	if (ret == -EPIPE)
		return 0;
	if (ret)
		return error_sys(err, ret, "cannot write events");
	if (trace->command.pid) {
		ret = command_go(&trace->command, err);
		if (ret)
			return ret;
	}
	end = loop_run(&trace->loop, err);
	ret = trace_news(trace, watch_end(trace->watch));
	trace->watch = NULL;
	trace_stop(trace);
	if (end < 0)
		return end;
	return ret && ret != -EPIPE ? error_sys(err, ret, "cannot read events")
				    : trace_end(trace, ret == -EPIPE ? LOOP_CLOSED : end, err);
}

int trace_run(struct session *session, int argc, char **argv, struct error *err)
{
	struct trace trace = {
		.run = session->run,
		.signal_fd = session->signal_fd,
		.trace_pipe_fd = -1,
		.err = err,
	};
	int ret;

	sink_init(&trace.sink, STDOUT_FILENO);
	ret = reader_new(&trace.reader, generation_pages(session), trace_event, &trace, err);
	ret = ret ?: trace_adopt(&trace, session, err);
	if (ret) {
		session_free(session);
		goto out;
	}
	ret = trace_debug(&trace, err);
	ret = ret ?: trace_command(&trace, err);
	ret = ret ?: trace_attach(&trace, argc, argv, err);
	ret = ret ?: trace_live(&trace, err);
	watch_end(trace.watch);
	trace_detach(&trace);
	command_kill(&trace.command);
	if (trace.trace_pipe_fd >= 0)
		close(trace.trace_pipe_fd);
	generation_free(trace.before, trace.reader);
	generation_free(trace.now, trace.reader);
out:
	reader_free(trace.reader);
	sink_free(&trace.sink);
	files_free(&trace.files);
	return ret;
}
