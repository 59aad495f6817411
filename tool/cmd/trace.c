// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "attach/tracefs.h"
#include "cmd/maps.h"
#include "cmd/session.h"
#include "cmd/trace.h"
#include "output/output.h"
#include "output/sink.h"
#include "read/command.h"
#include "read/loop.h"
#include "read/reader.h"
#include "util/error.h"

#define TRACE_PAGES 64 /* of each CPU's buffer, unless --buffer says otherwise: 256 KiB */

/* perf_event_open(2): header, time and size of a sample stand before the event in the buffer */
#define SAMPLE_OVERHEAD 20
/* a sample's size is a 16-bit number there; what a per-CPU map can hold is half of that */
#define EVENT_SIZE_MAX 32768

/* the prelude's struct hp_count */
struct event_count {
	uint64_t emitted;
	uint64_t filtered;
	uint64_t lost;	  /* could not be sent */
	uint64_t dropped; /* name_drop(): the probe could not make them */
};

struct trace {
	struct session *session;
	struct sink sink;
	struct output *outputs[EXPAND_EVENTS_MAX];
	unsigned int nr_outputs;
	struct reader *reader;
	struct command command;
	int trace_pipe_fd;
	uint64_t printed;
	uint64_t unprinted; /* came after the end that -n asked for */
	uint64_t malformed; /* did not fit the schema */
	bool enough;	    /* -n is reached */
};

static int trace_event(void *arg, void *output, const void *data, size_t size, uint64_t time)
{
	struct trace *trace = arg;
	uint64_t limit = trace->session->run.limit;
	int ret;

	/* the rest of a batch is counted, so that the sum stays right */
	if (trace->enough) {
		trace->unprinted++;
		return 0;
	}
	ret = output_event(output, data, size, time);
	if (ret == -EBADMSG) {
		trace->malformed++;
		return 0;
	}
	if (ret)
		return ret;
	trace->printed++;
	trace->enough = trace->printed == limit;
	return 0;
}

/* Plain BPF_PERF_OUTPUT whose event type was not found: one column of bytes. */
static void schema_of_bytes(struct schema *schema, const char *name)
{
	memset(schema, 0, sizeof(*schema));
	snprintf(schema->name, sizeof(schema->name), "%s", name);
	snprintf(schema->type, sizeof(schema->type), "u8[]");
	schema->size = 65535;
	schema->nr_fields = 1;
	schema->fields[0] = (struct schema_field){ .kind = FIELD_BYTES, .size = 65535 };
	snprintf(schema->fields[0].name, SCHEMA_NAME_MAX, "data");
	snprintf(schema->fields[0].type, SCHEMA_NAME_MAX, "u8");
}

static unsigned int trace_pages(const struct trace *trace)
{
	uint64_t size = trace->session->run.buffer_size;

	return size ? (unsigned int)(size / (uint64_t)sysconf(_SC_PAGESIZE)) : TRACE_PAGES;
}

static int check_event_size(const struct trace *trace, const struct schema *schema,
			    struct error *err)
{
	uint64_t buffer = (uint64_t)trace_pages(trace) * (uint64_t)sysconf(_SC_PAGESIZE);

	if (schema->size > EVENT_SIZE_MAX) {
		error_set(err, -E2BIG,
			  "%s: an event of %s is %u bytes, more than the %d that can be sent",
			  trace->session->src.path, schema->name, schema->size, EVENT_SIZE_MAX);
		return error_hint(err, "make its arrays smaller, or send it in pieces");
	}
	if (schema->size + SAMPLE_OVERHEAD > buffer) {
		error_set(err, -E2BIG,
			  "%s: an event of %s is %u bytes: it does not fit into a buffer of %llu "
			  "bytes",
			  trace->session->src.path, schema->name, schema->size,
			  (unsigned long long)buffer);
		return error_hint(err, "ask for more with --buffer");
	}
	return 0;
}

