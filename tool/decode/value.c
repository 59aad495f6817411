// SPDX-License-Identifier: GPL-2.0-only
/* Events to values: where a field's bytes are, how many of them count, what they stand for. */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "decode/value.h"
#include "util/error.h"

/* perf aligns samples to this, so that one less can follow an event */
#define PERF_SAMPLE_ALIGN 8

/* include/linux/err.h: the largest errno that a kernel function returns */
#define KERNEL_ERRNO_MAX 4095

#define KIND(kind)	 (1u << (kind))
#define ANY_INTEGER	 (KIND(FIELD_INT) | KIND(FIELD_UINT))

/* A type's name, most of them typedefs of hotprobe.h, and which fields can have its meaning: a
 * probe that reuses the name for something else gets plain values, not wrong ones. */
struct type_meaning {
	const char *type;
	enum meaning meaning;
	uint32_t kinds;
	uint32_t size; /* 0: any */
};

static const struct type_meaning type_meanings[] = {
	{ "errno_t", MEANING_ERRNO, KIND(FIELD_INT), 0 },
	{ "ipv4_t", MEANING_IPV4, ANY_INTEGER, 4 },
	{ "ipv6_t", MEANING_IPV6, KIND(FIELD_BYTES), 16 },
	{ "inet_t", MEANING_INET, KIND(FIELD_BYTES), 16 },
	{ "port_t", MEANING_PORT, ANY_INTEGER, 2 },
	{ "duration_ns_t", MEANING_DURATION, ANY_INTEGER, 0 },
	{ "time_ns_t", MEANING_TIME, KIND(FIELD_UINT), 8 },
	{ "bytes_t", MEANING_COUNT, ANY_INTEGER, 0 },
	{ "kaddr_t", MEANING_KADDR, KIND(FIELD_UINT), 8 },
	{ "ustack_t", MEANING_USTACK, ANY_INTEGER, 0 },
	{ "kstack_t", MEANING_KSTACK, ANY_INTEGER, 0 },
	{ "signal_t", MEANING_SIGNAL, ANY_INTEGER, 0 },
	{ "family_t", MEANING_FAMILY, ANY_INTEGER, 0 },
	{ "octal_t", MEANING_OCTAL, ANY_INTEGER, 0 },
	{ "hex_t", MEANING_HEX, ANY_INTEGER, 0 },
	{ "fd_t", MEANING_FD, KIND(FIELD_INT), 0 },
	{ "endpoint_t", MEANING_ENDPOINT, KIND(FIELD_BYTES), sizeof(struct value_endpoint) },
	{ "payload_t", MEANING_PAYLOAD, KIND(FIELD_BYTES), 0 },
	{ "hexdump_t", MEANING_HEXDUMP, KIND(FIELD_BYTES), 0 },
	/* how the schema calls every pointer */
	{ "void *", MEANING_HEX, KIND(FIELD_UINT), 8 },
};

enum meaning value_meaning(const struct schema_field *field)
{
	uint32_t kind = field->kind, size = field->bit_size ? 0 : field->size;

	if (kind == FIELD_BOOL)
		return MEANING_BOOL;
	if (kind == FIELD_ARRAY) {
		kind = field->elem_signed ? FIELD_INT : FIELD_UINT;
		size = field->elem_size;
	}
	for (size_t i = 0; i < sizeof(type_meanings) / sizeof(type_meanings[0]); i++) {
		const struct type_meaning *entry = &type_meanings[i];

		if (strcmp(entry->type, field->type) == 0 && (entry->kinds & KIND(kind)) &&
		    (!entry->size || entry->size == size) &&
		    (!field->sized || entry->meaning >= MEANING_PAYLOAD))
			return entry->meaning;
	}
	return MEANING_NUMBER;
}

#define DECODE_INTEGER(name, type)                                                                 \
	static void name(const struct schema_field *field, const unsigned char *data, size_t size, \
			 struct value *value)                                                      \
	{                                                                                          \
		type number;                                                                       \
                                                                                                   \
		(void)size;                                                                        \
		memcpy(&number, data + field->offset, sizeof(number));                             \
		value->number = (uint64_t)(int64_t)number;                                         \
	}

