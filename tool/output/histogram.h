/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_OUTPUT_HISTOGRAM_H
#define HOTPROBE_OUTPUT_HISTOGRAM_H

#include <stdint.h>

struct buf;

#define HISTOGRAM_SLOTS 64

/*
 * histogram_low, histogram_high - the values that slot @slot of a log2 histogram stands for
 *
 * As BCC's bpf_log2l() gives slots: 0 and 1 for 0 and 1, then a power of two each.
 */
uint64_t histogram_low(unsigned int slot);
uint64_t histogram_high(unsigned int slot);

/* histogram_bars - append a log2 histogram as bars, from the first slot in use to the last */
void histogram_bars(struct buf *out, const uint64_t counts[HISTOGRAM_SLOTS]);

#endif
