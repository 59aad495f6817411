// SPDX-License-Identifier: GPL-2.0-only
/* tracepoint: CATEGORY:EVENT, with the arguments that its format file describes. */
#include <errno.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#include "attach/attach.h"
#include "attach/perf_open.h"
#include "attach/tracefs.h"
#include "attach/why.h"
#include "util/error.h"

/* TRACEPOINT_PROBE(sched, sched_switch) is the function tracepoint__sched__sched_switch */
static int tracepoint_prefix_target(const char *rest, char *target, int size)
{
	const char *sep = strstr(rest, "__");
	int len;

	if (!sep || sep == rest || !sep[2])
		return -EINVAL;
	len = snprintf(target, (size_t)size, "%.*s:%s", (int)(sep - rest), rest, sep + 2);
	return len < 0 || len >= size ? -ENAMETOOLONG : 0;
}

static int tracepoint_find(const struct attach_point *point, uint32_t *id, struct error *err)
{
	const char *colon = strchr(point->target, ':');
	struct error cause = {};
	char category[128];
	int ret;

	if (!colon || colon == point->target || !colon[1] ||
	    (size_t)(colon - point->target) >= sizeof(category)) {
		attach_error(point, err, -EINVAL, "a tracepoint is written CATEGORY:EVENT");
		error_hint(err, "hotprobe list tracepoints shows what there is");
		return -EINVAL;
	}
	snprintf(category, sizeof(category), "%.*s", (int)(colon - point->target), point->target);
	ret = tracepoint_id(category, colon + 1, id, &cause);
	return ret < 0 ? attach_wrap(point, err, &cause) : 0;
}

static int tracepoint_check(const struct attach_point *point, struct error *err)
{
	struct error cause = {};
	uint32_t id;

	/* before tracefs, whose own refusal would name a folder and not the reason */
	if (why_may_trace(&cause) < 0)
		return attach_wrap(point, err, &cause);
	return tracepoint_find(point, &id, err);
}

/* perf_event_set_bpf_prog() in kernel/events/core.c compares it with the tracepoint's record */
static int tracepoint_too_far(const struct attach_point *point, struct error *err)
{
	return attach_error(point, err, -EACCES,
			    "the program reads beyond the end of this tracepoint's fields");
}

static int tracepoint_attach(struct attach_point *point, int prog_fd, struct error *err)
{
	struct error cause = {};
	uint32_t id;
	int ret;

	ret = tracepoint_find(point, &id, err);
	if (ret < 0)
		return ret;
	ret = perf_tracepoint_open(id);
	if (ret >= 0)
		ret = perf_start(point, ret, prog_fd);
	if (ret == 0)
		return 0;
	if (ret == -EACCES && why_may_trace(&cause) == 0)
		return tracepoint_too_far(point, err);
	why_refused(ret, "attaching a tracepoint", &cause);
	return attach_wrap(point, err, &cause);
}

/* An event has one program only: that it has one already is what the kernel finds out last. */
static int tracepoint_accepts(const struct attach_point *attached, const struct attach_point *point,
			      int prog_fd, struct error *err)
{
	if (ioctl(attached->fds[0], PERF_EVENT_IOC_SET_BPF, prog_fd) == 0 || errno != EACCES)
		return 0;
	return tracepoint_too_far(point, err);
}

const struct provider provider_tracepoint = {
	.name = "tracepoint",
	.prefix = "tracepoint__",
	.prog_type = BPF_PROG_TYPE_TRACEPOINT,
	.prefix_target = tracepoint_prefix_target,
	.check = tracepoint_check,
	.attach = tracepoint_attach,
	.detach = attach_close,
	.accepts = tracepoint_accepts,
};