DECODE_INTEGER(decode_i8, int8_t)
DECODE_INTEGER(decode_i16, int16_t)
DECODE_INTEGER(decode_i32, int32_t)
DECODE_INTEGER(decode_64, uint64_t)
DECODE_INTEGER(decode_u8, uint8_t)
DECODE_INTEGER(decode_u16, uint16_t)
DECODE_INTEGER(decode_u32, uint32_t)

static void decode_bool(const struct schema_field *field, const unsigned char *data, size_t size,
			struct value *value)
{
	(void)size;
	value->number = data[field->offset] != 0;
}

/* BTF counts a bit-field's bits from the least significant one on little-endian machines, and from
 * the most significant one on big-endian ones (Documentation/bpf/btf.rst, BTF_KIND_STRUCT). */
static void decode_bits(const struct schema_field *field, const unsigned char *data, size_t size,
			struct value *value)
{
	uint64_t number = 0;

	(void)size;
	for (uint32_t i = 0; i < field->bit_size; i++) {
		uint32_t bit = field->bit_offset + i;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
		number |= (uint64_t)(data[bit / 8] >> bit % 8 & 1) << i;
#else
		number = number << 1 | (data[bit / 8] >> (7 - bit % 8) & 1);
#endif
	}
	if (field->kind == FIELD_INT && field->bit_size < 64 && number >> (field->bit_size - 1))
		number |= ~UINT64_C(0) << field->bit_size;
	value->number = number;
}

static void decode_bytes(const struct schema_field *field, const unsigned char *data, size_t size,
			 struct value *value)
{
	size_t there = size > field->offset ? size - field->offset : 0;
	uint32_t said;

	value->data = data + (there ? field->offset : 0);
	value->len = there < field->size ? there : field->size;
	value->cut = false;
	value->failed = 0;
	if (!field->sized)
		return;
	memcpy(&said, data + field->size_offset, sizeof(said));
	if (said >= -(uint32_t)KERNEL_ERRNO_MAX) {
		value->failed = (int32_t)said;
		value->len = 0;
		return;
	}
	value->cut = said & SCHEMA_SIZE_CUT;
	said &= ~SCHEMA_SIZE_CUT;
	if (said > value->len)
		value->cut = true;
	else
		value->len = said;
}

static void decode_text(const struct schema_field *field, const unsigned char *data, size_t size,
			struct value *value)
{
	decode_bytes(field, data, size, value);
	/* A plain char[] is a C string. With a size the bytes inside are known to be meant, also
	 * NULs (as in the names of abstract sockets); those at the end only terminate it. */
	if (!field->sized)
		value->len = strnlen((const char *)value->data, value->len);
	while (value->len && !value->data[value->len - 1])
		value->len--;
}

static void decode_argv(const struct schema_field *field, const unsigned char *data, size_t size,
			struct value *value)
{
	decode_bytes(field, data, size, value);
	/* the NULs that fill up a list without a size are no empty arguments */
	while (!field->sized && value->len && !value->data[value->len - 1])
		value->len--;
}

value_decoder value_decoder_of(const struct schema_field *field)
{
	bool is_signed = field->kind == FIELD_INT;

	switch (field->kind) {
	case FIELD_TEXT:
		return decode_text;
	case FIELD_ARGV:
		return decode_argv;
	case FIELD_BYTES:
	case FIELD_ARRAY:
		return decode_bytes;
	default:
		break;
	}
	if (field->bit_size)
		return decode_bits;
	if (field->kind == FIELD_BOOL)
		return decode_bool;
	switch (field->size) {
	case 1:
		return is_signed ? decode_i8 : decode_u8;
	case 2:
		return is_signed ? decode_i16 : decode_u16;
	case 4:
		return is_signed ? decode_i32 : decode_u32;
	default:
		return decode_64;
	}
}

static bool value_integer_size(uint32_t size)
{
	return size == 1 || size == 2 || size == 4 || size == 8;
}

