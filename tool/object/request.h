/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_OBJECT_REQUEST_H
#define HOTPROBE_OBJECT_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

enum header_kind {
	HEADERS_MODULES = 1, /* /lib/modules/RELEASE/{build,source}, which libbcc finds by itself */
	HEADERS_DIR,	     /* a prepared kernel tree */
	HEADERS_BTF,	     /* a tree made from BTF for this one probe */
};

#define REQUEST_FLAGS_MAX   256
#define REQUEST_FORMATS_MAX 128

/* What the worker is asked to compile. The strings belong to whoever made it. */
struct request {
	const char *text;    /* the expanded source */
	const char *release; /* of the kernel to compile for, as uname -r gives it */
	uint32_t header_kind;
	const char *header_path;  /* HEADERS_DIR: the tree; HEADERS_BTF: the BTF file */
	const char *tree_release; /* of the headers, where it is not @release; else NULL */
	const char *work_dir;	  /* an empty folder that the worker may write to */
	const char *pch;	  /* precompiled headers to use; NULL none */
	const char *flags[REQUEST_FLAGS_MAX];
	uint32_t nr_flags;
	/* tracefs is closed to the worker: these are the tracepoint formats that the probe uses */
	struct {
		const char *event; /* "sched/sched_switch" */
		const char *format;
	} formats[REQUEST_FORMATS_MAX];
	uint32_t nr_formats;
};

/*
 * request_newer - is libbcc's own copy of uapi/linux/bpf.h, which takes the place of the kernel's,
 * too old for the kernel's headers?
 *
 * It lacks types that newer headers need (bpf_wq, bpf_refcount ...). The kernel's own, which is
 * then used, has all that libbcc needs since 6.2, which brought the last helper function
 * (bpf_cgrp_storage_delete, c4bcfb38a95e).
 */
bool request_newer(const struct request *req);

/* request_write - append the packet to @out; -ENOMEM or -E2BIG */
int request_write(struct buf *out, const struct request *req);

/*
 * request_read - the reverse; the strings of @req point into @data
 *
 * -EBADMSG with the reason in *@why when the packet is broken or incomplete.
 */
int request_read(struct request *req, const void *data, size_t len, const char **why);

#endif
