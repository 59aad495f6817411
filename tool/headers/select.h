/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_HEADERS_SELECT_H
#define HOTPROBE_HEADERS_SELECT_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "object/request.h"

struct error;

/* Where the kernel's types come from in this run. */
struct header_source {
	uint32_t kind; /* enum header_kind */
	char path[PATH_MAX];
	char release[65];	/* of the kernel to compile for */
	char tree_release[65];	/* of the headers, if it is another one; "" else */
	char passed_over[1024]; /* why earlier sources do not serve, "" when none was looked at */
};

#define HEADERS_VMLINUX_BTF "/sys/kernel/btf/vmlinux"
#define HEADERS_KHEADERS    "/sys/kernel/kheaders.tar.xz"

/*
 * header_source_select - choose the header source
 * @spec: what --headers says: "auto", "btf", "btf:FILE" or a folder; NULL is "auto"
 *
 * Sources whose own release is not the running kernel's are passed over by "auto". When asked for
 * they serve if the kernel has BTF, because then each member that a probe reads is compared with it
 * after compiling; else they are an error. May load the kheaders module, and unpacks kheaders into
 * the cache folder once.
 */
int header_source_select(struct header_source *src, const char *spec, struct error *err);

/* header_source_name - in words: "kernel BTF (/sys/kernel/btf/vmlinux)" */
void header_source_name(const struct header_source *src, char *name, int size);

/*
 * headers_release - the release that a tree of kernel headers was made for
 * From include/generated/utsrelease.h. -ENOENT when the tree does not say.
 */
int headers_release(const char *dir, char release[65]);

/* kheaders_unpack - unpack an archive of kernel headers into @dir, which appears when it is whole
 */
int kheaders_unpack(const char *archive, const char *dir, struct error *err);

#endif
