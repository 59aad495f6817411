// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "cmd/cmd.h"
#include "probe/doc.h"
#include "probe/source.h"
#include "util/error.h"

/* Called by the build: a probe's manual page, dated by its file or SOURCE_DATE_EPOCH. */
int cmd_man(int argc, char **argv, struct error *err)
{
	const char *probe = cmd_one_word(argc, argv, "probe", err),
		   *epoch = getenv("SOURCE_DATE_EPOCH");
	struct source src = {};
	struct doc doc = {};
	struct buf out = {};
	struct stat st;
	char date[64];
	time_t when;
	int ret;

	if (!probe)
		return -EINVAL;
	ret = source_find(&src, probe, err);
	ret = ret ?: doc_parse(src.path, buf_text(&src.text), src.name, &doc, err);
	if (ret)
		goto out;
	when = epoch ? (time_t)atoll(epoch) : stat(src.path, &st) ? time(NULL) : st.st_mtime;
	strftime(date, sizeof(date), "%B %e, %Y", gmtime(&when));
	ret = doc_man(&doc, date, &out, err);
	ret = ret ?: cmd_print(buf_text(&out), err);
out:
	buf_free(&out);
	doc_free(&doc);
	source_free(&src);
	return ret;
}
