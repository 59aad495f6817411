/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_UTIL_ARRAY_H
#define HOTPROBE_UTIL_ARRAY_H

#include <stddef.h>

/*
 * array_append - make room for one more in an array that grows; the new one is zero
 * @array: the address of the pointer to its items, which begins as NULL
 * @nr: how many it has; counted up
 * @size: of an item, in bytes
 *
 * Returns the new item; NULL when there is no memory, and nothing has changed.
 */
void *array_append(void *array, size_t *nr, size_t size);

#endif
