// SPDX-License-Identifier: GPL-2.0-only
/* Containers and namespaces: what of the machine is hidden from us, and what numbers mean here. */
#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "attach/attach.h"
#include "doctor/doctor.h"
#include "doctor/trial.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/text.h"

/* The inode numbers of the first namespace of each kind: include/linux/proc_ns.h, PROC_*_INIT_INO
 */
#define FIRST_USER   0xEFFFFFFDu
#define FIRST_PID    0xEFFFFFFCu
#define FIRST_CGROUP 0xEFFFFFFBu

/* Is this the machine's own namespace? 0 or 1, negative errno when that cannot be told. */
static int is_first(const char *kind, ino_t first)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/self/ns/%s", kind);
	if (stat(path, &st))
		return -errno;
	return st.st_ino == first;
}

bool doctor_in_user_namespace(void)
{
	return is_first("user", FIRST_USER) == 0;
}

static void first_words(char *words, size_t size, const char *text)
{
	snprintf(words, size, "%.*s", (int)strcspn(text, "\n"), text);
}

static void test_container(struct doctor *doctor, const struct doctor_check *check,
			   struct doctor_result *result)
{
	/* systemd's, podman's and docker's marks; only the first has words in it */
	static const char *const marks[][2] = {
		{ "/run/systemd/container", NULL },
		{ "/run/.containerenv", "podman" },
		{ "/.dockerenv", "docker" },
	};
	struct buf text = {};
	char kind[64] = "";

	(void)doctor;
	(void)check;
	doctor_tested(result, "/run/systemd/container, /run/.containerenv, /.dockerenv, pid 1's "
			      "control group");
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]) && !kind[0]; i++) {
		if (access(marks[i][0], F_OK))
			continue;
		if (marks[i][1])
			snprintf(kind, sizeof(kind), "%s", marks[i][1]);
		else if (buf_read_file(&text, marks[i][0], 256) == 0)
			first_words(kind, sizeof(kind), buf_text(&text));
	}
	buf_reset(&text);
	if (!kind[0] && buf_read_file(&text, "/proc/1/cgroup", 65536) == 0) {
		if (strstr(buf_text(&text), "kubepods"))
			snprintf(kind, sizeof(kind), "kubernetes");
		else if (strstr(buf_text(&text), "/docker") || strstr(buf_text(&text), "/lxc"))
			snprintf(kind, sizeof(kind), "docker or lxc");
	}
	buf_free(&text);
	/* an image that is booted as a machine still has the marks */
	if (kind[0] && is_first("pid", FIRST_PID) == 1)
		doctor_found(result, FOUND_OK,
			     "signs of %s, but this process is in the machine's own pid namespace",
			     kind);
	else if (kind[0])
		doctor_found(result, FOUND_LIMITED,
			     "%s: the events are the whole machine's, paths and pids the "
			     "container's",
			     kind);
	else
		doctor_found(result, FOUND_OK, "no sign of one");
	if (result->finding != FOUND_OK)
		doctor_fix(result, "run it on the host, or in a privileged container with the "
				   "host's pid namespace");
}

static void test_user(struct doctor *doctor, const struct doctor_check *check,
		      struct doctor_result *result)
{
	int first = is_first("user", FIRST_USER);

	(void)doctor;
	(void)check;
	doctor_tested(result, "/proc/self/ns/user");
	if (first == 0) {
		doctor_found(result, FOUND_MISSING,
			     "one of its own: the capabilities above count for nothing in tracing");
		doctor_fix(result, "run it on the host, or in a container without user namespaces");
	} else if (first < 0 && first != -ENOENT) {
		doctor_found(result, FOUND_LIMITED, "cannot be told: %s", strerror(-first));
	} else {
		doctor_found(result, FOUND_OK, "the machine's own");
	}
}

/* This process's id, as programs in the kernel see it; 0 when it cannot be found out. */
static pid_t pid_in_kernel(void)
{
	struct trial_body body = TRIAL_BODY(INSN_CALL(BPF_FUNC_get_current_pid_tgid),
					    INSN_MOV(8, 0));
	struct trial trial;
	struct error err = {};
	pid_t pid = 0;

	/* on the CPU that we are on the kernel runs it in our place, not in its own */
	if (trial_load(&trial, &provider_raw_tracepoint, 0, &body, &err) == 0) {
		LIBBPF_OPTS(bpf_test_run_opts, opts);

		if (bpf_prog_test_run_opts(trial.prog_fd, &opts) == 0)
			pid = (pid_t)(trial_number(&trial) >> 32);
	}
	trial_close(&trial);
	return pid;
}

