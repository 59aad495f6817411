// SPDX-License-Identifier: GPL-2.0-only
/* The table of providers, and attaching all points of a probe or none. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "attach/attach.h"
#include "attach/behind.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/text.h"

static const struct provider *const providers[] = {
	&provider_kprobe,	&provider_kretprobe,
	&provider_tracepoint,	&provider_raw_tracepoint,
	&provider_uprobe,	&provider_uretprobe,
	&provider_usdt,		&provider_perf_event,
	&provider_fentry,	&provider_fexit,
	&provider_lsm,		&provider_syscall,
	&provider_kprobe_multi, &provider_kretprobe_multi,
	&provider_fentry_multi, &provider_fexit_multi,
};

const struct provider *provider_each(unsigned int i)
{
	return i < sizeof(providers) / sizeof(providers[0]) ? providers[i] : NULL;
}

const struct provider *provider_by_name(const char *name)
{
	const struct provider *provider;

	for (unsigned int i = 0; (provider = provider_each(i)); i++)
		if (strcmp(provider->name, name) == 0)
			return provider;
	return NULL;
}

const struct provider *provider_by_function(const char *function, const char **rest)
{
	const struct provider *provider;

	for (unsigned int i = 0; (provider = provider_each(i)); i++) {
		if (!provider->prefix || !text_starts(function, provider->prefix))
			continue;
		*rest = function + strlen(provider->prefix);
		return provider;
	}
	return NULL;
}

int attach_error(const struct attach_point *point, struct error *err, int code, const char *fmt,
		 ...)
{
	char text[sizeof(err->text) - 1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return error_set(err, code, "%s%s%s %s: %s", point->origin, point->origin[0] ? ": " : "",
			 point->provider->name, point->target, text);
}

int attach_wrap(const struct attach_point *point, struct error *err, const struct error *cause)
{
	attach_error(point, err, cause->code, "%s", cause->text);
	if (cause->hint[0])
		error_hint(err, "%s", cause->hint);
	return cause->code;
}

int attach_keep(struct attach_point *point, int fd)
{
	int *fds = realloc(point->fds, (point->nr_fds + 1) * sizeof(*fds));

	if (!fds) {
		close(fd);
		return -ENOMEM;
	}
	fds[point->nr_fds++] = fd;
	point->fds = fds;
	return 0;
}

void attach_close(struct attach_point *point)
{
	while (point->nr_fds > 0)
		close(point->fds[--point->nr_fds]);
	free(point->fds);
	point->fds = NULL;
}

int attach_check(const struct attach_point *point, bool thorough, struct error *err)
{
	int ret = point->provider->check(point, err);

	if (ret == 0 && thorough && point->provider->verify)
		ret = point->provider->verify(point, err);
	return ret;
}

int attach_all(struct attach_point *points, const int *prog_fds, unsigned int n, struct error *err)
{
	for (unsigned int i = 0; i < n; i++) {
		int ret = points[i].provider->attach(&points[i], prog_fds[i], err);

		if (ret == 0)
			continue;
		/* only when the provider had nothing to say: the first message wins */
		attach_error(&points[i], err, ret, "cannot attach: %s", strerror(-ret));
		detach_all(points, i);
		return ret;
	}
	return 0;
}

void attach_take(struct attach_point *point, struct buf *fds)
{
	size_t size = point->nr_fds * sizeof(*point->fds);

	/*
	 * A uprobe is an instruction in all processes that run the file: when that is written anew
	 * before it is gone, it is in the midst of others. So it is waited for.
	 */
	if (point->provider->file)
		point->provider->detach(point);
	/* without memory they stay where they are */
	if (point->provider->detach != attach_close || !point->nr_fds || !buf_reserve(fds, size))
		return;
	buf_add(fds, point->fds, size);
	point->nr_fds = 0;
}

void detach_behind(struct attach_point *points, unsigned int n)
{
	struct buf fds = {};

	while (n-- > 0)
		attach_take(&points[n], &fds);
	behind_close((const int *)(const void *)fds.data, fds.len / sizeof(int));
	buf_free(&fds);
}

void detach_all(struct attach_point *points, unsigned int n)
{
	while (n-- > 0)
		points[n].provider->detach(&points[n]);
}