static int trace_outputs(struct trace *trace, struct error *err)
{
	const struct session *session = trace->session;
	struct output_options opt = session_output_options(session);
	struct schema *bytes = malloc(sizeof(*bytes));
	int ret = 0;

	if (!bytes)
		return error_sys(err, -ENOMEM, "cannot print events");
	opt.fields = session->run.fields;
	opt.wall_time = session->run.wall_time;
	for (unsigned int i = 0; i < session->exp.nr_outputs && !ret; i++) {
		const char *name = session->exp.outputs[i].name;
		const struct schema *schema = object_find_schema(&session->obj, name, SCHEMA_EVENT);
		int map_fd = load_map_fd(&session->loaded, name);

		/* under an #ifdef that was not taken */
		if (map_fd < 0)
			continue;
		if (!schema) {
			schema_of_bytes(bytes, name);
			schema = bytes;
		} else {
			ret = check_event_size(trace, schema, err);
		}
		ret = ret
			      ?: output_new(&trace->outputs[trace->nr_outputs], &trace->sink,
					    schema, &opt, err);
		if (ret)
			break;
		ret = reader_add(trace->reader, map_fd, name, trace->outputs[trace->nr_outputs++],
				 err);
	}
	free(bytes);
	return ret;
}

static int trace_debug(struct trace *trace, struct error *err)
{
	const char *tracefs;
	char path[PATH_MAX];

	if (!trace->session->run.debug)
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
	struct session *session = trace->session;
	int map_fd = load_map_fd(&session->loaded, NAME_TASKS), ret;
	uint8_t one = 1;
	uint32_t tid;

	if (!session->run.command)
		return 0;
	ret = command_fork(&trace->command, session->run.command, err);
	if (ret)
		return ret;
	tid = (uint32_t)trace->command.pid;
	ret = load_map_set(map_fd, &tid, &one);
	return ret ? error_sys(err, ret, "cannot follow %s", session->run.command[0]) : 0;
}

static int trace_counts(const struct trace *trace, struct event_count *sum)
{
	const struct session *session = trace->session;

	memset(sum, 0, sizeof(*sum));
	for (unsigned int i = 0; i < session->exp.nr_outputs; i++) {
		char name[OBJECT_NAME_MAX];
		struct event_count one;
		int map_fd, ret;

		snprintf(name, sizeof(name), NAME_COUNT "%s", session->exp.outputs[i].name);
		map_fd = load_map_fd(&session->loaded, name);
		if (map_fd < 0)
			continue;
		ret = load_map_sum(map_fd, (uint64_t *)&one, sizeof(one) / sizeof(uint64_t));
		if (ret)
			return ret;
		sum->emitted += one.emitted;
		sum->filtered += one.filtered;
		sum->lost += one.lost;
		sum->dropped += one.dropped;
	}
	return 0;
}

static bool trace_is_plain(const struct trace *trace)
{
	for (unsigned int i = 0; i < trace->session->exp.nr_outputs; i++)
		if (trace->session->exp.outputs[i].plain)
			return true;
	return false;
}

/* The events whose fate is known. */
static uint64_t trace_known(const struct trace *trace, const struct event_count *sum)
{
	return trace->printed + trace->unprinted + trace->malformed + sum->filtered + sum->lost +
	       sum->dropped;
}

/*
 * After detaching, a program may still be on its way on another CPU: read until what came is what
 * the probe says it sent, but not for ever.
 */
static int trace_last_drain(struct trace *trace, struct event_count *sum)
{
	const struct timespec pause = { 0, 1000000 };
	int ret = 0;

	for (int i = 0; i < 100; i++) {
		ret = reader_drain(trace->reader);
		if (ret)
			return ret;
		ret = trace_counts(trace, sum);
		if (ret || trace_known(trace, sum) >= sum->emitted)
			return ret;
		nanosleep(&pause, NULL);
	}
	return 0;
}

