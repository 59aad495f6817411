// SPDX-License-Identifier: GPL-2.0-only
/* A probe's source: the first byte chooses the filters, the rest is the text. */
#include "fuzz.h"
#include "probe/expand.h"
#include "util/error.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct source src;
	static struct expansion exp;
	static struct error err;
	struct filters filters = {};
	char *text;

	if (!size)
		return 0;
	filters.where = data[0] & 1 ? "pid > 1 && comm == \"x\"" : NULL;
	filters.comm = data[0] & 2;
	filters.tasks = data[0] & 4;
	text = fuzz_text(data + 1, size - 1);
	memset(&err, 0, sizeof(err));
	strcpy(src.path, "/nonexistent/probe.c");
	src.origin = SOURCE_PATH;
	buf_str(&src.text, text);
	expand_source(&exp, &src, &filters, NULL, &err);
	expansion_free(&exp);
	source_free(&src);
	free(text);
	return 0;
}
