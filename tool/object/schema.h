/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_OBJECT_SCHEMA_H
#define HOTPROBE_OBJECT_SCHEMA_H

#include <stdint.h>

/*
 * What an event looks like: its struct's fields as the compiler laid them out. The worker takes
 * it from the BTF of the compiled probe; decoding and printing need nothing else.
 *
 * All members are plain and of fixed size, because a schema is a part of the object that travels
 * from the worker to the frontend and rests in the cache.
 */
enum field_kind {
	FIELD_INT = 1, /* signed integer of 1, 2, 4 or 8 bytes, also an enum */
	FIELD_UINT,    /* unsigned integer; pointers too */
	FIELD_BOOL,    /* _Bool */
	FIELD_TEXT,    /* char[]: up to the first NUL or the end */
	FIELD_BYTES,   /* u8[], or anything else that has no better form (structs, unions) */
	FIELD_ARGV,    /* argv_t[]: strings, each ended by a NUL, as in execve(2)'s argv */
	FIELD_ARRAY,   /* array of integers, elem_size each; elem_signed */
};

/* set in the size of a sized field: there was more than it holds; CUT() in hotprobe.h */
#define SCHEMA_SIZE_CUT	  0x40000000u

#define SCHEMA_NAME_MAX	  64
#define SCHEMA_FIELDS_MAX 64

struct schema_field {
	char name[SCHEMA_NAME_MAX];
	char type[SCHEMA_NAME_MAX]; /* outermost typedef's name, else the C type's; the element's
				       for arrays */
	uint32_t kind;		    /* enum field_kind */
	uint32_t offset;	    /* bytes from the start of the event */
	uint32_t size;		    /* bytes it takes there */
	uint32_t elem_size;	    /* FIELD_ARRAY: bytes of one element */
	uint32_t elem_signed;
	uint32_t bit_offset; /* bit-field: bits from the start of the event; offset and size unused
			      */
	uint32_t bit_size;   /* 0 when it is no bit-field */
	/*
	 * A field declared as struct { u32 size; T data[N]; } (TEXT(N), BYTES(N), ARGV(N) in
	 * hotprobe.h) holds as many bytes as its size member says. sized is 1 then, size_offset is
	 * that member's offset in the event, and offset and size describe data.
	 */
	uint32_t sized;
	uint32_t size_offset;
};

/* What a schema describes: an output's events, or one half of a map's entries. */
enum schema_role {
	SCHEMA_EVENT = 0,
	SCHEMA_KEY,
	SCHEMA_VALUE,
};

struct schema {
	char name[SCHEMA_NAME_MAX]; /* of the output or map */
	char type[SCHEMA_NAME_MAX]; /* "struct event" */
	uint32_t size;		    /* of the whole struct */
	uint32_t role;
	uint32_t nr_fields;
	struct schema_field fields[SCHEMA_FIELDS_MAX];
};

#endif
