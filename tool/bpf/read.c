// SPDX-License-Identifier: GPL-2.0-only
/* Reading all objects: what is asked, and in which order. */
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "bpf/btf_store.h"
#include "bpf/read.h"
#include "bpf/readers.h"
#include "util/buf.h"
#include "util/error.h"

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static bool stats_enabled(void)
{
	struct buf text = {};
	bool on = buf_read_file(&text, "/proc/sys/kernel/bpf_stats_enabled", 64) == 0 &&
		  atoi(buf_text(&text)) != 0;

	buf_free(&text);
	return on;
}

int kbpf_read(struct kbpf *kbpf, unsigned int flags, struct error *err)
{
	int ret;

	kbpf->btfs = btf_store_new();
	if (!kbpf->btfs)
		return error_sys(err, -ENOMEM, "cannot list BPF objects");
	kbpf->boot = clock_ns(CLOCK_REALTIME) - clock_ns(CLOCK_BOOTTIME);
	kbpf->stats = stats_enabled();
	/* maps first: a program's are older than itself, so that all are there that it names */
	ret = kbpf_read_maps(kbpf, err);
	ret = ret ?: kbpf_read_progs(kbpf, err);
	if (ret)
		return ret;
	kbpf_name_progs(kbpf);
	if (!(flags & KBPF_USERS))
		return 0;
	ret = kbpf_read_links(kbpf, err);
	if (ret)
		return ret;
	kbpf_name_cgroups(kbpf);
	kbpf_place_links(kbpf);
	kbpf_read_struct_ops(kbpf);
	kbpf_find_cgroups(kbpf);
	kbpf_find_interfaces(kbpf);
	kbpf_find_classifiers(kbpf);
	kbpf_find_holders(kbpf);
	kbpf_find_pins(kbpf);
	return 0;
}
