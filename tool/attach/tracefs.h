/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_ATTACH_TRACEFS_H
#define HOTPROBE_ATTACH_TRACEFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct error;

/* One field of a tracepoint, as its format file tells. */
struct tracepoint_field {
	char name[64];
	/* C type without the name: "const char *const *", "char[16]", "char[]" */
	char type[128];
	uint32_t offset; /* bytes from the start of the record */
	uint32_t size;	 /* bytes it takes there; 0 for a trailing array of unknown length */
	bool is_signed;
	/* one of the common_* fields that every tracepoint has */
	bool is_common;
	/*
	 * __data_loc: the 4 bytes at @offset hold the length of the data in the upper half, its
	 * distance from the start of the record in the lower. __rel_loc: from the end of these 4.
	 */
	bool is_data_loc;
	bool is_rel_loc;
};

struct tracepoint_format {
	char name[128];
	uint32_t id;
	unsigned int nr_fields;
	struct tracepoint_field *fields;
};

/*
 * tracefs_path - where tracefs is mounted: "/sys/kernel/tracing" or "/sys/kernel/debug/tracing"
 *
 * When it is mounted at neither it is mounted at the first. NULL with the reason in @err when that
 * is not permitted. The string is static.
 */
const char *tracefs_path(struct error *err);

/* tracefs_read - append the file @name of tracefs; negative errno with the reason in @err */
int tracefs_read(struct buf *buf, const char *name, size_t limit, struct error *err);

/*
 * tracepoint_id - the number to open the tracepoint by
 *
 * -ENOENT when there is none of that name, with near names in @err.
 */
int tracepoint_id(const char *category, const char *event, uint32_t *id, struct error *err);

/* tracepoint_format_read - a tracepoint's fields; tracepoint_format_free() them */
int tracepoint_format_read(struct tracepoint_format *format, const char *category,
			   const char *event, struct error *err);

/*
 * tracepoint_format_parse - the same from the text of a format file
 *
 * The text is described in the kernel's Documentation/trace/events.rst, "Event formats". -EINVAL
 * with the line in @err when it does not read like that.
 */
int tracepoint_format_parse(struct tracepoint_format *format, const char *text, struct error *err);

void tracepoint_format_free(struct tracepoint_format *format);

/*
 * tracepoint_near - say which tracepoint may have been meant
 *
 * @events: text of available_events. Sets @err to -ENOENT.
 */
int tracepoint_near(const char *events, const char *category, const char *event, struct error *err);

#endif
