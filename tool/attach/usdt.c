// SPDX-License-Identifier: GPL-2.0-only
/* usdt: static probes that a program or library was built with. */
#include <errno.h>
#include <limits.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attach/attach.h"
#include "attach/bcc_dl.h"
#include "attach/binary_path.h"
#include "attach/elf_symbol.h"
#include "attach/elf_usdt.h"
#include "attach/perf_open.h"
#include "attach/usdt.h"
#include "attach/why.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/text.h"

/* BINARY:PROVIDER:NAME or BINARY:NAME in parts. */
struct usdt_target {
	char binary[512];
	char provider[256]; /* "" any */
	char name[256];
};

/* One location of the probe wanted. */
struct usdt_location {
	uint64_t offset;
	uint64_t semaphore;
};

struct usdt_search {
	struct usdt_target *target;
	struct usdt_location *locations;
	unsigned int nr_locations;
	unsigned int nr_seen; /* probes of any name */
	struct near near;
	char near_provider[256];
};

static int usdt_target(const struct attach_point *point, struct usdt_target *target,
		       struct error *err)
{
	const char *name = strrchr(point->target, ':'), *provider;

	memset(target, 0, sizeof(*target));
	if (!name || name == point->target || !name[1])
		goto bad;
	provider = memrchr(point->target, ':', (size_t)(name - point->target));
	snprintf(target->name, sizeof(target->name), "%s", name + 1);
	if (!provider)
		provider = name;
	else
		snprintf(target->provider, sizeof(target->provider), "%.*s",
			 (int)(name - provider - 1), provider + 1);
	if (provider == point->target)
		goto bad;
	snprintf(target->binary, sizeof(target->binary), "%.*s", (int)(provider - point->target),
		 point->target);
	return 0;
bad:
	attach_error(point, err, -EINVAL, "it is written BINARY:PROVIDER:NAME or BINARY:NAME");
	error_hint(err, "for example usdt /usr/bin/python3:python:function__entry");
	return -EINVAL;
}

static int usdt_collect(const struct elf_usdt *usdt, void *data, struct error *err)
{
	struct usdt_search *search = data;
	struct usdt_target *target = search->target;
	struct usdt_location *locations;

	search->nr_seen++;
	if (strcmp(usdt->name, target->name) != 0) {
		near_offer(&search->near, usdt->name);
		if (strcmp(search->near.best, usdt->name) == 0)
			snprintf(search->near_provider, sizeof(search->near_provider), "%s",
				 usdt->provider);
		return 0;
	}
	if (target->provider[0] && strcmp(usdt->provider, target->provider) != 0) {
		snprintf(search->near_provider, sizeof(search->near_provider), "%s",
			 usdt->provider);
		snprintf(search->near.best, sizeof(search->near.best), "%s", usdt->name);
		search->near.distance = 0;
		return 0;
	}
	if (!target->provider[0]) {
		/* the first provider that has it; another one's is another probe */
		snprintf(target->provider, sizeof(target->provider), "%s", usdt->provider);
	}
	locations = realloc(search->locations,
			    (search->nr_locations + 1) * sizeof(*search->locations));
	if (!locations)
		return error_set(err, -ENOMEM, "out of memory");
	search->locations = locations;
	locations[search->nr_locations].offset = usdt->offset;
	locations[search->nr_locations++].semaphore = usdt->semaphore;
	return 0;
}

/*
 * Find the binary and the probe's locations in it; target->provider is filled when it was left
 * out. search->locations is to be freed. Errors are those of the file alone.
 */
static int usdt_find(const struct attach_point *point, struct usdt_target *target, char *path,
		     struct usdt_search *search, struct error *err)
{
	struct elf_file file;
	int ret;

	memset(search, 0, sizeof(*search));
	search->target = target;
	search->near.wanted = target->name;
	ret = binary_path(target->binary, point->pid, path, PATH_MAX, err);
	if (ret < 0)
		return ret;
	ret = elf_file_open(&file, path, err);
	if (ret < 0)
		return ret;
	ret = elf_usdt_each(&file, usdt_collect, search, err);
	elf_file_close(&file);
	if (ret < 0 || search->nr_locations > 0)
		goto out;
	if (search->nr_seen == 0) {
		ret = error_set(err, -ENOENT, "%s was built without USDT probes", path);
		error_hint(err, "use a uprobe on one of its functions, or a build with its probes "
				"enabled (--enable-dtrace, --with-dtrace, systemtap-sdt-dev)");
		goto out;
	}
	ret = error_set(err, -ENOENT, "%s has no USDT probe %s%s%s", path, target->provider,
			target->provider[0] ? ":" : "", target->name);
	if (near_best(&search->near))
		error_hint(err, "did you mean %s:%s?", search->near_provider, search->near.best);
	else
		error_hint(err, "readelf -n %s lists those it has", path);
out:
	if (ret < 0) {
		free(search->locations);
		search->locations = NULL;
	}
	return ret;
}

