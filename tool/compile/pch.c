// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cache/entry.h"
#include "compile/pch.h"
#include "compile/worker.h"
#include "object/answer.h"
#include "object/deps.h"
#include "object/pack.h"
#include "object/request.h"
#include "probe/scan.h"
#include "util/error.h"
#include "util/text.h"

static const char *skip_blanks(const char *s)
{
	return s + strspn(s, " \t");
}

static bool is_end_of_line(const char *s)
{
	const char *end;

	s = skip_blanks(s);
	while (s[0] == '/' && s[1] == '*') {
		end = scan_comment(s);
		if (memchr(s, '\n', (size_t)(end - s)))
			return false;
		s = skip_blanks(end);
	}
	return *s == '\n' || *s == '\r' || *s == '\0' || (s[0] == '/' && s[1] == '/');
}

/* The end of "#include <FILE>" at @s; NULL when something else stands there. */
static const char *include_end(const char *s)
{
	size_t len;

	s = skip_blanks(s + 1);
	if (!text_starts(s, "include"))
		return NULL;
	s = skip_blanks(s + strlen("include"));
	if (*s++ != '<')
		return NULL;
	len = strcspn(s, ">\n\\");
	return s[len] == '>' && is_end_of_line(s + len + 1) ? s + len + 1 : NULL;
}

void pch_split(const char *text, size_t start, struct buf *head, struct buf *rest)
{
	const char *s = text + start, *end, *file;

	buf_add(rest, text, start);
	while (*s) {
		if (isspace((unsigned char)*s)) {
			end = s + 1;
		} else if ((end = scan_comment(s)) != s) {
			;
		} else if (*s == '#' && text_starts(skip_blanks(s + 1), "line ")) {
			end = s + strcspn(s, "\n");
		} else if (*s == '#' && (end = include_end(s)) != NULL) {
			file = memchr(s, '<', (size_t)(end - s));
			buf_printf(head, "#include %.*s\n", (int)(end - file), file);
			while (s < end) {
				buf_char(rest, ' ');
				s++;
			}
		} else {
			break;
		}
		buf_add(rest, s, (size_t)(end - s));
		s = end;
	}
	buf_str(rest, s);
}

/* What makes the probe, and what headers never see. */
static bool is_probes_own(const char *flag)
{
	return text_starts(flag, "-DOPT_") || text_starts(flag, "-DHAVE_TRACEPOINT_");
}

/* The request to precompile, for one to compile. */
static void pch_request(const struct pch *pch, const struct request *req, struct request *make)
{
	memset(make, 0, sizeof(*make));
	make->text = buf_text(&pch->head);
	make->release = req->release;
	make->header_kind = req->header_kind;
	make->tree_release = req->tree_release;
	make->header_path = req->header_path;
	make->work_dir = req->work_dir;
	for (uint32_t i = 0; i < req->nr_flags; i++)
		if (!is_probes_own(req->flags[i]))
			make->flags[make->nr_flags++] = req->flags[i];
}

/* Everything that can change them and is no file. */
static int pch_key(struct pch *pch, const struct request *req, const char *source)
{
	struct request make;

	pch_request(pch, req, &make);
	make.header_path = source;
	make.work_dir = "";
	buf_str(&pch->key, "precompiled " HOTPROBE_VERSION " ");
	return request_write(&pch->key, &make);
}

/* The name of the file beside the entry, which "hotprobe cache" knows by its dot. */
static void pch_name(const struct pch *pch, char name[ENTRY_NAME_MAX + 4])
{
	entry_name(name, pch->key.data, pch->key.len);
	strcat(name, ".pch");
}

/* The compiler, which runs as nobody, gets it by descriptor, but must be able to open that. */
static int pch_open(struct pch *pch)
{
	char name[ENTRY_NAME_MAX + 4];
	struct stat st;

	pch_name(pch, name);
	pch->fd = cache_file_open(&pch->cache, name, &st);
	return pch->fd < 0 ? pch->fd : 0;
}

