// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attach/tracefs.h"
#include "compile/names.h"
#include "compile/run.h"
#include "compile/worker.h"
#include "headers/select.h"
#include "object/object.h"
#include "object/request.h"
#include "probe/expand.h"
#include "probe/source.h"
#include "util/error.h"
#include "util/process.h"
#include "util/text.h"

/* What a compile needs beside the request. */
struct compile {
	struct request req;
	char work_dir[64];
	int source_fd;
	struct buf formats[REQUEST_FORMATS_MAX];
	char defines[REQUEST_FORMATS_MAX][160];
};

static int add_flag(struct request *req, const char *flag, struct error *err)
{
	if (req->nr_flags == REQUEST_FLAGS_MAX)
		return error_usage(err, "more than %d definitions for the compiler",
				   REQUEST_FLAGS_MAX);
	req->flags[req->nr_flags++] = flag;
	return 0;
}

/* "sched/sched_switch" as it stands in C names: sched__sched_switch */
static void tracepoint_name(char *name, size_t size, const char *prefix, const char *event)
{
	const char *slash = strchr(event, '/');

	snprintf(name, size, "%s%.*s__%s", prefix, (int)(slash - event), event, slash + 1);
}

/* -ENOENT, without a message, when this kernel has no such tracepoint. */
static int read_format(const char *event, struct buf *format, struct error *err)
{
	const char *tracefs = tracefs_path(err);
	char path[PATH_MAX];
	int ret;

	if (!tracefs)
		return err->code;
	snprintf(path, sizeof(path), "%s/events/%s/format", tracefs, event);
	ret = buf_read_file(format, path, 1u << 20);
	if (ret && ret != -ENOENT) {
		error_sys(err, ret, "cannot read %s", path);
		if (ret == -EACCES || ret == -EPERM)
			error_hint(err, "only root may: run it with sudo");
	}
	return ret;
}

/*
 * The formats of the tracepoints that the text names. One that this kernel lacks is no error yet:
 * the probe may use it under #ifdef HAVE_TRACEPOINT_category__event only.
 */
static int add_formats(struct compile *c, const struct expansion *exp, struct error *err)
{
	for (unsigned int i = 0; i < exp->nr_tracepoints; i++) {
		struct request *req = &c->req;
		struct buf *format = &c->formats[i];
		char *define = c->defines[i];
		int ret = read_format(exp->tracepoints[i], format, err);

		if (ret == -ENOENT)
			continue;
		if (ret)
			return ret;
		req->formats[req->nr_formats].event = exp->tracepoints[i];
		req->formats[req->nr_formats].format = buf_text(format);
		req->nr_formats++;
		tracepoint_name(define, sizeof(c->defines[0]), "-DHAVE_TRACEPOINT_",
				exp->tracepoints[i]);
		ret = add_flag(req, define, err);
		if (ret)
			return ret;
	}
	return 0;
}

/* A folder of its own for the worker, which makes a header tree or a front for one there. */
static int add_work_dir(struct compile *c, struct error *err)
{
	snprintf(c->work_dir, sizeof(c->work_dir), "/tmp/hotprobe-XXXXXX");
	if (!mkdtemp(c->work_dir)) {
		c->work_dir[0] = '\0';
		return error_sys(err, -errno,
				 "cannot make a folder for the kernel's types in /tmp");
	}
	c->req.work_dir = c->work_dir;
	if (geteuid() == 0 && chown(c->work_dir, WORKER_NOBODY, WORKER_NOBODY))
		return error_sys(err, -errno, "cannot hand %s to the compiler", c->work_dir);
	return 0;
}

/* Give the worker its header source, a closed folder by a descriptor. */
static int add_headers(struct compile *c, const struct header_source *headers, struct error *err)
{
	c->req.release = headers->release;
	c->req.header_kind = headers->kind;
	if (headers->kind != HEADERS_MODULES) {
		c->source_fd = open(headers->path, O_RDONLY | O_CLOEXEC);
		if (c->source_fd < 0)
			return error_sys(err, -errno, "cannot read %s", headers->path);
		c->req.header_path = WORKER_SOURCE_PATH;
	}
	/* everybody can read the kernel's own; libbpf would not know it by another name */
	if (strcmp(headers->path, HEADERS_VMLINUX_BTF) == 0)
		c->req.header_path = headers->path;
	return add_work_dir(c, err);
}

