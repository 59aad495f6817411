// SPDX-License-Identifier: GPL-2.0-only
/* Asking the kernel for its objects: for all of a kind, and for one by its id. */
#include <bpf/bpf.h>
#include <errno.h>
#include <linux/capability.h>
#include <unistd.h>

#include "attach/why.h"
#include "bpf/ask.h"
#include "util/error.h"

int ask_open(enum kbpf_kind kind, uint32_t id)
{
	/* for reading only: some maps are given out for nothing else */
	LIBBPF_OPTS(bpf_get_fd_by_id_opts, opts, .open_flags = BPF_F_RDONLY);
	int fd = -1;

	switch (kind) {
	case KBPF_PROG:
		fd = bpf_prog_get_fd_by_id(id);
		break;
	case KBPF_MAP:
		fd = bpf_map_get_fd_by_id_opts(id, &opts);
		break;
	case KBPF_LINK:
		fd = bpf_link_get_fd_by_id(id);
		break;
	default:
		errno = EINVAL;
	}
	return fd < 0 ? -errno : fd;
}

static int next_id(enum kbpf_kind kind, uint32_t *id)
{
	static int (*const nexts[])(__u32 start, __u32 * next) = {
		[KBPF_PROG] = bpf_prog_get_next_id,
		[KBPF_MAP] = bpf_map_get_next_id,
		[KBPF_LINK] = bpf_link_get_next_id,
	};

	return nexts[kind](*id, id) ? -errno : 0;
}

int ask_each(enum kbpf_kind kind, int (*fn)(struct kbpf *kbpf, int fd), struct kbpf *kbpf,
	     struct error *err)
{
	uint32_t id = 0;
	int ret, fd;

	while ((ret = next_id(kind, &id)) == 0) {
		fd = ask_open(kind, id);
		/* a link that is just being made is EAGAIN */
		if (fd == -ENOENT || fd == -EAGAIN)
			continue;
		ret = fd < 0 ? fd : fn(kbpf, fd);
		if (fd >= 0)
			close(fd);
		if (ret)
			return ask_refused(ret, err);
	}
	/* behind the last one; links have ids since Linux 5.8 */
	if (ret == -ENOENT || (ret == -EINVAL && kind == KBPF_LINK))
		return 0;
	return ask_refused(ret, err);
}

int ask_refused(int code, struct error *err)
{
	if (code == -EPERM && !why_capable(CAP_SYS_ADMIN)) {
		error_set(err, code,
			  "the kernel shows its BPF objects only to processes with "
			  "CAP_SYS_ADMIN, which this one does not have (CAP_BPF is "
			  "not enough, and kernel.unprivileged_bpf_disabled does not "
			  "change it)");
		return error_hint(err, "run it as root, for example with sudo");
	}
	return why_refused(code, "listing BPF objects", err);
}
