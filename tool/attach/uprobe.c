// SPDX-License-Identifier: GPL-2.0-only
/* uprobe and uretprobe: at a place in, and at the return of, a function of a program or library. */
#include <errno.h>
#include <limits.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>

#include "attach/attach.h"
#include "binary/path.h"
#include "binary/elf.h"
#include "attach/perf_open.h"
#include "attach/why.h"
#include "cache/cache.h"
#include "util/error.h"
#include "util/text.h"

/* include/linux/errno.h: kernel/events/uprobes.c lets it out to user space */
#define KERNEL_ENOTSUPP 524

/* BINARY:SYMBOL, BINARY:SYMBOL+OFFSET or BINARY:0xOFFSET in parts. */
struct uprobe_target {
	char binary[512];
	char symbol[512]; /* "" when @offset is one in the file */
	uint64_t offset;
};

static bool is_return(const struct attach_point *point)
{
	return point->provider == &provider_uretprobe;
}

static int uprobe_target(const struct attach_point *point, struct uprobe_target *target,
			 struct error *err)
{
	const char *colon = strrchr(point->target, ':'), *plus;

	memset(target, 0, sizeof(*target));
	if (!colon || colon == point->target || !colon[1]) {
		attach_error(point, err, -EINVAL, "it is written BINARY:FUNCTION");
		error_hint(err, "for example %s /usr/bin/bash:readline, or c:getaddrinfo",
			   point->provider->name);
		return -EINVAL;
	}
	snprintf(target->binary, sizeof(target->binary), "%.*s", (int)(colon - point->target),
		 point->target);
	if (text_starts(colon + 1, "0x")) {
		if (text_u64(colon + 1, &target->offset) < 0)
			return attach_error(point, err, -EINVAL, "%s is not an offset", colon + 1);
		return 0;
	}
	plus = strrchr(colon, '+');
	snprintf(target->symbol, sizeof(target->symbol), "%.*s",
		 plus ? (int)(plus - colon - 1) : (int)sizeof(target->symbol) - 1, colon + 1);
	if (plus && text_u64(plus + 1, &target->offset) < 0)
		return attach_error(point, err, -EINVAL, "%s is not a number of bytes", plus + 1);
	if (target->offset && is_return(point))
		return attach_error(point, err, -EINVAL,
				    "a uretprobe is at a function's return: it takes no offset");
	return 0;
}

/* The place in the file. Errors are those of the file alone. */
static int uprobe_read(const struct uprobe_target *target, const char *path, uint64_t *offset,
		       struct error *err)
{
	struct elf_file file;
	uint64_t start, size;
	int ret;

	ret = elf_file_open(&file, path, err);
	if (ret < 0)
		return ret;
	if (!target->symbol[0]) {
		*offset = target->offset;
		ret = elf_check_code(&file, target->offset, err);
		goto out;
	}
	ret = elf_symbol_offset(&file, target->symbol, &start, &size, err);
	if (ret < 0)
		goto out;
	*offset = start + target->offset;
	if (size && target->offset >= size) {
		ret = error_set(err, -EINVAL,
				"%s of %s is %llu bytes long: +%llu is behind its end",
				target->symbol, path, (unsigned long long)size,
				(unsigned long long)target->offset);
	}
out:
	elf_file_close(&file);
	return ret;
}

/* The same, by what was found before: the symbols of a large program take long to read. */
static int uprobe_resolve(const struct attach_point *point, const struct uprobe_target *target,
			  const char *path, uint64_t *offset, struct error *err)
{
	char what[PATH_MAX + sizeof(point->target) + 32];
	int ret;

	snprintf(what, sizeof(what), "uprobe %s in %s", strrchr(point->target, ':') + 1, path);
	if (cache_number_find(point->cache, what, offset) == 0)
		return 0;
	ret = uprobe_read(target, path, offset, err);
	if (!ret)
		cache_number_store(point->cache, what, *offset, path);
	return ret;
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

static int uprobe_verify(const struct attach_point *point, struct error *err)
{
	struct uprobe_target target;
	struct error cause = {};
	char path[PATH_MAX];
	uint64_t offset;
	int ret;

	ret = uprobe_target(point, &target, err);
	if (ret < 0)
		return ret;
	ret = binary_path(target.binary, point->pid, path, sizeof(path), &cause);
	if (ret == 0)
		ret = uprobe_resolve(point, &target, path, &offset, &cause);
	return ret < 0 ? attach_wrap(point, err, &cause) : 0;
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
	struct uprobe_target target;
	struct error cause = {};
	char path[PATH_MAX];
	int ret;

	ret = uprobe_target(point, &target, err);
	if (ret < 0)
		return ret;
	ret = binary_path(target.binary, point->pid, path, sizeof(path), &cause);
	if (ret == 0)
		ret = uprobe_resolve(point, &target, path, &probe.addr, &cause);
	if (ret < 0)
		return attach_wrap(point, err, &cause);
	probe.name = path;
	ret = perf_probe_open(&probe);
	if (ret >= 0)
		ret = perf_start(point, ret, prog_fd);
	return ret < 0 ? uprobe_failed(point, ret, err) : 0;
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
	.check = uprobe_check,
	.verify = uprobe_verify,
	.attach = uprobe_attach,
	.detach = attach_close,
	.file = uprobe_file,
};

const struct provider provider_uretprobe = {
	.name = "uretprobe",
	.prog_type = BPF_PROG_TYPE_KPROBE,
	.check = uprobe_check,
	.verify = uprobe_verify,
	.attach = uprobe_attach,
	.detach = attach_close,
	.file = uprobe_file,
};
