// SPDX-License-Identifier: GPL-2.0-only
/* How objects hang together, as far as it can be told from what was read of each. */
#include <stdlib.h>
#include <string.h>

#include "bpf/relations.h"
#include "util/array.h"

void kbpf_ids_free(struct kbpf_ids *ids)
{
	free(ids->ids);
}

static void ids_reset(struct kbpf_ids *ids)
{
	kbpf_ids_free(ids);
	memset(ids, 0, sizeof(*ids));
}

static void ids_add(struct kbpf_ids *ids, uint32_t id)
{
	uint32_t *added = array_append(&ids->ids, &ids->nr, sizeof(*added));

	if (added)
		*added = id;
	else
		ids->failed = true;
}

static bool is_map_of_maps(const struct kbpf_map *map)
{
	return map->info.type == BPF_MAP_TYPE_ARRAY_OF_MAPS ||
	       map->info.type == BPF_MAP_TYPE_HASH_OF_MAPS;
}

static bool uses(const struct kbpf *kbpf, const struct kbpf_prog *prog, uint32_t map_id)
{
	for (size_t i = 0; i < prog->nr_map_ids; i++) {
		const struct kbpf_map *map;

		if (prog->map_ids[i] == map_id)
			return true;
		map = kbpf_map(kbpf, prog->map_ids[i]);
		for (size_t k = 0; map && is_map_of_maps(map) && k < map->nr_slots; k++)
			if (map->slots[k].id == map_id)
				return true;
	}
	return false;
}

void kbpf_users(struct kbpf_ids *ids, const struct kbpf *kbpf, uint32_t map_id, uint32_t but)
{
	ids_reset(ids);
	for (size_t i = 0; i < kbpf->nr_progs; i++)
		if (kbpf->progs[i].info.id != but && uses(kbpf, &kbpf->progs[i], map_id))
			ids_add(ids, kbpf->progs[i].info.id);
}

static bool is_trampoline(const struct kbpf_place *place)
{
	static const char *const hows[] = { "fentry", "fexit", "fmod_ret", "fsession", "lsm" };

	for (size_t i = 0; i < sizeof(hows) / sizeof(hows[0]); i++)
		if (strcmp(place->how, hows[i]) == 0)
			return place->target[0] && place->target[0] != '(';
	return false;
}

static bool share_trampoline(const struct kbpf_prog *a, const struct kbpf_prog *b)
{
	for (size_t i = 0; i < a->nr_places; i++)
		for (size_t k = 0; k < b->nr_places; k++)
			if (is_trampoline(&a->places[i]) && is_trampoline(&b->places[k]) &&
			    strcmp(a->places[i].target, b->places[k].target) == 0)
				return true;
	return false;
}

void kbpf_neighbours(struct kbpf_ids *ids, const struct kbpf *kbpf, const struct kbpf_prog *prog)
{
	ids_reset(ids);
	for (size_t i = 0; i < kbpf->nr_progs; i++)
		if (&kbpf->progs[i] != prog && share_trampoline(prog, &kbpf->progs[i]))
			ids_add(ids, kbpf->progs[i].info.id);
}

void kbpf_members(struct kbpf_ids *ids, const struct kbpf_map *map, uint32_t but)
{
	ids_reset(ids);
	for (size_t i = 0; i < map->nr_members; i++)
		if (map->members[i].prog != but)
			ids_add(ids, map->members[i].prog);
}

const struct kbpf_member *kbpf_member_of(const struct kbpf_map *map, uint32_t prog_id)
{
	for (size_t i = 0; i < map->nr_members; i++)
		if (map->members[i].prog == prog_id)
			return &map->members[i];
	return NULL;
}

struct kbpf_link *kbpf_ops_link(const struct kbpf *kbpf, const struct kbpf_map *map)
{
	for (size_t i = 0; i < kbpf->nr_links; i++)
		if (kbpf->links[i].type == BPF_LINK_TYPE_STRUCT_OPS &&
		    kbpf->links[i].map_id == map->info.id)
			return &kbpf->links[i];
	return NULL;
}

static bool in_slot(const struct kbpf_map *map, uint32_t id)
{
	for (size_t i = 0; map->info.type == BPF_MAP_TYPE_PROG_ARRAY && i < map->nr_slots; i++)
		if (map->slots[i].id == id)
			return true;
	return false;
}

bool kbpf_is_led_to(const struct kbpf *kbpf, const struct kbpf_prog *prog)
{
	for (size_t i = 0; i < prog->nr_places; i++)
		if (prog->places[i].prog)
			return true;
	for (size_t i = 0; i < kbpf->nr_maps; i++) {
		if (!in_slot(&kbpf->maps[i], prog->info.id))
			continue;
		for (size_t k = 0; k < kbpf->nr_progs; k++)
			if (&kbpf->progs[k] != prog &&
			    uses(kbpf, &kbpf->progs[k], kbpf->maps[i].info.id))
				return true;
	}
	return false;
}
