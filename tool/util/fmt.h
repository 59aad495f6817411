/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_UTIL_FMT_H
#define HOTPROBE_UTIL_FMT_H

#include <stddef.h>
#include <stdint.h>

/*
 * Values to text for the event path, where printf is too slow.
 *
 * Every function writes at @p, at most FMT_MAX bytes and no NUL, and returns the end of what it
 * wrote.
 */
#define FMT_MAX 64

char *fmt_str(char *p, const char *str);
char *fmt_u64(char *p, uint64_t value);
char *fmt_i64(char *p, int64_t value);

/* fmt_fixed - exactly @digits decimal digits with leading zeros; @value must fit into them */
char *fmt_fixed(char *p, uint64_t value, unsigned int digits);

/* fmt_hex - "0x", then lower-case hex with at least @digits digits */
char *fmt_hex(char *p, uint64_t value, unsigned int digits);

/* fmt_octal - as C writes it: "0644", "0" */
char *fmt_octal(char *p, uint64_t value);

/* fmt_base16 - two lower-case hex digits a byte; the one that writes 2 * @len bytes */
char *fmt_base16(char *p, const unsigned char *data, size_t len);

/* fmt_base64 - base64 (RFC 4648 4), padded; writes FMT_BASE64_LEN(@len) bytes */
#define FMT_BASE64_LEN(len) (((len) + 2) / 3 * 4)
char *fmt_base64(char *p, const unsigned char *data, size_t len);

/*
 * fmt_duration - nanoseconds to three significant digits: "813ns", "12.3us", "1.50ms", "2.01s"
 *
 * Rounds half up; from 1000 seconds on whole seconds.
 */
char *fmt_duration(char *p, uint64_t ns);

/* fmt_ipv4, fmt_ipv6 - an address in network byte order, as RFC 5952 and inet_ntop(3) write it */
char *fmt_ipv4(char *p, const unsigned char addr[4]);
char *fmt_ipv6(char *p, const unsigned char addr[16]);

/* fmt_inet - an address of either family; an IPv4-mapped one (RFC 4291 2.5.5.2) is shown as IPv4 */
char *fmt_inet(char *p, const unsigned char addr[16]);

#endif
