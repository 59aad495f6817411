// SPDX-License-Identifier: GPL-2.0-only
#include <bpf/bpf.h>
#include <errno.h>
#include <linux/btf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bpf/btf_store.h"
#include "bpf/kbpf.h"
#include "bpf/relations.h"

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

static unsigned int type_kind(const struct btf_type *type)
{
	return type->info >> 24 & 0x1f;
}

static const struct btf_type *skip_modifiers(const struct ops_map *ops, uint32_t id)
{
	const struct btf_type *type = btf_store_type(ops->kbpf->btfs, ops->object, id);

	/* more than a handful in a row would be a circle */
	for (int i = 0; type && i < 16; i++) {
		switch (type_kind(type)) {
		case BTF_KIND_TYPEDEF:
		case BTF_KIND_VOLATILE:
		case BTF_KIND_CONST:
		case BTF_KIND_RESTRICT:
		case BTF_KIND_TYPE_TAG:
			type = btf_store_type(ops->kbpf->btfs, ops->object, type->type);
			break;
		default:
			return type;
		}
	}
	return NULL;
}

static bool is_function(const struct ops_map *ops, uint32_t id)
{
	const struct btf_type *type = skip_modifiers(ops, id);

	if (!type || type_kind(type) != BTF_KIND_PTR)
		return false;
	type = skip_modifiers(ops, type->type);
	return type && type_kind(type) == BTF_KIND_FUNC_PROTO;
}

static bool is_struct(const struct btf_type *type)
{
	return type && type_kind(type) == BTF_KIND_STRUCT;
}

/* The member's place in its struct in bytes; with kind_flag the size of a bit-field stands above.
 */
static uint32_t member_offset(const struct btf_type *type, const struct btf_member *member)
{
	return (type->info >> 31 ? member->offset & 0xffffff : member->offset) / 8;
}

static void members_read(struct ops_map *ops, const struct btf_type *type, uint32_t start)
{
	const struct btf_member *members = (const void *)(type + 1);
	struct kbpf_map *map = ops->map;

	for (uint32_t i = 0; i < (type->info & 0xffff); i++) {
		uint32_t at = start + member_offset(type, &members[i]);
		struct kbpf_member *member;
		unsigned long id;

		if (at + sizeof(id) > map->info.value_size || !is_function(ops, members[i].type))
			continue;
		memcpy(&id, ops->value + at, sizeof(id));
		if (!id)
			continue;
		member = kbpf_append(&map->members, &map->nr_members, sizeof(*member));
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
	const struct btf_member *data;

	if (!is_struct(wrapper) || !(wrapper->info & 0xffff))
		return;
	data = (const struct btf_member *)(const void *)(wrapper + 1) +
	       ((wrapper->info & 0xffff) - 1);
	type = btf_store_type(ops->kbpf->btfs, ops->object, data->type);
	if (!is_struct(type))
		return;
	ops->map->ops = btf_store_string(ops->kbpf->btfs, ops->object, type->name_off);
	members_read(ops, type, member_offset(wrapper, data));
}

static void map_read(struct kbpf *kbpf, struct kbpf_map *map)
{
	LIBBPF_OPTS(bpf_get_fd_by_id_opts, opts, .open_flags = BPF_F_RDONLY);
	struct ops_map ops = { .kbpf = kbpf, .map = map, .object = kbpf_kernel_btf(kbpf, map) };
	char *value = calloc(1, map->info.value_size + 8);
	int fd = bpf_map_get_fd_by_id_opts(map->info.id, &opts);
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