static bool value_name_ok(const char *name)
{
	size_t len = strnlen(name, SCHEMA_NAME_MAX);

	if (len == 0 || len == SCHEMA_NAME_MAX)
		return false;
	/* a dot joins the names of nested structs */
	for (size_t i = 0; i < len; i++)
		if (!isalnum((unsigned char)name[i]) && name[i] != '_' && name[i] != '.')
			return false;
	return true;
}

static const char *value_field_fault(const struct schema *schema, const struct schema_field *field)
{
	bool integer = false;

	if (!value_name_ok(field->name) || !memchr(field->type, 0, sizeof(field->type)))
		return "has no proper name";
	switch (field->kind) {
	case FIELD_INT:
	case FIELD_UINT:
	case FIELD_BOOL:
		integer = true;
		break;
	case FIELD_TEXT:
	case FIELD_BYTES:
	case FIELD_ARGV:
		break;
	case FIELD_ARRAY:
		if (!value_integer_size(field->elem_size))
			return "is an array of something that is no integer";
		break;
	default:
		return "is of an unknown kind";
	}
	if (field->sized && (integer || schema->size < 4 || field->size_offset > schema->size - 4))
		return "has its size outside of the event";
	if (field->bit_size) {
		if (!integer || field->bit_size > 64)
			return "is a bit-field that is no integer";
		if (((uint64_t)field->bit_offset + field->bit_size + 7) / 8 > schema->size)
			return "lies outside of the event";
		return NULL;
	}
	if (integer && !value_integer_size(field->size))
		return "is an integer of a size that cannot be printed";
	if ((uint64_t)field->offset + field->size > schema->size)
		return "lies outside of the event";
	return NULL;
}

int value_check_schema(const struct schema *schema, struct error *err)
{
	if (schema->nr_fields == 0 || schema->nr_fields > SCHEMA_FIELDS_MAX ||
	    !value_name_ok(schema->name))
		return error_set(err, -EINVAL, "the description of the probe's event is broken");
	for (uint32_t i = 0; i < schema->nr_fields; i++) {
		const struct schema_field *field = &schema->fields[i];
		const char *fault = value_field_fault(schema, field);

		if (fault)
			return error_set(err, -EINVAL, "%s: field %u (%.*s) %s", schema->name, i,
					 SCHEMA_NAME_MAX, field->name, fault);
	}
	return 0;
}

/* bytes one behind the other, not one value of that size */
static bool value_is_run(enum meaning meaning)
{
	return meaning == MEANING_NUMBER || meaning == MEANING_PAYLOAD ||
	       meaning == MEANING_HEXDUMP;
}

uint32_t value_min_size(const struct schema *schema)
{
	uint32_t min = 0;

	for (uint32_t i = 0; i < schema->nr_fields; i++) {
		const struct schema_field *field = &schema->fields[i];
		uint32_t end = field->offset + field->size;

		if (field->bit_size)
			end = (field->bit_offset + field->bit_size + 7) / 8;
		else if (field->sized)
			end = field->size_offset + sizeof(uint32_t);
		else if (field->kind == FIELD_TEXT || field->kind == FIELD_ARGV ||
			 (field->kind == FIELD_BYTES && value_is_run(value_meaning(field))))
			continue;
		if (end > min)
			min = end;
	}
	return min;
}

int value_event_size(uint32_t max, uint32_t min, size_t size, size_t *used)
{
	if (size < min || size >= (size_t)max + PERF_SAMPLE_ALIGN)
		return -EBADMSG;
	*used = size < max ? size : max;
	return 0;
}

size_t value_elements(const struct schema_field *field, const struct value *value)
{
	return value->len / field->elem_size;
}

uint64_t value_element(const struct schema_field *field, const struct value *value, size_t i)
{
	struct schema_field element = {
		.kind = field->elem_signed ? FIELD_INT : FIELD_UINT,
		.offset = (uint32_t)(i * field->elem_size),
		.size = field->elem_size,
	};
	struct value number;

	value_decoder_of (&element)(&element, value->data, value->len, &number);
	return number.number;
}

bool value_argument(const struct value *value, size_t *pos, const char **arg, size_t *len)
{
	if (*pos >= value->len)
		return false;
	*arg = (const char *)value->data + *pos;
	*len = strnlen(*arg, value->len - *pos);
	*pos += *len + 1;
	return true;
}
