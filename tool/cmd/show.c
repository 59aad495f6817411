// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "probe/source.h"

int cmd_show(int argc, char **argv, struct error *err)
{
	const char *probe = cmd_one_word(argc, argv, "probe", err);
	struct source src = {};
	int ret;

	if (!probe)
		return -EINVAL;
	ret = source_find(&src, probe, err);
	if (!ret) {
		/* the place goes to stderr, so that > copy.c makes a copy */
		fprintf(stderr, "hotprobe: %s (%s)\n", src.path,
			src.origin == SOURCE_USER      ? "your own"
			: src.origin == SOURCE_BUNDLED ? "bundled"
						       : "by its path");
		ret = cmd_print(buf_text(&src.text), err);
	}
	source_free(&src);
	return ret;
}