static void test_pid(struct doctor *doctor, const struct doctor_check *check,
		     struct doctor_result *result)
{
	int first = is_first("pid", FIRST_PID);
	pid_t kernel = pid_in_kernel();

	(void)doctor;
	(void)check;
	if (kernel)
		doctor_tested(result, "a program is asked for our pid: %d, here it is %d", kernel,
			      getpid());
	else
		doctor_tested(result, "/proc/self/ns/pid");
	/* the numbers can be the same by chance, and the inode can be out of reach */
	if (first == 1 || (first != 0 && (!kernel || kernel == getpid())))
		return doctor_found(result, FOUND_OK,
				    "the machine's own: -p takes the pids that ps "
				    "shows");
	doctor_found(result, FOUND_LIMITED,
		     "one of its own: neither -p nor -- COMMAND can be used, and events have the "
		     "machine's pids");
	doctor_fix(result, "run it in the host's pid namespace: docker run --pid=host, or nsenter "
			   "-t 1 -p on the host; in /proc/PID/status, seen from there, NSpid has "
			   "both");
}

static void test_cgroup(struct doctor *doctor, const struct doctor_check *check,
			struct doctor_result *result)
{
	int first = is_first("cgroup", FIRST_CGROUP);

	(void)doctor;
	(void)check;
	doctor_tested(result, "/proc/self/ns/cgroup");
	if (first == 0)
		doctor_found(result, FOUND_OK,
			     "one of its own: --cgroup reaches only the groups seen from here");
	else
		doctor_found(result, FOUND_OK, "the machine's own");
}

/* Where cgroup2 is mounted, from mountinfo: see proc(5). False when it is not. */
static bool cgroup2_path(char *path, size_t size)
{
	struct buf mounts = {};
	bool found = false;
	char at[512];

	if (buf_read_file(&mounts, "/proc/self/mounts", 1 << 20) == 0)
		for (const char *s = buf_text(&mounts); s && !found; s = strchr(s, '\n')) {
			s += *s == '\n';
			found = sscanf(s, "%*s %511s cgroup2 ", at) == 1 &&
				text_starts(s + strcspn(s, " ") + 1 + strlen(at), " cgroup2 ");
		}
	buf_free(&mounts);
	snprintf(path, size, "%s", found ? at : "");
	return found;
}

static void test_cgroup_filter(struct doctor *doctor, const struct doctor_check *check,
			       struct doctor_result *result)
{
	int map = -1, dir = -1;
	uint32_t key = 0;
	char path[512];

	(void)doctor;
	(void)check;
	doctor_tested(result, "the top group put into a map, as --cgroup does");
	if (!cgroup2_path(path, sizeof(path))) {
		doctor_found(result, FOUND_LIMITED, "no cgroup2 hierarchy is mounted: no --cgroup");
		return doctor_fix(result, "as root: mount -t cgroup2 cgroup2 DIR, and --cgroup=DIR/"
					  "...");
	}
	map = bpf_map_create(BPF_MAP_TYPE_CGROUP_ARRAY, "trial", 4, 4, 1, NULL);
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (map < 0 || dir < 0 || bpf_map_update_elem(map, &key, &dir, BPF_ANY)) {
		doctor_found(result, FOUND_LIMITED, "no --cgroup: %s", strerror(errno));
		doctor_fix(result, "use a kernel with CONFIG_CGROUPS and cgroup2 at %s", path);
	} else {
		doctor_found(result, FOUND_OK, "cgroup2 is mounted at %s", path);
	}
	if (dir >= 0)
		close(dir);
	if (map >= 0)
		close(map);
}

const struct doctor_check doctor_container[] = {
	{ "container", NULL, test_container, NULL },
	{ "user namespace", NULL, test_user, NULL },
	{ "pid namespace", NULL, test_pid, NULL },
	{ "cgroup namespace", NULL, test_cgroup, NULL },
	{ "cgroup filter", "BPF maps", test_cgroup_filter, NULL },
	{},
};
