// SPDX-License-Identifier: GPL-2.0-only
/* Maps of struct_ops: which programs serve the members of which struct of the kernel's. */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bpf/ask.h"
#include "bpf/btf_store.h"
#include "bpf/readers.h"
#include "bpf/relations.h"
#include "util/array.h"

/*
 * A map of struct_ops has one value: a count of references, a state (enum bpf_struct_ops_state),
 * and the kernel's struct as its last member, in which pointers to functions are ids of programs.
 * bpf_struct_ops_map_update_elem() and bpf_struct_ops_map_sys_lookup_elem() in
 * kernel/bpf/bpf_struct_ops.c; struct bpf_struct_ops_common_value in include/linux/bpf.h.
 */
#define STATE_OFFSET 4

struct ops_map {
	struct kbpf *kbpf;
	struct kbpf_map *map;
	uint32_t object; /* whose types describe the value */
	const char *value;
};

static const struct btf_type *skip_modifiers(const struct ops_map *ops, uint32_t id)
{
	const struct btf_type *type = btf_store_type(ops->kbpf->btfs, ops->object, id);

	/* more than a handful in a row would be a circle */
	for (int i = 0; type && i < 16; i++) {
		if (!btf_is_mod(type) && !btf_is_typedef(type))
			return type;
		type = btf_store_type(ops->kbpf->btfs, ops->object, type->type);
	}
	return NULL;
}

static bool is_function(const struct ops_map *ops, uint32_t id)
{
	const struct btf_type *type = skip_modifiers(ops, id);

	if (!type || !btf_is_ptr(type))
		return false;
	type = skip_modifiers(ops, type->type);
	return type && btf_is_func_proto(type);
}

static void members_read(struct ops_map *ops, const struct btf_type *type, uint32_t start)
{
	const struct btf_member *members = btf_members(type);
	struct kbpf_map *map = ops->map;

	for (uint32_t i = 0; i < btf_vlen(type); i++) {
		uint32_t at = start + btf_member_bit_offset(type, i) / 8;
		struct kbpf_member *member;
		unsigned long id;

		if (at + sizeof(id) > map->info.value_size || !is_function(ops, members[i].type))
			continue;
		memcpy(&id, ops->value + at, sizeof(id));
		if (!id)
			continue;
		member = array_append(&map->members, &map->nr_members, sizeof(*member));
		if (!member)
			return;
		member->prog = (uint32_t)id;
		member->name = btf_store_string(ops->kbpf->btfs, ops->object, members[i].name_off);
	}
}

static void value_read(struct ops_map *ops)
{
	uint32_t id = ops->map->info.btf_vmlinux_value_type_id;
	const struct btf_type *wrapper = btf_store_type(ops->kbpf->btfs, ops->object, id), *type;
	uint32_t last;

	if (!wrapper || !btf_is_struct(wrapper) || !btf_vlen(wrapper))
		return;
	last = btf_vlen(wrapper) - 1u;
	type = btf_store_type(ops->kbpf->btfs, ops->object, btf_members(wrapper)[last].type);
	if (!type || !btf_is_struct(type))
		return;
	ops->map->ops = btf_store_string(ops->kbpf->btfs, ops->object, type->name_off);
	members_read(ops, type, btf_member_bit_offset(wrapper, last) / 8);
}

static void map_read(struct kbpf *kbpf, struct kbpf_map *map)
{
	struct ops_map ops = { .kbpf = kbpf, .map = map, .object = kbpf_kernel_btf(kbpf, map) };
	char *value = calloc(1, map->info.value_size + 8);
	int fd = ask_open(KBPF_MAP, map->info.id);
	uint32_t zero = 0, state;

	if (fd >= 0 && value && map->info.value_size >= STATE_OFFSET + sizeof(state) &&
	    bpf_map_lookup_elem(fd, &zero, value) == 0) {
		memcpy(&state, value + STATE_OFFSET, sizeof(state));
		map->ops_state = state;
		ops.value = value;
		value_read(&ops);
	}
	if (fd >= 0)
		close(fd);
	free(value);
}

static void map_place(struct kbpf *kbpf, const struct kbpf_map *map)
{
	struct kbpf_link *link = kbpf_ops_link(kbpf, map);
	char *target;

	if (link && map->ops &&
	    asprintf(&target, "%s, map %u %s", map->ops, map->info.id, map->info.name) >= 0) {
		free(link->place.target);
		link->place.target = target;
	}
	if (map->ops_state != KBPF_OPS_IN_USE && !link)
		return;
	for (size_t i = 0; i < map->nr_members; i++) {
		struct kbpf_prog *prog = kbpf_prog(kbpf, map->members[i].prog);

		if (prog)
			kbpf_place_add(prog, link ? link->id : 0, "struct_ops", "%s.%s, map %u %s",
				       map->ops ?: "", map->members[i].name ?: "", map->info.id,
				       map->info.name);
	}
}

void kbpf_read_struct_ops(struct kbpf *kbpf)
{
	for (size_t i = 0; i < kbpf->nr_maps; i++) {
		if (kbpf->maps[i].info.type != BPF_MAP_TYPE_STRUCT_OPS)
			continue;
		map_read(kbpf, &kbpf->maps[i]);
		map_place(kbpf, &kbpf->maps[i]);
	}
}
