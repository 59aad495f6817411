// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attach/usdt.h"
#include "compile/run.h"
#include "session/constants.h"
#include "session/filters.h"
#include "session/session.h"
#include "util/error.h"

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

int session_open_text(struct session *session, const char *name, struct buf *text, int argc,
		      char **argv, struct error *err)
{
	int ret;

	session->cache.fd = -1;
	snprintf(session->src.path, sizeof(session->src.path), "%s", name);
	snprintf(session->src.name, sizeof(session->src.name), "%s", name);
	session->src.text = *text;
	memset(text, 0, sizeof(*text));
	if (session->src.text.failed)
		return error_sys(err, -ENOMEM, "cannot run %s", name);
	ret = doc_parse(name, buf_text(&session->src.text), name, &session->doc, err);
	return ret ?: options_parse(argc, argv, &session->doc, &session->run, &session->given, err);
}

/*
 * The macros of options, constants and -D. An option of which the text does not speak is left out,
 * so that another file or process to trace is the same probe to the cache.
 */
static int session_defines(struct session *session, struct error *err)
{
	const struct define_list *own = &session->run.defines;
	struct buf text = {};
	int ret;

	buf_str(&text, buf_text(&session->exp.text));
	for (size_t i = 0; i < own->nr; i++)
		buf_str(&text, own->items[i]);
	ret = probe_options_defines(&session->doc, &session->given, buf_text(&text),
				    &session->defines, err);
	buf_free(&text);
	ret = ret ?: session_constants(session, err);
	for (size_t i = 0; i < own->nr && !ret; i++)
		ret = define_list_add(&session->defines, own->items[i], err);
	if (!ret && session->run.debug)
		ret = define_list_add(&session->defines, "-DDEBUG", err);
	return ret;
}

int session_expand(struct session *session, struct error *err)
{
	struct buf preface = {};
	int ret = session_filters(session, err);

	if (!ret && !session->run.no_cache)
		cache_open(&session->cache, CACHE_OBJECTS);
	session->talk = (struct attach_talk){
		.remark = session_remark_as,
		.arg = session,
		.progress = !session->run.quiet && !session->background && isatty(STDERR_FILENO),
		.signal_fd = session->signal_fd,
	};
	session->loader = (struct attach_loader){ load_again, &session->loaded };
	ret = ret ?: session_doc_points(session, err);
	ret = ret ?: usdt_args(&preface, session->points, session->nr_points, err);
	ret = ret
		      ?: expand_source(&session->exp, &session->src, &session->filters,
				       preface.len ? buf_text(&preface) : NULL, err);
	buf_free(&preface);
	ret = ret ?: session_defines(session, err);
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
		.remark = session_remark_as,
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
	ret = compile_run(&session->obj, &job, err);
	if (!ret)
		session_remark(session, "%s: %u programs, %u maps", session->src.path,
			       session->obj.nr_progs, session->obj.nr_maps);
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
	function_store_free(&session->store);
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
