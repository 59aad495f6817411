// SPDX-License-Identifier: GPL-2.0-only
/* What /proc/PID/fdinfo tells of an object's descriptor. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bpf/fdinfo.h"
#include "util/buf.h"

int fdinfo_read(struct buf *text, int fd)
{
	char path[64];

	buf_reset(text);
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	return buf_read_file(text, path, 65536);
}

int64_t fdinfo_number(const char *text, const char *name)
{
	size_t len = strlen(name);

	for (const char *s = text; *s; s += strcspn(s, "\n"), s += *s == '\n')
		if (strncmp(s, name, len) == 0 && s[len] == ':')
			return strtoll(s + len + 1, NULL, 10);
	return -1;
}

bool fdinfo_kind(const char *file, enum kbpf_kind *kind)
{
	/* the names given to anon_inode_getfd() in kernel/bpf/syscall.c; some kernels write them
	 * with brackets, as for perf events */
	static const char *const names[][2] = {
		[KBPF_PROG] = { "anon_inode:bpf-prog", "anon_inode:[bpf-prog]" },
		[KBPF_MAP] = { "anon_inode:bpf-map", "anon_inode:[bpf-map]" },
		[KBPF_LINK] = { "anon_inode:bpf_link", "anon_inode:[bpf_link]" },
	};

	for (int i = 0; i < KBPF_KINDS; i++) {
		if (strcmp(file, names[i][0]) == 0 || strcmp(file, names[i][1]) == 0) {
			*kind = (enum kbpf_kind)i;
			return true;
		}
	}
	return false;
}

uint32_t fdinfo_id(const char *text, enum kbpf_kind kind)
{
	static const char *const names[] = {
		[KBPF_PROG] = "prog_id",
		[KBPF_MAP] = "map_id",
		[KBPF_LINK] = "link_id",
	};
	int64_t id = fdinfo_number(text, names[kind]);

	return id > 0 ? (uint32_t)id : 0;
}
