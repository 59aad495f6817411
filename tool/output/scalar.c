// SPDX-License-Identifier: GPL-2.0-only
/* How integers are printed, by what they stand for. */
#include <string.h>

#include "decode/names.h"
#include "output/column.h"
#include "util/error.h"
#include "util/fmt.h"

static char *scalar_uint(char *p, const struct column *col, uint64_t number)
{
	(void)col;
	return fmt_u64(p, number);
}

static char *scalar_int(char *p, const struct column *col, uint64_t number)
{
	(void)col;
	return fmt_i64(p, (int64_t)number);
}

static char *scalar_yes_no(char *p, const struct column *col, uint64_t number)
{
	(void)col;
	return fmt_str(p, number ? "yes" : "no");
}

static char *scalar_true_false(char *p, const struct column *col, uint64_t number)
{
	(void)col;
	return fmt_str(p, number ? "true" : "false");
}

static char *scalar_errno(char *p, const struct column *col, uint64_t number)
{
	int64_t code = (int64_t)number;
	const char *name = NULL;

	(void)col;
	if (code < 0 && code >= -4095)
		name = errno_name((int)-code);
	return name ? fmt_str(p, name) : fmt_i64(p, code);
}

static char *scalar_ipv4(char *p, const struct column *col, uint64_t number)
{
	uint32_t addr = (uint32_t)number;
	unsigned char bytes[4];

	(void)col;
	memcpy(bytes, &addr, sizeof(bytes));
	return fmt_ipv4(p, bytes);
}

static char *scalar_duration(char *p, const struct column *col, uint64_t number)
{
	if (col->is_signed && (int64_t)number < 0) {
		*p++ = '-';
		number = -number;
	}
	return fmt_duration(p, number);
}

static char *scalar_local_time(char *p, const struct column *col, uint64_t number)
{
	return wall_clock_local(col->clock, p, number);
}

static char *scalar_utc_time(char *p, const struct column *col, uint64_t number)
{
	return wall_clock_utc(col->clock, p, number);
}

/* bit patterns: without the copies of the sign above the integer's own bits */
static uint64_t scalar_pattern(const struct column *col, uint64_t number)
{
	return col->bits < 64 ? number & ((UINT64_C(1) << col->bits) - 1) : number;
}

static char *scalar_kaddr(char *p, const struct column *col, uint64_t number)
{
	(void)col;
	return fmt_hex(p, number, 16);
}

static char *scalar_hex(char *p, const struct column *col, uint64_t number)
{
	return fmt_hex(p, scalar_pattern(col, number), 1);
}

static char *scalar_octal(char *p, const struct column *col, uint64_t number)
{
	return fmt_octal(p, scalar_pattern(col, number));
}

/* What is not known is a dash for people, nothing in CSV, null in JSON. */
static char *scalar_fd(char *p, const struct column *col, uint64_t number)
{
	(void)col;
	return (int64_t)number < 0 ? fmt_str(p, "-") : fmt_u64(p, number);
}

static char *scalar_fd_csv(char *p, const struct column *col, uint64_t number)
{
	(void)col;
	return (int64_t)number < 0 ? p : fmt_u64(p, number);
}

static char *scalar_fd_json(char *p, const struct column *col, uint64_t number)
{
	(void)col;
	return (int64_t)number < 0 ? fmt_str(p, "null") : fmt_u64(p, number);
}

static char *scalar_signal(char *p, const struct column *col, uint64_t number)
{
	return col->is_signed || number <= INT64_MAX ? name_signal(p, (int64_t)number)
						     : fmt_u64(p, number);
}

static char *scalar_family(char *p, const struct column *col, uint64_t number)
{
	return col->is_signed || number <= INT64_MAX ? name_family(p, (int64_t)number)
						     : fmt_u64(p, number);
}

/* NULL: the plain number. width 0: by the integer's size. */
static const struct scalar {
	scalar_fn table, csv, json;
	bool quote; /* in JSON */
	bool left;
	unsigned int width;
} scalars[MEANING_NR] = {
	[MEANING_BOOL] = { scalar_yes_no, scalar_yes_no, scalar_true_false, .width = 3 },
	/* machines get the number, because the same field often carries a descriptor or a count */
	[MEANING_ERRNO] = { scalar_errno, NULL, NULL, .width = 8 },
	[MEANING_IPV4] = { scalar_ipv4, scalar_ipv4, scalar_ipv4, true, true, 15 },
	[MEANING_PORT] = { .width = 5 },
	[MEANING_DURATION] = { scalar_duration, NULL, NULL, .width = 6 },
	[MEANING_TIME] = { scalar_local_time, scalar_utc_time, scalar_utc_time, true, true, 12 },
	[MEANING_COUNT] = { .width = 8 },
	[MEANING_KADDR] = { scalar_kaddr, scalar_kaddr, scalar_kaddr, true, true, 18 },
	[MEANING_USTACK] = { .width = 7 },
	[MEANING_KSTACK] = { .width = 7 },
	[MEANING_SIGNAL] = { scalar_signal, scalar_signal, scalar_signal, true, true, 9 },
	[MEANING_FAMILY] = { scalar_family, scalar_family, scalar_family, true, true, 10 },
	[MEANING_OCTAL] = { scalar_octal, scalar_octal, scalar_octal, true, false, 5 },
	[MEANING_FD] = { scalar_fd, scalar_fd_csv, scalar_fd_json, .width = 4 },
	[MEANING_HEX] = { scalar_hex, scalar_hex, scalar_hex, true, false, 0 },
};

/* What numbers of a size usually need, not the most they can: process ids are u32 and have seven
 * digits at most. */
static unsigned int scalar_width(unsigned int bits, bool hex)
{
	if (bits <= 8)
		return 4;
	if (bits <= 16)
		return 6;
	if (bits <= 32)
		return hex ? 8 : 7;
	return hex ? 12 : 10;
}

void scalar_prepare(struct column *col, enum output_kind format)
{
	const struct scalar *scalar = &scalars[col->meaning];
	bool array = col->field.kind == FIELD_ARRAY;

	col->is_signed = array ? col->field.elem_signed != 0 : col->field.kind == FIELD_INT;
	col->bits = array		  ? 8 * col->field.elem_size
		    : col->field.bit_size ? col->field.bit_size
					  : 8 * col->field.size;
	col->scalar = format == OUTPUT_TABLE  ? scalar->table
		      : format == OUTPUT_JSON ? scalar->json
					      : scalar->csv;
	if (!col->scalar)
		col->scalar = col->is_signed ? scalar_int : scalar_uint;
	col->quote = scalar->quote;
	col->right = !scalar->left;
	col->width = scalar->width ? scalar->width
				   : scalar_width(col->bits, col->meaning == MEANING_HEX);
}