static int explain_death(const struct worker *worker, struct error *err)
{
	struct buf last = {};
	size_t start = worker->messages.len > 2000 ? worker->messages.len - 2000 : 0;

	buf_str(&last, buf_text(&worker->messages) + start);
	if (WIFSIGNALED(worker->status))
		error_set(err, -ECHILD, "the compiler was killed by signal %d (%s)%s%s",
			  WTERMSIG(worker->status), strsignal(WTERMSIG(worker->status)),
			  last.len ? "; its last words:\n" : "", buf_text(&last));
	else
		error_set(err, -ECHILD, "the compiler %s ended with status %d%s%s", worker->program,
			  WEXITSTATUS(worker->status), last.len ? "; its last words:\n" : "",
			  buf_text(&last));
	if (WIFSIGNALED(worker->status) && WTERMSIG(worker->status) == SIGKILL)
		error_hint(err, "the kernel may have been out of memory: it needs about 150 MB");
	else if (WIFEXITED(worker->status) && WEXITSTATUS(worker->status) == 127)
		error_hint(err, "a library that it needs is missing: ldd %s", worker->program);
	else if (WIFEXITED(worker->status) && WEXITSTATUS(worker->status) == 126)
		error_hint(err, "run make, or make install again");
	else
		error_hint(err, "run it again; if it stays so, report it with the probe");
	buf_free(&last);
	return err->code;
}

/* "FILE:LINE: " of the diagnostic in which @at lies, "" when there is none. */
static void diagnostic_place(const char *text, const char *at, char *place, size_t size)
{
	size_t len;

	while (at > text && at[-1] != '\n')
		at--;
	len = strcspn(at, ":\n");
	place[0] = '\0';
	if (at[len] == ':' && isdigit((unsigned char)at[len + 1]))
		snprintf(place, size, "%.*s: ", (int)(len + 1 + strspn(at + len + 1, "0123456789")),
			 at);
}

/* The name that follows "struct tracepoint__" in a remark about an incomplete type. */
static bool unknown_tracepoint(const char *text, const struct compile *c,
			       const struct expansion *exp, struct error *err)
{
	for (unsigned int i = 0; i < exp->nr_tracepoints; i++) {
		char name[160], place[PATH_MAX + 16];
		struct error cause = {};
		struct buf events = {};
		const char *slash;

		if (c->formats[i].len)
			continue;
		tracepoint_name(name, sizeof(name), "struct tracepoint__", exp->tracepoints[i]);
		if (!strstr(text, name))
			continue;
		diagnostic_place(text, strstr(text, name), place, sizeof(place));
		slash = strchr(exp->tracepoints[i], '/');
		snprintf(name, sizeof(name), "%.*s", (int)(slash - exp->tracepoints[i]),
			 exp->tracepoints[i]);
		if (!tracefs_read(&events, "available_events", 4u << 20, &cause))
			tracepoint_near(buf_text(&events), name, slash + 1, &cause);
		buf_free(&events);
		error_set(err, cause.code, "%s%s", place, cause.text);
		if (cause.hint[0])
			error_hint(err, "%s", cause.hint);
		return true;
	}
	return false;
}

/* The first of the compiler's remarks on the expression, in words that fit what can stand there. */
static void where_words(struct buf *out, const char *text)
{
	static const char *const words[][2] = {
		{ "cannot assign to variable", "this would change a field; to compare, write ==" },
		{ "subscripted value is not an array",
		  "only a char[] field can be compared with a text" },
		{ "comparison against a string literal",
		  "a text is compared as FIELD == \"text\" or FIELD != \"text\"" },
		{ "will always evaluate to 'true'",
		  "a text is always true: compare it with == or !=" },
	};
	size_t message = strcspn(text, "\n");
	const char *next = strstr(text + message, "\n" EXPAND_WHERE_FILE ": ");
	const char *flag = memmem(text, message, " [-W", 4), *said = NULL;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]) && !said; i++)
		if (memmem(text, message, words[i][0], strlen(words[i][0])))
			said = words[i][1];
	if (said)
		buf_printf(out, EXPAND_WHERE_FILE ": %s", said);
	else
		buf_add(out, text, flag ? (size_t)(flag - text) : message);
	text += message;
	buf_add(out, text, next ? (size_t)(next - text) : strlen(text));
}

