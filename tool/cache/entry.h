/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_CACHE_ENTRY_H
#define HOTPROBE_CACHE_ENTRY_H

#include "object/pack.h"
#include "util/buf.h"

#define ENTRY_NAME_MAX 17

/* One entry as it lies in its file; the pieces point into @file. */
struct entry {
	struct buf file;
	struct piece key;
	struct piece deps;
	struct piece payload;
	const char *label;
};

/* entry_name - the file's name: the key's hash in hexadecimal digits */
void entry_name(char name[ENTRY_NAME_MAX], const void *key, size_t key_len);

/*
 * entry_read - read an entry and check its seal; buf_free(&entry->file) in any case
 *
 * -EBADMSG with the reason in *@why when it is broken.
 */
int entry_read(struct entry *entry, int fd, const char **why);

/* entry_pack - what its file is to hold; -EFBIG when that is too much, or memory was short */
int entry_pack(struct buf *file, const void *key, size_t key_len, const char *label,
	       const struct buf *deps, const struct buf *payload);

#endif
