// SPDX-License-Identifier: GPL-2.0-only
/* uprobe and uretprobe: at a place in, and at the return of, a function of a program or library. */
#include <errno.h>
#include <limits.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>

#include "attach/attach.h"
#include "binary/path.h"
#include "attach/perf_open.h"
#include "attach/uprobe_target.h"
#include "attach/why.h"
#include "util/error.h"
#include "binary/elf.h"

/* include/linux/errno.h: kernel/events/uprobes.c lets it out to user space */
#define KERNEL_ENOTSUPP 524

static bool is_return(const struct attach_point *point)
{
	return point->provider == &provider_uretprobe;
}

static int uprobe_target(const struct attach_point *point, struct uprobe_target *target,
			 struct error *err)
{
	struct error cause = {};
	int ret = uprobe_target_parse(point->target, target, &cause);

	if (ret)
		return attach_wrap(point, err, &cause);
	if (is_return(point) && target->symbol[0] &&
	    (target->offset || target->place != UPROBE_OFFSET))
		return attach_error(point, err, -EINVAL,
				    "a uretprobe is at a function's return: it takes no offset");
	return 0;
}

static int uprobe_pmu(struct error *err)
{
	uint32_t type;
	int ret = perf_pmu_type("uprobe", &type);

	if (ret == -ENOENT) {
		error_set(err, -EOPNOTSUPP,
			  "this kernel was built without uprobes (CONFIG_UPROBE_EVENTS)");
		error_hint(err, "programs' functions cannot be traced with this kernel");
		return -EOPNOTSUPP;
	}
	return ret < 0 ? error_sys(err, ret, "cannot read the uprobe PMU's type") : 0;
}

static int uprobe_check(const struct attach_point *point, struct error *err)
{
	struct uprobe_target target;
	struct error cause = {};
	struct elf_file file;
	char path[PATH_MAX];
	int ret;

	ret = uprobe_target(point, &target, err);
	if (ret < 0)
		return ret;
	ret = why_may_trace(&cause);
	if (ret == 0)
		ret = uprobe_pmu(&cause);
	if (ret == 0)
		ret = binary_path(target.binary, point->pid, path, sizeof(path), &cause);
	if (ret == 0) {
		ret = elf_file_open(&file, path, &cause);
		if (ret == 0)
			elf_file_close(&file);
	}
	return ret < 0 ? attach_wrap(point, err, &cause) : 0;
}

/* All places that the point stands for. */
static int uprobe_places(const struct attach_point *point, char *path, uint64_t *places,
			 unsigned int *nr, struct error *err)
{
	struct uprobe_target target;
	struct error cause = {};
	int ret;

	ret = uprobe_target(point, &target, err);
	if (ret < 0)
		return ret;
	ret = binary_path(target.binary, point->pid, path, PATH_MAX, &cause);
	if (ret == 0)
		ret = uprobe_target_resolve(&target, path, point->cache, places, nr, &cause);
	return ret < 0 ? attach_wrap(point, err, &cause) : 0;
}

static int uprobe_verify(const struct attach_point *point, struct error *err)
{
	uint64_t places[UPROBE_PLACES_MAX];
	char path[PATH_MAX];
	unsigned int nr;

	return uprobe_places(point, path, places, &nr, err);
}

static int uprobe_absent(const struct attach_point *point, struct error *err)
{
	int ret = uprobe_check(point, err);

	if (ret)
		return ret;
	ret = uprobe_verify(point, err);
	return ret == -ENOENT ? 1 : ret;
}

static int uprobe_failed(const struct attach_point *point, int code, struct error *err)
{
	struct error cause = {};

	if (code == -ESRCH && point->pid >= 0)
		return attach_error(point, err, code, "there is no process %d", point->pid);
	if (code == -EILSEQ || code == -KERNEL_ENOTSUPP || code == -EOPNOTSUPP) {
		attach_error(point, err, code,
			     "the instruction there is one that the kernel cannot put a uprobe on, "
			     "or none starts there");
		error_hint(err, "choose the start of another instruction: objdump -d shows them");
		return code;
	}
	if (uprobe_pmu(&cause) == 0)
		why_refused(code, "attaching a uprobe", &cause);
	return attach_wrap(point, err, &cause);
}

static int uprobe_attach(struct attach_point *point, int prog_fd, struct error *err)
{
	struct perf_probe probe = { .pmu = "uprobe",
				    .is_return = is_return(point),
				    .pid = point->pid };
	uint64_t places[UPROBE_PLACES_MAX];
	char path[PATH_MAX];
	unsigned int nr;
	int ret = uprobe_places(point, path, places, &nr, err);

	if (ret)
		return ret;
	probe.name = path;
	for (unsigned int i = 0; i < nr && ret >= 0; i++) {
		probe.addr = places[i];
		ret = perf_probe_open(&probe);
		if (ret >= 0)
			ret = perf_start(point, ret, prog_fd);
	}
	if (ret >= 0)
		return 0;
	attach_close(point);
	return uprobe_failed(point, ret, err);
}

static int uprobe_file(const struct attach_point *point, char *path, struct error *err)
{
	struct uprobe_target target;
	int ret = uprobe_target(point, &target, err);

	return ret ?: binary_path(target.binary, point->pid, path, PATH_MAX, err);
}

/* No prefix: a function's name has no place for a file's. */
const struct provider provider_uprobe = {
	.name = "uprobe",
	.prog_type = BPF_PROG_TYPE_KPROBE,
	.preemptible = true,
	.check = uprobe_check,
	.verify = uprobe_verify,
	.absent = uprobe_absent,
	.attach = uprobe_attach,
	.detach = attach_close,
	.file = uprobe_file,
};

const struct provider provider_uretprobe = {
	.name = "uretprobe",
	.prog_type = BPF_PROG_TYPE_KPROBE,
	.preemptible = true,
	.check = uprobe_check,
	.verify = uprobe_verify,
	.absent = uprobe_absent,
	.attach = uprobe_attach,
	.detach = attach_close,
	.file = uprobe_file,
};
