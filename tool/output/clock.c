// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "output/clock.h"
#include "util/fmt.h"

#define NS_PER_SECOND INT64_C(1000000000)

void wall_clock_set(struct wall_clock *clock, int64_t offset_ns)
{
	clock->seconds = offset_ns / NS_PER_SECOND;
	clock->nanoseconds = offset_ns % NS_PER_SECOND;
	if (clock->nanoseconds < 0) {
		clock->nanoseconds += NS_PER_SECOND;
		clock->seconds--;
	}
	clock->local_second = INT64_MIN;
	clock->utc_second = INT64_MIN;
}

static int64_t timespec_ns(const struct timespec *ts)
{
	return ts->tv_sec * NS_PER_SECOND + ts->tv_nsec;
}

void wall_clock_init(struct wall_clock *clock)
{
	struct timespec before, real, after;
	int64_t best = INT64_MAX, offset = 0;

	/* whoever is interrupted between the readings gets a long interval: the shortest of some */
	for (int i = 0; i < 5; i++) {
		int64_t start, took;

		clock_gettime(CLOCK_MONOTONIC, &before);
		clock_gettime(CLOCK_REALTIME, &real);
		clock_gettime(CLOCK_MONOTONIC, &after);
		start = timespec_ns(&before);
		took = timespec_ns(&after) - start;
		if (took < best) {
			best = took;
			offset = timespec_ns(&real) - (start + took / 2);
		}
	}
	wall_clock_set(clock, offset);
}

/* Seconds and nanoseconds apart: a probe can send any u64, and the sum must not overflow. */
static int64_t wall_clock_split(const struct wall_clock *clock, uint64_t monotonic_ns, int64_t *ns)
{
	int64_t second = (int64_t)(monotonic_ns / NS_PER_SECOND) + clock->seconds;

	*ns = (int64_t)(monotonic_ns % NS_PER_SECOND) + clock->nanoseconds;
	if (*ns >= NS_PER_SECOND) {
		*ns -= NS_PER_SECOND;
		second++;
	}
	return second;
}

static char *clock_time(char *p, const struct tm *tm)
{
	p = fmt_fixed(p, (uint64_t)tm->tm_hour, 2);
	*p++ = ':';
	p = fmt_fixed(p, (uint64_t)tm->tm_min, 2);
	*p++ = ':';
	return fmt_fixed(p, (uint64_t)tm->tm_sec, 2);
}

char *wall_clock_local(struct wall_clock *clock, char *p, uint64_t monotonic_ns)
{
	int64_t ns, second = wall_clock_split(clock, monotonic_ns, &ns);

	if (second != clock->local_second) {
		struct tm tm = {};
		time_t time = second;

		localtime_r(&time, &tm);
		clock_time(clock->local, &tm);
		clock->local_second = second;
	}
	memcpy(p, clock->local, sizeof(clock->local));
	p += sizeof(clock->local);
	*p++ = '.';
	return fmt_fixed(p, (uint64_t)ns / 1000000, 3);
}

char *wall_clock_utc(struct wall_clock *clock, char *p, uint64_t monotonic_ns)
{
	int64_t ns, second = wall_clock_split(clock, monotonic_ns, &ns);

	if (second != clock->utc_second) {
		struct tm tm = {};
		time_t time = second;
		char *to = clock->utc;

		/* the largest u64 of nanoseconds is in the year 2554: four digits are enough */
		gmtime_r(&time, &tm);
		to = fmt_fixed(to, (uint64_t)(tm.tm_year + 1900), 4);
		*to++ = '-';
		to = fmt_fixed(to, (uint64_t)tm.tm_mon + 1, 2);
		*to++ = '-';
		to = fmt_fixed(to, (uint64_t)tm.tm_mday, 2);
		*to++ = 'T';
		clock_time(to, &tm);
		clock->utc_second = second;
	}
	memcpy(p, clock->utc, sizeof(clock->utc));
	p += sizeof(clock->utc);
	*p++ = '.';
	p = fmt_fixed(p, (uint64_t)ns, 9);
	*p++ = 'Z';
	return p;
}
