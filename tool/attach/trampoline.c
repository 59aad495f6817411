// SPDX-License-Identifier: GPL-2.0-only
/* fentry, fexit and lsm: BPF trampolines, attached by a function's BTF id given at load. */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "attach/attach.h"
#include "attach/perf_open.h"
#include "attach/trampoline.h"
#include "attach/why.h"
#include "cache/cache.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/kernel.h"
#include "util/text.h"

#define VMLINUX_BTF "/sys/kernel/btf/vmlinux"

/* include/linux/btf_ids.h and kernel/bpf/bpf_lsm.c: a hook's function in the BTF */
#define LSM_PREFIX "bpf_lsm_"

/* KFUNC_PROBE(F) is kfunc__F in libbcc 0.26 and kfunc__vmlinux__F in newer ones. */
static int trampoline_prefix_target(const char *rest, char *target, int size)
{
	int len;

	if (text_starts(rest, "vmlinux__"))
		rest += strlen("vmlinux__");
	len = snprintf(target, (size_t)size, "%s", rest);
	return len <= 0 || len >= size ? -EINVAL : 0;
}

static bool is_lsm(const struct provider *provider)
{
	return provider->expected_type == BPF_LSM_MAC;
}

static int lsm_check(const struct attach_point *point, struct error *err)
{
	struct buf list = {};
	bool active = true;

	/* securityfs' list of active modules; where it is not mounted attaching will tell */
	if (buf_read_file(&list, "/sys/kernel/security/lsm", 4096) == 0)
		active = strstr(buf_text(&list), "bpf") != NULL;
	buf_free(&list);
	if (active)
		return 0;
	attach_error(point, err, -EOPNOTSUPP, "this kernel's BPF security module is not active");
	error_hint(err, "boot with bpf added to lsm=..., as in /sys/kernel/security/lsm; it needs "
			"CONFIG_BPF_LSM");
	return -EOPNOTSUPP;
}

int trampoline_possible(const struct attach_point *point, struct error *err)
{
	struct error cause = {};

	if (why_may_trace(&cause) < 0)
		return attach_wrap(point, err, &cause);
	if (access(VMLINUX_BTF, F_OK) == 0)
		return 0;
	attach_error(point, err, -EOPNOTSUPP,
		     "this kernel was built without BTF (CONFIG_DEBUG_INFO_BTF)");
	return error_hint(err, point->provider->loads
				       ? "use kprobe.multi, or hotprobe calltrace without --fentry"
				       : "use a kprobe instead");
}

static int trampoline_check(const struct attach_point *point, struct error *err)
{
	int ret;

	if (text_ident_len(point->target) != strlen(point->target) || !point->target[0])
		return attach_error(point, err, -EINVAL, "not a kernel function's name");
	ret = trampoline_possible(point, err);
	return ret == 0 && is_lsm(point->provider) ? lsm_check(point, err) : ret;
}

static int trampoline_unknown(const struct btf *btf, const struct provider *provider,
			      const char *target, struct error *err)
{
	size_t skip = is_lsm(provider) ? strlen(LSM_PREFIX) : 0;
	struct near near = { .wanted = target };

	for (__u32 id = 1; id < btf__type_cnt(btf); id++) {
		const struct btf_type *type = btf__type_by_id(btf, id);
		const char *name;

		if (!btf_is_func(type))
			continue;
		name = btf__name_by_offset(btf, type->name_off);
		if (name && (!skip || text_starts(name, LSM_PREFIX)))
			near_offer(&near, name + skip);
	}
	if (skip)
		error_set(err, -ENOENT, "this kernel has no LSM hook %s", target);
	else
		error_set(err, -ENOENT,
			  "this kernel's BTF has no function %s (it may be inlined, a module's, or "
			  "not there at all)",
			  target);
	if (skip && text_starts(target, "security_"))
		error_hint(err, "hooks go without security_: %s", target + strlen("security_"));
	else if (near_best(&near))
		error_hint(err, "did you mean %s?", near_best(&near));
	else if (!skip)
		error_hint(err, "hotprobe list functions 'GLOB' lists those there are; use a "
				"kprobe for a module's");
	return -ENOENT;
}

