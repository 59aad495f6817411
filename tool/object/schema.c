// SPDX-License-Identifier: GPL-2.0-only
/*
 * From the BTF of a compiled probe to the schema of its events. Kinds and encodings are those of
 * Documentation/bpf/btf.rst.
 */
#include <bpf/btf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "object/object.h"

static const char *schema_type_name(const struct btf *btf, const struct btf_type *type)
{
	const char *name = btf__name_by_offset(btf, type->name_off);

	return name ? name : "";
}

/* Strip what does not change the representation. */
static const struct btf_type *schema_skip(const struct btf *btf, uint32_t id)
{
	const struct btf_type *type = btf__type_by_id(btf, id);

	while (type && (btf_is_mod(type) || btf_is_typedef(type)))
		type = btf__type_by_id(btf, type->type);
	return type;
}

/* The outermost name that says something: a typedef's, else that of the type below it. */
static void schema_name_of(const struct btf *btf, uint32_t id, char *name)
{
	const struct btf_type *type = btf__type_by_id(btf, id);

	while (type && btf_is_mod(type))
		type = btf__type_by_id(btf, type->type);
	name[0] = '\0';
	if (type && btf_is_ptr(type))
		snprintf(name, SCHEMA_NAME_MAX, "void *");
	else if (type)
		snprintf(name, SCHEMA_NAME_MAX, "%s", schema_type_name(btf, type));
}

static void schema_integer(const struct btf_type *type, struct schema_field *field)
{
	uint8_t encoding = btf_is_int(type) ? btf_int_encoding(type) : 0;

	field->size = type->size;
	if (encoding & BTF_INT_BOOL)
		field->kind = FIELD_BOOL;
	else if (encoding & BTF_INT_SIGNED)
		field->kind = FIELD_INT;
	else
		field->kind = FIELD_UINT;
	/* enums carry their signedness in kind_flag since Linux 6.0; before that they are ints */
	if (btf_is_any_enum(type))
		field->kind = FIELD_INT;
}

/*
 * BTF does not tell char from signed char or u8 from unsigned char: only the names do. What is
 * declared with char is text, what is declared with argv_t is a list, other bytes are bytes.
 */
static int schema_array(const struct btf *btf, const struct btf_type *type,
			struct schema_field *field)
{
	const struct btf_array *array = btf_array(type);
	const struct btf_type *elem = schema_skip(btf, array->type);
	int64_t size = btf__resolve_size(btf, array->type);

	if (size < 0 || size * array->nelems > UINT32_MAX)
		return -EINVAL;
	schema_name_of(btf, array->type, field->type);
	field->size = (uint32_t)(size * array->nelems);
	field->kind = FIELD_BYTES;
	if (!elem || !btf_is_int(elem) || elem->size > 8)
		return 0;
	if (strcmp(field->type, "argv_t") == 0) {
		field->kind = FIELD_ARGV;
	} else if (strcmp(field->type, "payload_t") == 0 && elem->size == 1) {
		/* not C strings: a NUL in it is a part of it */
		return 0;
	} else if (strcmp(schema_type_name(btf, elem), "char") == 0 &&
		   strcmp(field->type, "u8") != 0) {
		field->kind = FIELD_TEXT;
	} else if (elem->size > 1) {
		field->kind = FIELD_ARRAY;
		field->elem_size = elem->size;
		field->elem_signed = !!(btf_int_encoding(elem) & BTF_INT_SIGNED);
	}
	return 0;
}

static int schema_fill(const struct btf *btf, uint32_t id, struct schema_field *field);

/* struct { u32 size; T data[N]; }: the field is its data, as long as size says */
static bool schema_sized(const struct btf *btf, const struct btf_type *type,
			 struct schema_field *field)
{
	const struct btf_member *members = btf_members(type);
	const struct btf_type *size, *data;
	uint32_t base = field->offset;

	if (btf_vlen(type) != 2 || strcmp(btf__name_by_offset(btf, members[0].name_off), "size") ||
	    strcmp(btf__name_by_offset(btf, members[1].name_off), "data"))
		return false;
	size = schema_skip(btf, members[0].type);
	data = schema_skip(btf, members[1].type);
	if (!size || !btf_is_int(size) || size->size != 4 || !data || !btf_is_array(data))
		return false;
	field->sized = 1;
	field->size_offset = base + btf_member_bit_offset(type, 0) / 8;
	field->offset = base + btf_member_bit_offset(type, 1) / 8;
	return schema_fill(btf, members[1].type, field) == 0;
}

