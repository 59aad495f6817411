// SPDX-License-Identifier: GPL-2.0-only
#include "output/histogram.h"
#include "util/buf.h"

#define BAR_WIDTH 40

uint64_t histogram_low(unsigned int slot)
{
	return slot < 2 ? slot : UINT64_C(1) << (slot - 1);
}

uint64_t histogram_high(unsigned int slot)
{
	return slot < 2 ? slot : (UINT64_C(1) << (slot - 1)) * 2 - 1;
}

void histogram_bars(struct buf *out, const uint64_t counts[HISTOGRAM_SLOTS])
{
	unsigned int first = HISTOGRAM_SLOTS, last = 0;
	uint64_t most = 0;

	for (unsigned int i = 0; i < HISTOGRAM_SLOTS; i++) {
		if (!counts[i])
			continue;
		if (first == HISTOGRAM_SLOTS)
			first = i;
		last = i;
		most = counts[i] > most ? counts[i] : most;
	}
	for (unsigned int i = first; i <= last && most; i++) {
		/* in double: the product of two large counts does not fit into 64 bits */
		unsigned int bar =
			(unsigned int)((double)counts[i] / (double)most * BAR_WIDTH + 0.5);
		size_t from;

		buf_printf(out, "%12llu -> %-12llu %10llu |", (unsigned long long)histogram_low(i),
			   (unsigned long long)histogram_high(i), (unsigned long long)counts[i]);
		from = out->len;
		for (unsigned int b = 0; b < bar; b++)
			buf_char(out, '*');
		buf_pad(out, from, BAR_WIDTH);
		buf_str(out, "|\n");
	}
}
