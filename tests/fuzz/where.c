// SPDX-License-Identifier: GPL-2.0-only
/* An expression of --where, a line end, and the text that declares the event. */
#include "fuzz.h"
#include "probe/expand.h"
#include "util/error.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size), *declaration = strchr(text, '\n');
	struct buf fields = {}, out = {};
	static struct error err;
	int *map = NULL;

	if (declaration)
		*declaration++ = '\0';
	fields_of_type(declaration ? declaration : "struct e { int pid; char comm[8]; };",
		       "struct e", &fields);
	memset(&err, 0, sizeof(err));
	if (where_rewrite(text, buf_text(&fields), &out, &map, &err) == 0)
		for (size_t i = 0; i < out.len; i++)
			if (map[i] < 0 || (size_t)map[i] >= strlen(text))
				abort();
	free(map);
	buf_free(&fields);
	buf_free(&out);
	free(text);
	return 0;
}
