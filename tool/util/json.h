/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_UTIL_JSON_H
#define HOTPROBE_UTIL_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

/*
 * Writing JSON (RFC 8259). Braces and brackets are the caller's; what stands before them in the
 * buffer tells whether a comma is due.
 */

/*
 * json_string - a string in quotes, valid whatever bytes there are
 *
 * Control characters, C1 too, are escaped; a byte that is no UTF-8 becomes U+FFFD, and the result
 * false.
 */
bool json_string(struct buf *to, const char *text, size_t len);

/* json_utf8 - the same if it is UTF-8; if not, nothing is written and the result is false */
bool json_utf8(struct buf *to, const char *text, size_t len);

/* json_member - a member's name and its colon, after a comma unless it is the first */
void json_member(struct buf *to, const char *key);

/* the same with a value; a @text of NULL is null */
void json_add_text(struct buf *to, const char *key, const char *text);
void json_add_u64(struct buf *to, const char *key, uint64_t value);
void json_add_bool(struct buf *to, const char *key, bool value);

/* json_list - a member's name and the bracket that begins its list; the other one is the caller's
 */
void json_list(struct buf *to, const char *key);

/* json_next - the comma before an array's element, unless it is the first */
void json_next(struct buf *to);

#endif
