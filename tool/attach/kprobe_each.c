// SPDX-License-Identifier: GPL-2.0-only
/*
 * kprobe.multi and kretprobe.multi where the kernel has no links for many functions: a kprobe for
 * each function.
 *
 * A kprobe takes the kernel tens of milliseconds to take away, in which it waits for all processors
 * (synchronize_rcu() under a lock, in kernel/trace/trace_event_perf.c and kernel/kprobes.c), and
 * until then its program runs: to disable a perf event does not keep kprobe_perf_func() from it. So
 * what is attached is a stub, which jumps to the program as long as that stands in an array, and is
 * taken away by a process that nobody waits for.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>

#include "attach/attach.h"
#include "attach/behind.h"
#include "attach/grace.h"
#include "attach/kprobe.h"
#include "attach/kprobe_each.h"
#include "attach/many.h"
#include "attach/perf_open.h"
#include "attach/stub.h"
#include "util/error.h"

/* What a point's descriptors are, in this order; behind them there is one for each kprobe. */
enum {
	EACH_PROGRAMS, /* program array with the program in its only entry */
	EACH_NUMBER,   /* array with the number of that entry */
	EACH_SELECTOR, /* array of maps with EACH_NUMBER in its only entry */
	EACH_STUB,
	EACH_KPROBES,
};

static int each_check(const struct attach_point *point, struct error *err)
{
	return many_check(point, err) ?: kprobe_possible(point, err);
}

static int each_verify(const struct attach_point *point, struct error *err)
{
	struct many many;
	int ret = many_open(&many, point, err);

	many_close(&many);
	return ret;
}

/* Give the point its first EACH_KPROBES descriptors. */
static int each_prepare(struct attach_point *point, struct error *err)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts);
	uint32_t zero = 0;
	int fd, ret;

	fd = bpf_map_create(BPF_MAP_TYPE_PROG_ARRAY, "hotprobe_progs", 4, 4, 1, NULL);
	ret = fd < 0 ? fd : attach_keep(point, fd);
	if (!ret) {
		fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "hotprobe_turn", 4, 4, 1, NULL);
		ret = fd < 0 ? fd : attach_keep(point, fd);
	}
	if (!ret) {
		opts.inner_map_fd = (uint32_t)point->fds[EACH_NUMBER];
		fd = bpf_map_create(BPF_MAP_TYPE_ARRAY_OF_MAPS, "hotprobe_select", 4, 4, 1, &opts);
		ret = fd < 0 ? fd : attach_keep(point, fd);
	}
	if (!ret && bpf_map_update_elem(point->fds[EACH_SELECTOR], &zero, &point->fds[EACH_NUMBER],
					BPF_ANY))
		ret = -errno;
	if (ret)
		return error_sys(err, ret, "cannot make the maps that %s needs",
				 point->provider->name);
	fd = stub_load(point, point->fds[EACH_SELECTOR], point->fds[EACH_PROGRAMS], err);
	return fd < 0 ? fd : attach_keep(point, fd);
}

static int each_attach_one(struct attach_point *point, uint64_t addr)
{
	struct perf_probe probe = {
		.pmu = "kprobe",
		.is_return = point->provider == &provider_kretprobe_each,
		.addr = addr,
		.pid = -1,
	};
	int fd = perf_probe_open(&probe);

	return fd < 0 ? fd : perf_start(point, fd, point->fds[EACH_STUB]);
}

static void each_detach(struct attach_point *point)
{
	uint32_t zero = 0;

	if (point->nr_fds > EACH_STUB) {
		bpf_map_delete_elem(point->fds[EACH_PROGRAMS], &zero);
		/* the program may still be running */
		programs_wait();
	}
	if (point->nr_fds > EACH_KPROBES) {
		behind_close(point->fds + EACH_KPROBES, point->nr_fds - EACH_KPROBES);
		point->nr_fds = EACH_KPROBES;
	}
	attach_close(point);
}

static int each_attach(struct attach_point *point, int prog_fd, struct error *err)
{
	uint32_t zero = 0;
	struct many many;
	int ret;

	ret = many_open(&many, point, err);
	ret = ret ?: each_prepare(point, err);
	if (ret)
		goto out;
	many_raise_limit(many.list->nr);
	for (size_t i = 0; i < many.list->nr && !ret; i++) {
		ret = many_interrupted(&many, err);
		if (ret)
			break;
		ret = each_attach_one(point, many.list->items[i].addr);
		if (ret)
			ret = many_refused(&many, &many.list->items[i], ret, err);
		else
			many_attached(&many, 1);
	}
	ret = ret ?: many_end(&many, err);
	/* all begin at once */
	if (!ret && bpf_map_update_elem(point->fds[EACH_PROGRAMS], &zero, &prog_fd, BPF_ANY))
		ret = error_sys(err, -errno, "cannot put the program %s behind its stub",
				point->function);
out:
	if (ret)
		each_detach(point);
	many_close(&many);
	return ret;
}

const struct provider provider_kprobe_each = {
	.name = "kprobe.multi",
	.prog_type = BPF_PROG_TYPE_KPROBE,
	.check = each_check,
	.verify = each_verify,
	.attach = each_attach,
	.detach = each_detach,
};

const struct provider provider_kretprobe_each = {
	.name = "kretprobe.multi",
	.prog_type = BPF_PROG_TYPE_KPROBE,
	.check = each_check,
	.verify = each_verify,
	.attach = each_attach,
	.detach = each_detach,
};
