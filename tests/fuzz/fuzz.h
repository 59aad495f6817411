/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_TESTS_FUZZ_H
#define HOTPROBE_TESTS_FUZZ_H

/* For the fuzz targets of libFuzzer: https://llvm.org/docs/LibFuzzer.html */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "object/pack.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* the input as a C string of its own, so that reading behind it is seen */
static inline char *fuzz_text(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	if (!text)
		abort();
	memcpy(text, data, size);
	text[size] = '\0';
	return text;
}

/* the input as the payload of a packet with a good seal; malloc'ed, PACK_HEADER_SIZE longer */
static inline char *fuzz_packet(uint32_t kind, const uint8_t *data, size_t size)
{
	uint32_t head[2] = { PACK_VERSION, kind };
	uint64_t seal[2] = { size, pack_hash(data, size) };
	char *packet = malloc(PACK_HEADER_SIZE + size);

	if (!packet)
		abort();
	memcpy(packet, "hotprobe", 8);
	memcpy(packet + 8, head, sizeof(head));
	memcpy(packet + 16, seal, sizeof(seal));
	memcpy(packet + PACK_HEADER_SIZE, data, size);
	return packet;
}

#endif
