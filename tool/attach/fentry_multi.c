// SPDX-License-Identifier: GPL-2.0-only
/*
 * fentry.multi and fexit.multi: BPF trampolines of many functions. The kernel binds a program to
 * one function when it is loaded, so there is a program and a link for each.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "attach/attach.h"
#include "attach/behind.h"
#include "attach/function_btf.h"
#include "attach/many.h"
#include "attach/nothing.h"
#include "attach/trampoline.h"
#include "attach/why.h"
#include "util/error.h"
#include "util/text.h"

/* not in the C library: what the kernel says of what it has no code for, include/linux/errno.h */
#define KERNEL_ENOTSUPP 524

static int multi_open(struct many *many, const struct attach_point *point, struct error *err)
{
	return many_open(many, point, err) ?: many_open_btf(many, err);
}

/* Why the list's function @i cannot have a trampoline, as far as BTF and symbols tell; or NULL. */
static const char *why_not(const struct many *many, size_t i)
{
	if (many->lookup->btf.protos[i].why_not)
		return many->lookup->btf.protos[i].why_not;
	/* kernel/bpf/verifier.c looks the address up by name: kallsyms_lookup_name() */
	return many->list->items[i].is_name_shared
		       ? "its name is not unique, and fentry goes by names"
		       : NULL;
}

static struct attach_bound bound_to(const struct many *many, size_t i)
{
	return (struct attach_bound){
		.btf_id = many->lookup->btf.protos[i].btf_id,
		.btf_fd = many->lookup->btf.protos[i].btf_fd,
		.address = many->list->items[i].addr,
		.nr_slots = many->lookup->btf.protos[i].nr_slots,
	};
}

static int load_bound(const struct attach_point *point, const struct attach_bound *bound)
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts,
		    .expected_attach_type = point->provider->expected_type,
		    .attach_btf_id = bound->btf_id, .attach_btf_obj_fd = (__u32)bound->btf_fd);

	return nothing_load(point->provider->prog_type, &opts);
}

/*
 * Before Linux 5.12 (commit ca06f55b9002 "bpf: Add per-program recursion prevention mechanism") a
 * trampoline's program runs also when its function is called by the program itself, and so on
 * until the stack is used up: functions that programs call must not be traced there, and which
 * these are nobody tells. Where the kernel prevents it, it counts how often.
 */
static bool is_recursion_prevented(void)
{
	int fd = nothing_load(BPF_PROG_TYPE_SOCKET_FILTER, NULL);
	struct bpf_prog_info info = {};
	uint32_t size = sizeof(info);

	/* loading the real one will tell why */
	if (fd < 0)
		return true;
	if (bpf_obj_get_info_by_fd(fd, &info, &size))
		size = sizeof(info);
	close(fd);
	return size >= offsetof(struct bpf_prog_info, recursion_misses) + sizeof(uint64_t);
}

static int multi_check(const struct attach_point *point, struct error *err)
{
	int ret = many_check(point, err) ?: trampoline_possible(point, err);

	if (ret || is_recursion_prevented())
		return ret;
	attach_error(point, err, -EOPNOTSUPP,
		     "this kernel does not keep such programs from recursion, which many functions "
		     "would lead to; since Linux 5.12 they do");
	return error_hint(err, "use kprobe.multi, or hotprobe calltrace without --fentry");
}

static int multi_verify(const struct attach_point *point, struct error *err)
{
	struct many many;
	int ret = multi_open(&many, point, err);

	many_close(&many);
	return ret;
}

/* Of one that is refused, which is the function's or this process's fault? */
static bool is_function(int code)
{
	/* EACCES: it has no such argument as the program reads; E2BIG: too many programs there */
	return many_is_function(code) || code == -EACCES || code == -E2BIG ||
	       code == -KERNEL_ENOTSUPP;
}

/* The first function that takes a program: if it does not take ours, ours is not right. */
static int multi_bind(const struct attach_point *point, struct attach_bound *bound,
		      struct error *err)
{
	int ret, fd = -ENOENT;
	struct many many;