/* What the compiler calls an undeclared identifier is a field that the event has not. */
static int explain_where(const char *text, const struct expansion *exp, struct error *err)
{
	static const char undeclared[] = "use of undeclared identifier '";
	const char *name = strstr(text, undeclared);
	struct near near = {};
	struct buf fields = {}, list = {};
	char wanted[128];

	if (!name) {
		struct buf said = {};

		where_words(&said, text);
		error_usage(err, "%s", buf_text(&said));
		buf_free(&said);
		return err->code;
	}
	name += strlen(undeclared);
	snprintf(wanted, sizeof(wanted), "%.*s", (int)strcspn(name, "'"), name);
	near.wanted = wanted;
	name = strchr(name, '\n');
	error_usage(err, "--where: %s is neither a field of the event nor a constant%s", wanted,
		    name ?: "");
	for (unsigned int i = 0; i < exp->nr_outputs; i++)
		fields_of_type(buf_text(&exp->text), exp->outputs[i].type, &fields);
	for (const char *s = buf_text(&fields); *s; s += strcspn(s, " ") + 1) {
		char field[128];

		snprintf(field, sizeof(field), "%.*s", (int)strcspn(s, " ."), s);
		near_offer(&near, field);
		buf_printf(&list, "%s%s", list.len ? ", " : "", field);
	}
	if (near_best(&near))
		error_hint(err, "did you mean %s?", near_best(&near));
	else
		error_hint(err, "its fields are: %s", buf_text(&list));
	buf_free(&list);
	buf_free(&fields);
	return err->code;
}

/* The check that walk_events() puts before what an EVENTS line becomes: see EXPAND_CHECK. */
static bool explain_events(const char *text, struct error *err)
{
	const char *check = strstr(text, EXPAND_CHECK), *error = check;
	char place[PATH_MAX + 16];

	if (!check)
		return false;
	/* the compiler shows the line below the diagnostic */
	for (int lines = 0; error > text && lines < 2; error--)
		lines += error[-1] == '\n';
	diagnostic_place(text, error + (error > text), place, sizeof(place));
	check += strlen(EXPAND_CHECK);
	error_set(err, -EINVAL, "%sEVENTS names %.*s, which is not declared before it", place,
		  (int)strcspn(check, ")"), check);
	error_hint(err, "declare the event's struct above the EVENTS line");
	return true;
}

/* LLVM's words for too large a frame: "error: FILE:LINE:COLUMN: in function NAME TYPE: ...". */
static bool explain_stack(const char *text, const char *path, struct error *err)
{
	static const char in[] = ": in function ";
	const char *what = strstr(text, "BPF stack limit"), *function;
	char place[PATH_MAX + 16];
	size_t len;
	int dir;

	/* what is still larger is cleared by a call of memset(), which does not exist there */
	what = what ?: strstr(text, "A call to built-in function 'memset'");
	if (!what)
		return false;
	while (what > text && what[-1] != '\n')
		what--;
	function = strstr(what, in);
	if (!function)
		return false;
	if (text_starts(what, "error: "))
		what += strlen("error: ");
	diagnostic_place(what, what, place, sizeof(place));
	/* it leaves out the folder that the path has in common with the compiler's own */
	len = strcspn(place, ":");
	dir = strlen(path) > len && memcmp(path + strlen(path) - len, place, len) == 0
		      ? (int)(strlen(path) - len)
		      : 0;
	function += strlen(in);
	error_set(err, -EINVAL,
		  "%.*s%sthe variables of the function %.*s need more than the 512 bytes that a "
		  "BPF program's stack has",
		  dir, path, place, (int)text_ident_len(function), function);
	error_hint(err, "put the large variable into a map: BPF_PERCPU_ARRAY(scratch, struct "
			"event, 1); then int zero = 0; struct event *e = scratch.lookup(&zero); if "
			"(!e) return 0;");
	return true;
}

/* What the worker itself has to say stands behind whatever the compiler remarked before. */
static bool explain_worker(const char *text, const char *path, struct error *err)
{
	const char *says = strstr(text, WORKER_SAYS), *hint = strstr(text, "\n" WORKER_HINT);

	if (!says)
		return false;
	says += strlen(WORKER_SAYS);
	if (text_starts(says, path))
		error_set(err, -EINVAL, "%.*s", hint ? (int)(hint - says) : -1, says);
	else
		error_set(err, -EINVAL, "%s: %.*s", path, hint ? (int)(hint - says) : -1, says);
	if (hint)
		error_hint(err, "%s", hint + 1 + strlen(WORKER_HINT));
	return true;
}

/* The worker knows its header source by a descriptor, the user by its path. */
static void name_source(struct buf *out, const char *text, const char *path)
{
	const char *at;

	for (; (at = strstr(text, WORKER_SOURCE_PATH)) != NULL;
	     text = at + strlen(WORKER_SOURCE_PATH)) {
		buf_add(out, text, (size_t)(at - text));
		buf_str(out, path);
	}
	buf_str(out, text);
}

