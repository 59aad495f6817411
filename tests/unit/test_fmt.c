// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "decode/names.h"
#include "output/clock.h"
#include "util/fmt.h"

/* the end of what a function wrote turned into a string; nothing may be written behind FMT_MAX */
static char text[FMT_MAX + 2];

static const char *ended(const char *end)
{
	assert_true(end >= text && end <= text + FMT_MAX);
	text[end - text] = '\0';
	return text;
}

static void test_integers(void **state)
{
	static const uint64_t edges[] = { 0, 1, 9, 10, 99, 100, INT64_MAX, UINT64_MAX };
	char want[32];

	(void)state;
	assert_string_equal(ended(fmt_i64(text, INT64_MIN)), "-9223372036854775808");
	assert_string_equal(ended(fmt_u64(text, UINT64_MAX)), "18446744073709551615");
	for (size_t i = 0; i < 20000; i++) {
		uint64_t v = (uint64_t)mrand48() << 32 ^ (uint64_t)mrand48();

		v >>= i % 64;
		if (i < sizeof(edges) / sizeof(edges[0]))
			v = edges[i];
		snprintf(want, sizeof(want), "%" PRIu64, v);
		assert_string_equal(ended(fmt_u64(text, v)), want);
		snprintf(want, sizeof(want), "%" PRId64, (int64_t)v);
		assert_string_equal(ended(fmt_i64(text, (int64_t)v)), want);
		snprintf(want, sizeof(want), "0x%" PRIx64, v);
		assert_string_equal(ended(fmt_hex(text, v, 1)), want);
		snprintf(want, sizeof(want), "0x%016" PRIx64, v);
		assert_string_equal(ended(fmt_hex(text, v, 16)), want);
		snprintf(want, sizeof(want), "%#" PRIo64, v);
		assert_string_equal(ended(fmt_octal(text, v)), want);
		snprintf(want, sizeof(want), "%09" PRIu64, v % 1000000000);
		assert_string_equal(ended(fmt_fixed(text, v % 1000000000, 9)), want);
	}
}

static void test_base16(void **state)
{
	(void)state;
	assert_string_equal(ended(fmt_base16(text, (const unsigned char *)"\x00\xff\x5a", 3)),
			    "00ff5a");
	assert_string_equal(ended(fmt_base16(text, NULL, 0)), "");
}

