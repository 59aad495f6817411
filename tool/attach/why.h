/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_ATTACH_WHY_H
#define HOTPROBE_ATTACH_WHY_H

#include <stdbool.h>

struct error;

/* Why the kernel refuses something that it could do: privileges, lockdown, limits. */

enum lockdown {
	/* securityfs cannot be read, or the kernel has no lockdown */
	LOCKDOWN_UNKNOWN,
	LOCKDOWN_NONE,
	LOCKDOWN_INTEGRITY,
	LOCKDOWN_CONFIDENTIALITY,
};

/* why_lockdown - how far this kernel is locked down; works where securityfs is not mounted too */
enum lockdown why_lockdown(void);

/* why_lockdown_parse - the same from the text of securityfs' lockdown file */
enum lockdown why_lockdown_parse(const char *text);

/* why_capable - is CAP_xxx (<linux/capability.h>) in this process's effective set */
bool why_capable(unsigned int cap);

/*
 * why_may_trace - does this process have the capabilities that tracing needs
 *
 * One small read of /proc, so that it can be asked at every start. 0, or -EPERM with the cause.
 */
int why_may_trace(struct error *err);

/*
 * why_refused - explain a negative errno @code that a bpf(2) or perf_event_open(2) call gave
 *
 * EPERM and EACCES are led back to a capability, a user namespace, lockdown or
 * kernel.perf_event_paranoid; EMFILE, E2BIG and so on to their limit. @what names the action:
 * "attaching". Always sets @err; returns @code.
 */
int why_refused(int code, const char *what, struct error *err);

#endif