static int explain_failure(const struct worker *worker, const struct compile_job *job,
			   const struct compile *c, const char *where, struct error *err)
{
	struct buf named = {}, text = {};

	name_source(&named, buf_text(&worker->messages), job->headers->path);
	diagnostics_clean(&text, buf_text(&named), job->exp, where);
	buf_free(&named);
	if (unknown_tracepoint(buf_text(&text), c, job->exp, err))
		;
	else if (explain_events(buf_text(&text), err))
		;
	else if (explain_stack(buf_text(&text), job->src->path, err))
		;
	else if (explain_worker(buf_text(&text), job->src->path, err))
		;
	else if (text_starts(buf_text(&text), EXPAND_WHERE_FILE ": "))
		explain_where(buf_text(&text), job->exp, err);
	else
		error_set(err, -EINVAL, "%s does not compile:\n%s", job->src->path,
			  text.len ? buf_text(&text) : "the compiler gave no reason");
	buf_free(&text);
	return err->code;
}

static int compile_talk(struct object *obj, const struct compile_job *job, struct compile *c,
			struct worker *worker, struct error *err)
{
	const char *where = job->exp->where_map ? job->where : NULL, *why;
	struct buf warnings = {};
	int ret;

	ret = worker_converse(worker, err);
	if (ret == -EINTR)
		return error_set(err, ret, "interrupted while compiling");
	if (ret == -ETIMEDOUT) {
		error_set(err, ret, "the compiler hung: it was ended after %llu s",
			  (unsigned long long)(worker->timeout_ns / 1000000000));
		return error_hint(err,
				  "a slow machine may need more: HOTPROBE_COMPILE_TIMEOUT=SECONDS");
	}
	if (ret)
		return error_sys(err, ret, "cannot talk to the compiler");
	if (!WIFEXITED(worker->status) || WEXITSTATUS(worker->status) > 1)
		return explain_death(worker, err);
	if (WEXITSTATUS(worker->status) == 1)
		return explain_failure(worker, job, c, where, err);
	if (worker->object.failed)
		return error_set(err, -EBADMSG, "the compiler wrote more than an object can hold");
	ret = object_read(obj, worker->object.data, worker->object.len, &why);
	memset(&worker->object, 0, sizeof(worker->object));
	if (ret) {
		error_set(err, ret, "the compiler's answer is not an object: %s", why);
		return error_hint(err, "hotprobe and %s must be of one version", worker->program);
	}
	diagnostics_clean(&warnings, buf_text(&worker->messages), job->exp, where);
	if (unknown_tracepoint(buf_text(&warnings), c, job->exp, err)) {
		buf_free(&warnings);
		return err->code;
	}
	if (!job->quiet && strstr(buf_text(&warnings), job->src->path)) {
		write_all(STDERR_FILENO, buf_text(&warnings), warnings.len);
		write_all(STDERR_FILENO, "\n", 1);
	}
	buf_free(&warnings);
	return 0;
}

static uint64_t compile_timeout(void)
{
	const char *text = getenv("HOTPROBE_COMPILE_TIMEOUT");
	uint64_t seconds;

	if (!text || text_u64(text, &seconds) || seconds == 0 || seconds > 86400)
		seconds = 300;
	return seconds * 1000000000;
}

int compile_run(struct object *obj, const struct compile_job *job, struct error *err)
{
	struct compile *c = calloc(1, sizeof(*c));
	struct worker worker = { .signal_fd = job->signal_fd };
	struct buf request = {};
	char program[PATH_MAX], source[PATH_MAX + 64], progress[PATH_MAX + 512];
	int ret;

	if (!c)
		return error_sys(err, -ENOMEM, "cannot compile");
	c->source_fd = -1;
	c->req.text = buf_text(&job->exp->text);
	/* a function that only headers would bring compiles silently into a call of nothing */
	ret = add_flag(&c->req, "-Werror=implicit-function-declaration", err);
	for (unsigned int i = 0; i < job->nr_flags && !ret; i++)
		ret = add_flag(&c->req, job->flags[i], err);
	if (!ret)
		ret = add_formats(c, job->exp, err);
	if (!ret)
		ret = add_headers(c, job->headers, err);
	if (ret)
		goto out;
	ret = request_write(&request, &c->req);
	if (ret) {
		error_sys(err, ret, "cannot compile");
		goto out;
	}
	source_program("hotprobe-cc", program);
	header_source_name(job->headers, source, sizeof(source));
	snprintf(progress, sizeof(progress), "compiling %s against %s ...", job->src->name, source);
	worker.program = program;
	worker.request = &request;
	worker.source_fd = c->source_fd;
	worker.progress = job->progress ? progress : NULL;
	worker.timeout_ns = compile_timeout();
	ret = compile_talk(obj, job, c, &worker, err);
out:
	if (c->work_dir[0])
		folder_remove(c->work_dir);
	if (c->source_fd >= 0)
		close(c->source_fd);
	for (unsigned int i = 0; i < REQUEST_FORMATS_MAX; i++)
		buf_free(&c->formats[i]);
	buf_free(&worker.object);
	buf_free(&worker.messages);
	buf_free(&request);
	free(c);
	return ret;
}
