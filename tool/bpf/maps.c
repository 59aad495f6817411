// SPDX-License-Identifier: GPL-2.0-only
#include <bpf/bpf.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bpf/btf_store.h"
#include "bpf/fdinfo.h"
#include "bpf/kbpf.h"
#include "util/buf.h"
#include "util/error.h"

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
		slot = kbpf_append(&map->slots, &map->nr_slots, sizeof(*slot));
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

static int map_read(int fd, struct kbpf_map *map)
{
	uint32_t size = sizeof(map->info);
	struct buf text = {};
	int ret = 0;

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

uint32_t kbpf_kernel_btf(const struct kbpf *kbpf, const struct kbpf_map *map)
{
	uint32_t id;

	/* btf_vmlinux_id, since Linux 6.9, in what was padding: linux/bpf.h of libbpf 1.1 has no
	 * name for it. It is a module's, or else the kernel's. */
	memcpy(&id,
	       (const char *)&map->info + offsetof(struct bpf_map_info, map_extra) - sizeof(id),
	       sizeof(id));
	return id ?: btf_store_kernel(kbpf->btfs);
}

int kbpf_read_maps(struct kbpf *kbpf, struct error *err)
{
	uint32_t id = 0;
	int ret = 0;

	while (!ret && bpf_map_get_next_id(id, &id) == 0) {
		/* for reading only: some maps are given out for nothing else */
		LIBBPF_OPTS(bpf_get_fd_by_id_opts, opts, .open_flags = BPF_F_RDONLY);
		int fd = bpf_map_get_fd_by_id_opts(id, &opts);
		struct kbpf_map *map;

		if (fd < 0) {
			ret = errno == ENOENT ? 0 : -errno;
			continue;
		}
		map = kbpf_append(&kbpf->maps, &kbpf->nr_maps, sizeof(*map));
		ret = map ? map_read(fd, map) : -ENOMEM;
		close(fd);
	}
	if (!ret && errno != ENOENT)
		ret = -errno;
	return ret ? kbpf_refused(ret, err) : 0;
}
