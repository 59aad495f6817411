// SPDX-License-Identifier: GPL-2.0-only
/* tracefs: finding it, and asking it about tracepoints. */
#include <errno.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/statfs.h>
#include <sys/stat.h>
#include <unistd.h>

#include "attach/tracefs.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/text.h"

#define TRACEFS_PATH	   "/sys/kernel/tracing"
#define TRACEFS_DEBUG_PATH "/sys/kernel/debug/tracing"

/* more than any file of tracefs that is read whole has had (available_filter_functions: 4 MB) */
#define TRACEFS_FILE_MAX (64 << 20)

static bool tracefs_is_at(const char *path)
{
	struct statfs fs;

	return statfs(path, &fs) == 0 && fs.f_type == TRACEFS_MAGIC;
}

const char *tracefs_path(struct error *err)
{
	int ret;

	if (tracefs_is_at(TRACEFS_PATH))
		return TRACEFS_PATH;
	/* debugfs mounts it there by itself when something below is asked for */
	if (tracefs_is_at(TRACEFS_DEBUG_PATH "/."))
		return TRACEFS_DEBUG_PATH;
	if (mount("tracefs", TRACEFS_PATH, "tracefs", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) == 0)
		return TRACEFS_PATH;
	ret = -errno;
	if (ret == -ENODEV || ret == -ENOENT) {
		error_set(err, ret,
			  "this kernel has no tracefs: it was built without tracepoints "
			  "(CONFIG_TRACING)");
		return NULL;
	}
	error_sys(err, ret, "tracefs is not mounted, and mounting it at " TRACEFS_PATH " failed");
	error_hint(err, "mount it as root: mount -t tracefs tracefs " TRACEFS_PATH);
	return NULL;
}

int tracefs_read(struct buf *buf, const char *name, size_t limit, struct error *err)
{
	const char *root = tracefs_path(err);
	char path[512];
	int ret;

	if (!root)
		return err->code;
	snprintf(path, sizeof(path), "%s/%s", root, name);
	ret = buf_read_file(buf, path, limit);
	if (ret == -EACCES) {
		error_sys(err, ret, "cannot read %s", path);
		error_hint(err, "only root may: run it with sudo");
	} else if (ret < 0) {
		error_sys(err, ret, "cannot read %s", path);
	}
	return ret;
}

/* A name that cannot leave the folder of the events. */
static bool tracefs_name_ok(const char *name)
{
	return name[0] && text_ident_len(name) + strcspn(name, "-") && !strchr(name, '/') &&
	       strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

int tracepoint_near(const char *events, const char *category, const char *event, struct error *err)
{
	struct near same = { .wanted = event }, any = { .wanted = event };
	struct near near_category = { .wanted = category };
	char elsewhere[128] = "";
	bool category_exists = false;
	const char *best;

	while (*events) {
		size_t len = strcspn(events, "\n"), cat = strcspn(events, ":\n");
		char line[256], *name;

		if (len < sizeof(line) && cat < len) {
			memcpy(line, events, len);
			line[len] = '\0';
			line[cat] = '\0';
			name = line + cat + 1;
			near_offer(&near_category, line);
			near_offer(&any, name);
			if (strcmp(line, category) == 0) {
				category_exists = true;
				near_offer(&same, name);
			}
			/* the name is right, the category is not */
			if (strcmp(name, event) == 0 ||
			    (near_best(&any) && strcmp(any.best, name) == 0))
				snprintf(elsewhere, sizeof(elsewhere), "%.60s:%.60s", line, name);
		}
		events += len + (events[len] == '\n');
	}
	if (!category_exists)
		error_set(err, -ENOENT, "this kernel has no tracepoint category %s", category);
	else
		error_set(err, -ENOENT, "this kernel has no tracepoint %s in category %s", event,
			  category);
	best = near_best(&same);
	if (best)
		error_hint(err, "did you mean %s:%s?", category, best);
	else if (elsewhere[0])
		error_hint(err, "did you mean %s?", elsewhere);
	else if (!category_exists && near_best(&near_category))
		error_hint(err,
			   "did you mean category %s? hotprobe list tracepoints '%s:*' lists it",
			   near_best(&near_category), near_best(&near_category));
	else if (category_exists)
		error_hint(err, "hotprobe list tracepoints '%s:*' lists those there are", category);
	else
		error_hint(err, "hotprobe list tracepoints lists those there are");
	return -ENOENT;
}

/* events/CATEGORY/EVENT/FILE; when the event does not exist, says which may have been meant. */
static int tracepoint_file(struct buf *buf, const char *category, const char *event,
			   const char *file, struct error *err)
{
	const char *root = tracefs_path(err);
	struct buf events = {};
	char path[512];
	int ret;

	if (!root)
		return err->code;
	if (!tracefs_name_ok(category) || !tracefs_name_ok(event))
		return error_set(err, -EINVAL, "%s:%s is not a tracepoint's name", category, event);
	snprintf(path, sizeof(path), "%s/events/%s/%s/%s", root, category, event, file);
	ret = buf_read_file(buf, path, TRACEFS_FILE_MAX);
	if (ret == -ENOENT) {
		if (tracefs_read(&events, "available_events", TRACEFS_FILE_MAX, err) == 0)
			tracepoint_near(buf_text(&events), category, event, err);
		buf_free(&events);
	} else if (ret < 0) {
		error_sys(err, ret, "cannot read %s", path);
		if (ret == -EACCES || ret == -EPERM)
			error_hint(err, "only root may: run it with sudo");
	}
	return ret;
}

int tracepoint_id(const char *category, const char *event, uint32_t *id, struct error *err)
{
	struct buf buf = {};
	int ret = tracepoint_file(&buf, category, event, "id", err);

	if (ret == 0)
		*id = (uint32_t)strtoul(buf_text(&buf), NULL, 10);
	buf_free(&buf);
	return ret;
}

int tracepoint_format_read(struct tracepoint_format *format, const char *category,
			   const char *event, struct error *err)
{
	struct buf buf = {};
	int ret = tracepoint_file(&buf, category, event, "format", err);

	if (ret == 0)
		ret = tracepoint_format_parse(format, buf_text(&buf), err);
	buf_free(&buf);
	return ret;
}