	ret = multi_open(&many, point, err);
	for (size_t i = 0; !ret && fd < 0 && i < many.list->nr; i++) {
		if (why_not(&many, i))
			continue;
		*bound = bound_to(&many, i);
		fd = load_bound(point, bound);
		if (fd < 0 && !is_function(fd))
			break;
	}
	if (ret)
		goto out;
	if (fd < 0 && !is_function(fd)) {
		struct error cause = {};

		why_refused(fd, "loading a program for a trampoline", &cause);
		ret = attach_wrap(point, err, &cause);
	} else if (fd < 0) {
		ret = many_end(&many, err);
	} else {
		close(fd);
	}
	/* it closes its own */
	if (!ret && bound->btf_fd) {
		bound->btf_fd = fcntl(bound->btf_fd, F_DUPFD_CLOEXEC, 0);
		ret = bound->btf_fd < 0 ? -errno : 0;
	}
out:
	if (ret)
		bound->btf_fd = 0;
	many_close(&many);
	return ret;
}

static int multi_refused(struct many *many, size_t i, int code, const char *words,
			 struct error *err)
{
	char why[256];

	if (!is_function(code))
		return many_refused(many, &many->list->items[i], code, err);
	snprintf(why, sizeof(why), "the kernel does not allow it there: %s",
		 *words				? words
		 : code == -KERNEL_ENOTSUPP	? "ENOTSUPP, as of more arguments than it can pass on"
						: errno_name(-code) ?: strerror(-code));
	many_leave_out(many, &many->list->items[i], why);
	return 0;
}

static int multi_attach_one(struct many *many, struct attach_point *point, size_t i,
			    struct error *err)
{
	struct attach_bound bound = bound_to(many, i);
	struct error words = {};
	int prog_fd, fd;

	prog_fd = point->loader->load(point->loader->arg, point, &bound, &words);
	if (prog_fd < 0)
		return multi_refused(many, i, prog_fd, words.text, err);
	/* without a name it attaches where the program is bound to; the link holds the program */
	fd = bpf_raw_tracepoint_open(NULL, prog_fd);
	close(prog_fd);
	if (fd < 0)
		return multi_refused(many, i, fd, "", err);
	many_attached(many, 1);
	return attach_keep(point, fd);
}

static void multi_detach(struct attach_point *point)
{
	behind_close(point->fds, point->nr_fds);
	point->nr_fds = 0;
	attach_close(point);
}

/* @prog_fd is bound to one of the functions and has shown that the kernel takes the program. */
static int multi_attach(struct attach_point *point, int prog_fd, struct error *err)
{
	struct many many;
	int ret = multi_open(&many, point, err);

	(void)prog_fd;
	many_raise_limit(many.list->nr);
	for (size_t i = 0; i < many.list->nr && !ret; i++) {
		const char *why = why_not(&many, i);

		ret = many_interrupted(&many, err);
		if (ret)
			break;
		if (why)
			many_leave_out(&many, &many.list->items[i], why);
		else
			ret = multi_attach_one(&many, point, i, err);
	}
	ret = ret ?: many_end(&many, err);
	if (ret)
		multi_detach(point);
	many_close(&many);
	return ret;
}

const struct provider provider_fentry_multi = {
	.name = "fentry.multi",
	.prog_type = BPF_PROG_TYPE_TRACING,
	.expected_type = BPF_TRACE_FENTRY,
	.bind = multi_bind,
	.loads = true,
	.check = multi_check,
	.verify = multi_verify,
	.attach = multi_attach,
	.detach = multi_detach,
};

const struct provider provider_fexit_multi = {
	.name = "fexit.multi",
	.prog_type = BPF_PROG_TYPE_TRACING,
	.expected_type = BPF_TRACE_FEXIT,
	.bind = multi_bind,
	.loads = true,
	.check = multi_check,
	.verify = multi_verify,
	.attach = multi_attach,
	.detach = multi_detach,
};
