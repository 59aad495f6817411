// SPDX-License-Identifier: GPL-2.0-only
/* Where a session's functions go: by their names, by the doc comment, and what is left over. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "session/files.h"
#include "session/session.h"
#include "util/error.h"
#include "util/text.h"

static int session_add_point(struct session *session, const struct attach_point *point,
			     struct error *err)
{
	struct attach_point *points = realloc(session->points,
					      (session->nr_points + 1) * sizeof(*points));

	if (!points)
		return error_sys(err, -ENOMEM, "cannot attach");
	session->points = points;
	points[session->nr_points] = *point;
	if (point->provider->settle)
		points[session->nr_points].provider = point->provider->settle();
	points[session->nr_points].talk = &session->talk;
	points[session->nr_points].loader = &session->loader;
	points[session->nr_points].store = &session->store;
	points[session->nr_points].cache = session->run.no_cache ? NULL : &session->cache;
	points[session->nr_points++].pid = session->run.pid;
	return 0;
}

/* What was looked for in vain: "libc has none of SSL_read, SSL_write; libm has none of sinh". */
struct absent {
	struct buf text;
	/* the last file in it, and where the names begin that this one lacks */
	char file[sizeof(((struct attach_point *)0)->target)];
	size_t names;
};

/* Is it there, as a word? */
static bool absent_has(const struct absent *absent, const char *name, size_t len)
{
	const char *names = buf_text(&absent->text) + absent->names;

	for (const char *at = names; (at = strstr(at, name)) != NULL; at++)
		if ((at == names || at[-1] == ' ') && (!at[len] || at[len] == ','))
			return true;
	return false;
}

/* Of a target BINARY:FUNCTION or BINARY:FUNCTION+PLACE, each name once, whatever its places. */
static void absent_add(struct absent *absent, const char *target)
{
	char name[sizeof(absent->file)];
	const char *colon = strrchr(target, ':');
	size_t file = colon ? (size_t)(colon - target) : 0, len;

	snprintf(name, sizeof(name), "%s", colon ? colon + 1 : target);
	name[strcspn(name, "+")] = '\0';
	len = strlen(name);
	if (strlen(absent->file) != file || strncmp(absent->file, target, file) != 0) {
		snprintf(absent->file, sizeof(absent->file), "%.*s", (int)file, target);
		buf_printf(&absent->text, "%s%s has none of ", absent->text.len ? "; " : "",
			   absent->file);
		absent->names = absent->text.len;
	} else if (absent_has(absent, name, len)) {
		return;
	}
	buf_printf(&absent->text, "%s%s", absent->text.len > absent->names ? ", " : "", name);
}

/*
 * A point of a line with a question mark: left out when there is nothing like that to attach to,
 * which @absent gets.
 */
static int session_optional_point(struct session *session, const struct attach_point *point,
				  struct absent *absent, struct error *err)
{
	struct attach_point found = *point;
	struct error why = {};
	int ret;

	found.pid = session->run.pid;
	found.cache = session->run.no_cache ? NULL : &session->cache;
	ret = point->provider->absent(&found, &why);
	if (ret == 1) {
		session_remark(session, "%s is left out: %s", point->function, why.text);
		absent_add(absent, point->target);
		return 0;
	}
	if (ret) {
		*err = why;
		return ret;
	}
	return session_add_point(session, point, err);
}

int session_doc_points(struct session *session, struct error *err)
{
	struct absent absent = {};
	bool any = false;
	int ret = 0;

	for (size_t i = 0; i < session->doc.nr_attaches && !ret; i++) {
		bool optional = session->doc.attaches[i].optional;
		unsigned int before = session->nr_points;
		struct attach_point point = {};

		ret = doc_attach_expand(&session->doc, i, &session->given, &point, err);
		if (!ret && optional)
			ret = session_optional_point(session, &point, &absent, err);
		else if (!ret)
			ret = session_add_point(session, &point, err);
		any = any || (optional && session->nr_points > before);
	}
	if (!ret && absent.text.len && !any) {
		ret = error_set(err, -ENOENT, "there is nothing to attach to: %s",
				buf_text(&absent.text));
		error_hint(err, "-v tells more about each");
		error_place(err, ERROR_ATTACH, NULL, 0, 0);
	}
	buf_free(&absent.text);
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

/*
 * Is the function's definition in the text, but under an #if that is not met? Then its points are
 * as little wanted as itself. A static one is there and cannot be attached: that is a mistake.
 */
static bool session_compiled_out(const struct session *session, const char *function)
{
	const char *text = buf_text(&session->exp.text);
	size_t len = strlen(function);

	for (const char *at = text; (at = strstr(at, function)) != NULL; at += len) {
		const char *line = at;

		if (at[len] != '(' || at == text || at[-1] != ' ')
			continue;
		while (line > text && line[-1] != '\n')
			line--;
		if (isalpha((unsigned char)*line) && !text_starts(line, "static"))
			return true;
	}
	return false;
}

static void session_drop_points(struct session *session, const char *function)
{
	unsigned int kept = 0;

	for (unsigned int i = 0; i < session->nr_points; i++)
		if (strcmp(session->points[i].function, function) != 0)
			session->points[kept++] = session->points[i];
	session->nr_points = kept;
}

/* The Attach section may name a function that is not there. */
static int session_check_doc(struct session *session, struct error *err)
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
		if (session_compiled_out(session, attach->function)) {
			session_drop_points(session, attach->function);
			continue;
		}
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
	ret = ret ?: session_check_files(session, err);
	return ret ?: session_check_unattached(session, err);
}

int session_check_points(const struct session *session, bool thorough, struct error *err)
{
	int ret = 0;

	for (unsigned int i = 0; i < session->nr_points && !ret; i++)
		ret = attach_check(&session->points[i], thorough, err);
	return ret;
}