static int usdt_check(const struct attach_point *point, struct error *err)
{
	struct usdt_target target;
	struct usdt_search search;
	struct error cause = {};
	char path[PATH_MAX];
	uint32_t type;
	int ret;

	ret = usdt_target(point, &target, err);
	if (ret < 0)
		return ret;
	ret = why_may_trace(&cause);
	if (ret == 0 && perf_pmu_type("uprobe", &type) < 0)
		ret = error_set(&cause, -EOPNOTSUPP,
				"this kernel was built without uprobes (CONFIG_UPROBE_EVENTS), "
				"which USDT probes are attached by");
	if (ret == 0) {
		ret = usdt_find(point, &target, path, &search, &cause);
		free(ret == 0 ? search.locations : NULL);
	}
	return ret < 0 ? attach_wrap(point, err, &cause) : 0;
}

static int usdt_attach(struct attach_point *point, int prog_fd, struct error *err)
{
	struct usdt_target target;
	struct usdt_search search;
	struct error cause = {};
	char path[PATH_MAX];
	int ret;

	ret = usdt_target(point, &target, err);
	if (ret < 0)
		return ret;
	if (usdt_find(point, &target, path, &search, &cause) < 0)
		return attach_wrap(point, err, &cause);
	for (unsigned int i = 0; ret == 0 && i < search.nr_locations; i++) {
		/* The kernel counts the semaphore up, and down again when this process is gone. */
		struct perf_probe probe = {
			.pmu = "uprobe",
			.name = path,
			.addr = search.locations[i].offset,
			.semaphore = search.locations[i].semaphore,
			.pid = point->pid,
		};

		ret = perf_probe_open(&probe);
		if (ret >= 0)
			ret = perf_start(point, ret, prog_fd);
	}
	free(search.locations);
	if (ret == 0)
		return 0;
	attach_close(point);
	if (ret == -ESRCH && point->pid >= 0)
		return attach_error(point, err, ret, "there is no process %d", point->pid);
	why_refused(ret, "attaching a USDT probe", &cause);
	return attach_wrap(point, err, &cause);
}

/* Open the binary in libbcc and tell it which function handles the probe. */
static int usdt_enable(const struct bcc_dl *bcc, const struct attach_point *point, void **context,
		       struct error *err)
{
	struct usdt_target target;
	struct usdt_search search;
	struct error cause = {};
	char path[PATH_MAX], real[PATH_MAX];
	int ret;

	ret = usdt_target(point, &target, err);
	if (ret < 0)
		return ret;
	if (usdt_find(point, &target, path, &search, &cause) < 0)
		return attach_wrap(point, err, &cause);
	free(search.locations);
	/* libbcc only takes absolute paths */
	if (!realpath(path, real))
		return attach_error(point, err, -errno, "%s: %s", path, strerror(errno));
	*context = point->pid >= 0 ? bcc->usdt_new_frompid(point->pid, real)
				   : bcc->usdt_new_frompath(real);
	if (!*context)
		return attach_error(point, err, -EINVAL, "libbcc cannot read the probes of %s",
				    real);
	if (bcc->usdt_enable_fully_specified_probe(*context, target.provider, target.name,
						   point->function) < 0) {
		attach_error(point, err, -EINVAL, "libbcc cannot enable %s:%s for the function %s",
			     target.provider, target.name, point->function);
		error_hint(err, "use one function for each USDT probe");
		return -EINVAL;
	}
	return 0;
}

int usdt_args(struct buf *out, const struct attach_point *points, unsigned int n, struct error *err)
{
	struct bcc_dl bcc = {};
	void **contexts = NULL;
	const char *text;
	int nr = 0, ret;

	for (unsigned int i = 0; i < n; i++)
		nr += points[i].provider == &provider_usdt;
	if (nr == 0)
		return 0;
	ret = bcc_dl_open(&bcc, err);
	if (ret < 0)
		return ret;
	contexts = calloc((size_t)nr, sizeof(*contexts));
	nr = 0;
	if (!contexts) {
		ret = error_set(err, -ENOMEM, "out of memory");
		goto out;
	}
	for (unsigned int i = 0; ret == 0 && i < n; i++) {
		if (points[i].provider != &provider_usdt)
			continue;
		ret = usdt_enable(&bcc, &points[i], &contexts[nr], err);
		nr += contexts[nr] != NULL;
	}
	if (ret < 0)
		goto out;
	/* the text is libbcc's, and overwritten by its next call */
	text = bcc.usdt_genargs(contexts, nr);
	if (text)
		buf_str(out, text);
	else
		ret = error_set(
			err, -EINVAL,
			"libbcc does not understand where the arguments of a USDT probe are");
out:
	while (nr > 0)
		bcc.usdt_close(contexts[--nr]);
	free(contexts);
	bcc_dl_close(&bcc);
	return ret;
}

const struct provider provider_usdt = {
	.name = "usdt",
	.prog_type = BPF_PROG_TYPE_KPROBE,
	.check = usdt_check,
	.attach = usdt_attach,
	.detach = attach_close,
};
