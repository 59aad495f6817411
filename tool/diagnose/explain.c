// SPDX-License-Identifier: GPL-2.0-only
/* Why a compile failed, in words for whoever wrote the probe. */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "attach/tracefs.h"
#include "diagnose/explain.h"
#include "compile/names.h"
#include "compile/run.h"
#include "compile/worker.h"
#include "headers/package.h"
#include "headers/select.h"
#include "object/request.h"
#include "probe/expand.h"
#include "probe/source.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/text.h"

void tracepoint_name(char *name, size_t size, const char *prefix, const char *event)
{
	const char *slash = strchr(event, '/');

	snprintf(name, size, "%s%.*s__%s", prefix, (int)(slash - event), event, slash + 1);
}

/* "Error at line 30: Unsupport signed division for DAG: ...", before LLVM 18 gives up on it. */
static bool explain_line(const char *messages, const struct compile_job *job,
			 const struct request *req, struct error *err)
{
	static const char words[] = "Error at line ";
	const char *at = strstr(messages, words), *message;
	unsigned int line;
	struct buf text = {};

	if (!at || sscanf(at + strlen(words), "%u", &line) != 1)
		return false;
	message = strstr(at, ": ");
	if (message) {
		buf_printf(&text, "%s:%u:0: error: %.*s", job->src->path, line,
			   (int)strcspn(message + 2, ":\n"), message + 2);
		explain_errors(buf_text(&text), job, req, err);
	}
	buf_free(&text);
	return err->code != 0;
}

int explain_death(const struct worker *worker, const struct compile_job *job,
		  const struct request *req, struct error *err)
{
	struct buf last = {};
	size_t start = worker->messages.len > 2000 ? worker->messages.len - 2000 : 0;

	/* libbcc may stumble over what clang has found fault with */
	if (strstr(buf_text(&worker->messages), ": error: ") ||
	    strstr(buf_text(&worker->messages), "error in backend"))
		return explain_failure(worker, job, req, err);

	if (explain_line(buf_text(&worker->messages), job, req, err))
		return err->code;
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

/* The line in "FILE:LINE: ...", 0 when there is none. */
static unsigned int diagnostic_line(const char *text)
{
	const char *colon = text + strcspn(text, ":\n");

	return *colon == ':' ? (unsigned int)strtoul(colon + 1, NULL, 10) : 0;
}

static bool has_format(const struct request *req, const char *event)
{
	for (uint32_t i = 0; i < req->nr_formats; i++)
		if (strcmp(req->formats[i].event, event) == 0)
			return true;
	return false;
}

/* The name that follows "struct tracepoint__" in a remark about an incomplete type. */
bool explain_tracepoint(const char *text, const struct request *req, const struct expansion *exp,
			struct error *err)
{
	for (unsigned int i = 0; i < exp->nr_tracepoints; i++) {
		char name[160], place[PATH_MAX + 16];
		struct error cause = {};
		struct buf events = {};
		const char *slash;

		if (has_format(req, exp->tracepoints[i]))
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

/* The check that walk_events() puts before what an EVENTS line becomes: see EXPAND_CHECK. */
static bool explain_events(const char *text, struct error *err)
{
	const char *check = strstr(text, EXPAND_CHECK), *error = check;
	const char *first = strstr(text, "error: ");
	char place[PATH_MAX + 16];

	/* what is wrong before it may be why */
	if (!check || (first && memmem(first, (size_t)(check - first), "\n", 1) !=
					memrchr(text, '\n', (size_t)(check - text))))
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
static bool explain_worker(const char *text, const char *path, const char *release,
			   struct error *err)
{
	const char *says = strstr(text, WORKER_SAYS), *hint = strstr(text, "\n" WORKER_HINT);

	if (!says)
		return false;
	says += strlen(WORKER_SAYS);
	if (text_starts(says, path))
		error_set(err, -EINVAL, "%.*s", hint ? (int)(hint - says) : -1, says);
	else
		error_set(err, -EINVAL, "%s: %.*s", path, hint ? (int)(hint - says) : -1, says);
	if (!hint)
		return true;
	hint += 1 + strlen(WORKER_HINT);
	if (text_starts(hint, WORKER_HINT_HEADERS)) {
		char package[256];

		headers_package(release, package, sizeof(package));
		error_hint(err,
			   WORKER_HINT_HEADERS ", %s, or take its types from its BTF: "
					       "--headers btf",
			   package);
		error_place(err, ERROR_HEADERS, path, diagnostic_line(says), 0);
	}
	error_hint(err, "%s", hint);
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

/* Most messages begin with the line that they are about. */
static void name_place(struct error *err, const char *path)
{
	size_t len = strlen(path);
	unsigned int line = 0, column = 0;

	if (text_starts(err->text, path) && err->text[len] == ':')
		sscanf(err->text + len, ":%u:%u", &line, &column);
	error_place(err, ERROR_COMPILER, path, line, column);
}

int explain_failure(const struct worker *worker, const struct compile_job *job,
		    const struct request *req, struct error *err)
{
	const char *where = job->exp->where_map ? job->where : NULL;
	struct buf named = {}, text = {};

	name_source(&named, buf_text(&worker->messages), job->headers->path);
	diagnostics_clean(&text, buf_text(&named), job->exp, where);
	buf_free(&named);
	if (explain_tracepoint(buf_text(&text), req, job->exp, err))
		;
	else if (explain_events(buf_text(&text), err))
		;
	else if (explain_stack(buf_text(&text), job->src->path, err))
		;
	else if (explain_worker(buf_text(&text), job->src->path, job->headers->release, err))
		;
	else if (text_starts(buf_text(&text), EXPAND_WHERE_FILE ": "))
		explain_where(buf_text(&text), job->exp, err);
	else
		explain_errors(buf_text(&text), job, req, err);
	if (!err->code)
		error_set(err, -EINVAL, "%s does not compile:\n%s", job->src->path,
			  text.len ? buf_text(&text) : "the compiler gave no reason");
	name_place(err, job->src->path);
	buf_free(&text);
	return err->code;
}
