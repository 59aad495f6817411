/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_BPF_VALUE_H
#define HOTPROBE_BPF_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct btf;
struct buf;

/*
 * value_format - append what bytes in memory are, by their BTF type
 * @type: 0 when it is not known: hex then
 * @json: JSON, else as in C: {.pid = 1, .comm = "bash"}
 *
 * Arrays of char are text up to their first NUL, if all behind it is NUL and all before it can be
 * printed; else they are numbers, as any array. Enumerators have their names, bit-fields and
 * anonymous members stand in their place. JSON: numbers of over 53 bits are numbers still; bytes of
 * an unknown type are a string of hex digits.
 */
void value_format(struct buf *out, const struct btf *btf, uint32_t type, const void *data,
		  size_t size, bool json);

#endif
