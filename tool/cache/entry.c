// SPDX-License-Identifier: GPL-2.0-only
/* What an entry is as a file: a sealed packet of key, files, label and payload. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "cache/entry.h"
#include "object/pack.h"
#include "util/buf.h"

/* more than any object: those of large probes are some 100 KiB */
#define ENTRY_SIZE_MAX (64u << 20)

enum { TAG_KEY = 1, TAG_DEPS, TAG_LABEL, TAG_PAYLOAD };

void entry_name(char name[ENTRY_NAME_MAX], const void *key, size_t key_len)
{
	snprintf(name, ENTRY_NAME_MAX, "%016" PRIx64, pack_hash(key, key_len));
}

int entry_read(struct entry *entry, int fd, const char **why)
{
	struct unpack in;
	struct piece piece;
	int ret = buf_read_fd(&entry->file, fd, ENTRY_SIZE_MAX);

	*why = "it cannot be read";
	if (!ret)
		ret = unpack_begin(&in, entry->file.data, entry->file.len, PACK_ENTRY, why);
	while (!ret && (ret = unpack_next(&in, &piece)) > 0) {
		ret = 0;
		if (piece.tag == TAG_KEY)
			entry->key = piece;
		else if (piece.tag == TAG_DEPS)
			entry->deps = piece;
		else if (piece.tag == TAG_LABEL)
			entry->label = piece_text(&piece);
		else if (piece.tag == TAG_PAYLOAD)
			entry->payload = piece;
	}
	if (!ret && entry->key.data && entry->deps.data && entry->label && entry->payload.data)
		return 0;
	*why = *why ?: "it is incomplete";
	return -EBADMSG;
}

int entry_pack(struct buf *file, const void *key, size_t key_len, const char *label,
	       const struct buf *deps, const struct buf *payload)
{
	pack_begin(file, PACK_ENTRY);
	pack_piece(file, TAG_KEY, key, key_len);
	pack_piece(file, TAG_DEPS, deps->data, deps->len);
	pack_text(file, TAG_LABEL, label);
	pack_piece(file, TAG_PAYLOAD, payload->data, payload->len);
	pack_end(file);
	return file->failed || deps->failed || payload->failed || file->len > ENTRY_SIZE_MAX
		       ? -EFBIG
		       : 0;
}
