// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>

#include "object/answer.h"
#include "util/buf.h"

enum { TAG_MADE = 1, TAG_DEPS, TAG_MATCH };

int answer_write(struct buf *out, const struct buf *made, const struct buf *deps,
		 const struct buf *match)
{
	pack_begin(out, PACK_ANSWER);
	pack_piece(out, TAG_MADE, made->data, made->len);
	pack_piece(out, TAG_DEPS, deps->data, deps->len);
	pack_text(out, TAG_MATCH, buf_text(match));
	pack_end(out);
	return out->failed || made->failed || deps->failed || match->failed ? -ENOMEM : 0;
}

int answer_read(struct answer *answer, const void *data, size_t len, const char **why)
{
	struct unpack in;
	struct piece piece;
	int ret = unpack_begin(&in, data, len, PACK_ANSWER, why);

	*answer = (struct answer){};
	if (ret)
		return ret;
	while ((ret = unpack_next(&in, &piece)) > 0) {
		if (piece.tag == TAG_MADE)
			answer->made = piece;
		else if (piece.tag == TAG_DEPS)
			answer->deps = piece;
		else if (piece.tag == TAG_MATCH)
			answer->match = piece_text(&piece);
	}
	if (!ret && answer->made.data && answer->deps.data && answer->match)
		return 0;
	*why = "it is incomplete";
	return -EBADMSG;
}
