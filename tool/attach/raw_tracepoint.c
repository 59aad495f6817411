// SPDX-License-Identifier: GPL-2.0-only
/* raw_tracepoint: EVENT, with the arguments that the kernel passes to the tracepoint itself. */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "attach/attach.h"
#include "attach/tracefs.h"
#include "attach/why.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/text.h"

#define EVENTS_MAX (16 << 20)

static int raw_tracepoint_check(const struct attach_point *point, struct error *err)
{
	struct error cause = {};

	/*
	 * Which raw tracepoints exist is nowhere listed: those without a trace event (sys_enter,
	 * pelt_se_tp ...) are not in tracefs. Only attaching tells.
	 */
	if (strchr(point->target, ':') || !point->target[0]) {
		attach_error(point, err, -EINVAL,
			     "a raw tracepoint is written EVENT, without its category");
		return -EINVAL;
	}
	if (why_may_trace(&cause) < 0)
		return attach_wrap(point, err, &cause);
	return 0;
}

static int raw_tracepoint_unknown(const struct attach_point *point, struct error *err)
{
	struct near near = { .wanted = point->target };
	struct error ignored = {};
	struct buf events = {};
	const char *best, *pos;

	attach_error(point, err, -ENOENT, "this kernel has no raw tracepoint %s", point->target);
	if (text_starts(point->target, "sys_enter_") || text_starts(point->target, "sys_exit_")) {
		error_hint(err,
			   "system calls share the raw tracepoints sys_enter and sys_exit; or "
			   "use the tracepoint syscalls:%s",
			   point->target);
		return -ENOENT;
	}
	if (tracefs_read(&events, "available_events", EVENTS_MAX, &ignored) == 0) {
		for (pos = buf_text(&events); *pos;) {
			size_t len = strcspn(pos, "\n"), cat = strcspn(pos, ":\n");
			char name[128];

			if (cat < len && len - cat - 1 < sizeof(name)) {
				snprintf(name, sizeof(name), "%.*s", (int)(len - cat - 1),
					 pos + cat + 1);
				near_offer(&near, name);
			}
			pos += len + (pos[len] == '\n');
		}
	}
	best = near_best(&near);
	if (best && strcmp(best, point->target) != 0)
		error_hint(err, "did you mean %s?", best);
	buf_free(&events);
	return -ENOENT;
}

static int raw_tracepoint_attach(struct attach_point *point, int prog_fd, struct error *err)
{
	struct error cause = {};
	int fd, ret;

	ret = raw_tracepoint_check(point, err);
	if (ret < 0)
		return ret;
	fd = bpf_raw_tracepoint_open(point->target, prog_fd);
	if (fd >= 0)
		return attach_keep(point, fd);
	if (fd == -ENOENT)
		return raw_tracepoint_unknown(point, err);
	if (fd == -EINVAL)
		return attach_error(
			point, err, fd,
			"the program reads more arguments than this raw tracepoint has");
	why_refused(fd, "attaching a raw tracepoint", &cause);
	return attach_wrap(point, err, &cause);
}

const struct provider provider_raw_tracepoint = {
	.name = "raw_tracepoint",
	.prefix = "raw_tracepoint__",
	.prog_type = BPF_PROG_TYPE_RAW_TRACEPOINT,
	.check = raw_tracepoint_check,
	.attach = raw_tracepoint_attach,
	.detach = attach_close,
};
