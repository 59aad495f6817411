// SPDX-License-Identifier: GPL-2.0-only
/* Reading maps, and what stands in those that hold programs or maps. */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bpf/ask.h"
#include "bpf/fdinfo.h"
#include "bpf/readers.h"
#include "util/array.h"
#include "util/buf.h"

/* Which hold programs or maps: a look-up gives the id of what stands there. */
static bool has_slots(uint32_t type)
{
	return type == BPF_MAP_TYPE_PROG_ARRAY || type == BPF_MAP_TYPE_ARRAY_OF_MAPS ||
	       type == BPF_MAP_TYPE_HASH_OF_MAPS;
}

static int map_slots(int fd, struct kbpf_map *map)
{
	char *key = calloc(2, map->info.key_size + 8);
	char *next = key ? key + map->info.key_size + 8 : NULL;
	const char *last = NULL;
	uint32_t seen = 0, id;
	int ret = key ? 0 : -ENOMEM;

	/* a hash whose entries change can be walked for ever */
	while (!ret && seen++ < map->info.max_entries &&
	       bpf_map_get_next_key(fd, last, next) == 0) {
		struct kbpf_slot *slot;

		memcpy(key, next, map->info.key_size);
		last = key;
		if (bpf_map_lookup_elem(fd, key, &id))
			continue;
		slot = array_append(&map->slots, &map->nr_slots, sizeof(*slot));
		if (slot)
			slot->key = malloc(map->info.key_size + 1);
		if (!slot || !slot->key) {
			ret = -ENOMEM;
			break;
		}
		memcpy(slot->key, key, map->info.key_size);
		slot->id = id;
	}
	free(key);
	return ret;
}

static int map_read(struct kbpf *kbpf, int fd)
{
	struct kbpf_map *map = array_append(&kbpf->maps, &kbpf->nr_maps, sizeof(*map));
	uint32_t size = sizeof(map->info);
	struct buf text = {};
	int ret = 0;

	if (!map)
		return -ENOMEM;
	if (bpf_obj_get_info_by_fd(fd, &map->info, &size))
		return -errno;
	map->info.name[sizeof(map->info.name) - 1] = '\0';
	map->memory = map->owner.type = map->owner.jited = -1;
	if (fdinfo_read(&text, fd) == 0) {
		map->memory = fdinfo_number(buf_text(&text), "memlock");
		map->frozen = fdinfo_number(buf_text(&text), "frozen") > 0;
		if (map->info.type == BPF_MAP_TYPE_PROG_ARRAY)
			map->owner = prog_array_parse(buf_text(&text));
	}
	buf_free(&text);
	if (has_slots(map->info.type) && map->info.key_size && map->info.value_size == 4)
		ret = map_slots(fd, map);
	return ret;
}

int kbpf_read_maps(struct kbpf *kbpf, struct error *err)
{
	return ask_each(KBPF_MAP, map_read, kbpf, err);
}
