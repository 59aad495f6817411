// SPDX-License-Identifier: GPL-2.0-only
#include <bpf/bpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <unistd.h>

#include "attach/grace.h"

int programs_wait(void)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts);
	int inner, outer = -1, ret = 0;
	uint32_t zero = 0;

	/*
	 * The kernel ends a write to a map of maps by waiting for the programs that may have read
	 * the entry before (maybe_wait_bpf_programs() in kernel/bpf/syscall.c, since 4.18).
	 */
	inner = bpf_map_create(BPF_MAP_TYPE_ARRAY, "hotprobe_wait", 4, 4, 1, NULL);
	if (inner < 0)
		return inner;
	opts.inner_map_fd = (uint32_t)inner;
	outer = bpf_map_create(BPF_MAP_TYPE_ARRAY_OF_MAPS, "hotprobe_wait", 4, 4, 1, &opts);
	if (outer < 0)
		ret = outer;
	else if (bpf_map_update_elem(outer, &zero, &inner, BPF_ANY))
		ret = -errno;
	if (outer >= 0)
		close(outer);
	close(inner);
	return ret;
}