int pch_find(struct pch *pch, const struct request *req, size_t start, const char *source,
	     char *why)
{
	memset(pch, 0, sizeof(*pch));
	pch->fd = -1;
	pch->source = source;
	pch_split(req->text, start, &pch->head, &pch->text);
	if (cache_open(&pch->cache, CACHE_HEADERS)) {
		snprintf(why, CACHE_WHY_MAX, "%s", pch->cache.why);
		return -ENOENT;
	}
	if (pch_key(pch, req, source) || pch->text.failed) {
		snprintf(why, CACHE_WHY_MAX, "%s", strerror(ENOMEM));
		return -ENOENT;
	}
	if (cache_find(&pch->cache, pch->key.data, pch->key.len, &pch->deps, why))
		return -ENOENT;
	if (pch_open(pch)) {
		snprintf(why, CACHE_WHY_MAX, "the file is not to be trusted");
		return -ENOENT;
	}
	return 0;
}

/* First the file, then the entry, which knows the file by its times. */
static int pch_keep(struct pch *pch, const struct answer *answer, const char *program,
		    const char *label)
{
	char name[ENTRY_NAME_MAX + 4], path[PATH_MAX + ENTRY_NAME_MAX + 4];
	struct buf deps = {};
	int ret;

	pch_name(pch, name);
	snprintf(path, sizeof(path), "%s/%s", pch->cache.path, name);
	ret = cache_file_write(&pch->cache, name, answer->made.data, answer->made.len);
	ret = ret ?: pch_open(pch);
	if (!ret && fchmod(pch->fd, 0644))
		ret = -errno;
	if (ret)
		return ret;
	deps_rename(&pch->deps, answer->deps.data, answer->deps.len, WORKER_SOURCE_PATH,
		    pch->source);
	deps_add_file(&pch->deps, program);
	ret = deps_sort(&pch->deps);
	buf_add(&deps, pch->deps.data, pch->deps.len);
	deps_add_file(&deps, path);
	ret = ret ?: deps_sort(&deps);
	ret = ret
		      ?: cache_store(&pch->cache, pch->key.data, pch->key.len, label, &deps,
				     &pch->deps);
	buf_free(&deps);
	return ret;
}

int pch_make(struct pch *pch, const struct request *req, const struct worker *worker,
	     const char *label, char *why)
{
	struct worker maker = *worker;
	struct request make;
	struct buf packet = {};
	struct answer answer;
	struct error err = {};
	const char *broken = "the compiler could not";
	int ret;

	if (pch->cache.fd < 0 || pch->text.failed)
		return -ENOENT;
	buf_reset(&pch->deps);
	maker.may_leave = false;
	pch_request(pch, req, &make);
	ret = request_write(&packet, &make);
	maker.request = &packet;
	maker.precompile = true;
	ret = ret ?: worker_converse(&maker, &err);
	if (!ret && !(WIFEXITED(maker.status) && WEXITSTATUS(maker.status) == 0))
		ret = -ECANCELED;
	ret = ret ?: answer_read(&answer, maker.answer.data, maker.answer.len, &broken);
	ret = ret ?: pch_keep(pch, &answer, maker.program, label);
	if (ret) {
		snprintf(why, CACHE_WHY_MAX, "%s", ret == -ECANCELED ? broken : strerror(-ret));
		pch_drop(pch);
	}
	buf_free(&maker.answer);
	buf_free(&maker.messages);
	buf_free(&packet);
	return ret;
}

void pch_drop(struct pch *pch)
{
	char name[ENTRY_NAME_MAX + 4];

	if (pch->fd >= 0)
		close(pch->fd);
	pch->fd = -1;
	pch_name(pch, name);
	cache_file_remove(&pch->cache, name);
	entry_name(name, pch->key.data, pch->key.len);
	cache_file_remove(&pch->cache, name);
}

void pch_close(struct pch *pch)
{
	if (pch->fd >= 0)
		close(pch->fd);
	pch->fd = -1;
	cache_close(&pch->cache);
	buf_free(&pch->text);
	buf_free(&pch->deps);
	buf_free(&pch->head);
	buf_free(&pch->key);
}
