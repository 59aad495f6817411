// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "output/histogram.h"
#include "output/output.h"
#include "output/sink.h"
#include "output/stack.h"
#include "read/map_entries.h"
#include "session/session.h"
#include "trace/maps.h"
#include "util/error.h"
#include "util/text.h"

/* include/uapi/linux/perf_event.h: PERF_MAX_STACK_DEPTH */
#define STACK_DEPTH 127

struct map_print {
	const struct session *session;
	struct sink *sink;
	const struct object_map *map;
	const struct schema *key;
	const struct schema *value;
	struct map_entries entries;
	struct symbols symbols;
	struct error *err;
};

static bool is_table(uint32_t type)
{
	switch (type) {
	case BPF_MAP_TYPE_HASH:
	case BPF_MAP_TYPE_ARRAY:
	case BPF_MAP_TYPE_PERCPU_HASH:
	case BPF_MAP_TYPE_PERCPU_ARRAY:
	case BPF_MAP_TYPE_LRU_HASH:
	case BPF_MAP_TYPE_LRU_PERCPU_HASH:
		return true;
	}
	return false;
}

static bool is_histogram(const struct session *session, const char *name)
{
	for (unsigned int i = 0; i < session->exp.nr_histograms; i++)
		if (strcmp(session->exp.histograms[i], name) == 0)
			return true;
	return false;
}

static bool has_events(const struct session *session)
{
	for (unsigned int i = 0; i < session->exp.nr_outputs; i++)
		if (!session->exp.outputs[i].plain)
			return true;
	return false;
}

/* Key and value as one event: what prints events prints entries. */
static struct schema *joint_schema(const struct map_print *p, const struct schema *value)
{
	struct schema *joint = malloc(sizeof(*joint));
	uint32_t nr = p->key->nr_fields;

	if (!joint)
		return NULL;
	*joint = *p->key;
	joint->role = SCHEMA_EVENT;
	joint->size = (uint32_t)p->entries.size;
	for (uint32_t i = 0; i < value->nr_fields && nr < SCHEMA_FIELDS_MAX; i++) {
		struct schema_field *field = &joint->fields[nr++];

		*field = value->fields[i];
		field->offset += (uint32_t)p->entries.value_offset;
		field->size_offset += (uint32_t)p->entries.value_offset;
		field->bit_offset += 8 * (uint32_t)p->entries.value_offset;
		/* of two fields with one name the value's has a _ */
		for (uint32_t k = 0; k < p->key->nr_fields; k++)
			if (strcmp(field->name, joint->fields[k].name) == 0 &&
			    strlen(field->name) + 1 < SCHEMA_NAME_MAX)
				strcat(field->name, "_");
	}
	joint->nr_fields = nr;
	return joint;
}

static bool is_text(const struct map_print *p)
{
	return p->session->run.format == RUN_FORMAT_TABLE;
}

static int print_rows(struct map_print *p, const struct schema *schema, const char *rows, size_t nr,
		      size_t size)
{
	const struct output_options opt = session_output_options(p->session);
	struct output *out = NULL;
	int ret;

	/* several maps write here, one after the other: each line says which */
	p->sink->nr_outputs++;
	ret = output_new(&out, p->sink, schema, &opt, p->err);
	for (size_t i = 0; i < nr && !ret; i++) {
		if (i == 0)
			output_header(out);
		ret = output_event(out, rows + i * size, size, 0);
	}
	output_free(out);
	p->sink->nr_outputs--;
	p->sink->last = NULL;
	return ret;
}

static int print_table(struct map_print *p)
{
	struct schema *joint = joint_schema(p, p->value);
	int ret;

	if (!joint)
		return -ENOMEM;
	map_entries_sort(&p->entries, p->value);
	if (is_text(p))
		buf_printf(&p->sink->buf, "\n%s:\n", p->map->name);
	ret = print_rows(p, joint, p->entries.data, p->entries.nr, p->entries.size);
	free(joint);
	return ret;
}

/* A histogram's slot is its whole key, or the key's last field; those before it name the group. */
static const struct schema_field *slot_field(const struct schema *key)
{
	return key->nr_fields ? &key->fields[key->nr_fields - 1] : NULL;
}

static unsigned int entry_slot(const struct schema_field *slot, const char *entry)
{
	uint64_t number = 0;

	memcpy(&number, entry + slot->offset, slot->size < 8 ? slot->size : 8);
	return number < HISTOGRAM_SLOTS ? (unsigned int)number : HISTOGRAM_SLOTS - 1;
}

/* One row for each slot in use: the group's fields, the slot's bounds, the count. */
static int print_histogram_rows(struct map_print *p, const struct schema_field *slot)
{
	size_t group = p->entries.value_offset, size = group + 24;
	struct schema *schema = malloc(sizeof(*schema));
	char *rows = calloc(p->entries.nr + 1, size);
	static const char *const names[] = { "low", "high", "count" };
	int ret = -ENOMEM;

	if (!schema || !rows)
		goto out;
	*schema = *p->key;
	schema->role = SCHEMA_EVENT;
	schema->size = (uint32_t)size;
	schema->nr_fields--;
	for (unsigned int i = 0; i < 3; i++) {
		struct schema_field *field = &schema->fields[schema->nr_fields++];

		memset(field, 0, sizeof(*field));
		strcpy(field->name, names[i]);
		strcpy(field->type, "u64");
		field->kind = FIELD_UINT;
		field->offset = (uint32_t)group + 8 * i;
		field->size = 8;
	}
	for (size_t i = 0; i < p->entries.nr; i++) {
		const char *entry = p->entries.data + i * p->entries.size;
		unsigned int number = entry_slot(slot, entry);
		uint64_t bounds[] = { histogram_low(number), histogram_high(number) };

		memcpy(rows + i * size, entry, group);
		memcpy(rows + i * size + group, bounds, sizeof(bounds));
		memcpy(rows + i * size + group + 16, entry + p->entries.value_offset, 8);
	}
	ret = print_rows(p, schema, rows, p->entries.nr, size);
out:
	free(schema);
	free(rows);
	return ret;
}

