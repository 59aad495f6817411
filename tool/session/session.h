/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_SESSION_SESSION_H
#define HOTPROBE_SESSION_SESSION_H

#include <stdbool.h>
#include <sys/types.h>

#include "attach/attach.h"
#include "attach/function_store.h"
#include "cache/cache.h"
#include "headers/select.h"
#include "load/load.h"
#include "object/object.h"
#include "options/options.h"
#include "output/output.h"
#include "probe/doc.h"
#include "probe/expand.h"
#include "probe/source.h"

struct error;

/*
 * One probe on its way from text to kernel. The steps are called in this order, as far as a command
 * goes; each needs the ones before it.
 */
struct session {
	struct source src;
	struct doc doc;
	struct run_options run;
	struct probe_options given;
	struct define_list defines;
	struct header_source headers;
	struct filters filters;
	struct expansion exp;
	struct cache cache; /* of objects */
	struct object obj;
	struct attach_point *points;
	unsigned int nr_points;
	struct attach_talk talk;     /* the points' */
	struct attach_loader loader; /* theirs, too */
	struct function_store store; /* of what they look up, until they are attached */
	struct loaded loaded;
	int signal_fd;	 /* not owned; -1 none */
	pid_t compiler;	 /* about to end; 0 none */
	bool background; /* another probe prints meanwhile: show no progress */
	/* is told what else would be said on stderr: the compiler's warnings, in its own form, and
	 * remarks with their remedy; NULL: stderr */
	void (*warn)(void *arg, const char *text, const char *hint);
	void *warn_arg;
	const struct output_custom *custom; /* how events are printed; NULL: as their fields */
};

/* session_new - an empty one, for session_free(); NULL when there is no memory */
struct session *session_new(int signal_fd);

/*
 * session_open - find the probe, read its doc comment, parse all options
 * @argv: what stands behind the command's name
 */
int session_open(struct session *session, int argc, char **argv, struct error *err);

/*
 * session_open_text - the same for a probe that is no file
 * @text: is taken over; @argv: the word @name and all options
 */
int session_open_text(struct session *session, const char *name, struct buf *text, int argc,
		      char **argv, struct error *err);

/* session_expand - everything that the compiler is given: the text, the flags, the header source */
int session_expand(struct session *session, struct error *err);

/*
 * session_doc_points - the Attach section's points; session_expand() does it, because they are
 * known before compiling, and USDT's must be
 */
int session_doc_points(struct session *session, struct error *err);

/* session_compile - have it compiled into session->obj */
int session_compile(struct session *session, struct error *err);

/* session_points - from functions and Attach lines to attach points */
int session_points(struct session *session, struct error *err);

/*
 * session_check_points - can each point be attached to here?
 * @thorough: also what takes milliseconds to find out
 */
int session_check_points(const struct session *session, bool thorough, struct error *err);

/* session_load_maps - the first half of session_load(): maps, and what programs are loaded with */
int session_load_maps(struct session *session, struct error *err);

/* session_load - maps and programs into the kernel; nothing is attached */
int session_load(struct session *session, struct error *err);

/* session_output_options - form and colour; --fields and -T are for events only, not for maps */
struct output_options session_output_options(const struct session *session);

/* session_reap - take note of the compiler's end; @wait: which is near */
void session_reap(struct session *session, bool wait);

void session_close(struct session *session);

/* session_free - close what session_new() made; NULL is left alone */
void session_free(struct session *session);

/* session_remark - a line on stderr, with -v */
void session_remark(const struct session *session, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* session_remark_as - the same for those who are given what to call, and know no session */
void session_remark_as(void *session, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
