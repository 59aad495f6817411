// SPDX-License-Identifier: GPL-2.0-only
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "object/object.h"
#include "read/map_entries.h"

#define ALIGN8(n) (((size_t)(n) + 7) & ~(size_t)7)

static bool is_per_cpu(uint32_t type)
{
	return type == BPF_MAP_TYPE_PERCPU_HASH || type == BPF_MAP_TYPE_PERCPU_ARRAY ||
	       type == BPF_MAP_TYPE_LRU_PERCPU_HASH;
}

static bool is_array(uint32_t type)
{
	return type == BPF_MAP_TYPE_ARRAY || type == BPF_MAP_TYPE_PERCPU_ARRAY;
}

static uint64_t field_get(const struct schema_field *field, const char *value)
{
	uint64_t number = 0;

	memcpy(&number, value + field->offset, field->size);
	return number;
}

/* Add the integers of one CPU's value to the sum of those before it. */
static void value_add(char *sum, const char *value, const struct schema *schema)
{
	for (uint32_t i = 0; i < schema->nr_fields; i++) {
		const struct schema_field *field = &schema->fields[i];
		uint64_t number;

		if (field->bit_size || (field->kind != FIELD_INT && field->kind != FIELD_UINT))
			continue;
		number = field_get(field, sum) + field_get(field, value);
		memcpy(sum + field->offset, &number, field->size);
	}
}

static bool all_zero(const char *data, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (data[i])
			return false;
	return true;
}

static int entries_add(struct map_entries *entries, const char *key, size_t key_size,
		       const char *value, size_t value_size)
{
	char *entry;

	if ((entries->nr & (entries->nr + 1)) == 0) {
		char *more = realloc(entries->data, (2 * entries->nr + 2) * entries->size);

		if (!more)
			return -ENOMEM;
		entries->data = more;
	}
	entry = entries->data + entries->nr * entries->size;
	memset(entry, 0, entries->size);
	memcpy(entry, key, key_size);
	memcpy(entry + entries->value_offset, value, value_size);
	entries->nr++;
	return 0;
}

int map_entries_read(struct map_entries *entries, int map_fd, const struct object_map *map,
		     const struct schema *value)
{
	/* bpf(2): a per-CPU value takes its size rounded up to 8 for each possible CPU */
	size_t stride = ALIGN8(map->value_size);
	int cpus = is_per_cpu(map->type) ? libbpf_num_possible_cpus() : 1, ret = 0;
	char *key = NULL, *next = NULL, *values = NULL;
	bool first = true;

	if (cpus < 1)
		return -EINVAL;
	entries->value_offset = ALIGN8(map->key_size);
	entries->size = entries->value_offset + stride;
	key = malloc(map->key_size + 1);
	next = malloc(map->key_size + 1);
	values = malloc(stride * (size_t)cpus + 1);
	if (!key || !next || !values) {
		ret = -ENOMEM;
		goto out;
	}
	/* a hash that changes meanwhile may start over; more entries than fit are not to be
	 * believed */
	while (entries->nr <= map->max_entries) {
		ret = bpf_map_get_next_key(map_fd, first ? NULL : key, next);
		if (ret) {
			ret = errno == ENOENT ? 0 : -errno;
			break;
		}
		first = false;
		memcpy(key, next, map->key_size);
		/* it may be gone by now */
		if (bpf_map_lookup_elem(map_fd, key, values))
			continue;
		for (int cpu = 1; cpu < cpus; cpu++)
			value_add(values, values + stride * (size_t)cpu, value);
		if (is_array(map->type) && all_zero(values, map->value_size))
			continue;
		ret = entries_add(entries, key, map->key_size, values, map->value_size);
		if (ret)
			break;
	}
out:
	free(key);
	free(next);
	free(values);
	return ret;
}

void map_entries_free(struct map_entries *entries)
{
	free(entries->data);
	memset(entries, 0, sizeof(*entries));
}

struct entry_order {
	size_t offset; /* of the field in the entry */
	const struct schema_field *field;
};

static int entry_compare(const void *a, const void *b, void *arg)
{
	const struct entry_order *order = arg;
	uint64_t x = field_get(order->field, (const char *)a + order->offset);
	uint64_t y = field_get(order->field, (const char *)b + order->offset);
	unsigned int shift = 64 - 8 * order->field->size;

	if (order->field->kind == FIELD_INT) {
		int64_t sx = (int64_t)(x << shift), sy = (int64_t)(y << shift);

		return sx < sy ? 1 : sx > sy ? -1 : 0;
	}
	return x < y ? 1 : x > y ? -1 : 0;
}

void map_entries_sort(struct map_entries *entries, const struct schema *value)
{
	struct entry_order order = { .offset = entries->value_offset };

	for (uint32_t i = 0; i < value->nr_fields; i++)
		if (!value->fields[i].bit_size &&
		    (value->fields[i].kind == FIELD_INT || value->fields[i].kind == FIELD_UINT))
			order.field = &value->fields[i];
	if (order.field)
		qsort_r(entries->data, entries->nr, entries->size, entry_compare, &order);
}
