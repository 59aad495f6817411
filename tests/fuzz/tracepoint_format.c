// SPDX-License-Identifier: GPL-2.0-only
/* A tracepoint's format file. */
#include "attach/tracefs.h"
#include "fuzz.h"
#include "util/error.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	struct tracepoint_format format = {};
	static struct error err;

	memset(&err, 0, sizeof(err));
	tracepoint_format_parse(&format, text, &err);
	tracepoint_format_free(&format);
	free(text);
	return 0;
}
