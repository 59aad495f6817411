/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_TESTS_PACKET_H
#define HOTPROBE_TESTS_PACKET_H

/* For the tests of packets: broken ones whose seal is whole. Include after cmocka.h. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "object/pack.h"
#include "util/buf.h"

/* The checksum as tool/object/pack.h describes it, written a second time on purpose. */
static inline uint64_t packet_sum(const unsigned char *data, size_t len)
{
	uint64_t sum = 14695981039346656037ULL ^ len;
	size_t pos = 0;

	for (;;) {
		uint64_t word = 0;
		size_t i = 0;

		for (; i < 8 && pos + i < len; i++)
			word |= (uint64_t)data[pos + i] << 8 * i;
		sum = (sum ^ word) * 1099511628211ULL;
		if (i < 8)
			return sum;
		pos += 8;
		sum ^= sum >> 32;
	}
}

/* make length and checksum of a changed packet right again */
static inline void packet_reseal(struct buf *packet)
{
	uint64_t seal[2] = { packet->len - PACK_HEADER_SIZE };

	seal[1] = packet_sum((unsigned char *)packet->data + PACK_HEADER_SIZE, seal[0]);
	memcpy(packet->data + 16, seal, sizeof(seal));
}

/* a copy of exactly @len bytes, so that reading behind it is seen */
static inline char *packet_copy(const void *data, size_t len)
{
	char *copy = malloc(len ? len : 1);

	assert_non_null(copy);
	memcpy(copy, data, len);
	return copy;
}

#endif