static int trampoline_read(const struct attach_point *point, uint32_t *btf_id, struct error *err)
{
	struct btf *btf = btf__load_vmlinux_btf();
	char name[256];
	int id;

	if (!btf)
		return error_sys(err, -errno, "cannot read the kernel's BTF (" VMLINUX_BTF ")");
	snprintf(name, sizeof(name), "%s%s", is_lsm(point->provider) ? LSM_PREFIX : "",
		 point->target);
	id = btf__find_by_name_kind(btf, name, BTF_KIND_FUNC);
	if (id > 0)
		*btf_id = (uint32_t)id;
	else
		trampoline_unknown(btf, point->provider, point->target, err);
	btf__free(btf);
	return id > 0 ? 0 : -ENOENT;
}

int trampoline_btf_id(const struct attach_point *point, uint32_t *btf_id, struct error *err)
{
	char what[640], build_id[41];
	uint64_t id;
	int ret;

	kernel_build_id(build_id);
	snprintf(what, sizeof(what), "BTF id of %s%s in kernel %s",
		 is_lsm(point->provider) ? LSM_PREFIX : "", point->target, build_id);
	if (build_id[0] && cache_number_find(point->cache, what, &id) == 0) {
		*btf_id = (uint32_t)id;
		return 0;
	}
	ret = trampoline_read(point, btf_id, err);
	if (!ret && build_id[0])
		cache_number_store(point->cache, what, *btf_id, NULL);
	return ret;
}

static int trampoline_bind(const struct attach_point *point, struct attach_bound *bound,
			   struct error *err)
{
	struct error cause = {};
	int ret = trampoline_btf_id(point, &bound->btf_id, &cause);

	return ret ? attach_wrap(point, err, &cause) : 0;
}

static int trampoline_verify(const struct attach_point *point, struct error *err)
{
	struct error cause = {};
	uint32_t id;

	if (trampoline_btf_id(point, &id, &cause) < 0)
		return attach_wrap(point, err, &cause);
	return 0;
}

static int trampoline_attach(struct attach_point *point, int prog_fd, struct error *err)
{
	/* BPF_RAW_TRACEPOINT_OPEN without a name attaches where the program was loaded for */
	int fd = bpf_raw_tracepoint_open(NULL, prog_fd);
	struct error cause = {};

	if (fd >= 0)
		return attach_keep(point, fd);
	if (fd == -EBUSY) {
		attach_error(point, err, fd,
			     "another program that changes the function's result, or live "
			     "patching, has it already");
		return fd;
	}
	why_refused(fd, "attaching", &cause);
	return attach_wrap(point, err, &cause);
}

const struct provider provider_fentry = {
	.name = "fentry",
	.prefix = "kfunc__",
	.prog_type = BPF_PROG_TYPE_TRACING,
	.expected_type = BPF_TRACE_FENTRY,
	.bind = trampoline_bind,
	.prefix_target = trampoline_prefix_target,
	.check = trampoline_check,
	.verify = trampoline_verify,
	.attach = trampoline_attach,
	.detach = attach_close,
};

const struct provider provider_fexit = {
	.name = "fexit",
	.prefix = "kretfunc__",
	.prog_type = BPF_PROG_TYPE_TRACING,
	.expected_type = BPF_TRACE_FEXIT,
	.bind = trampoline_bind,
	.prefix_target = trampoline_prefix_target,
	.check = trampoline_check,
	.verify = trampoline_verify,
	.attach = trampoline_attach,
	.detach = attach_close,
};

const struct provider provider_lsm = {
	.name = "lsm",
	.prefix = "lsm__",
	.prog_type = BPF_PROG_TYPE_LSM,
	.expected_type = BPF_LSM_MAC,
	.bind = trampoline_bind,
	.prefix_target = trampoline_prefix_target,
	.check = trampoline_check,
	.verify = trampoline_verify,
	.attach = trampoline_attach,
	.detach = attach_close,
};