static void trace_summary(const struct trace *trace, const struct event_count *sum)
{
	const struct session *session = trace->session;
	uint64_t known = trace_known(trace, sum);
	/* whatever the probe sent and did not come was lost as well */
	uint64_t unsent = sum->lost + (sum->emitted > known ? sum->emitted - known : 0);
	uint64_t lost;
	struct buf line = {};

	if (trace_is_plain(trace))
		unsent += reader_overwritten(trace->reader);
	lost = unsent + sum->dropped;
	/* a probe of maps only: they were what there is to say */
	if (!trace->nr_outputs)
		return;
	if (session->run.quiet && !lost && !trace->malformed)
		return;
	buf_printf(&line, "hotprobe: %llu event%s printed, %s%llu lost",
		   (unsigned long long)trace->printed, trace->printed == 1 ? "" : "s",
		   trace_is_plain(trace) ? "at least " : "", (unsigned long long)lost);
	if (sum->dropped)
		buf_printf(&line, ", %llu of them given up by the probe itself",
			   (unsigned long long)sum->dropped);
	if (sum->filtered)
		buf_printf(&line, ", %llu filtered out", (unsigned long long)sum->filtered);
	if (trace->unprinted)
		buf_printf(&line, ", %llu after the last one asked for",
			   (unsigned long long)trace->unprinted);
	if (trace->malformed)
		buf_printf(&line, ", %llu could not be decoded",
			   (unsigned long long)trace->malformed);
	if (unsent)
		buf_str(&line, "; a larger --buffer loses less");
	buf_char(&line, '\n');
	write_all(STDERR_FILENO, buf_text(&line), line.len);
	buf_free(&line);
}

static int trace_tick(void *arg, struct error *err)
{
	struct trace *trace = arg;

	return maps_print(trace->session, &trace->sink, err);
}

/* From live probes to the end of the run. */
static int trace_live(struct trace *trace, struct error *err)
{
	struct session *session = trace->session;
	struct loop loop = {
		.reader = trace->reader,
		.sink = &trace->sink,
		.command = &trace->command,
		.signal_fd = session->signal_fd,
		.trace_pipe_fd = trace->trace_pipe_fd,
		.enough = &trace->enough,
		.duration_ns = session->run.duration_ns,
		.interval_ns = session->run.interval_ns,
		.tick = trace_tick,
		.arg = trace,
	};
	struct event_count sum;
	int ret, end, flushed;

	session_remark(session, "attached at %u places, tracing", session->nr_points);
	if (trace->nr_outputs == 1)
		output_header(trace->outputs[0]);
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
	end = loop_run(&loop, err);
	detach_all(session->points, session->nr_points);
	if (end < 0)
		return end;
	ret = end == LOOP_CLOSED ? trace_counts(trace, &sum) : trace_last_drain(trace, &sum);
	loop_drain_trace_pipe(trace->trace_pipe_fd);
	if (end != LOOP_CLOSED && !ret)
		ret = maps_print(session, &trace->sink, err);
	flushed = sink_flush(&trace->sink);
	if (flushed == -EPIPE || ret == -EPIPE)
		end = LOOP_CLOSED;
	else if (flushed || ret)
		return error_sys(err, flushed ?: ret, "cannot write events");
	/* who closed our output does not care for the rest */
	if (end != LOOP_CLOSED)
		trace_summary(trace, &sum);
	if (trace->command.pid && end == LOOP_COMMAND)
		return command_exit_status(&trace->command);
	return 0;
}

int trace_run(struct session *session, struct error *err)
{
	struct trace trace = { .session = session, .trace_pipe_fd = -1 };
	int ret;

	sink_init(&trace.sink, STDOUT_FILENO);
	ret = reader_new(&trace.reader, trace_pages(&trace), trace_event, &trace, err);
	ret = ret ?: trace_outputs(&trace, err);
	ret = ret ?: trace_debug(&trace, err);
	ret = ret ?: trace_command(&trace, err);
	ret = ret ?: attach_all(session->points, session->loaded.prog_fds, session->nr_points, err);
	ret = ret ?: trace_live(&trace, err);
	detach_all(session->points, session->nr_points);
	command_kill(&trace.command);
	if (trace.trace_pipe_fd >= 0)
		close(trace.trace_pipe_fd);
	for (unsigned int i = 0; i < trace.nr_outputs; i++)
		output_free(trace.outputs[i]);
	reader_free(trace.reader);
	sink_free(&trace.sink);
	return ret;
}
