// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attach/tracefs.h"
#include "attach/usdt.h"
#include "cmd/session.h"
#include "compile/run.h"
#include "util/error.h"
#include "util/process.h"
#include "util/text.h"

static void remark_args(const struct session *session, const char *fmt, va_list ap)
{
	struct buf line = {};
	char text[4096];

	if (!session->run.verbose)
		return;
	vsnprintf(text, sizeof(text), fmt, ap);
	buf_str(&line, "hotprobe: ");
	text_escape(&line, text, strlen(text));
	buf_char(&line, '\n');
	write_all(STDERR_FILENO, buf_text(&line), line.len);
	buf_free(&line);
}

void session_remark(const struct session *session, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	remark_args(session, fmt, ap);
	va_end(ap);
}

/* The same for those who know no session. */
static void remark(void *arg, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	remark_args(arg, fmt, ap);
	va_end(ap);
}

int session_open(struct session *session, int argc, char **argv, struct error *err)
{
	const char *probe = NULL;
	int ret = options_find_probe(argc, argv, &probe, err);

	session->cache.fd = -1;
	if (ret)
		return ret;
	if (!probe) {
		/* hotprobe's own mistakes first: an unknown option is told before a missing probe
		 */
		ret = options_parse(argc, argv, NULL, &session->run, &session->given, err);
		if (ret || session->run.help || session->run.version)
			return ret;
		error_usage(err, "which probe?");
		return error_hint(err, "hotprobe list shows them; hotprobe --help the rest");
	}
	ret = source_find(&session->src, probe, err);
	if (ret)
		return ret;
	ret = doc_parse(session->src.path, buf_text(&session->src.text),
			session->src.origin == SOURCE_PATH ? NULL : session->src.name,
			&session->doc, err);
	if (ret)
		return ret;
	return options_parse(argc, argv, &session->doc, &session->run, &session->given, err);
}

/* Where a tracepoint's record has a field. */
static int field_offset(const char *event, const char *name, unsigned int *offset,
			struct error *err)
{
	struct tracepoint_format format = {};
	int ret = tracepoint_format_read(&format, "sched", event, err);

	if (ret)
		return ret;
	ret = -ENOENT;
	for (unsigned int i = 0; i < format.nr_fields; i++)
		if (strcmp(format.fields[i].name, name) == 0 && format.fields[i].size == 4) {
			*offset = format.fields[i].offset;
			ret = 0;
		}
	tracepoint_format_free(&format);
	if (ret)
		error_set(err, ret,
			  "the tracepoint sched:%s has no field %s: -- COMMAND cannot be followed",
			  event, name);
	return ret;
}

static int session_filters(struct session *session, struct error *err)
{
	struct filters *filters = &session->filters;
	const struct run_options *run = &session->run;
	int ret;

	filters->pid = run->pid >= 0;
	filters->uid = run->has_uid;
	filters->comm = run->comm != NULL;
	filters->cgroup = run->cgroup != NULL;
	filters->tasks = run->command != NULL;
	filters->where = run->where;
	if ((filters->pid || filters->tasks) && process_has_own_pids()) {
		error_set(err, -EOPNOTSUPP,
			  "%s cannot tell processes apart here: this is a pid namespace, and the "
			  "kernel gives probes the machine's pids",
			  filters->pid ? "-p" : "-- COMMAND");
		return error_hint(err, "run it in the host's pid namespace: docker run --pid=host; "
				       "or filter with --comm or --cgroup");
	}
	if (!filters->tasks)
		return 0;
	ret = field_offset("sched_process_fork", "child_pid", &filters->fork_child_offset, err);
	if (ret)
		return ret;
	return field_offset("sched_process_exec", "old_pid", &filters->exec_old_pid_offset, err);
}

static int session_add_point(struct session *session, const struct attach_point *point,
			     struct error *err)
{
	struct attach_point *points = realloc(session->points,
					      (session->nr_points + 1) * sizeof(*points));

	if (!points)
		return error_sys(err, -ENOMEM, "cannot attach");
	session->points = points;
	points[session->nr_points] = *point;
	points[session->nr_points].cache = session->run.no_cache ? NULL : &session->cache;
	points[session->nr_points++].pid = session->run.pid;
	return 0;
}

