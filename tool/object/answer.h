/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_OBJECT_ANSWER_H
#define HOTPROBE_OBJECT_ANSWER_H

#include "object/pack.h"

struct buf;

/* The worker's answer to a request: what it made, and the files that it made it from. */
struct answer {
	struct piece made; /* an object's packet */
	struct piece deps; /* as object/deps.h has them */
	const char *match; /* how the headers match the running kernel, in words; may be "" */
};

/* answer_write - append the packet to @out; -ENOMEM */
int answer_write(struct buf *out, const struct buf *made, const struct buf *deps,
		 const struct buf *match);

/* answer_read - the pieces point into @data; -EBADMSG with the reason in *@why */
int answer_read(struct answer *answer, const void *data, size_t len, const char **why);

#endif
