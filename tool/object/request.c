// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "object/pack.h"
#include "object/request.h"
#include "util/buf.h"
#include "util/kernel.h"

enum {
	TAG_TEXT = 1,
	TAG_RELEASE,
	TAG_HEADER_KIND,
	TAG_HEADER_PATH,
	TAG_WORK_DIR,
	TAG_FLAG,
	TAG_FORMAT_EVENT,
	TAG_FORMAT_TEXT,
	TAG_PCH,
	TAG_TREE_RELEASE,
};

bool request_newer(const struct request *req)
{
	return kernel_release_code(req->tree_release ?: req->release) >= KERNEL_VERSION(6, 2, 0);
}

int request_write(struct buf *out, const struct request *req)
{
	pack_begin(out, PACK_REQUEST);
	pack_text(out, TAG_TEXT, req->text);
	pack_text(out, TAG_RELEASE, req->release);
	pack_piece(out, TAG_HEADER_KIND, &req->header_kind, sizeof(req->header_kind));
	if (req->header_path)
		pack_text(out, TAG_HEADER_PATH, req->header_path);
	if (req->tree_release)
		pack_text(out, TAG_TREE_RELEASE, req->tree_release);
	if (req->work_dir)
		pack_text(out, TAG_WORK_DIR, req->work_dir);
	if (req->pch)
		pack_text(out, TAG_PCH, req->pch);
	for (uint32_t i = 0; i < req->nr_flags; i++)
		pack_text(out, TAG_FLAG, req->flags[i]);
	for (uint32_t i = 0; i < req->nr_formats; i++) {
		pack_text(out, TAG_FORMAT_EVENT, req->formats[i].event);
		pack_text(out, TAG_FORMAT_TEXT, req->formats[i].format);
	}
	pack_end(out);
	return out->failed ? -ENOMEM : 0;
}

static int request_take(struct request *req, const struct piece *piece)
{
	const char *text = piece_text(piece);

	if (piece->tag == TAG_HEADER_KIND) {
		if (piece->len != sizeof(req->header_kind))
			return -EBADMSG;
		memcpy(&req->header_kind, piece->data, sizeof(req->header_kind));
		return 0;
	}
	if (!text)
		return -EBADMSG;
	switch (piece->tag) {
	case TAG_TEXT:
		req->text = text;
		return 0;
	case TAG_RELEASE:
		req->release = text;
		return 0;
	case TAG_HEADER_PATH:
		req->header_path = text;
		return 0;
	case TAG_WORK_DIR:
		req->work_dir = text;
		return 0;
	case TAG_TREE_RELEASE:
		req->tree_release = text;
		return 0;
	case TAG_PCH:
		req->pch = text;
		return 0;
	case TAG_FLAG:
		if (req->nr_flags == REQUEST_FLAGS_MAX)
			return -EBADMSG;
		req->flags[req->nr_flags++] = text;
		return 0;
	case TAG_FORMAT_EVENT:
		if (req->nr_formats == REQUEST_FORMATS_MAX)
			return -EBADMSG;
		req->formats[req->nr_formats++].event = text;
		return 0;
	case TAG_FORMAT_TEXT:
		if (req->nr_formats == 0)
			return -EBADMSG;
		req->formats[req->nr_formats - 1].format = text;
		return 0;
	}
	return -EBADMSG;
}

int request_read(struct request *req, const void *data, size_t len, const char **why)
{
	struct unpack in;
	struct piece piece;
	int ret;

	memset(req, 0, sizeof(*req));
	ret = unpack_begin(&in, data, len, PACK_REQUEST, why);
	if (ret)
		return ret;
	*why = "a piece of it is broken";
	while ((ret = unpack_next(&in, &piece)) > 0) {
		ret = request_take(req, &piece);
		if (ret)
			return ret;
	}
	if (ret < 0)
		return ret;
	for (uint32_t i = 0; i < req->nr_formats; i++)
		if (!req->formats[i].format)
			return -EBADMSG;
	*why = "it is incomplete";
	if (!req->text || !req->release || !req->work_dir || req->header_kind < HEADERS_MODULES ||
	    req->header_kind > HEADERS_BTF)
		return -EBADMSG;
	if (req->header_kind != HEADERS_MODULES && !req->header_path)
		return -EBADMSG;
	return 0;
}
