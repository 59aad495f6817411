// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "compile/names.h"
#include "headers/select.h"
#include "match/access.h"
#include "match/kernel.h"
#include "object/request.h"
#include "util/buf.h"
#include "util/error.h"
#include "worker/ast.h"
#include "worker/match.h"
#include "worker/placed.h"

/* so many differences are told; the rest is counted */
#define DIFFERENCES_SHOWN 12

/* One probe is compiled in a process. */
static struct {
	struct access_list list;
	struct kernel_btf *kernel;
	pthread_t thread;
	bool threaded;
	bool needed; /* the types are not the running kernel's own by construction */
} match;

static void *match_read(void *arg)
{
	match.kernel = kernel_btf_open(HEADERS_VMLINUX_BTF);
	return arg;
}

void match_start(const struct request *req)
{
	size_t before = 0;

	match.needed = req->header_kind != HEADERS_BTF ||
		       strcmp(req->header_path, HEADERS_VMLINUX_BTF) != 0;
	if (!match.needed || access(HEADERS_VMLINUX_BTF, R_OK))
		return;
	/* libbcc puts the structs of the probe's tracepoints before it: about as long as formats */
	for (uint32_t i = 0; i < req->nr_formats; i++)
		before += strlen(req->formats[i].format) / 2;
	ast_collect(&match.list, req->text, before);
	match.threaded = pthread_create(&match.thread, NULL, match_read, NULL) == 0;
}

/* The first lines, and how many there are beside. */
static void match_some(struct buf *out, const char *lines, unsigned int nr)
{
	unsigned int shown = 0;

	for (const char *end; *lines; lines = end + (*end != '\0')) {
		end = lines + strcspn(lines, "\n");
		if (shown++ < DIFFERENCES_SHOWN)
			buf_printf(out, "\n  %.*s", (int)(end - lines), lines);
	}
	if (nr > DIFFERENCES_SHOWN)
		buf_printf(out, "\n  and %u more", nr - DIFFERENCES_SHOWN);
}

static int match_differs(const struct request *req, const struct match_result *result,
			 const char *lines, struct error *err)
{
	struct buf text = {};
	const char *release = req->tree_release ?: req->release;

	match_some(&text, lines, result->differences);
	if (req->header_kind == HEADERS_BTF)
		error_set(err, -ESTALE,
			  "%s:%u: " WORKER_MISMATCH ": %s is of another one than %s%s",
			  result->file, result->line, req->header_path, req->release,
			  buf_text(&text));
	else
		error_set(err, -ESTALE,
			  "%s:%u: " WORKER_MISMATCH ": they are of %s, the kernel is %s%s",
			  result->file, result->line, release, req->release, buf_text(&text));
	buf_free(&text);
	return error_hint(err, WORKER_HINT_HEADERS);
}

/* Headers of another release are only as good as what could be compared. */
static int match_uncertain(const struct request *req, const char *why, struct buf *remark,
			   struct error *err)
{
	if (!req->tree_release) {
		buf_str(remark, why);
		return 0;
	}
	error_set(err, -ESTALE, "the kernel headers are of %s, this kernel is %s, and %s",
		  req->tree_release, req->release, why);
	return error_hint(err, WORKER_HINT_HEADERS);
}

static int match_words(const struct request *req, const struct match_result *result,
		       const struct buf *unknown, struct buf *remark, struct error *err)
{
	struct buf why = {};
	int ret = 0;

	if ((unknown->len || ast_unknown()) && req->tree_release) {
		if (unknown->len)
			buf_printf(&why, "its BTF does not have what the probe reads: %s",
				   buf_text(unknown));
		else
			buf_printf(
				&why,
				"%zu members that the probe reads are of structs without a name, "
				"which could not be compared",
				ast_unknown());
		ret = match_uncertain(req, buf_text(&why), remark, err);
		buf_free(&why);
		return ret;
	}
	buf_printf(remark, "as in the kernel: %u members of %u types, %u constants",
		   result->members, result->records, result->enumerators);
	if (unknown->len)
		buf_printf(remark, "; not in its BTF: %s", buf_text(unknown));
	if (ast_unknown())
		buf_printf(remark, "; not compared: %zu members of structs without a name",
			   ast_unknown());
	return 0;
}

/* The name stands in the list, where the text was understood. */
static int match_misplaced(const struct misplaced *wrong, struct error *err)
{
	char member[ACCESS_NAME_MAX + 16];

	snprintf(member, sizeof(member), "the member at offset %llu",
		 (unsigned long long)wrong->offset);
	for (size_t i = 0; i < match.list.nr; i++)
		if (match.list.items[i].offset == 8 * wrong->offset &&
		    strcmp(match.list.items[i].record, wrong->record) == 0)
			snprintf(member, sizeof(member), "the member %s",
				 match.list.items[i].member);
	error_set(err, -EINVAL,
		  "%s:%u: %s of %s is at offset %llu, but this version of clang would read it at "
		  "%llu",
		  wrong->file, wrong->line, member, wrong->record,
		  (unsigned long long)wrong->offset, (unsigned long long)wrong->read_at);
	return error_hint(err, "LLVM 18 and later are right; so is --headers btf");
}

int match_finish(const struct request *req, struct buf *remark, struct error *err)
{
	struct buf differences = {}, unknown = {}, doubts = {};
	struct match_result result;
	int ret = 0;

	if (match.threaded)
		pthread_join(match.thread, NULL);
	if (placed_first())
		return match_misplaced(placed_first(), err);
	if (!match.needed)
		return 0;
	if (!match.kernel) {
		ret = match_uncertain(
			req,
			"the kernel has no BTF to compare them with: their release and "
			"version magic are all that could be checked",
			remark, err);
	} else if (!ast_complete()) {
		ret = match_uncertain(
			req,
			"what the probe reads could not be found out: this version of "
			"clang is not known",
			remark, err);
	} else {
		ret = match_compare(match.kernel, &match.list, &result, &differences, &unknown,
				    &doubts);
		if (ret)
			error_sys(err, ret, "cannot compare the headers with the kernel");
		else if (result.differences)
			ret = match_differs(req, &result, buf_text(&differences), err);
		else
			ret = match_words(req, &result, &unknown, remark, err);
	}
	for (const char *s = buf_text(&doubts), *end; *s; s = end + 1) {
		end = s + strcspn(s, "\n");
		fprintf(stderr, "%.*s\n", (int)(end - s), s);
	}
	buf_free(&differences);
	buf_free(&unknown);
	buf_free(&doubts);
	return ret;
}
