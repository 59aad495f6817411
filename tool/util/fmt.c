// SPDX-License-Identifier: GPL-2.0-only
#include <stdbool.h>
#include <string.h>

#include "util/fmt.h"

static const char fmt_digits[] = "0123456789abcdef";

char *fmt_str(char *p, const char *str)
{
	size_t len = strnlen(str, FMT_MAX);

	memcpy(p, str, len);
	return p + len;
}

/* "00" to "99": half as many divisions, which are what takes the time */
static const char fmt_pairs[] = "0001020304050607080910111213141516171819"
				"2021222324252627282930313233343536373839"
				"4041424344454647484950515253545556575859"
				"6061626364656667686970717273747576777879"
				"8081828384858687888990919293949596979899";

static void fmt_pair(char *p, uint64_t value)
{
	memcpy(p, fmt_pairs + 2 * value, 2);
}

/* Write @value's last digits, @end - @p of them. */
static void fmt_backward(char *p, char *end, uint64_t value)
{
	while (end - p >= 2) {
		end -= 2;
		fmt_pair(end, value % 100);
		value /= 100;
	}
	if (end > p)
		*p = (char)('0' + value % 10);
}

static unsigned int fmt_nr_digits(uint64_t value)
{
	static const uint64_t tens[] = { 1u,
					 10u,
					 100u,
					 1000u,
					 10000u,
					 100000u,
					 1000000u,
					 10000000u,
					 100000000u,
					 1000000000u,
					 10000000000ull,
					 100000000000ull,
					 1000000000000ull,
					 10000000000000ull,
					 100000000000000ull,
					 1000000000000000ull,
					 10000000000000000ull,
					 100000000000000000ull,
					 1000000000000000000ull,
					 10000000000000000000ull };
	/* 1233 / 4096 is the logarithm of 2 to base 10, exact enough for 64 bits */
	unsigned int bits = 64 - (unsigned int)__builtin_clzll(value | 1);
	unsigned int digits = bits * 1233 >> 12;

	return digits + (value >= tens[digits]);
}

char *fmt_u64(char *p, uint64_t value)
{
	char *end = p + (value ? fmt_nr_digits(value) : 1);

	fmt_backward(p, end, value);
	return end;
}

char *fmt_i64(char *p, int64_t value)
{
	if (value >= 0)
		return fmt_u64(p, (uint64_t)value);
	*p++ = '-';
	/* negated as unsigned, because INT64_MIN has no positive counterpart */
	return fmt_u64(p, -(uint64_t)value);
}

char *fmt_fixed(char *p, uint64_t value, unsigned int digits)
{
	fmt_backward(p, p + digits, value);
	return p + digits;
}

char *fmt_hex(char *p, uint64_t value, unsigned int digits)
{
	unsigned int need = (67 - (unsigned int)__builtin_clzll(value | 1)) / 4;

	if (need < digits)
		need = digits;
	*p++ = '0';
	*p++ = 'x';
	for (unsigned int i = need; i-- > 0; value >>= 4)
		p[i] = fmt_digits[value & 15];
	return p + need;
}

char *fmt_octal(char *p, uint64_t value)
{
	unsigned int need = 0;

	*p++ = '0';
	while (need < 22 && value >> (3 * need))
		need++;
	for (unsigned int i = need; i-- > 0; value >>= 3)
		p[i] = (char)('0' + (value & 7));
	return p + need;
}

char *fmt_base16(char *p, const unsigned char *data, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		*p++ = fmt_digits[data[i] >> 4];
		*p++ = fmt_digits[data[i] & 15];
	}
	return p;
}

char *fmt_base64(char *p, const unsigned char *data, size_t len)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (; len >= 3; data += 3, len -= 3) {
		*p++ = digits[data[0] >> 2];
		*p++ = digits[(data[0] & 3) << 4 | data[1] >> 4];
		*p++ = digits[(data[1] & 15) << 2 | data[2] >> 6];
		*p++ = digits[data[2] & 63];
	}
	if (!len)
		return p;
	*p++ = digits[data[0] >> 2];
	*p++ = digits[(data[0] & 3) << 4 | (len > 1 ? data[1] >> 4 : 0)];
	*p++ = len > 1 ? digits[(data[1] & 15) << 2] : '=';
	*p++ = '=';
	return p;
}

char *fmt_duration(char *p, uint64_t ns)
{
	static const struct {
		const char *name;
		uint64_t ns;
	} units[] = { { "us", 1000 }, { "ms", 1000000 }, { "s", 1000000000 } };
	static const uint64_t tens[] = { 1, 10, 100 };
	const unsigned int last = sizeof(units) / sizeof(units[0]) - 1;

	if (ns < 1000)
		return fmt_str(fmt_u64(p, ns), "ns");
	for (unsigned int unit = 0;; unit++) {
		/* as many decimals as leave three digits after rounding, else the next unit */
		for (unsigned int decimals = 3; decimals-- > 0;) {
			uint64_t step = units[unit].ns / tens[decimals];
			uint64_t count = ns / step + (ns % step >= step - step / 2);

			if (count >= 1000 && (decimals || unit < last))
				continue;
			p = fmt_u64(p, count / tens[decimals]);
			if (decimals) {
				*p++ = '.';
				p = fmt_fixed(p, count % tens[decimals], decimals);
			}
			return fmt_str(p, units[unit].name);
		}
	}
}

char *fmt_ipv4(char *p, const unsigned char addr[4])
{
	for (int i = 0; i < 4; i++) {
		if (i)
			*p++ = '.';
		p = fmt_u64(p, addr[i]);
	}
	return p;
}

char *fmt_ipv6(char *p, const unsigned char addr[16])
{
	unsigned int group[8];
	int start = -1, len = 1;
	bool v4;

	/* RFC 5952 4.2: "::" takes the longest run of zero groups, the first of equals, never one
	 */
	for (int i = 0, run = 0; i < 8; i++) {
		group[i] = (unsigned int)addr[2 * i] << 8 | addr[2 * i + 1];
		run = group[i] ? 0 : run + 1;
		if (run > len) {
			len = run;
			start = i - run + 1;
		}
	}
	/* like inet_ntop(3), IPv4-mapped and the old IPv4-compatible ones end in dotted decimal */
	v4 = start == 0 && (len == 6 || (len == 5 && group[5] == 0xffff));
	for (int i = 0; i < (v4 ? 6 : 8); i++) {
		if (i == start) {
			*p++ = ':';
			i += len - 1;
			if (i == 7)
				*p++ = ':';
			continue;
		}
		if (i)
			*p++ = ':';
		for (unsigned int shift = 16; shift > 0;) {
			shift -= 4;
			if (shift == 0 || group[i] >> shift)
				*p++ = fmt_digits[group[i] >> shift & 15];
		}
	}
	if (v4) {
		*p++ = ':';
		p = fmt_ipv4(p, addr + 12);
	}
	return p;
}

char *fmt_inet(char *p, const unsigned char addr[16])
{
	static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };

	if (memcmp(addr, mapped, sizeof(mapped)) == 0)
		return fmt_ipv4(p, addr + sizeof(mapped));
	return fmt_ipv6(p, addr);
}
