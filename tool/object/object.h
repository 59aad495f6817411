/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_OBJECT_OBJECT_H
#define HOTPROBE_OBJECT_OBJECT_H

#include <linux/bpf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "object/schema.h"

struct buf;
struct error;

#define OBJECT_NAME_MAX	 128
#define OBJECT_MAPS_MAX	 256
#define OBJECT_PROGS_MAX 4096
/* the kernel's own limit for privileged users, BPF_COMPLEXITY_LIMIT_INSNS in include/linux/bpf.h */
#define OBJECT_INSNS_MAX 1000000

/* A map as libbcc would have created it. */
struct object_map {
	char name[OBJECT_NAME_MAX];
	uint32_t type; /* enum bpf_map_type */
	uint32_t key_size;
	uint32_t value_size;
	uint32_t max_entries;
	uint32_t flags;
	uint32_t btf_key; /* BTF type ids, 0 when there are none */
	uint32_t btf_value;
	int32_t inner; /* index of the map that it holds maps like, -1 when none */
};

/*
 * A program before relocation: in each BPF_LD_IMM64 with src_reg BPF_PSEUDO_MAP_FD, imm is an
 * index into the object's maps.
 */
struct object_prog {
	char name[OBJECT_NAME_MAX];
	uint32_t nr_insns;
	uint32_t func_info_rec_size;
	uint32_t nr_func_info;
	uint32_t line_info_rec_size;
	uint32_t nr_line_info;
	uint32_t pad;
	const struct bpf_insn *insns;
	const void *func_info; /* struct bpf_func_info */
	const void *line_info; /* struct bpf_line_info */
};

/* A compiled probe. Everything it points to lies in @memory. */
struct object {
	struct object_map *maps;
	uint32_t nr_maps;
	struct object_prog *progs;
	uint32_t nr_progs;
	struct schema *schemas;
	uint32_t nr_schemas;
	const void *btf;
	uint32_t btf_size;
	const char *license;
	uint32_t kern_version;
	char *memory;
};

/* object_write - append the packet to @out; -ENOMEM */
int object_write(struct buf *out, const struct object *obj);

/*
 * object_read - check a packet and take it as an object
 *
 * Takes over @memory (malloc'ed, @len bytes), also on failure. Everything that the frontend or the
 * kernel would trip over is checked: bounds, map indexes in instructions, names, schemas.
 * Returns 0 or -EBADMSG with the reason in *@why.
 */
int object_read(struct object *obj, char *memory, size_t len, const char **why);

void object_free(struct object *obj);

/*
 * object_same_program - whether two objects do the same and print the same
 *
 * Line numbers and whatever else only serves messages may differ.
 */
bool object_same_program(const struct object *a, const struct object *b);

/* object_find_schema - what describes that output or map; NULL when nothing does */
const struct schema *object_find_schema(const struct object *obj, const char *name,
					enum schema_role role);

/* object_find_map - index of the map called @name, -1 when there is none */
int object_find_map(const struct object *obj, const char *name);

/*
 * schema_from_btf - describe a C type as an event, or as a map's key or value
 *
 * @btf, @size: raw BTF; @type_id: a struct; for keys and values also any other type, which then
 * becomes the only field, called "key" or "value". Fills everything of @schema but its name.
 * -EINVAL with the reason in *@why when it is no struct, or has too many fields.
 */
int schema_from_btf(struct schema *schema, enum schema_role role, const void *btf, uint32_t size,
		    uint32_t type_id, const char **why);

#endif
