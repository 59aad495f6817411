// SPDX-License-Identifier: GPL-2.0-only
/* A probe's doc comment, and all that is made from it. */
#include "fuzz.h"
#include "probe/doc.h"
#include "util/buf.h"
#include "util/error.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	static struct error err;
	struct buf out = {};
	struct doc doc;

	memset(&err, 0, sizeof(err));
	if (doc_parse("probe.c", text, NULL, &doc, &err) == 0 && doc.present) {
		doc_help(&doc, &out);
		doc_man(&doc, "November 21, 2026", &out, &err);
	}
	doc_free(&doc);
	buf_free(&out);
	free(text);
	return 0;
}
