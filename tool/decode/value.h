/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_DECODE_VALUE_H
#define HOTPROBE_DECODE_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "object/schema.h"

struct error;

/*
 * What an integer (or ipv6_t) stands for. A field's typedef says so; without a known typedef it is
 * a plain number.
 */
enum meaning {
	MEANING_NUMBER,
	MEANING_BOOL,
	MEANING_ERRNO,	  /* errno_t: negative is an error */
	MEANING_IPV4,	  /* ipv4_t: u32 in network byte order */
	MEANING_IPV6,	  /* ipv6_t: 16 bytes */
	MEANING_INET,	  /* inet_t: 16 bytes, IPv4 addresses as mapped ones */
	MEANING_PORT,	  /* port_t: u16 in host byte order */
	MEANING_DURATION, /* duration_ns_t */
	MEANING_TIME,	  /* time_ns_t: CLOCK_MONOTONIC, as bpf_ktime_get_ns() gives it */
	MEANING_COUNT,	  /* bytes_t: a number of bytes, printed exactly */
	MEANING_KADDR,	  /* kaddr_t: an address in the kernel */
	MEANING_USTACK,	  /* ustack_t, kstack_t: ids of a BPF stack map; negative is an error */
	MEANING_KSTACK,
	MEANING_SIGNAL,	  /* signal_t */
	MEANING_FAMILY,	  /* family_t: AF_* */
	MEANING_OCTAL,	  /* octal_t: file modes */
	MEANING_HEX,	  /* hex_t: flags */
	MEANING_FD,	  /* fd_t: negative is not known */
	MEANING_ENDPOINT, /* endpoint_t: struct value_endpoint */
	MEANING_PAYLOAD,  /* payload_t[] */
	MEANING_HEXDUMP,  /* hexdump_t[] */
	MEANING_NR,
};

/* value_meaning - what @field's integers (of an array: each of them) stand for */
enum meaning value_meaning(const struct schema_field *field);

/*
 * A field's value in one event. It points into the event.
 */
struct value {
	uint64_t number; /* FIELD_INT (sign-extended), FIELD_UINT, FIELD_BOOL (0 or 1) */

	/* the other kinds: the bytes that count, without the NULs that only fill up */
	const unsigned char *data;
	size_t len;

	/*
	 * A sized field can say more than it holds. Its size member then is either larger than what
	 * is there (cut: the rest is missing) or a negative errno from the helper that should have
	 * read the data (failed; len is 0).
	 */
	bool cut;
	int failed;
};

/* What an endpoint_t's 20 bytes are. */
struct value_endpoint {
	unsigned char addr[16]; /* IPv4 as a mapped address */
	uint16_t port;		/* host byte order */
	uint16_t family;	/* AF_*; 0: not known */
};

/*
 * value_decoder - a function that takes one field's value out of an event
 *
 * @data: the event, @size: its length in bytes, which must lie between value_min_size() and the
 * schema's size. A decoder cannot fail.
 */
typedef void (*value_decoder)(const struct schema_field *field, const unsigned char *data,
			      size_t size, struct value *value);

/* value_decoder_of - the decoder for a field of a schema that passed value_check_schema() */
value_decoder value_decoder_of(const struct schema_field *field);

/*
 * value_check_schema - refuse a schema that the decoders could not trust
 *
 * A schema comes out of a file: names, kinds, sizes and bounds are checked. Returns 0 or -EINVAL.
 */
int value_check_schema(const struct schema *schema, struct error *err);

/*
 * value_min_size - the shortest event of this schema that can be decoded, in bytes
 *
 * A probe may send only the used part of an event's end. Text, bytes and argument lists then end
 * where the event does; everything else must be there.
 */
uint32_t value_min_size(const struct schema *schema);

/*
 * value_event_size - how many bytes of a raw sample belong to the event
 *
 * perf pads a raw sample so that it and the u32 before it fill whole u64s (perf_prepare_sample() in
 * the kernel's kernel/events/core.c); the up to 7 bytes of padding are not initialised. Returns
 * -EBADMSG when @size is shorter than @min (value_min_size()) or longer than @max (the schema's
 * size) and padding.
 */
int value_event_size(uint32_t max, uint32_t min, size_t size, size_t *used);

/* value_elements - how many integers a FIELD_ARRAY's value has */
size_t value_elements(const struct schema_field *field, const struct value *value);

/* value_element - the @i-th of them, sign-extended when they are signed */
uint64_t value_element(const struct schema_field *field, const struct value *value, size_t i);

/*
 * value_argument - step through a FIELD_ARGV's strings
 *
 * @pos starts as 0 and is moved behind the string that is returned. A last string without its NUL
 * counts too. Returns false at the end.
 */
bool value_argument(const struct value *value, size_t *pos, const char **arg, size_t *len);

#endif
