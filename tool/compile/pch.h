/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_COMPILE_PCH_H
#define HOTPROBE_COMPILE_PCH_H

#include <limits.h>

#include "cache/cache.h"
#include "util/buf.h"

struct error;
struct request;
struct worker;

/*
 * Precompiled headers: what a probe includes at its very top, with all that libbcc puts before it,
 * as clang has it in memory when it has read it. Reading that back takes a twentieth of the time,
 * and nothing of what is made of the probe changes.
 *
 * In the cache's folder CACHE_HEADERS there are two files for each list of includes: NAME.pch,
 * which clang reads, and NAME, an entry (cache.h) with all files that it was made from, itself
 * among them.
 */
struct pch {
	struct cache cache;
	int fd;		    /* of the file for the worker; -1: compile without */
	struct buf text;    /* the probe's text without what is precompiled; its lines stay */
	struct buf deps;    /* what the precompiled headers were made from */
	const char *source; /* not owned */
	struct buf head;    /* the includes */
	struct buf key;
};

/*
 * pch_split - take the includes at the top of a probe's text out of it
 *
 * @text: an expanded probe; @start: where in it the probe's own text begins. @head receives the
 * lines "#include <...>" that stand there before anything else, @rest the text with blanks in their
 * place. Comments and #line directives may stand between them.
 */
void pch_split(const char *text, size_t start, struct buf *head, struct buf *rest);

/*
 * pch_find - look for what serves @req
 * @start: as above; @source: the header source's path
 *
 * Returns 0, or -ENOENT with the reason in @why (CACHE_WHY_MAX bytes). pch_close() it in any case.
 */
int pch_find(struct pch *pch, const struct request *req, size_t start, const char *source,
	     char *why);

/*
 * pch_make - have the worker make what pch_find() did not find, and keep it
 * @worker: for program, source_fd, signal_fd, progress and timeout; @label: for `cache list`
 *
 * -EINTR when the signalfd became readable; any other failure is told in @why.
 */
int pch_make(struct pch *pch, const struct request *req, const struct worker *worker,
	     const char *label, char *why);

/* pch_drop - remove it from the cache, because clang cannot use it */
void pch_drop(struct pch *pch);

void pch_close(struct pch *pch);

#endif
