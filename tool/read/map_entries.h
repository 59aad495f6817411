/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_READ_MAP_ENTRIES_H
#define HOTPROBE_READ_MAP_ENTRIES_H

#include <stddef.h>
#include <stdint.h>

struct object_map;
struct schema;

/*
 * All entries of a map at one time: key and value one behind the other, the value aligned to 8
 * bytes. Zero-initialise; map_entries_free() it.
 */
struct map_entries {
	char *data;
	size_t nr;
	size_t size;	     /* of one entry */
	size_t value_offset; /* in an entry */
};

/*
 * map_entries_read - read a hash or array map
 * @value: describes the value; of a per-CPU map the integers of all CPUs are added up
 *
 * An array's entries that are all zero are left out: nobody has written them. Negative errno.
 */
int map_entries_read(struct map_entries *entries, int map_fd, const struct object_map *map,
		     const struct schema *value);
void map_entries_free(struct map_entries *entries);

/* map_entries_sort - the largest first, by the last integer field of the value */
void map_entries_sort(struct map_entries *entries, const struct schema *value);

#endif
