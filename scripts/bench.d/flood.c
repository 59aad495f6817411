// SPDX-License-Identifier: GPL-2.0-only
/*
 * flood [-r ROOT] [-b] RATE COUNT OUT ERR [COMMAND ARG...]: how many events does a tracer take?
 *
 * Calls sched_get_priority_max(MARK | N) for N from 0 to COUNT - 1, RATE times a second (0: as
 * often as it goes), from the second CPU, while COMMAND runs on the first and writes what it sees
 * of that to the file OUT: one line an event, with N as the last number in it. Without COMMAND only
 * the calls.
 *
 * -b: COMMAND is held until all calls are made, and is to have a buffer for them. So it is timed
 * with as much to do as it can, where otherwise two CPUs' waking each other would be all that is
 * seen.
 *
 * Prints one line: calls made; seconds from the first to the last; ns that one call took; events
 * found in OUT; how many were there twice; COMMAND's ms of CPU for them; seconds that it took,
 * which with -b begin when it is let go and without with the first call.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "subject.h"

#define MARK	  0x40000000u /* what events.c looks for */
#define TEST	  0x20000000u /* with it: only to learn whether it traces */
#define CALLS_MAX 0x10000000LL

struct calls {
	uint32_t made;
	int64_t began;
	int64_t ended;
	int64_t inside; /* ns of all calls together */
};

static void call(uint32_t number)
{
	syscall(SYS_sched_get_priority_max, (long)number);
}

static void wait_until_tracing(struct subject *subject, int out)
{
	int64_t deadline = now() + SUBJECT_PATIENCE;
	const char key[] = "16106"; /* how MARK | TEST begins in decimal */
	char text[4096];
	off_t pos = 0;

	while (now() < deadline && !subject_ended(subject)) {
		ssize_t got;

		call(MARK | TEST);
		sleep_until(now() + 1000000);
		while ((got = pread(out, text, sizeof(text), pos)) > 0) {
			if (memmem(text, (size_t)got, key, strlen(key)))
				return;
			pos += got;
		}
	}
	subject_stop(subject);
	errno = ETIME;
	die("it never printed one of the calls");
}

static void make_calls(struct calls *calls, int64_t rate, uint32_t count)
{
	int64_t before = now(), after = before;

	calls->began = before;
	while (calls->made < count) {
		call(MARK | calls->made++);
		after = now();
		calls->inside += after - before;
		before = after;
		/* spinning: sleeping is too coarse, and lets the CPU sleep */
		while (rate && before - calls->began < (int64_t)calls->made * 1000000000 / rate)
			before = now();
	}
	calls->ended = after;
}

/*
 * The reader is done when it has had next to nothing to do for a while: some wake up now and then
 * only to look. Returns the time since when.
 */
static int64_t wait_until_idle(const struct subject *subject, int64_t *cpu_time)
{
	int64_t last = now(), deadline = last + SUBJECT_PATIENCE,
		before = subject_cpu_time(subject);

	*cpu_time = before;
	while (now() < deadline && now() - last < 250000000) {
		sleep_until(now() + 5000000);
		before = subject_cpu_time(subject);
		if (before - *cpu_time > 1000000)
			last = now();
		*cpu_time = before;
	}
	return last;
}

/* The last number of each line of the output, if it is one of the calls'. */
static void count(int fd, uint32_t made, uint32_t *found, uint32_t *again)
{
	uint8_t *seen = calloc(made / 8 + 1, 1);
	const char *text, *end, *line;
	struct stat st;

	*found = *again = 0;
	if (!seen || fstat(fd, &st) || st.st_size == 0)
		return;
	text = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (text == MAP_FAILED)
		die("reading the output");
	end = text + st.st_size;
	for (line = text; line < end; line++) {
		const char *newline = memchr(line, '\n', (size_t)(end - line)), *s;
		uint64_t number = 0, unit = 1;

		if (!newline)
			break;
		for (s = newline; s > line && !isdigit((unsigned char)s[-1]);)
			s--;
		for (; s > line && isdigit((unsigned char)s[-1]) && unit < 10000000000u; unit *= 10)
			number += (uint64_t)(*--s - '0') * unit;
		line = newline;
		if (number < MARK || number - MARK >= made)
			continue;
		number -= MARK;
		if (seen[number / 8] & 1 << number % 8)
			++*again;
		else
			++*found;
		seen[number / 8] |= (uint8_t)(1 << number % 8);
	}
	munmap((void *)text, (size_t)st.st_size);
	free(seen);
}

int main(int argc, char **argv)
{
	int64_t cpu_before = 0, cpu_after = 0, from, idle = 0;
	uint32_t found = 0, again = 0;
	struct subject subject = {};
	struct calls calls = {};
	const char *root = NULL;
	bool backlog = false;
	int option, out;

	while ((option = getopt(argc, argv, "+br:")) != -1) {
		backlog |= option == 'b';
		root = option == 'r' ? optarg : root;
		if (option == '?')
			break;
	}
	argc -= optind;
	argv += optind;
	if (option == '?' || argc < 4 || atoll(argv[1]) < 1 || atoll(argv[1]) > CALLS_MAX) {
		fprintf(stderr,
			"usage: flood [-r ROOT] [-b] RATE COUNT OUT ERR [COMMAND ARG...]\n");
		return 2;
	}
	out = open(argv[2], O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (out < 0)
		die(argv[2]);
	if (argc > 4) {
		subject_start(&subject, argv + 4, root, 0, out, argv[3]);
		wait_until_tracing(&subject, out);
		wait_until_idle(&subject, &cpu_before);
		if (backlog)
			kill(subject.pid, SIGSTOP);
	}
	subject_pin(1);
	make_calls(&calls, atoll(argv[0]), (uint32_t)atoll(argv[1]));
	from = backlog ? now() : calls.began;
	if (argc > 4) {
		kill(subject.pid, SIGCONT);
		idle = wait_until_idle(&subject, &cpu_after);
		subject_stop(&subject);
		count(out, calls.made, &found, &again);
	}
	printf("%u\t%.4f\t%.1f\t%u\t%u\t%.3f\t%.4f\n", calls.made,
	       (double)(calls.ended - calls.began) / 1e9, (double)calls.inside / calls.made, found,
	       again, (double)(cpu_after - cpu_before) / 1e6, (double)(idle - from) / 1e9);
	return 0;
}