static int schema_fill(const struct btf *btf, uint32_t id, struct schema_field *field)
{
	const struct btf_type *type = schema_skip(btf, id);

	if (!type)
		return -EINVAL;
	if (!field->sized)
		schema_name_of(btf, id, field->type);
	switch (btf_kind(type)) {
	case BTF_KIND_INT:
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		schema_integer(type, field);
		if (field->size <= 8)
			return 0;
		field->kind = FIELD_BYTES;
		return 0;
	case BTF_KIND_PTR:
		field->kind = FIELD_UINT;
		field->size = 8;
		return 0;
	case BTF_KIND_ARRAY:
		return schema_array(btf, type, field);
	case BTF_KIND_STRUCT:
		if (schema_sized(btf, type, field))
			return 0;
		/* fall through */
	case BTF_KIND_UNION:
		field->kind = FIELD_BYTES;
		field->size = type->size;
		return 0;
	}
	return -EINVAL;
}

static int schema_members(struct schema *schema, const struct btf *btf, const struct btf_type *type,
			  uint32_t base_bits, const char **why)
{
	const struct btf_member *member = btf_members(type);

	for (uint32_t i = 0; i < btf_vlen(type); i++, member++) {
		const char *name = btf__name_by_offset(btf, member->name_off);
		const struct btf_type *inner = schema_skip(btf, member->type);
		uint32_t bits = base_bits + btf_member_bit_offset(type, i);
		struct schema_field *field;
		int ret;

		if (inner && btf_is_composite(inner) && (!name || !name[0])) {
			ret = schema_members(schema, btf, inner, bits, why);
			if (ret)
				return ret;
			continue;
		}
		if (!name || !name[0])
			continue;
		if (schema->nr_fields == SCHEMA_FIELDS_MAX) {
			*why = "it has more than 64 fields";
			return -EINVAL;
		}
		if (strlen(name) >= SCHEMA_NAME_MAX) {
			*why = "a field's name is longer than 63 characters";
			return -EINVAL;
		}
		field = &schema->fields[schema->nr_fields++];
		snprintf(field->name, sizeof(field->name), "%s", name);
		field->offset = bits / 8;
		if (schema_fill(btf, member->type, field)) {
			*why = "a field has a type that cannot be printed";
			return -EINVAL;
		}
		field->bit_size = btf_member_bitfield_size(type, i);
		if (field->bit_size) {
			field->bit_offset = bits;
			field->offset = 0;
			field->size = 0;
		}
	}
	return 0;
}

/* A key or value that is no struct: one field. */
static int schema_scalar(struct schema *schema, const struct btf *btf, uint32_t type_id)
{
	struct schema_field *field = &schema->fields[0];
	int64_t size = btf__resolve_size(btf, type_id);

	if (size <= 0 || size > UINT32_MAX || schema_fill(btf, type_id, field))
		return -EINVAL;
	snprintf(field->name, sizeof(field->name), "%s",
		 schema->role == SCHEMA_KEY ? "key" : "value");
	schema->size = (uint32_t)size;
	schema->nr_fields = 1;
	return 0;
}

int schema_from_btf(struct schema *schema, enum schema_role role, const void *data, uint32_t size,
		    uint32_t type_id, const char **why)
{
	struct btf *btf = btf__new(data, size);
	const struct btf_type *type;
	char name[SCHEMA_NAME_MAX];
	int ret = -EINVAL;

	if (!btf) {
		*why = "its BTF cannot be read";
		return -EINVAL;
	}
	*why = "it is no struct";
	schema->role = role;
	schema->nr_fields = 0;
	schema_name_of(btf, type_id, name);
	snprintf(schema->type, sizeof(schema->type), "%s", name);
	type = schema_skip(btf, type_id);
	if (type && btf_is_composite(type)) {
		schema->size = type->size;
		ret = schema_members(schema, btf, type, 0, why);
	} else if (type && role != SCHEMA_EVENT) {
		ret = schema_scalar(schema, btf, type_id);
	}
	btf__free(btf);
	return ret;
}
