// SPDX-License-Identifier: GPL-2.0-only
/* At which paths in bpffs objects are pinned. */
#include <bpf/bpf.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bpf/fdinfo.h"
#include "bpf/kbpf.h"
#include "bpf/readers.h"
#include "bpf/mounts.h"
#include "util/array.h"
#include "util/buf.h"

static void pin_add(struct kbpf_common *common, const char *path)
{
	char **pin;

	/* one bpffs can be mounted at several places, and the same place be walked twice */
	for (size_t i = 0; i < common->nr_pins; i++)
		if (strcmp(common->pins[i], path) == 0)
			return;
	pin = array_append(&common->pins, &common->nr_pins, sizeof(*pin));
	if (!pin)
		return;
	*pin = strdup(path);
	if (!*pin)
		common->nr_pins--;
}

static void pin_read(const struct mount_entry *entry, void *arg)
{
	char path[64], file[64] = "";
	struct kbpf *kbpf = arg;
	struct kbpf_common *common;
	struct buf text = {};
	enum kbpf_kind kind;
	int fd;

	if (entry->is_folder)
		return;
	fd = bpf_obj_get(entry->path);
	if (fd < 0)
		return;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (readlink(path, file, sizeof(file) - 1) > 0 && fdinfo_kind(file, &kind) &&
	    fdinfo_read(&text, fd) == 0) {
		common = kbpf_common_of(kbpf, kind, fdinfo_id(buf_text(&text), kind));
		if (common)
			pin_add(common, entry->path);
	}
	buf_free(&text);
	close(fd);
}

static void pins_mount(const char *path, void *arg)
{
	mounts_walk(path, pin_read, arg);
}

void kbpf_find_pins(struct kbpf *kbpf)
{
	mounts_each("bpf", pins_mount, kbpf);
}
