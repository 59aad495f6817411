// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "object/object.h"
#include "object/pack.h"
#include "util/buf.h"

enum {
	TAG_MAP = 1,
	TAG_PROG,
	TAG_INSNS,
	TAG_FUNC_INFO,
	TAG_LINE_INFO,
	TAG_SCHEMA,
	TAG_BTF,
	TAG_LICENSE,
	TAG_KERN_VERSION,
};

int object_write(struct buf *out, const struct object *obj)
{
	pack_begin(out, PACK_OBJECT);
	for (uint32_t i = 0; i < obj->nr_maps; i++)
		pack_piece(out, TAG_MAP, &obj->maps[i], sizeof(obj->maps[i]));
	for (uint32_t i = 0; i < obj->nr_progs; i++) {
		const struct object_prog *prog = &obj->progs[i];
		struct object_prog plain = *prog;

		plain.insns = NULL;
		plain.func_info = NULL;
		plain.line_info = NULL;
		pack_piece(out, TAG_PROG, &plain, sizeof(plain));
		pack_piece(out, TAG_INSNS, prog->insns, prog->nr_insns * sizeof(*prog->insns));
		pack_piece(out, TAG_FUNC_INFO, prog->func_info,
			   (size_t)prog->nr_func_info * prog->func_info_rec_size);
		pack_piece(out, TAG_LINE_INFO, prog->line_info,
			   (size_t)prog->nr_line_info * prog->line_info_rec_size);
	}
	for (uint32_t i = 0; i < obj->nr_schemas; i++)
		pack_piece(out, TAG_SCHEMA, &obj->schemas[i], sizeof(obj->schemas[i]));
	pack_piece(out, TAG_BTF, obj->btf, obj->btf_size);
	pack_text(out, TAG_LICENSE, obj->license);
	pack_piece(out, TAG_KERN_VERSION, &obj->kern_version, sizeof(obj->kern_version));
	pack_end(out);
	return out->failed ? -ENOMEM : 0;
}

/* Make room for one more element of an array whose length is a power of two whenever it is full. */
static void *object_grow(void *array, uint32_t nr, size_t size)
{
	if (nr && (nr & (nr - 1)))
		return array;
	return realloc(array, (nr ? nr * 2 : 1) * size);
}

#define OBJECT_ADD(array, nr, data)                                       \
	({                                                                \
		void *more = object_grow(array, nr, sizeof(*(array)));    \
		if (more) {                                               \
			(array) = more;                                   \
			memcpy(&(array)[(nr)++], data, sizeof(*(array))); \
		}                                                         \
		more ? 0 : -ENOMEM;                                       \
	})

static int object_take(struct object *obj, const struct piece *piece)
{
	struct object_prog *prog = obj->nr_progs ? &obj->progs[obj->nr_progs - 1] : NULL;

	switch (piece->tag) {
	case TAG_MAP:
		if (piece->len != sizeof(*obj->maps) || obj->nr_maps == OBJECT_MAPS_MAX)
			return -EBADMSG;
		return OBJECT_ADD(obj->maps, obj->nr_maps, piece->data);
	case TAG_PROG:
		if (piece->len != sizeof(*obj->progs) || obj->nr_progs == OBJECT_PROGS_MAX)
			return -EBADMSG;
		if (OBJECT_ADD(obj->progs, obj->nr_progs, piece->data))
			return -ENOMEM;
		/* pointers never come from outside */
		prog = &obj->progs[obj->nr_progs - 1];
		prog->insns = NULL;
		prog->func_info = NULL;
		prog->line_info = NULL;
		return 0;
	case TAG_INSNS:
		if (!prog || prog->nr_insns > OBJECT_INSNS_MAX ||
		    piece->len != prog->nr_insns * sizeof(struct bpf_insn))
			return -EBADMSG;
		prog->insns = piece->data;
		return 0;
	case TAG_FUNC_INFO:
		if (!prog || piece->len != (uint64_t)prog->nr_func_info * prog->func_info_rec_size)
			return -EBADMSG;
		prog->func_info = piece->data;
		return 0;
	case TAG_LINE_INFO:
		if (!prog || piece->len != (uint64_t)prog->nr_line_info * prog->line_info_rec_size)
			return -EBADMSG;
		prog->line_info = piece->data;
		return 0;
	case TAG_SCHEMA:
		if (piece->len != sizeof(*obj->schemas) || obj->nr_schemas == 3 * OBJECT_MAPS_MAX)
			return -EBADMSG;
		return OBJECT_ADD(obj->schemas, obj->nr_schemas, piece->data);
	case TAG_BTF:
		obj->btf = piece->data;
		obj->btf_size = piece->len;
		return 0;
	case TAG_LICENSE:
		obj->license = piece_text(piece);
		return obj->license ? 0 : -EBADMSG;
	case TAG_KERN_VERSION:
		if (piece->len != sizeof(obj->kern_version))
			return -EBADMSG;
		memcpy(&obj->kern_version, piece->data, sizeof(obj->kern_version));
		return 0;
	}
	return -EBADMSG;
}

