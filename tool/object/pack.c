// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>

#include "object/pack.h"
#include "util/buf.h"

struct pack_header {
	char magic[8];
	uint32_t version;
	uint32_t kind;
	uint64_t len;
	uint64_t sum;
};

_Static_assert(sizeof(struct pack_header) == PACK_HEADER_SIZE, "the header has no padding");

/* without its final NUL */
static const char pack_magic[] = "hotprobe";

uint64_t pack_hash(const void *data, size_t len)
{
	uint64_t sum = 0xcbf29ce484222325ULL ^ len, word;
	const char *at = data;

	for (; len >= sizeof(word); len -= sizeof(word), at += sizeof(word)) {
		memcpy(&word, at, sizeof(word));
		sum = (sum ^ word) * 0x100000001b3ULL;
		/* a product's high bits know all of its factor, the low ones only the low ones */
		sum ^= sum >> 32;
	}
	word = 0;
	memcpy(&word, at, len);
	return (sum ^ word) * 0x100000001b3ULL;
}

void pack_begin(struct buf *buf, uint32_t kind)
{
	struct pack_header head = { .version = PACK_VERSION, .kind = kind };

	memcpy(head.magic, pack_magic, sizeof(head.magic));
	buf_add(buf, &head, sizeof(head));
}

void pack_piece(struct buf *buf, uint32_t tag, const void *data, size_t len)
{
	uint32_t head[2] = { tag, (uint32_t)len };
	static const char zeros[8];

	if (len > UINT32_MAX) {
		buf->failed = true;
		return;
	}
	buf_add(buf, head, sizeof(head));
	buf_add(buf, data, len);
	buf_add(buf, zeros, -len & 7);
}

void pack_text(struct buf *buf, uint32_t tag, const char *text)
{
	pack_piece(buf, tag, text, strlen(text) + 1);
}

void pack_end(struct buf *buf)
{
	struct pack_header head;

	if (buf->failed)
		return;
	memcpy(&head, buf->data, sizeof(head));
	head.len = buf->len - sizeof(head);
	head.sum = pack_hash(buf->data + sizeof(head), head.len);
	memcpy(buf->data, &head, sizeof(head));
}

int unpack_begin(struct unpack *in, const void *data, size_t len, uint32_t kind, const char **why)
{
	struct pack_header head;

	*why = NULL;
	if (len < sizeof(head)) {
		*why = "it is shorter than its header";
		return -EBADMSG;
	}
	memcpy(&head, data, sizeof(head));
	if (memcmp(head.magic, pack_magic, sizeof(head.magic)) != 0)
		*why = "it does not start with hotprobe's mark";
	else if (head.version != PACK_VERSION)
		*why = "it was written by another version";
	else if (head.kind != kind)
		*why = "it is of another kind";
	else if (head.len != len - sizeof(head))
		*why = "its length is not what its header says";
	else if (head.sum != pack_hash((const char *)data + sizeof(head), head.len))
		*why = "its checksum does not match";
	if (*why)
		return -EBADMSG;
	in->pos = (const char *)data + sizeof(head);
	in->end = in->pos + head.len;
	return 0;
}

int unpack_next(struct unpack *in, struct piece *piece)
{
	uint32_t head[2];
	size_t left = (size_t)(in->end - in->pos), padded;

	if (left == 0)
		return 0;
	if (left < sizeof(head))
		return -EBADMSG;
	memcpy(head, in->pos, sizeof(head));
	padded = ((size_t)head[1] + 7) & ~(size_t)7;
	if (padded > left - sizeof(head))
		return -EBADMSG;
	piece->tag = head[0];
	piece->len = head[1];
	piece->data = in->pos + sizeof(head);
	in->pos += sizeof(head) + padded;
	return 1;
}

const char *piece_text(const struct piece *piece)
{
	const char *text = piece->data;

	if (piece->len == 0 || memchr(text, '\0', piece->len) != text + piece->len - 1)
		return NULL;
	return text;
}
