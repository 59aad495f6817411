// SPDX-License-Identifier: GPL-2.0-only
/*
 * kprobe.multi and kretprobe.multi: many functions of the kernel at once, by one BPF link (Linux
 * 5.18, commit 0dcac2725406 "bpf: Add multi kprobe link", with CONFIG_FPROBE).
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <unistd.h>

#include "attach/attach.h"
#include "attach/kprobe_each.h"
#include "attach/many.h"
#include "attach/nothing.h"
#include "attach/why.h"
#include "util/error.h"

/* The link for @n functions: its descriptor, or a negative errno. */
static int multi_link(int prog_fd, const uint64_t *addrs, size_t n, bool is_return)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts);
	int fd;

	opts.kprobe_multi.addrs = addrs;
	opts.kprobe_multi.cnt = (uint32_t)n;
	opts.kprobe_multi.flags = is_return ? BPF_F_KPROBE_MULTI_RETURN : 0;
	fd = bpf_link_create(prog_fd, 0, BPF_TRACE_KPROBE_MULTI, &opts);
	return fd < 0 ? -errno : fd;
}

/*
 * Does this kernel have such links? Where it has it reads the addresses, which are nowhere; else it
 * says EOPNOTSUPP, or EINVAL before 5.18.
 */
static bool multi_is_there(void)
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = BPF_TRACE_KPROBE_MULTI);
	int prog_fd = nothing_load(BPF_PROG_TYPE_KPROBE, &opts);
	int ret;

	if (prog_fd < 0)
		return false;
	ret = multi_link(prog_fd, (const uint64_t *)1, 1, false);
	if (ret >= 0)
		close(ret);
	close(prog_fd);
	return ret == -EFAULT;
}

static const struct provider *kprobe_multi_settle(void)
{
	return multi_is_there() ? &provider_kprobe_multi : &provider_kprobe_each;
}

static const struct provider *kretprobe_multi_settle(void)
{
	return multi_is_there() ? &provider_kretprobe_multi : &provider_kretprobe_each;
}

static int multi_check(const struct attach_point *point, struct error *err)
{
	struct error cause = {};
	int ret = many_check(point, err);

	if (ret)
		return ret;
	return why_may_trace(&cause) < 0 ? attach_wrap(point, err, &cause) : 0;
}

static int multi_verify(const struct attach_point *point, struct error *err)
{
	struct many many;
	int ret = many_open(&many, point, err);

	many_close(&many);
	return ret;
}

/* Attach to the functions from @first on; where the kernel refuses one of them, to the others. */
static int multi_attach_some(struct many *many, struct attach_point *point, int prog_fd,
			     const uint64_t *addrs, size_t first, size_t n, struct error *err)
{
	bool is_return = point->provider == &provider_kretprobe_multi;
	int fd, ret = many_interrupted(many, err);

	if (ret)
		return ret;
	fd = multi_link(prog_fd, addrs + first, n, is_return);
	if (fd >= 0) {
		many_attached(many, n);
		return attach_keep(point, fd);
	}
	/* it does not say which one */
	if (n == 1 || !many_is_function(fd))
		return many_refused(many, &many->list->items[first], fd, err);
	ret = multi_attach_some(many, point, prog_fd, addrs, first, n / 2, err);
	return ret ?: multi_attach_some(many, point, prog_fd, addrs, first + n / 2, n - n / 2, err);
}

static int multi_attach(struct attach_point *point, int prog_fd, struct error *err)
{
	uint64_t *addrs = NULL;
	struct many many;
	int ret = many_open(&many, point, err);

	if (ret)
		goto out;
	addrs = malloc(many.list->nr * sizeof(*addrs));
	if (!addrs) {
		ret = -ENOMEM;
		goto out;
	}
	for (size_t i = 0; i < many.list->nr; i++)
		addrs[i] = many.list->items[i].addr;
	ret = multi_attach_some(&many, point, prog_fd, addrs, 0, many.list->nr, err);
	ret = ret ?: many_end(&many, err);
out:
	if (ret)
		attach_close(point);
	free(addrs);
	many_close(&many);
	return ret;
}

const struct provider provider_kprobe_multi = {
	.name = "kprobe.multi",
	.prog_type = BPF_PROG_TYPE_KPROBE,
	.expected_type = BPF_TRACE_KPROBE_MULTI,
	.settle = kprobe_multi_settle,
	.check = multi_check,
	.verify = multi_verify,
	.attach = multi_attach,
	.detach = attach_close,
};

const struct provider provider_kretprobe_multi = {
	.name = "kretprobe.multi",
	.prog_type = BPF_PROG_TYPE_KPROBE,
	.expected_type = BPF_TRACE_KPROBE_MULTI,
	.settle = kretprobe_multi_settle,
	.check = multi_check,
	.verify = multi_verify,
	.attach = multi_attach,
	.detach = attach_close,
};