/* The Attach section's points are known before compiling, and USDT's must be. */
static int session_doc_points(struct session *session, struct error *err)
{
	for (size_t i = 0; i < session->doc.nr_attaches; i++) {
		struct attach_point point = {};
		int ret = doc_attach_expand(&session->doc, i, &session->given, &point, err);

		ret = ret ?: session_add_point(session, &point, err);
		if (ret)
			return ret;
	}
	return 0;
}

/* Filters stand in name_emit(); a probe that submits by itself cannot be filtered. */
static int session_check_filters(const struct session *session, struct error *err)
{
	const struct run_options *run = &session->run;
	const char *option = run->pid >= 0  ? "-p"
			     : run->has_uid ? "-u"
			     : run->comm    ? "--comm"
			     : run->cgroup  ? "--cgroup"
			     : run->command ? "-- COMMAND"
					    : NULL;

	for (unsigned int i = 0; i < session->exp.nr_outputs; i++)
		if (!session->exp.outputs[i].plain)
			return 0;
	if (!option)
		return 0;
	error_usage(err, "%s needs a probe with an EVENTS line; %s has none", option,
		    session->src.path);
	return error_hint(err, "declare its output with EVENTS(name, struct type); and submit with "
			       "name_emit(ctx, &event);");
}

int session_expand(struct session *session, struct error *err)
{
	struct buf preface = {};
	int ret;

	ret = probe_options_defines(&session->doc, &session->given, &session->defines, err);
	for (size_t i = 0; i < session->run.defines.nr && !ret; i++)
		ret = define_list_add(&session->defines, session->run.defines.items[i], err);
	if (!ret && session->run.debug)
		ret = define_list_add(&session->defines, "-DDEBUG", err);
	ret = ret ?: session_filters(session, err);
	ret = ret ?: session_doc_points(session, err);
	ret = ret ?: usdt_args(&preface, session->points, session->nr_points, err);
	ret = ret
		      ?: expand_source(&session->exp, &session->src, &session->filters,
				       preface.len ? buf_text(&preface) : NULL, err);
	buf_free(&preface);
	ret = ret ?: session_check_filters(session, err);
	return ret ?: header_source_select(&session->headers, session->run.headers, err);
}

int session_compile(struct session *session, struct error *err)
{
	struct compile_job job = {
		.src = &session->src,
		.exp = &session->exp,
		.headers = &session->headers,
		.flags = (const char *const *)session->defines.items,
		.nr_flags = (unsigned int)session->defines.nr,
		.where = session->run.where,
		.signal_fd = session->signal_fd,
		.progress = !session->run.quiet && !session->background && isatty(STDERR_FILENO),
		.quiet = session->run.quiet,
		.cache = session->run.no_cache ? NULL : &session->cache,
		.remark = remark,
		.arg = session,
		.warn = session->warn,
		.warn_arg = session->warn_arg,
		.left = session->background ? NULL : &session->compiler,
	};
	char name[PATH_MAX + 32];
	int ret;

	header_source_name(&session->headers, name, sizeof(name));
	if (session->headers.passed_over[0])
		session_remark(session, "header source: %s; passed over: %s", name,
			       session->headers.passed_over);
	else
		session_remark(session, "header source: %s", name);
	if (job.cache)
		cache_open(&session->cache, CACHE_OBJECTS);
	ret = compile_run(&session->obj, &job, err);
	if (!ret)
		session_remark(session, "%s: %u programs, %u maps", session->src.path,
			       session->obj.nr_progs, session->obj.nr_maps);
	return ret;
}

static bool session_attached_by_doc(const struct session *session, const char *function)
{
	for (size_t i = 0; i < session->doc.nr_attaches; i++)
		if (strcmp(session->doc.attaches[i].function, function) == 0)
			return true;
	return false;
}

static int session_own_point(struct session *session, const char *function, struct error *err)
{
	static const char *const events[][2] = {
		{ NAME_TASK_FORK, "sched:sched_process_fork" },
		{ NAME_TASK_EXEC, "sched:sched_process_exec" },
		{ NAME_TASK_EXIT, "sched:sched_process_exit" },
	};
	struct attach_point point = { .provider = &provider_tracepoint, .origin = "-- COMMAND" };

	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
		if (strcmp(function, events[i][0]) != 0)
			continue;
		snprintf(point.function, sizeof(point.function), "%s", function);
		snprintf(point.target, sizeof(point.target), "%s", events[i][1]);
		return session_add_point(session, &point, err);
	}
	return 0;
}

