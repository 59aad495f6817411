// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "subject.h"

int64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

void sleep_until(int64_t when)
{
	const struct timespec ts = { when / 1000000000, when % 1000000000 };

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL);
}

void die(const char *what)
{
	fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, what, strerror(errno));
	exit(1);
}

void subject_pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET((size_t)cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		die("pinning to a CPU");
}

void subject_start(struct subject *subject, char **argv, const char *root, int cpu, int out,
		   const char *err)
{
	int err_fd = open(err, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	int null_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	if (err_fd < 0 || null_fd < 0)
		die(err);
	/* what it leaves behind is waited for, too */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	memset(subject, 0, sizeof(*subject));
	subject->started = now();
	subject->pid = fork();
	if (subject->pid < 0)
		die("fork");
	if (subject->pid == 0) {
		/* a shell in the background ignores it, and that would be inherited */
		signal(SIGINT, SIG_DFL);
		dup2(null_fd, 0);
		dup2(out, 1);
		dup2(err_fd, 2);
		if (cpu >= 0)
			subject_pin(cpu);
		if (root && (chroot(root) || chdir("/")))
			die(root);
		execvp(argv[0], argv);
		die(argv[0]);
	}
	close(err_fd);
	close(null_fd);
}

int64_t subject_cpu_time(const struct subject *subject)
{
	char path[PATH_MAX];
	struct dirent *entry;
	int64_t sum = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/task", subject->pid);
	dir = opendir(path);
	while (dir && (entry = readdir(dir)) != NULL) {
		long long ns = 0;
		FILE *file;

		snprintf(path, sizeof(path), "/proc/%d/task/%s/schedstat", subject->pid,
			 entry->d_name);
		/* proc_pid_schedstat(5): ns on a CPU, ns waiting for one, time slices */
		file = entry->d_name[0] == '.' ? NULL : fopen(path, "re");
		if (!file)
			continue;
		if (fscanf(file, "%lld", &ns) == 1)
			sum += ns;
		fclose(file);
	}
	if (dir)
		closedir(dir);
	return sum;
}

bool subject_ended(struct subject *subject)
{
	return subject->pid == 0 ||
	       (wait4(subject->pid, &subject->status, WNOHANG, &subject->usage) > 0 &&
		(subject->pid = 0, true));
}

void subject_stop(struct subject *subject)
{
	int64_t deadline = now() + SUBJECT_PATIENCE;

	if (subject->pid == 0)
		return;
	kill(subject->pid, SIGINT);
	while (!subject_ended(subject)) {
		if (now() > deadline)
			kill(subject->pid, SIGKILL);
		sleep_until(now() + 1000000);
	}
	/* the next one is not to share the kernel with what still detaches */
	while (waitpid(-1, NULL, 0) > 0)
		;
}
