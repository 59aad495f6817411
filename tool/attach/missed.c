// SPDX-License-Identifier: GPL-2.0-only
#include <bpf/bpf.h>
#include <stdio.h>
#include <unistd.h>

#include "attach/attach.h"
#include "attach/missed.h"
#include "bpf/fdinfo.h"
#include "bpf/link_info.h"
#include "util/buf.h"

/* The programs that were counted already: several points, and several links, can share one. */
struct counting {
	struct buf ids;
	uint64_t sum;
};

static void count_program(struct counting *counting, int fd)
{
	const uint32_t *known = (const uint32_t *)(const void *)counting->ids.data;
	struct bpf_prog_info info = {};
	uint32_t size = sizeof(info);

	if (bpf_obj_get_info_by_fd(fd, &info, &size))
		return;
	for (size_t i = counting->ids.len / sizeof(*known); i-- > 0;)
		if (known[i] == info.id)
			return;
	buf_add(&counting->ids, &info.id, sizeof(info.id));
	counting->sum += info.recursion_misses;
}

static void count_link(struct counting *counting, int fd)
{
	struct link_info info = {};
	uint32_t size = sizeof(info);
	int prog_fd;

	if (bpf_obj_get_info_by_fd(fd, &info, &size))
		return;
	if (info.type == LINK_KPROBE_MULTI)
		counting->sum += info.kprobe_multi.missed;
	prog_fd = bpf_prog_get_fd_by_id(info.prog_id);
	if (prog_fd < 0)
		return;
	count_program(counting, prog_fd);
	close(prog_fd);
}

/* A point's descriptors are links, perf events, programs and maps. */
static void count_fd(struct counting *counting, int fd)
{
	char path[32], target[64];
	enum kbpf_kind kind;
	ssize_t len;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	len = readlink(path, target, sizeof(target) - 1);
	target[len > 0 ? len : 0] = '\0';
	if (!fdinfo_kind(target, &kind))
		return;
	if (kind == KBPF_LINK)
		count_link(counting, fd);
	else if (kind == KBPF_PROG)
		count_program(counting, fd);
}

uint64_t missed_count(const struct attach_point *points, const int *prog_fds, unsigned int nr)
{
	struct counting counting = {};

	for (unsigned int i = 0; i < nr; i++) {
		if (prog_fds[i] >= 0)
			count_program(&counting, prog_fds[i]);
		for (unsigned int j = 0; j < points[i].nr_fds; j++)
			count_fd(&counting, points[i].fds[j]);
	}
	buf_free(&counting.ids);
	return counting.sum;
}
