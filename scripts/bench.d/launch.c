// SPDX-License-Identifier: GPL-2.0-only
/*
 * launch [-r ROOT] ERR COMMAND [ARG...]: how long does a tracer of execve take to trace?
 *
 * From before its fork on, this program calls execve() itself every 100 us, each time with another
 * name, of which there is none. The first of these names that comes out of COMMAND tells when it
 * was attached, whatever it says and does about that itself. Its stderr goes to the file ERR.
 *
 * Prints one line: ms to attached; ms of CPU of the whole run with all its children; KiB: largest
 * resident memory of it or a child, resident memory while tracing, how much of that is its own
 * (not of files), size of the executable, sizes of all files that it maps.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "subject.h"

#define MARK	  "/no-bench-"
#define STEP	  100000 /* ns */
#define MARKS_MAX (SUBJECT_PATIENCE / STEP)

static int64_t marks[MARKS_MAX];

static void mark(int number)
{
	char path[32], *argv[] = { path, NULL }, *envp[] = { NULL };

	snprintf(path, sizeof(path), MARK "%d.", number);
	marks[number] = now();
	execve(path, argv, envp);
}

/* Marks until the first comes back; its number, or -1. */
static int mark_until_seen(struct subject *subject, int out)
{
	char text[4096];
	size_t len = 0;

	for (int number = 0; number < MARKS_MAX; number++) {
		const char *seen, *end;
		ssize_t got;

		mark(number);
		while ((got = read(out, text + len, sizeof(text) - 1 - len)) > 0) {
			len += (size_t)got;
			text[len] = '\0';
			/* memmem: a table may be padded with anything */
			seen = memmem(text, len, MARK, strlen(MARK));
			end = seen ? strchr(seen, '.') : NULL;
			if (end)
				return atoi(seen + strlen(MARK));
			/* keep what may be the beginning of a name */
			if (len > 2048) {
				memmove(text, text + len - 64, 64);
				len = 64;
			}
		}
		if (got == 0 || subject_ended(subject))
			return -1;
		sleep_until(marks[number] + STEP);
	}
	return -1;
}

static long status_kib(pid_t pid, const char *field)
{
	char path[64], line[256];
	long kib = -1;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file))
		if (strncmp(line, field, strlen(field)) == 0)
			kib = atol(line + strlen(field));
	if (file)
		fclose(file);
	return kib;
}

/* Sizes of the executable and of all the files that it maps, each counted once. */
static void mapped_kib(pid_t pid, long *exe, long *all)
{
	char path[64], line[4352], last[4352] = "";
	struct stat st;
	FILE *file;

	*exe = *all = 0;
	snprintf(path, sizeof(path), "/proc/%d/exe", pid);
	if (stat(path, &st) == 0)
		*exe = (long)(st.st_size + 1023) / 1024;
	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file)) {
		char range[64], link[128], *name = strchr(line, '/');

		/* proc_pid_maps(5): a file's mappings lie together */
		if (!name || strcmp(name, last) == 0 || sscanf(line, "%63s", range) != 1)
			continue;
		strcpy(last, name);
		snprintf(link, sizeof(link), "/proc/%d/map_files/%s", pid, range);
		if (stat(link, &st) == 0 && S_ISREG(st.st_mode))
			*all += (long)(st.st_size + 1023) / 1024;
	}
	if (file)
		fclose(file);
}

static double ms(struct timeval tv)
{
	return (double)tv.tv_sec * 1e3 + (double)tv.tv_usec / 1e3;
}

int main(int argc, char **argv)
{
	const char *root = NULL;
	long resident, own, exe, mapped;
	struct subject subject;
	int option, out[2], seen;
	int64_t attached;

	while ((option = getopt(argc, argv, "+r:")) == 'r')
		root = optarg;
	if (option != -1 || argc - optind < 2) {
		fprintf(stderr, "usage: launch [-r ROOT] ERR COMMAND [ARG...]\n");
		return 2;
	}
	/* or sleeps would be 50 us longer */
	prctl(PR_SET_TIMERSLACK, 1);
	if (pipe2(out, O_CLOEXEC) || fcntl(out[0], F_SETFL, O_NONBLOCK))
		die("pipe");
	subject_start(&subject, argv + optind + 1, root, -1, out[1], argv[optind]);
	close(out[1]);
	seen = mark_until_seen(&subject, out[0]);
	if (seen < 0) {
		subject_stop(&subject);
		errno = ETIME;
		die("it never printed one of the calls");
	}
	attached = marks[seen];
	/* what is freed after the start, say a compiler, has its time */
	sleep_until(now() + 200000000);
	resident = status_kib(subject.pid, "VmRSS:");
	own = status_kib(subject.pid, "RssAnon:");
	mapped_kib(subject.pid, &exe, &mapped);
	/* so that it is not held up by what nobody reads */
	fcntl(out[0], F_SETFL, 0);
	close(out[0]);
	subject_stop(&subject);
	printf("%.3f\t%.3f\t%ld\t%ld\t%ld\t%ld\t%ld\n", (double)(attached - subject.started) / 1e6,
	       ms(subject.usage.ru_utime) + ms(subject.usage.ru_stime), subject.usage.ru_maxrss,
	       resident, own, exe, mapped);
	return 0;
}
