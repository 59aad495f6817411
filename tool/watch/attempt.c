// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>

#include "attach/swap.h"
#include "session/files.h"
#include "session/session.h"
#include "watch/attempt.h"

static bool same_text(const struct session *a, const struct session *b)
{
	return strcmp(a->src.path, b->src.path) == 0 && a->src.text.len == b->src.text.len &&
	       memcmp(buf_text(&a->src.text), buf_text(&b->src.text), a->src.text.len) == 0 &&
	       strcmp(buf_text(&a->exp.text), buf_text(&b->exp.text)) == 0;
}

static bool same_points(const struct session *a, const struct session *b)
{
	if (a->nr_points != b->nr_points)
		return false;
	for (unsigned int i = 0; i < a->nr_points; i++) {
		const struct attach_point *x = &a->points[i], *y = &b->points[i];

		if (x->provider != y->provider || x->pid != y->pid ||
		    strcmp(x->target, y->target) != 0 || strcmp(x->function, y->function) != 0)
			return false;
	}
	return true;
}

/* Whether printing maps would make a difference between the two. */
static bool same_histograms(const struct expansion *a, const struct expansion *b)
{
	return a->nr_histograms == b->nr_histograms &&
	       memcmp(a->histograms, b->histograms, a->nr_histograms * sizeof(a->histograms[0])) ==
		       0;
}

static int attempt_load(struct attempt *attempt, struct error *err)
{
	struct session *next = attempt->next;
	int ret;

	next->loaded.before = &attempt->running->loaded;
	ret = session_check_points(next, false, err);
	ret = ret ?: session_load(next, err);
	/* the one that runs will be gone by the time that somebody would look at it */
	next->loaded.before = NULL;
	return ret
		       ?: swap_prepare(attempt->swap, next->points, next->loaded.prog_fds,
				       next->nr_points, err);
}

void attempt_run(struct attempt *attempt)
{
	const struct session *running = attempt->running;
	struct error *err = &attempt->err;
	struct session *next = session_new(attempt->cancel_fd);
	int ret;

	attempt->end = ATTEMPT_FAILED;
	attempt->next = next;
	if (!next) {
		error_sys(err, -ENOMEM, "cannot try the new text");
		return;
	}
	next->background = true;
	ret = session_open(next, attempt->argc, attempt->argv, err);
	ret = ret ?: session_expand(next, err);
	if (ret)
		return;
	if (same_text(running, next)) {
		attempt->end = ATTEMPT_SAME;
		return;
	}
	ret = session_compile(next, err);
	ret = ret ?: session_points(next, err);
	if (ret)
		return;
	if (object_same_program(&running->obj, &next->obj) && same_points(running, next) &&
	    same_histograms(&running->exp, &next->exp) && session_files_same(running, next)) {
		attempt->end = ATTEMPT_EQUAL;
		return;
	}
	if (attempt_load(attempt, err) == 0)
		attempt->end = ATTEMPT_READY;
}
