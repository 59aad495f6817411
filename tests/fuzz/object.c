// SPDX-License-Identifier: GPL-2.0-only
/* What the worker answers. */
#include "fuzz.h"
#include "object/object.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct object obj;
	const char *why;

	if (object_read(&obj, fuzz_packet(PACK_OBJECT, data, size), PACK_HEADER_SIZE + size,
			&why) == 0)
		object_free(&obj);
	return 0;
}