static int print_group(struct map_print *p, const char *entry, const struct schema_field *slot)
{
	struct schema group = *p->key;
	struct buf *buf = &p->sink->buf;
	int ret = 0;

	if (p->key->nr_fields > 1) {
		group.role = SCHEMA_EVENT;
		group.nr_fields--;
		group.size = slot->offset;
		ret = print_rows(p, &group, entry, 1, slot->offset);
	}
	buf_printf(buf, "%12s -> %-12s %10s\n", "low", "high", "count");
	return ret;
}

static int print_histogram(struct map_print *p)
{
	const struct schema_field *slot = slot_field(p->key);
	uint64_t counts[HISTOGRAM_SLOTS];
	char *done;
	int ret = 0;

	if (!slot || slot->bit_size || p->map->value_size != 8)
		return print_table(p);
	if (!is_text(p))
		return print_histogram_rows(p, slot);
	buf_printf(&p->sink->buf, "\n%s:\n", p->map->name);
	done = calloc(p->entries.nr + 1, 1);
	if (!done)
		return -ENOMEM;
	for (size_t i = 0; i < p->entries.nr && !ret; i++) {
		const char *entry = p->entries.data + i * p->entries.size;

		if (done[i])
			continue;
		memset(counts, 0, sizeof(counts));
		for (size_t k = i; k < p->entries.nr; k++) {
			const char *other = p->entries.data + k * p->entries.size;
			uint64_t count;

			if (memcmp(entry, other, slot->offset) != 0)
				continue;
			memcpy(&count, other + p->entries.value_offset, sizeof(count));
			counts[entry_slot(slot, other)] += count;
			done[k] = 1;
		}
		ret = print_group(p, entry, slot);
		histogram_bars(&p->sink->buf, counts);
	}
	free(done);
	return ret;
}

/* A stack map's value is an array of addresses, ended by a zero (kernel/bpf/stackmap.c). */
static void print_stack(struct map_print *p, uint32_t id, const char *value)
{
	struct buf *buf = &p->sink->buf;
	bool json = p->session->run.format == RUN_FORMAT_JSON;

	if (json)
		buf_printf(buf, "{\"event\":\"%s\",\"id\":%u,\"frames\":[", p->map->name, id);
	else
		buf_printf(buf, is_text(p) ? "stack %u\n" : "%u", id);
	for (unsigned int i = 0; i < p->map->value_size / 8 && i < STACK_DEPTH; i++) {
		uint64_t addr;

		memcpy(&addr, value + 8 * i, sizeof(addr));
		if (!addr)
			break;
		buf_str(buf, json ? (i ? ",\"" : "\"") : is_text(p) ? "    " : ",");
		stack_line(buf, &p->symbols, addr);
		buf_str(buf, json ? "\"" : is_text(p) ? "\n" : "");
	}
	buf_str(buf, json ? "]}\n" : is_text(p) ? "" : "\n");
}

static bool is_printed(const struct session *session, uint32_t i)
{
	const struct object_map *map = &session->obj.maps[i];

	if (session->loaded.map_fds[i] < 0 || text_starts(map->name, NAME_RESERVED))
		return false;
	if (map->type == BPF_MAP_TYPE_STACK_TRACE)
		return true;
	return is_table(map->type) && object_find_schema(&session->obj, map->name, SCHEMA_KEY) &&
	       object_find_schema(&session->obj, map->name, SCHEMA_VALUE) &&
	       (!has_events(session) || is_histogram(session, map->name));
}

static int print_map(struct map_print *p, int map_fd)
{
	static const struct schema no_fields;
	bool stacks = p->map->type == BPF_MAP_TYPE_STACK_TRACE;
	int ret;

	ret = map_entries_read(&p->entries, map_fd, p->map, stacks ? &no_fields : p->value);
	if (ret)
		return error_sys(p->err, ret, "cannot read the map %s", p->map->name);
	if (!p->entries.nr)
		return 0;
	if (!stacks)
		return is_histogram(p->session, p->map->name) ? print_histogram(p) : print_table(p);
	if (is_text(p))
		buf_printf(&p->sink->buf, "\n%s:\n", p->map->name);
	for (size_t i = 0; i < p->entries.nr; i++) {
		const char *entry = p->entries.data + i * p->entries.size;
		uint32_t id;

		memcpy(&id, entry, sizeof(id));
		print_stack(p, id, entry + p->entries.value_offset);
	}
	return 0;
}

bool maps_any(const struct session *session)
{
	for (uint32_t i = 0; i < session->obj.nr_maps; i++)
		if (is_printed(session, i))
			return true;
	return false;
}

int maps_print(const struct session *session, struct sink *sink, struct error *err)
{
	struct map_print p = { .session = session, .sink = sink, .err = err };
	const struct object *obj = &session->obj;
	int ret = 0;

	/* whatever was printed before has its header; a map's is its own */
	for (uint32_t i = 0; i < obj->nr_maps && !ret; i++) {
		if (!is_printed(session, i))
			continue;
		p.map = &obj->maps[i];
		p.key = object_find_schema(obj, p.map->name, SCHEMA_KEY);
		p.value = object_find_schema(obj, p.map->name, SCHEMA_VALUE);
		ret = print_map(&p, session->loaded.map_fds[i]);
		map_entries_free(&p.entries);
	}
	symbols_free(&p.symbols);
	return ret;
}