static bool object_ends(const char *name, size_t size)
{
	return memchr(name, '\0', size) && name[0];
}

static const char *object_check_prog(const struct object *obj, const struct object_prog *prog)
{
	if (!object_ends(prog->name, sizeof(prog->name)))
		return "a program has no name";
	if (!prog->insns || prog->nr_insns == 0)
		return "a program has no instructions";
	if (!prog->func_info || !prog->line_info)
		return "a program's type information is not there";
	for (uint32_t i = 0; i < prog->nr_insns; i++) {
		const struct bpf_insn *insn = &prog->insns[i];

		if (insn->code != (BPF_LD | BPF_IMM | BPF_DW))
			continue;
		if (++i == prog->nr_insns)
			return "a program ends in the middle of an instruction";
		if (insn->src_reg == BPF_PSEUDO_MAP_FD &&
		    (insn->imm < 0 || (uint32_t)insn->imm >= obj->nr_maps))
			return "a program refers to a map that is not there";
		/* the other forms with a number in imm would name descriptors of ours */
		if (insn->src_reg != 0 && insn->src_reg != BPF_PSEUDO_MAP_FD &&
		    insn->src_reg != BPF_PSEUDO_FUNC)
			return "a program refers to something that is no map";
	}
	return NULL;
}

static const char *object_check_schema(const struct schema *schema)
{
	if (!object_ends(schema->name, sizeof(schema->name)) ||
	    !memchr(schema->type, '\0', sizeof(schema->type)) ||
	    schema->nr_fields > SCHEMA_FIELDS_MAX)
		return "an event has no name or too many fields";
	if (schema->role > SCHEMA_VALUE)
		return "a schema describes nothing that is known";
	for (uint32_t i = 0; i < schema->nr_fields; i++) {
		const struct schema_field *field = &schema->fields[i];

		if (!object_ends(field->name, sizeof(field->name)) ||
		    !memchr(field->type, '\0', sizeof(field->type)))
			return "a field has no name";
		if (field->kind < FIELD_INT || field->kind > FIELD_ARRAY)
			return "a field is of an unknown kind";
		if ((uint64_t)field->offset + field->size > schema->size ||
		    (field->sized && (uint64_t)field->size_offset + 4 > schema->size) ||
		    field->bit_size > 64 ||
		    (uint64_t)field->bit_offset + field->bit_size > 8ULL * schema->size)
			return "a field lies outside of its event";
		if (field->kind <= FIELD_BOOL && !field->bit_size && field->size != 1 &&
		    field->size != 2 && field->size != 4 && field->size != 8)
			return "a number has an impossible size";
		if (field->kind == FIELD_ARRAY && field->elem_size != 1 && field->elem_size != 2 &&
		    field->elem_size != 4 && field->elem_size != 8)
			return "an array's element has an impossible size";
	}
	return NULL;
}

static const char *object_check(const struct object *obj)
{
	const char *why = NULL;

	if (!obj->license)
		return "it is incomplete";
	for (uint32_t i = 0; i < obj->nr_maps && !why; i++) {
		const struct object_map *map = &obj->maps[i];

		if (!object_ends(map->name, sizeof(map->name)))
			return "a map has no name";
		if (map->inner < -1 || map->inner >= (int32_t)i)
			return "a map's inner map is not there";
	}
	for (uint32_t i = 0; i < obj->nr_progs && !why; i++)
		why = object_check_prog(obj, &obj->progs[i]);
	for (uint32_t i = 0; i < obj->nr_schemas && !why; i++)
		why = object_check_schema(&obj->schemas[i]);
	return why;
}

int object_read(struct object *obj, char *memory, size_t len, const char **why)
{
	struct unpack in;
	struct piece piece;
	int ret;

	memset(obj, 0, sizeof(*obj));
	obj->memory = memory;
	ret = unpack_begin(&in, memory, len, PACK_OBJECT, why);
	if (ret)
		goto fail;
	*why = "a piece of it is broken";
	while ((ret = unpack_next(&in, &piece)) > 0) {
		ret = object_take(obj, &piece);
		if (ret)
			goto fail;
	}
	if (ret < 0)
		goto fail;
	*why = object_check(obj);
	if (!*why)
		return 0;
	ret = -EBADMSG;
fail:
	object_free(obj);
	return ret;
}

void object_free(struct object *obj)
{
	free(obj->maps);
	free(obj->progs);
	free(obj->schemas);
	free(obj->memory);
	memset(obj, 0, sizeof(*obj));
}

const struct schema *object_find_schema(const struct object *obj, const char *name,
					enum schema_role role)
{
	for (uint32_t i = 0; i < obj->nr_schemas; i++)
		if (obj->schemas[i].role == role && strcmp(obj->schemas[i].name, name) == 0)
			return &obj->schemas[i];
	return NULL;
}

int object_find_map(const struct object *obj, const char *name)
{
	for (uint32_t i = 0; i < obj->nr_maps; i++)
		if (strcmp(obj->maps[i].name, name) == 0)
			return (int)i;
	return -1;
}