static void test_duration(void **state)
{
	static const struct {
		uint64_t ns;
		const char *want;
	} cases[] = {
		{ 0, "0ns" },
		{ 813, "813ns" },
		{ 999, "999ns" },
		{ 1000, "1.00us" },
		{ 1005, "1.01us" },
		{ 1004, "1.00us" },
		{ 9994, "9.99us" },
		{ 9995, "10.0us" },
		{ 12345, "12.3us" },
		{ 99949, "99.9us" },
		{ 99950, "100us" },
		{ 999499, "999us" },
		{ 999500, "1.00ms" },
		{ 1500000, "1.50ms" },
		{ 999499999, "999ms" },
		{ 999500000, "1.00s" },
		{ 2014999999, "2.01s" },
		{ 59994999999, "60.0s" },
		{ 999499999999, "999s" },
		{ 999500000000, "1000s" },
		{ 86400000000000, "86400s" },
		{ UINT64_MAX, "18446744074s" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(ended(fmt_duration(text, cases[i].ns)), cases[i].want);
}

/* the C library is the judge */
static void test_addresses(void **state)
{
	static const char *const edges[] = {
		"::",
		"::1",
		"::1.2.3.4",
		"::ffff:1.2.3.4",
		"::ffff:0.0.0.0",
		"1::",
		"1:0:0:2::3",
		"1::2:0:0:3:4",
		"1:0:2:3:4:5:6:7",
		"fe80::1",
		"2001:db8::1",
		"0:1::",
		"::1:0",
		"::2:3:4:5:6:7:8",
		"1:2:3:4:5:6:7:8",
		"1:2:3:4:5:6:7::",
		"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
		"::ffff:0:1.2.3.4",
		"64:ff9b::1.2.3.4",
		"1:0:0:2:3:0:0:4",
		"0:0:1::",
	};
	const size_t nr_edges = sizeof(edges) / sizeof(edges[0]);
	unsigned char addr[16];
	char want[INET6_ADDRSTRLEN];

	(void)state;
	for (size_t i = 0; i < 50000; i++) {
		for (size_t k = 0; k < 16; k++) {
			/* mostly zeros and ones, so that there are runs of all lengths */
			long r = lrand48();

			addr[k] = r % 4 ? 0 : (unsigned char)(r >> 8);
		}
		if (i % 8 == 0)
			memset(addr, 0, 10);
		if (i % 16 == 0)
			memset(addr + 10, 0xff, 2);
		if (i < nr_edges)
			assert_int_equal(inet_pton(AF_INET6, edges[i], addr), 1);
		assert_non_null(inet_ntop(AF_INET6, addr, want, sizeof(want)));
		assert_string_equal(ended(fmt_ipv6(text, addr)), want);
		assert_non_null(inet_ntop(AF_INET, addr, want, sizeof(want)));
		assert_string_equal(ended(fmt_ipv4(text, addr)), want);
	}
	memset(addr, 255, 4);
	assert_string_equal(ended(fmt_ipv4(text, addr)), "255.255.255.255");
}

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(ended(name_signal(text, 9)), "SIGKILL");
	assert_string_equal(ended(name_signal(text, 1)), "SIGHUP");
	assert_string_equal(ended(name_signal(text, 31)), "SIGSYS");
	assert_string_equal(ended(name_signal(text, 34)), "SIGRTMIN");
	assert_string_equal(ended(name_signal(text, 64)), "SIGRTMIN+30");
	assert_string_equal(ended(name_signal(text, 0)), "0");
	assert_string_equal(ended(name_signal(text, 32)), "32");
	assert_string_equal(ended(name_signal(text, 65)), "65");
	assert_string_equal(ended(name_signal(text, -1)), "-1");
	assert_string_equal(ended(name_signal(text, INT64_MIN)), "-9223372036854775808");
	assert_string_equal(ended(name_family(text, 0)), "AF_UNSPEC");
	assert_string_equal(ended(name_family(text, 1)), "AF_UNIX");
	assert_string_equal(ended(name_family(text, 10)), "AF_INET6");
	assert_string_equal(ended(name_family(text, 16)), "AF_NETLINK");
	assert_string_equal(ended(name_family(text, 45)), "AF_MCTP");
	assert_string_equal(ended(name_family(text, 46)), "46");
	assert_string_equal(ended(name_family(text, -2)), "-2");
	assert_string_equal(ended(name_family(text, INT64_MAX)), "9223372036854775807");
}

static void test_clock(void **state)
{
	/* 2026-01-02T15:04:05.999999999Z minus what the monotonic clock says */
	const int64_t real = INT64_C(1767366245999999999), mono = 1234567890123;
	struct wall_clock clock;
	char again[FMT_MAX];

	(void)state;
	/* a zone east by 5:45, where minutes differ too */
	setenv("TZ", "TST-5:45", 1);
	tzset();
	wall_clock_set(&clock, real - mono);
	assert_string_equal(ended(wall_clock_utc(&clock, text, mono)),
			    "2026-01-02T15:04:05.999999999Z");
	assert_string_equal(ended(wall_clock_local(&clock, text, mono)), "20:49:05.999");
	assert_string_equal(ended(wall_clock_utc(&clock, text, mono + 1)),
			    "2026-01-02T15:04:06.000000000Z");
	assert_string_equal(ended(wall_clock_local(&clock, text, mono + 1)), "20:49:06.000");
	/* and back: the second that is kept must not stick */
	assert_string_equal(ended(wall_clock_local(&clock, text, mono)), "20:49:05.999");
	assert_string_equal(ended(wall_clock_utc(&clock, text, 0)),
			    "2026-01-02T14:43:31.432109876Z");

	/* stamps that a broken probe could send stay text of the right length */
	assert_int_equal(wall_clock_utc(&clock, text, UINT64_MAX) - text, 30);
	assert_string_equal(ended(text + 4), "2610");
	assert_int_equal(wall_clock_local(&clock, text, UINT64_MAX) - text, 12);

	/* a clock that was set to before the machine's start */
	wall_clock_set(&clock, -1);
	assert_string_equal(ended(wall_clock_utc(&clock, text, 0)),
			    "1969-12-31T23:59:59.999999999Z");
	assert_string_equal(ended(wall_clock_utc(&clock, text, 1)),
			    "1970-01-01T00:00:00.000000000Z");

	/* every second of two days, with the jumps of a day's and a year's end */
	wall_clock_set(&clock, INT64_C(1767139200) * 1000000000);
	for (uint64_t s = 0; s < 172800; s += 37) {
		time_t at = (time_t)(1767139200 + s);
		struct tm tm;

		gmtime_r(&at, &tm);
		strftime(again, sizeof(again), "%Y-%m-%dT%H:%M:%S.000000007Z", &tm);
		assert_string_equal(ended(wall_clock_utc(&clock, text, s * 1000000000 + 7)), again);
		localtime_r(&at, &tm);
		strftime(again, sizeof(again), "%H:%M:%S.000", &tm);
		assert_string_equal(ended(wall_clock_local(&clock, text, s * 1000000000 + 7)),
				    again);
	}
}

static void test_clock_now(void **state)
{
	struct wall_clock clock;
	struct timespec mono, real;
	int64_t diff;

	(void)state;
	wall_clock_init(&clock);
	clock_gettime(CLOCK_MONOTONIC, &mono);
	clock_gettime(CLOCK_REALTIME, &real);
	diff = (real.tv_sec - mono.tv_sec - clock.seconds) * INT64_C(1000000000) + real.tv_nsec -
	       mono.tv_nsec - clock.nanoseconds;
	assert_true(llabs(diff) < 50000000);
	assert_true(clock.nanoseconds >= 0 && clock.nanoseconds < 1000000000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_integers),  cmocka_unit_test(test_base16),
		cmocka_unit_test(test_duration),  cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_names),	  cmocka_unit_test(test_clock),
		cmocka_unit_test(test_clock_now),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
