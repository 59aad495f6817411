// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attach/tracefs.h"
#include "cache/cache.h"
#include "diagnose/explain.h"
#include "compile/names.h"
#include "compile/pch.h"
#include "compile/run.h"
#include "compile/worker.h"
#include "headers/select.h"
#include "object/answer.h"
#include "object/deps.h"
#include "object/object.h"
#include "object/request.h"
#include "probe/expand.h"
#include "probe/source.h"
#include "util/error.h"
#include "util/kernel.h"
#include "util/process.h"
#include "util/text.h"

/* What a compile needs beside the request. */
struct compile {
	struct request req;
	char program[PATH_MAX]; /* the worker */
	char work_dir[64];
	int source_fd;
	struct pch pch;
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

/* "ID: N" is another one after a reboot or a module's reload, and says nothing about the layout. */
static void forget_id(struct buf *format)
{
	char *id = strstr(format->data, "\nID: ");
	size_t len = id ? 1 + strcspn(id + 1, "\n") : 0;

	if (!id)
		return;
	memmove(id, id + len, strlen(id + len) + 1);
	format->len -= len;
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
	if (!ret)
		forget_id(format);
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
static int open_source(struct compile *c, const struct header_source *headers, struct error *err)
{
	c->req.header_path = NULL;
	if (headers->kind == HEADERS_MODULES)
		return 0;
	c->source_fd = open(headers->path, O_RDONLY | O_CLOEXEC);
	if (c->source_fd < 0)
		return error_sys(err, -errno, "cannot read %s", headers->path);
	/* everybody can read the kernel's own; libbpf would not know it by another name */
	c->req.header_path = strcmp(headers->path, HEADERS_VMLINUX_BTF) == 0 ? headers->path
									     : WORKER_SOURCE_PATH;
	return 0;
}

/* An object's packet is taken over by the object: it gets one of its own. */
static int object_copy(struct object *obj, const void *packet, size_t len, const char **why)
{
	char *memory = malloc(len + 1);

	*why = "there is no memory for it";
	if (!memory)
		return -ENOMEM;
	memcpy(memory, packet, len);
	return object_read(obj, memory, len, why);
}

/* How an object lies in the cache: its length, its packet, and what the compiler had to remark. */
static int kept_read(struct object *obj, const struct buf *kept, const char **warnings,
		     const char **why)
{
	uint64_t len;

	*why = "it is too short";
	if (kept->len < sizeof(len))
		return -EBADMSG;
	memcpy(&len, kept->data, sizeof(len));
	if (len > kept->len - sizeof(len))
		return -EBADMSG;
	*warnings = kept->data + sizeof(len) + len;
	return object_copy(obj, kept->data + sizeof(len), len, why);
}

static void kept_write(struct buf *kept, const struct piece *object, const char *warnings)
{
	uint64_t len = object->len;

	buf_add(kept, &len, sizeof(len));
	buf_add(kept, object->data, object->len);
	buf_str(kept, warnings);
}

/* Everything that can change the object and is no file. */
static int compile_key(struct buf *key, const struct compile *c, const struct compile_job *job)
{
	char build_id[41];
	struct request req = c->req;
	struct utsname un = {};

	req.header_path = job->headers->path;
	req.work_dir = "";
	kernel_build_id(build_id);
	uname(&un);
	buf_printf(key, "%s %s %s %s ", HOTPROBE_VERSION, c->program, build_id, un.version);
	return request_write(key, &req);
}

/* The files that it was made from: what the worker opened, the worker, the BTF file, ourselves. */
static int compile_deps(struct buf *deps, const struct piece *opened, const struct worker *worker,
			const struct compile_job *job, const struct pch *pch)
{
	char self[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);

	deps_rename(deps, opened->data, opened->len, WORKER_SOURCE_PATH, job->headers->path);
	if (len > 0) {
		self[len] = '\0';
		deps_add_file(deps, self);
	}
	deps_add_file(deps, worker->program);
	/* the headers that the worker did not open, because it had them precompiled */
	if (pch->fd >= 0)
		buf_add(deps, pch->deps.data, pch->deps.len);
	/* of the kernel's own, which has no times, the build id is in the key */
	if (job->headers->kind == HEADERS_BTF && !text_starts(job->headers->path, "/sys/"))
		deps_add_file(deps, job->headers->path);
	return deps_sort(deps);
}

/* What it is called when the cache is listed: the probe and what was defined for it. */
static void compile_label(char *label, size_t size, const struct compile_job *job)
{
	size_t len = (size_t)snprintf(label, size, "%s", job->src->path);

	for (unsigned int i = 0; i < job->nr_flags && len < size; i++)
		len += (size_t)snprintf(label + len, size - len, " %s", job->flags[i]);
	if (job->where && len < size)
		snprintf(label + len, size - len, " --where %s", job->where);
}

static void compile_warn(const char *warnings, const struct compile_job *job)
{
	if (job->quiet || !warnings[0])
		return;
	if (job->warn) {
		job->warn(job->warn_arg, warnings, NULL);
		return;
	}
	write_all(STDERR_FILENO, warnings, strlen(warnings));
	write_all(STDERR_FILENO, "\n", 1);
}

static bool compile_cached(struct object *obj, const struct compile_job *job, const struct buf *key)
{
	char why[CACHE_WHY_MAX];
	const char *warnings = "", *broken = NULL;
	struct buf kept = {};
	int ret;

	if (!job->cache)
		return false;
	ret = cache_find(job->cache, key->data, key->len, &kept, why);
	if (!ret)
		ret = kept_read(obj, &kept, &warnings, &broken);
	if (broken && ret)
		snprintf(why, sizeof(why), "its object is broken: %s", broken);
	if (ret) {
		job->remark(job->arg, "object cache: %s", why);
	} else {
		job->remark(job->arg, "object cache: %s as it was compiled before", job->src->path);
		compile_warn(warnings, job);
	}
	buf_free(&kept);
	return ret == 0;
}

static void compile_keep(const struct compile_job *job, const struct buf *key,
			 const struct answer *answer, const struct worker *worker,
			 const char *warnings, const struct pch *pch)
{
	struct buf deps = {}, kept = {};
	char label[256];
	int ret;

	if (!job->cache || job->cache->fd < 0)
		return;
	compile_label(label, sizeof(label), job);
	kept_write(&kept, &answer->made, warnings);
	ret = compile_deps(&deps, &answer->deps, worker, job, pch);
	ret = ret ?: cache_store(job->cache, key->data, key->len, label, &deps, &kept);
	if (ret)
		job->remark(job->arg, "object cache: it could not be kept: %s", strerror(-ret));
	buf_free(&deps);
	buf_free(&kept);
}

/* Take what the worker made; what it remarked goes to stderr if it is about the user's lines. */
static int compile_take(struct object *obj, const struct compile_job *job, const struct compile *c,
			const struct worker *worker, const struct buf *key, struct error *err)
{
	const char *where = job->exp->where_map ? job->where : NULL, *why;
	struct answer answer;
	struct buf warnings = {}, remarks = {};
	int ret = answer_read(&answer, worker->answer.data, worker->answer.len, &why);

	ret = ret ?: object_copy(obj, answer.made.data, answer.made.len, &why);
	if (ret == -ENOMEM)
		return error_sys(err, ret, "cannot compile");
	if (ret) {
		error_set(err, ret, "the compiler's answer is not an object: %s", why);
		return error_hint(err, "hotprobe and %s must be of one version", worker->program);
	}
	diagnostics_clean(&warnings, buf_text(&worker->messages), job->exp, where);
	if (explain_tracepoint(buf_text(&warnings), &c->req, job->exp, err)) {
		ret = err->code;
	} else {
		explain_warnings(&remarks, buf_text(&warnings), job);
		compile_warn(buf_text(&remarks), job);
		if (answer.match[0])
			job->remark(job->arg, "headers: %s", answer.match);
		compile_keep(job, key, &answer, worker, buf_text(&remarks), &c->pch);
	}
	buf_free(&remarks);
	buf_free(&warnings);
	return ret;
}

static int compile_talk(const struct compile_job *job, const struct compile *c,
			struct worker *worker, struct error *err)
{
	struct buf request = {};
	int ret = request_write(&request, &c->req);

	if (ret) {
		buf_free(&request);
		return error_sys(err, ret, "cannot compile");
	}
	worker->request = &request;
	ret = worker_converse(worker, err);
	worker->request = NULL;
	buf_free(&request);
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
		return explain_death(worker, job, &c->req, err);
	if (WEXITSTATUS(worker->status) == 1)
		return explain_failure(worker, job, &c->req, err);
	if (worker->answer.failed)
		return error_set(err, -EBADMSG, "the compiler wrote more than an object can hold");
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

/* Headers that are precompiled are parsed once and not three times, even the first time. */
static int compile_find_pch(struct compile *c, const struct compile_job *job,
			    const struct worker *worker)
{
	char why[CACHE_WHY_MAX], label[256];
	int ret;

	if (!job->cache || job->headers->kind == HEADERS_BTF)
		return 0;
	ret = pch_find(&c->pch, &c->req, job->exp->start, job->headers->path, why);
	if (!ret) {
		job->remark(job->arg, "precompiled headers: used");
		return 0;
	}
	snprintf(label, sizeof(label), "headers of %s for %s", job->headers->release,
		 job->src->path);
	ret = pch_make(&c->pch, &c->req, worker, label, why);
	if (ret)
		job->remark(job->arg, "precompiled headers: not used: %s", why);
	else
		job->remark(job->arg, "precompiled headers: made (%s)", why);
	return ret == -EINTR ? ret : 0;
}

/*
 * Is what went wrong with precompiled headers what would go wrong without them, too, in the same
 * words? What the worker itself finds is; what clang says is when it speaks of the user's lines
 * alone: of other files' it says what includes them. But where libbcc's own bpf.h stands in the
 * place of the kernel's, it would try again with the kernel's, which may have what is missing.
 */
static bool is_users_error(const struct compile_job *job, const struct request *req,
			   const struct worker *worker)
{
	const char *text = buf_text(&worker->messages), *kind;
	size_t path = strlen(job->src->path);
	bool found = false;

	if (!WIFEXITED(worker->status) || WEXITSTATUS(worker->status) != 1)
		return false;
	if (strstr(text, WORKER_SAYS))
		return true;
	for (const char *end; *text; text = *end ? end + 1 : end) {
		end = text + strcspn(text, "\n");
		if (text_starts(text, "In file included"))
			return false;
		kind = memmem(text, (size_t)(end - text), "error: ", 7);
		kind = kind ?: memmem(text, (size_t)(end - text), "note: ", 6);
		kind = kind ?: memmem(text, (size_t)(end - text), "warning: ", 9);
		if (!kind)
			continue;
		if (!text_starts(text, job->src->path) || text[path] != ':')
			return false;
		found = true;
	}
	return found && request_newer(req);
}

/*
 * A failure may lie in the precompiled headers. So unless it surely is the user's, and has the same
 * message without them, the probe is compiled again without.
 */
static int compile_with_pch(struct compile *c, const struct compile_job *job, struct worker *worker,
			    struct error *err)
{
	struct error first = {};
	int ret;

	ret = compile_find_pch(c, job, worker);
	if (ret)
		return error_set(err, ret, "interrupted while compiling");
	if (c->pch.fd < 0)
		return compile_talk(job, c, worker, err);
	c->req.pch = WORKER_PCH_PATH;
	c->req.text = buf_text(&c->pch.text);
	worker->pch_fd = c->pch.fd;
	ret = compile_talk(job, c, worker, &first);
	if (ret && ret != -EINTR && ret != -ETIMEDOUT && is_users_error(job, &c->req, worker)) {
		*err = first;
		return ret;
	}
	c->req.pch = NULL;
	c->req.text = buf_text(&job->exp->text);
	worker->pch_fd = -1;
	if (ret == 0 || ret == -EINTR || ret == -ETIMEDOUT) {
		*err = first;
		return ret;
	}
	buf_reset(&worker->answer);
	buf_reset(&worker->messages);
	ret = compile_talk(job, c, worker, err);
	if (ret)
		return ret;
	job->remark(job->arg, "precompiled headers: not used: the compiler could not");
	pch_drop(&c->pch);
	return 0;
}

static int compile_in_worker(struct object *obj, const struct compile_job *job, struct compile *c,
			     const struct buf *key, struct error *err)
{
	struct worker worker = { .signal_fd = job->signal_fd, .source_fd = -1, .pch_fd = -1 };
	char source[PATH_MAX + 64], progress[PATH_MAX + 512];
	uint64_t start = clock_now();
	int ret = add_work_dir(c, err);

	if (ret)
		return ret;
	ret = open_source(c, job->headers, err);
	if (ret)
		goto out;
	header_source_name(job->headers, source, sizeof(source));
	snprintf(progress, sizeof(progress), "compiling %s against %s ...", job->src->name, source);
	worker.program = c->program;
	worker.source_fd = c->source_fd;
	worker.progress = job->progress ? progress : NULL;
	worker.timeout_ns = compile_timeout();
	worker.may_leave = job->left != NULL;
	ret = compile_with_pch(c, job, &worker, err);
	if (job->left)
		*job->left = worker.left;
	ret = ret ?: compile_take(obj, job, c, &worker, key, err);
	if (!ret)
		job->remark(job->arg, "compiled %s in %llu ms", job->src->path,
			    (unsigned long long)((clock_now() - start) / 1000000));
out:
	folder_remove(c->work_dir);
	if (c->source_fd >= 0)
		close(c->source_fd);
	buf_free(&worker.answer);
	buf_free(&worker.messages);
	return ret;
}

int compile_run(struct object *obj, const struct compile_job *job, struct error *err)
{
	struct compile *c = calloc(1, sizeof(*c));
	struct buf key = {};
	int ret;

	if (!c)
		return error_sys(err, -ENOMEM, "cannot compile");
	source_program("hotprobe-cc", c->program);
	c->source_fd = -1;
	c->pch.fd = c->pch.cache.fd = -1;
	c->req.text = buf_text(&job->exp->text);
	c->req.release = job->headers->release;
	c->req.header_kind = job->headers->kind;
	if (job->headers->tree_release[0])
		c->req.tree_release = job->headers->tree_release;
	/* a function that only headers would bring compiles silently into a call of nothing */
	ret = add_flag(&c->req, "-Werror=implicit-function-declaration", err);
	for (unsigned int i = 0; i < job->nr_flags && !ret; i++)
		ret = add_flag(&c->req, job->flags[i], err);
	ret = ret ?: add_formats(c, job->exp, err);
	if (!ret && compile_key(&key, c, job))
		ret = error_sys(err, -ENOMEM, "cannot compile");
	if (!ret && !compile_cached(obj, job, &key))
		ret = compile_in_worker(obj, job, c, &key, err);
	for (unsigned int i = 0; i < REQUEST_FORMATS_MAX; i++)
		buf_free(&c->formats[i]);
	pch_close(&c->pch);
	buf_free(&key);
	free(c);
	return ret;
}
