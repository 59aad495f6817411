// SPDX-License-Identifier: GPL-2.0-only
/* What a function's BTF says of its arguments and of its result. */
#include <bpf/btf.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "bpf/value.h"
#include "calltrace/value.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/text.h"

/* include/linux/err.h */
#define MAX_ERRNO 4095

/* "struct path" by value: two registers; what is larger is on the stack. */
#define REGISTER_BYTES 8
#define PAIR_BYTES     16

static const struct btf_type *function_proto(const struct types_ref *function)
{
	const struct btf_type *type;

	if (!function->btf)
		return NULL;
	type = btf__type_by_id(function->btf, function->id);
	type = type && btf_is_func(type) ? btf__type_by_id(function->btf, type->type) : NULL;
	return type && btf_is_func_proto(type) ? type : NULL;
}

static bool is_const_text(const struct btf *btf, uint32_t pointee)
{
	const struct btf_type *type = btf__type_by_id(btf, pointee);
	bool constant = false;

	while (type && btf_is_mod(type)) {
		constant |= btf_is_const(type);
		type = btf__type_by_id(btf, type->type);
	}
	return type && constant && btf_is_int(type) && type->size == 1 &&
	       strcmp(btf__name_by_offset(btf, type->name_off) ?: "", "char") == 0;
}

/* Bytes of a small struct, 0 when it is none. */
static uint32_t small_struct(const struct btf *btf, uint32_t id)
{
	const struct btf_type *type = types_resolve(btf, &id);

	return type && btf_is_composite(type) && type->size <= CALL_TEXT_MAX ? type->size : 0;
}

/* How many registers an argument takes; 0 when it is on the stack. */
static unsigned int registers_of(const struct btf *btf, uint32_t id)
{
	const struct btf_type *type = types_resolve(btf, &id);

	if (!type || !btf_is_composite(type))
		return 1;
	return type->size <= REGISTER_BYTES ? 1 : type->size <= PAIR_BYTES ? 2 : 0;
}

static enum call_result result_kind(const struct types_ref *function)
{
	const struct btf_type *proto = function_proto(function), *type;
	uint32_t id;

	if (!proto)
		return CALL_RESULT_UNKNOWN;
	id = proto->type;
	type = types_resolve(function->btf, &id);
	if (type && btf_is_ptr(type))
		return CALL_RESULT_POINTER;
	if (type && btf_is_int(type) && (btf_int_encoding(type) & BTF_INT_BOOL))
		return CALL_RESULT_BOOL;
	if (!type || !btf_is_int(type))
		return CALL_RESULT_OTHER;
	/* IS_ERR_VALUE(): an unsigned long can be one, too */
	if (type->size == 8)
		return CALL_RESULT_LONG;
	return type->size == 4 && (btf_int_encoding(type) & BTF_INT_SIGNED) ? CALL_RESULT_INT
									    : CALL_RESULT_OTHER;
}

void call_plan_of(const struct types_ref *function, struct call_plan *plan)
{
	const struct btf_type *proto = function_proto(function), *type;
	unsigned int at = 0, nr = 0;

	memset(plan, 0, sizeof(*plan));
	plan->result = (uint8_t)result_kind(function);
	for (uint16_t i = 0; proto && i < btf_vlen(proto) && nr < CALL_TEXTS; i++) {
		uint32_t id = btf_params(proto)[i].type, size;
		unsigned int registers = registers_of(function->btf, id);

		type = types_resolve(function->btf, &id);
		if (!registers || at + registers > CALL_REGISTERS)
			return;
		if (type && btf_is_ptr(type)) {
			size = small_struct(function->btf, type->type);
			plan->text[nr] = is_const_text(function->btf, type->type);
			plan->size[nr] = (uint8_t)size;
			if (size || plan->text[nr])
				plan->take[nr++] = (uint8_t)(at + 1);
		}
		at += registers;
	}
}

int64_t call_error(const struct types_ref *function, uint64_t result)
{
	enum call_result kind = result_kind(function);
	uint32_t high = (uint32_t)(result >> 32);
	int64_t number = (int64_t)result;

	if (kind == CALL_RESULT_INT ||
	    (kind == CALL_RESULT_UNKNOWN && (high == 0 || high == UINT32_MAX)))
		number = (int32_t)result;
	return kind < CALL_RESULT_BOOL && number < 0 && number >= -MAX_ERRNO ? number : 0;
}

static bool error_text(struct buf *out, int64_t error)
{
	const char *name = errno_name((int)-error);

	if (name)
		buf_printf(out, "-%s", name);
	else
		buf_printf(out, "%" PRId64, error);
	return true;
}

