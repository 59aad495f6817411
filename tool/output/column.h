/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_OUTPUT_COLUMN_H
#define HOTPROBE_OUTPUT_COLUMN_H

/* What the formats (table.c, json.c, csv.c) share with output.c. Not for other folders. */

#include "decode/value.h"
#include "output/clock.h"
#include "output/output.h"

#define OUTPUT_COLUMNS_MAX (SCHEMA_FIELDS_MAX + 1)

/* ',"NAME":"' and what makes it whole blocks of 16 bytes */
#define COLUMN_LEAD_MAX (SCHEMA_NAME_MAX + 16)

struct column;

/* Writes one integer at @p (at most FMT_MAX bytes), returns the end. */
typedef char *(*scalar_fn)(char *p, const struct column *col, uint64_t number);

/* Writes a value of another kind to @to, returns the terminal columns it takes there. */
typedef size_t (*cell_fn)(struct buf *to, const struct column *col, const struct value *value);

/*
 * One printed field. All that depends on its type is decided in output_new().
 */
struct column {
	struct schema_field field;
	enum meaning meaning;
	bool sample_time; /* -T's column: the sample's time, not a field of the event */
	value_decoder decode;
	scalar_fn scalar;	  /* integers and the elements of arrays */
	cell_fn cell;		  /* NULL when the value is one integer */
	unsigned int bits;	  /* of one integer */
	bool is_signed;		  /* the integer */
	bool quote;		  /* JSON: the scalar is a string */
	bool right;		  /* table: right-aligned */
	bool below;		  /* table: lines below the row, no cell in it */
	unsigned int width;	  /* table: columns on the terminal */
	struct wall_clock *clock; /* for the scalars that are times */

	/* JSON: ',"pid":', with the quote that opens a scalar in quotes */
	char lead[COLUMN_LEAD_MAX];
	unsigned int lead_len;
	/* JSON: the keys for what cannot be said in the value */
	struct buf key_hex, key_base64, key_cut, key_errno;
};

struct output_format {
	/* prepare - fill out->header and what the format needs in the columns */
	void (*prepare)(struct output *out);
	/* row - write one line, with its line end */
	void (*row)(struct output *out, struct buf *to, const unsigned char *data, size_t size,
		    uint64_t time_ns);
	/* in front of the header when lines start with the schema's name; NULL: not needed */
	const char *event_header;
};

extern const struct output_format output_table, output_json, output_csv, output_line;

struct output {
	struct sink *sink;
	const struct output_format *format;
	const struct output_custom *custom;
	bool color;
	char schema_name[SCHEMA_NAME_MAX];
	uint32_t event_size; /* of a whole event */
	uint32_t min_size;   /* of the shortest that can be decoded */
	struct wall_clock clock;
	struct buf header;  /* the header line; empty when the format has none */
	struct buf scratch; /* CSV: a cell before it is quoted */
	struct buf event;   /* JSON: '"event":"NAME"', CSV: 'NAME,' */
	/* table: where hex dumps take their offset from; has_offset: there is such a field */
	struct schema_field offset;
	bool has_offset;
	char *form; /* line: with a column for each field in it */
	unsigned int nr_columns;
	struct column columns[OUTPUT_COLUMNS_MAX];
};

/* column_decode - the value of a column in one event */
static inline void column_decode(const struct column *col, const unsigned char *data, size_t size,
				 uint64_t time_ns, struct value *value)
{
	if (col->sample_time)
		value->number = time_ns;
	else
		col->decode(&col->field, data, size, value);
}

/* scalar_prepare - choose how integers look in @format: scalar, quotes, alignment, width */
void scalar_prepare(struct column *col, enum output_kind format);

/* cell_prepare - choose how all other kinds look in @format: cell, alignment, width */
void cell_prepare(struct column *col, enum output_kind format);

/*
 * cell_rest - what follows, or replaces, the value of a sized field that says more than it holds
 *
 * Returns the terminal columns it takes; 0 when there is nothing to say.
 */
size_t cell_rest(struct buf *to, const struct value *value);

/* column_is_payload - whether the column's value is a PAYLOAD or HEXDUMP */
static inline bool column_is_payload(const struct column *col)
{
	return col->meaning == MEANING_PAYLOAD || col->meaning == MEANING_HEXDUMP;
}

/* payload_lines - a column's lines below the row of the event in @data */
void payload_lines(const struct output *out, struct buf *to, const struct column *col,
		   const unsigned char *data, size_t size);

/*
 * column_endpoint - an endpoint_t as text; at most FMT_MAX bytes, no NUL
 *
 * NULL when it is not known.
 */
char *column_endpoint(char *p, const struct value *value);

/* column_address - an ipv6_t or inet_t as text; at most FMT_MAX bytes, no NUL */
char *column_address(char *p, const struct column *col, const struct value *value);

#endif
