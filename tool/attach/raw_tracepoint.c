// SPDX-License-Identifier: GPL-2.0-only
/* raw_tracepoint: EVENT, with the arguments that the kernel passes to the tracepoint itself. */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "attach/attach.h"
#include "attach/tracefs.h"
#include "attach/why.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/insns.h"
#include "util/text.h"

#define EVENTS_MAX (16 << 20)

/* include/linux/bpf.h: MAX_BPF_FUNC_ARGS */
#define RAW_ARGUMENTS_MAX 12

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

static int raw_tracepoint_too_far(const struct attach_point *point, struct error *err)
{
	return attach_error(point, err, -EINVAL,
			    "the program reads more arguments than this raw tracepoint has");
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
		return raw_tracepoint_too_far(point, err);
	why_refused(fd, "attaching a raw tracepoint", &cause);
	return attach_wrap(point, err, &cause);
}

/*
 * How many arguments a program reads. The kernel tells when it is asked for a trial run: it
 * compares the arguments' size with what the program reads (EINVAL) before it fetches them, and
 * there it fails, because they are nowhere (bpf_prog_test_run_raw_tp() in net/bpf/test_run.c).
 * Nothing is run: arguments of size 0 would need no fetching, so that it is size 1 that tells
 * whether none are read. 0 also where the kernel, before 5.10, does not do this.
 */
static unsigned int arguments_read(int prog_fd)
{
	for (unsigned int n = 0; n <= RAW_ARGUMENTS_MAX; n++) {
		LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = (const void *)1,
			    .ctx_size_in = n ? n * (unsigned int)sizeof(uint64_t) : 1);

		if (bpf_prog_test_run_opts(prog_fd, &opts) == -EFAULT)
			return n;
	}
	return 0;
}

/* What attaching would say, asked with a program that reads as many and does nothing. */
static int raw_tracepoint_accepts(const struct attach_point *attached,
				  const struct attach_point *point, int prog_fd, struct error *err)
{
	unsigned int n = arguments_read(prog_fd);
	const struct bpf_insn insns[] = {
		INSN_LOAD(BPF_DW, BPF_REG_0, BPF_REG_1, (int16_t)(8 * (n - 1))),
		INSN_RETURN(0),
	};
	int trial_fd, fd;

	(void)attached;
	if (!n)
		return 0;
	trial_fd = bpf_prog_load(BPF_PROG_TYPE_RAW_TRACEPOINT, "hotprobe_trial", "GPL", insns,
				 sizeof(insns) / sizeof(insns[0]), NULL);
	if (trial_fd < 0)
		return 0;
	fd = bpf_raw_tracepoint_open(point->target, trial_fd);
	close(trial_fd);
	if (fd == -EINVAL)
		return raw_tracepoint_too_far(point, err);
	if (fd >= 0)
		close(fd);
	return 0;
}

const struct provider provider_raw_tracepoint = {
	.name = "raw_tracepoint",
	.prefix = "raw_tracepoint__",
	.prog_type = BPF_PROG_TYPE_RAW_TRACEPOINT,
	.check = raw_tracepoint_check,
	.attach = raw_tracepoint_attach,
	.detach = attach_close,
	.accepts = raw_tracepoint_accepts,
};
