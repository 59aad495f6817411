// SPDX-License-Identifier: GPL-2.0-only
/* What the worker is asked. */
#include "fuzz.h"
#include "object/request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *packet = fuzz_packet(PACK_REQUEST, data, size);
	struct request req;
	const char *why;

	request_read(&req, packet, PACK_HEADER_SIZE + size, &why);
	free(packet);
	return 0;
}