/* An integer or enumerator as C would write it. */
static void scalar_text(struct buf *out, const struct btf *btf, uint32_t id, uint64_t value)
{
	const struct btf_type *type = types_resolve(btf, &id);
	bool is_signed = btf_int_encoding(type) & BTF_INT_SIGNED;
	unsigned int unused = type->size < 8 ? 64 - 8 * type->size : 0;

	if (btf_is_any_enum(type)) {
		value_format(out, btf, id, &value, type->size, false);
		return;
	}
	value <<= unused;
	if (is_signed)
		value = (uint64_t)((int64_t)value >> unused);
	else
		value >>= unused;
	if (btf_int_encoding(type) & BTF_INT_BOOL) {
		buf_str(out, value & 1 ? "true" : "false");
		return;
	}
	if (is_signed)
		buf_printf(out, "%" PRId64, (int64_t)value);
	else
		buf_printf(out, value > UINT16_MAX ? "%#" PRIx64 : "%" PRIu64, value);
}

bool call_result_text(struct buf *out, const struct types_ref *function, uint64_t result)
{
	const struct btf_type *proto = function_proto(function), *type = NULL;
	int64_t error = call_error(function, result);
	uint32_t id;

	if (error)
		return error_text(out, error);
	if (proto) {
		id = proto->type;
		type = types_resolve(function->btf, &id);
		if (!type)
			return false;
	}
	if (type && btf_is_ptr(type) && !result) {
		buf_str(out, "NULL");
		return true;
	}
	if (type && (btf_is_int(type) || btf_is_any_enum(type))) {
		scalar_text(out, function->btf, id, result);
		return btf_is_int(type) && (btf_int_encoding(type) & BTF_INT_BOOL) && !(result & 1);
	}
	buf_printf(out, result > UINT16_MAX ? "%#" PRIx64 : "%" PRIu64, result);
	return false;
}

/* What a pointer points to, where that was kept; the pointer itself where not. */
static void pointer_text(const struct types_ref *function, const struct btf_type *pointer,
			 const struct call_plan *plan, unsigned int at,
			 const struct call_values *values, struct buf *out)
{
	uint64_t value = values->registers[at];

	for (unsigned int k = 0; value && k < CALL_TEXTS; k++) {
		const unsigned char *text = values->texts[k];
		int32_t size = values->sizes[k];

		if (plan->take[k] != at + 1 || size <= 0 || size > CALL_TEXT_MAX)
			continue;
		if (plan->text[k]) {
			text_quote(out, (const char *)text,
				   strnlen((const char *)text, (size_t)size));
			/* the NUL is counted: it was cut off where all is used */
			buf_str(out, size == CALL_TEXT_MAX ? "..." : "");
			return;
		}
		buf_printf(out, "%#" PRIx64 " ", value);
		value_format(out, function->btf, pointer->type, text, (size_t)size, false);
		return;
	}
	if (value && (int64_t)value < 0 && (int64_t)value >= -MAX_ERRNO)
		error_text(out, (int64_t)value);
	else if (value)
		buf_printf(out, "%#" PRIx64, value);
	else
		buf_str(out, "NULL");
}

static void argument_text(const struct types_ref *function, uint32_t id,
			  const struct call_plan *plan, unsigned int at,
			  const struct call_values *values, struct buf *out)
{
	const struct btf_type *type = types_resolve(function->btf, &id);

	if (type && btf_is_ptr(type))
		pointer_text(function, type, plan, at, values, out);
	else if (type && btf_is_composite(type))
		value_format(out, function->btf, id, &values->registers[at], type->size, false);
	else if (type && (btf_is_int(type) || btf_is_any_enum(type)))
		scalar_text(out, function->btf, id, values->registers[at]);
	else
		buf_printf(out, "%#" PRIx64, values->registers[at]);
}

void call_arguments(const struct types_ref *function, const struct call_values *values,
		    void (*each)(void *arg, const char *name, const char *value), void *arg)
{
	const struct btf_type *proto = function_proto(function);
	struct call_plan plan;
	struct buf text = {};
	unsigned int at = 0;

	call_plan_of(function, &plan);
	for (uint16_t i = 0; proto && i < btf_vlen(proto); i++) {
		const struct btf_param *param = &btf_params(proto)[i];
		unsigned int registers = registers_of(function->btf, param->type);

		/* the last one of a variadic function is void */
		if (!param->type || !registers || at + registers > CALL_REGISTERS)
			break;
		buf_reset(&text);
		argument_text(function, param->type, &plan, at, values, &text);
		each(arg, btf__name_by_offset(function->btf, param->name_off) ?: "",
		     buf_text(&text));
		at += registers;
	}
	buf_free(&text);
}