/* "FILE:LINE" of a function, "FILE" where it is an included file's. */
static void session_origin(const struct session *session, const char *function, char *origin,
			   size_t size)
{
	const char *text = buf_text(&session->src.text), *at = strstr(text, function);
	const char *target = function;

	/* macros make some names: NAME_PROBE(target) is name__target */
	for (const char *s = function; (s = strstr(s, "__")) != NULL; s++)
		target = s + 2;
	for (const char *s = text; !at && *target && (s = strstr(s, "_PROBE(")) != NULL; s++) {
		const char *arg = strstr(s, target);

		if (arg && arg < s + strcspn(s, ")\n") && !text_ident_len(arg + strlen(target)))
			at = s;
	}
	if (at)
		snprintf(origin, size, "%s:%d", session->src.path, text_line(text, at));
	else
		snprintf(origin, size, "%s", session->src.path);
}

static int session_named_point(struct session *session, const char *function, struct error *err)
{
	struct attach_point point = {};
	const char *rest;
	int ret;

	point.provider = provider_by_function(function, &rest);
	if (!point.provider)
		return 0;
	snprintf(point.function, sizeof(point.function), "%s", function);
	if (point.provider->prefix_target) {
		ret = point.provider->prefix_target(rest, point.target, sizeof(point.target));
		if (ret)
			return error_set(err, ret,
					 "%s: the function name %s does not tell where to attach",
					 session->src.path, function);
	} else {
		snprintf(point.target, sizeof(point.target), "%s", rest);
	}
	session_origin(session, function, point.origin, sizeof(point.origin));
	return session_add_point(session, &point, err);
}

/* The Attach section may name a function that is not there. */
static int session_check_doc(const struct session *session, struct error *err)
{
	const struct object *obj = &session->obj;

	for (size_t i = 0; i < session->doc.nr_attaches; i++) {
		const struct doc_attach *attach = &session->doc.attaches[i];
		struct near near = { .wanted = attach->function };
		bool found = false;

		for (uint32_t p = 0; p < obj->nr_progs; p++) {
			near_offer(&near, obj->progs[p].name);
			found = found || strcmp(obj->progs[p].name, attach->function) == 0;
		}
		if (found)
			continue;
		error_set(err, -ENOENT, "%s:%d: the probe has no function %s", session->src.path,
			  attach->line, attach->function);
		if (near_best(&near))
			return error_hint(err, "did you mean %s?", near_best(&near));
		return error_hint(err, "a function that is attached must not be static");
	}
	return 0;
}

static void session_warn(const struct session *session, const char *text, const char *hint)
{
	if (session->warn)
		session->warn(session->warn_arg, text, hint);
	else if (!session->run.quiet)
		fprintf(stderr, "hotprobe: %s\n          %s\n", text, hint);
}

/* What is attached to nothing is a remark, and an error when nothing else is there. */
static int session_check_unattached(const struct session *session, struct error *err)
{
	static const char remedy[] = "make it static if it is a helper, else name it "
				     "tracepoint__..., kprobe__... or so, or name it under Attach";
	const struct object *obj = &session->obj;
	char origin[PATH_MAX + 16], text[PATH_MAX + 256];
	const char *rest;

	for (uint32_t i = 0; i < obj->nr_progs; i++) {
		const char *function = obj->progs[i].name;

		if (text_starts(function, NAME_RESERVED) || provider_by_function(function, &rest) ||
		    session_attached_by_doc(session, function))
			continue;
		session_origin(session, function, origin, sizeof(origin));
		if (session->nr_points == 0) {
			error_set(err, -EINVAL, "%s: the function %s is attached to nothing",
				  origin, function);
			return error_hint(err, "%s", remedy);
		}
		snprintf(text, sizeof(text), "%s: the function %s is attached to nothing", origin,
			 function);
		session_warn(session, text, remedy);
	}
	return 0;
}

