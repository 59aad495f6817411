// SPDX-License-Identifier: GPL-2.0-only
/* usdt: static probes that a program or library was built with. */
#include <errno.h>
#include <limits.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attach/attach.h"
#include "binary/path.h"
#include "binary/elf.h"
#include "binary/elf_usdt.h"
#include "attach/perf_open.h"
#include "attach/usdt.h"
#include "attach/why.h"
#include "util/error.h"
#include "util/text.h"

/* BINARY:PROVIDER:NAME or BINARY:NAME; the probe's provider is "" when it is left out */
static int usdt_target(const char *target, char *binary, size_t size, struct usdt_probe *probe,
		       struct error *err)
{
	const char *name = strrchr(target, ':'), *provider;

	if (!name || name == target || !name[1])
		goto bad;
	provider = memrchr(target, ':', (size_t)(name - target));
	snprintf(probe->name, sizeof(probe->name), "%s", name + 1);
	if (provider)
		snprintf(probe->provider, sizeof(probe->provider), "%.*s",
			 (int)(name - provider - 1), provider + 1);
	else
		provider = name;
	if (provider == target)
		goto bad;
	snprintf(binary, size, "%.*s", (int)(provider - target), target);
	return 0;
bad:
	error_set(err, -EINVAL, "it is written BINARY:PROVIDER:NAME or BINARY:NAME");
	error_hint(err, "for example usdt /usr/bin/python3:python:function__entry");
	return -EINVAL;
}

/* A walk through a file's static probes. */
struct usdt_search {
	struct usdt_probe *probe;
	unsigned int nr_seen; /* of any name */
	struct near near;
	char near_provider[256];
};

static int usdt_collect(const struct elf_usdt *usdt, void *data, struct error *err)
{
	struct usdt_search *search = data;
	struct usdt_probe *probe = search->probe;
	struct usdt_location *locations, *location;

	search->nr_seen++;
	if (strcmp(usdt->name, probe->name) != 0 ||
	    (probe->provider[0] && strcmp(usdt->provider, probe->provider) != 0)) {
		near_offer(&search->near, usdt->name);
		if (strcmp(search->near.best, usdt->name) == 0)
			snprintf(search->near_provider, sizeof(search->near_provider), "%s",
				 usdt->provider);
		return 0;
	}
	/* the first provider that has it; another one's is another probe */
	if (!probe->provider[0])
		snprintf(probe->provider, sizeof(probe->provider), "%s", usdt->provider);
	locations = realloc(probe->locations, (probe->nr_locations + 1) * sizeof(*locations));
	if (!locations)
		return error_set(err, -ENOMEM, "out of memory");
	probe->locations = locations;
	location = &locations[probe->nr_locations];
	location->offset = usdt->offset;
	location->semaphore = usdt->semaphore;
	location->args = strdup(usdt->args);
	if (!location->args)
		return error_set(err, -ENOMEM, "out of memory");
	probe->nr_locations++;
	return 0;
}

static int usdt_none(const struct usdt_search *search, struct error *err)
{
	const struct usdt_probe *probe = search->probe;

	if (search->nr_seen == 0) {
		error_set(err, -ENOENT, "%s was built without USDT probes", probe->path);
		error_hint(err, "use a uprobe on one of its functions, or a build with its probes "
				"enabled (--enable-dtrace, --with-dtrace, --enable-systemtap)");
		return -ENOENT;
	}
	error_set(err, -ENOENT, "%s has no USDT probe %s%s%s", probe->path, probe->provider,
		  probe->provider[0] ? ":" : "", probe->name);
	if (near_best(&search->near))
		error_hint(err, "did you mean %s:%s?", search->near_provider, search->near.best);
	else
		error_hint(err, "readelf -n %s lists those it has", probe->path);
	return -ENOENT;
}

void usdt_probe_free(struct usdt_probe *probe)
{
	while (probe->nr_locations > 0)
		free(probe->locations[--probe->nr_locations].args);
	free(probe->locations);
	probe->locations = NULL;
}

int usdt_probe_find(const struct attach_point *point, struct usdt_probe *probe, struct error *err)
{
	struct usdt_search search = { .probe = probe };
	char binary[sizeof(point->target)];
	struct elf_file file;
	int ret;

	memset(probe, 0, sizeof(*probe));
	ret = usdt_target(point->target, binary, sizeof(binary), probe, err);
	if (ret < 0)
		return ret;
	search.near.wanted = probe->name;
	ret = binary_path(binary, point->pid, probe->path, sizeof(probe->path), err);
	if (ret < 0)
		return ret;
	ret = elf_file_open(&file, probe->path, err);
	if (ret < 0)
		return ret;
	ret = elf_usdt_each(&file, usdt_collect, &search, err);
	elf_file_close(&file);
	if (ret == 0 && probe->nr_locations == 0)
		ret = usdt_none(&search, err);
	if (ret < 0)
		usdt_probe_free(probe);
	return ret;
}

static int usdt_check(const struct attach_point *point, struct error *err)
{
	struct usdt_probe probe;
	struct error cause = {};
	uint32_t type;
	int ret;

	ret = why_may_trace(&cause);
	if (ret == 0 && perf_pmu_type("uprobe", &type) < 0)
		ret = error_set(&cause, -EOPNOTSUPP,
				"this kernel was built without uprobes (CONFIG_UPROBE_EVENTS), "
				"which USDT probes are attached by");
	if (ret == 0) {
		ret = usdt_probe_find(point, &probe, &cause);
		if (ret == 0)
			usdt_probe_free(&probe);
	}
	return ret < 0 ? attach_wrap(point, err, &cause) : 0;
}

static int usdt_attach(struct attach_point *point, int prog_fd, struct error *err)
{
	struct usdt_probe usdt;
	struct error cause = {};
	int ret = 0;

	if (usdt_probe_find(point, &usdt, &cause) < 0)
		return attach_wrap(point, err, &cause);
	for (unsigned int i = 0; ret == 0 && i < usdt.nr_locations; i++) {
		/* The kernel counts the semaphore up, and down again when this process is gone. */
		struct perf_probe probe = {
			.pmu = "uprobe",
			.name = usdt.path,
			.addr = usdt.locations[i].offset,
			.semaphore = usdt.locations[i].semaphore,
			.pid = point->pid,
		};

		ret = perf_probe_open(&probe);
		if (ret >= 0)
			ret = perf_start(point, ret, prog_fd);
	}
	usdt_probe_free(&usdt);
	if (ret == 0)
		return 0;
	attach_close(point);
	if (ret == -ESRCH && point->pid >= 0)
		return attach_error(point, err, ret, "there is no process %d", point->pid);
	why_refused(ret, "attaching a USDT probe", &cause);
	return attach_wrap(point, err, &cause);
}

static int usdt_file(const struct attach_point *point, char *path, struct error *err)
{
	char binary[sizeof(point->target)];
	struct usdt_probe probe = {};
	int ret = usdt_target(point->target, binary, sizeof(binary), &probe, err);

	return ret ?: binary_path(binary, point->pid, path, PATH_MAX, err);
}

const struct provider provider_usdt = {
	.name = "usdt",
	.prog_type = BPF_PROG_TYPE_KPROBE,
	.preemptible = true,
	.check = usdt_check,
	.attach = usdt_attach,
	.detach = attach_close,
	.file = usdt_file,
};