int session_points(struct session *session, struct error *err)
{
	const struct object *obj = &session->obj;
	int ret = 0;

	if (obj->nr_progs == 0) {
		error_set(err, -EINVAL, "%s has no function that could be attached",
			  session->src.path);
		return error_hint(
			err, "write kprobe__FUNCTION(), TRACEPOINT_PROBE(category, event) or the "
			     "like; static functions are helpers");
	}
	/* the task tracker first: an event between the two would be taken for another's */
	for (uint32_t i = 0; i < obj->nr_progs && !ret; i++)
		if (text_starts(obj->progs[i].name, NAME_RESERVED))
			ret = session_own_point(session, obj->progs[i].name, err);
	for (uint32_t i = 0; i < obj->nr_progs && !ret; i++)
		if (!text_starts(obj->progs[i].name, NAME_RESERVED))
			ret = session_named_point(session, obj->progs[i].name, err);
	ret = ret ?: session_check_doc(session, err);
	return ret ?: session_check_unattached(session, err);
}

int session_check_points(const struct session *session, bool thorough, struct error *err)
{
	int ret = 0;

	for (unsigned int i = 0; i < session->nr_points && !ret; i++)
		ret = attach_check(&session->points[i], thorough, err);
	return ret;
}

static int session_cgroup(struct session *session, struct error *err)
{
	int map_fd = load_map_fd(&session->loaded, NAME_CGROUP), ret = 0, fd;
	uint32_t key = 0;

	if (map_fd < 0)
		return 0;
	fd = open(session->run.cgroup, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return error_sys(err, -errno, "--cgroup %s", session->run.cgroup);
	ret = load_map_set(map_fd, &key, &fd);
	close(fd);
	if (ret)
		return error_sys(err, ret, "--cgroup %s", session->run.cgroup);
	return 0;
}

int session_load_maps(struct session *session, struct error *err)
{
	const struct run_options *run = &session->run;
	char comm[16] = {};
	int ret;

	session->loaded.source = session->src.path;
	session->loaded.verifier_log = run->verifier_log;
	session->loaded.verbose = run->verbose > 0;
	session->loaded.consts[CONST_SELF] = (uint64_t)getpid();
	session->loaded.consts[CONST_PID] = (uint64_t)run->pid;
	session->loaded.consts[CONST_UID] = run->uid;
	if (run->comm)
		snprintf(comm, sizeof(comm), "%s", run->comm);
	memcpy(&session->loaded.consts[CONST_COMM_LOW], comm, 8);
	memcpy(&session->loaded.consts[CONST_COMM_HIGH], comm + 8, 8);
	ret = load_maps(&session->loaded, &session->obj, err);
	return ret ?: session_cgroup(session, err);
}

int session_load(struct session *session, struct error *err)
{
	int ret = session_load_maps(session, err);

	return ret
		       ?: load_programs(&session->loaded, session->points, session->nr_points, NULL,
					NULL, err);
}

struct output_options session_output_options(const struct session *session)
{
	static const enum output_kind kinds[] = {
		[RUN_FORMAT_TABLE] = OUTPUT_TABLE,
		[RUN_FORMAT_JSON] = OUTPUT_JSON,
		[RUN_FORMAT_CSV] = OUTPUT_CSV,
	};

	return (struct output_options){
		.format = kinds[session->run.format],
		.color = isatty(STDOUT_FILENO) && !getenv("NO_COLOR"),
	};
}

void session_reap(struct session *session, bool wait)
{
	if (session->compiler && waitpid(session->compiler, NULL, wait ? 0 : WNOHANG))
		session->compiler = 0;
}

void session_close(struct session *session)
{
	session_reap(session, true);
	detach_all(session->points, session->nr_points);
	if (session->loaded.obj)
		load_free(&session->loaded);
	free(session->points);
	object_free(&session->obj);
	cache_close(&session->cache);
	expansion_free(&session->exp);
	define_list_free(&session->defines);
	probe_options_free(&session->given);
	run_options_free(&session->run);
	doc_free(&session->doc);
	source_free(&session->src);
}

struct session *session_new(int signal_fd)
{
	struct session *session = calloc(1, sizeof(*session));

	if (session)
		session->signal_fd = signal_fd;
	return session;
}

void session_free(struct session *session)
{
	if (!session)
		return;
	session_close(session);
	free(session);
}
