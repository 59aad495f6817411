// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a lab guest has in the place of hotprobe-cc when it is to compile outside: hands the request
 * that hotprobe makes over to the machine that runs the guest, where the same hotprobe-cc, compiled
 * for the same release, runs in the same files at full speed (scripts/lab.d/outside), and brings
 * back what that answers.
 *
 * Through the port that guest-init links to /dev/lab-cc:
 *   there: "compile ID REQUEST_SIZE SOURCE_SIZE BTF_SIZE CPUS FOLDER\n", then the contents: of
 *          the request, of the header source if it is a file (else its FOLDER, or "-"), of the
 *          kernel's BTF; CPUS are the possible ones, which a perf output has a place for each of
 *   back:  "done ID STATUS OBJECT_SIZE MESSAGES_SIZE\n", then both
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

/* as tool/worker/main.c and tool/compile/worker.h have them */
#define OBJECT_FD 3
#define SOURCE_FD 4

struct bytes {
	char *data;
	size_t len;
};

static void die(const char *what)
{
	fprintf(stderr, "outside-cc: %s: %s\n", what, strerror(errno));
	exit(3);
}

static struct bytes read_all(int fd)
{
	struct bytes bytes = {};
	size_t size = 0;
	ssize_t n;

	do {
		if (bytes.len == size) {
			size = size ? size * 2 : 1 << 20;
			bytes.data = realloc(bytes.data, size);
			if (!bytes.data)
				die("request");
		}
		n = read(fd, bytes.data + bytes.len, size - bytes.len);
		if (n < 0)
			die("read");
		bytes.len += n;
	} while (n);
	return bytes;
}

static void write_bytes(int fd, const char *data, size_t len)
{
	while (len) {
		ssize_t n = write(fd, data, len);

		if (n < 0)
			die("write");
		data += n;
		len -= n;
	}
}

static void read_bytes(int fd, char *data, size_t len)
{
	while (len) {
		ssize_t n = read(fd, data, len);

		if (n <= 0)
			die("answer");
		data += n;
		len -= n;
	}
}

/* One at a time may have the port open. */
static int open_port(void)
{
	struct timespec nap = { .tv_nsec = 20000000 };
	int fd;

	while ((fd = open("/dev/lab-cc", O_RDWR | O_CLOEXEC)) < 0) {
		if (errno != EBUSY)
			die("/dev/lab-cc");
		nanosleep(&nap, NULL);
	}
	return fd;
}

/* Wait for the answer with @id; what comes before it was for a process that did not live to see it.
 */
static int take_answer(int port, unsigned long long id)
{
	while (1) {
		size_t object_len, messages_len, n = 0;
		unsigned long long of;
		char line[128], *data;
		int status;

		do {
			read_bytes(port, &line[n], 1);
		} while (line[n++] != '\n' && n < sizeof(line) - 1);
		line[n] = '\0';
		if (sscanf(line, "done %llu %d %zu %zu", &of, &status, &object_len,
			   &messages_len) != 4) {
			errno = EBADMSG;
			die("answer");
		}
		data = malloc(object_len + messages_len + 1);
		if (!data)
			die("answer");
		read_bytes(port, data, object_len + messages_len);
		if (of == id) {
			write_bytes(OBJECT_FD, data, object_len);
			write_bytes(STDERR_FILENO, data + object_len, messages_len);
			return status;
		}
		free(data);
	}
}

int main(int argc, char **argv)
{
	struct bytes request, source = {}, btf = {};
	char folder[PATH_MAX] = "-", cpus[32] = "", header[PATH_MAX + 128];
	unsigned long long id;
	struct timespec now;
	struct stat st;
	int port, fd;

	/* its libraries are those of the guest, which has the real one, too */
	if (argc > 1 && strcmp(argv[1], "versions") == 0) {
		execv("/lab/real/hotprobe-cc", argv);
		die("/lab/real/hotprobe-cc");
	}
	/* precompiled headers would have to travel to and fro; hotprobe does without */
	if (argc > 1)
		return 1;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	request = read_all(STDIN_FILENO);
	if (fstat(SOURCE_FD, &st) == 0 && S_ISREG(st.st_mode)) {
		source = read_all(SOURCE_FD);
	} else if (fstat(SOURCE_FD, &st) == 0) {
		ssize_t n = readlink("/proc/self/fd/4", folder, sizeof(folder) - 1);

		if (n < 0)
			die("header source");
		folder[n] = '\0';
	}
	fd = open("/sys/kernel/btf/vmlinux", O_RDONLY | O_CLOEXEC);
	if (fd >= 0)
		btf = read_all(fd);
	fd = open("/sys/devices/system/cpu/possible", O_RDONLY | O_CLOEXEC);
	if (fd < 0 || read(fd, cpus, sizeof(cpus) - 1) <= 0)
		die("/sys/devices/system/cpu/possible");
	cpus[strcspn(cpus, "\n")] = '\0';
	clock_gettime(CLOCK_MONOTONIC, &now);
	id = (now.tv_sec * 1000000000ULL + now.tv_nsec) << 16 | (getpid() & 0xffff);
	port = open_port();
	snprintf(header, sizeof(header), "compile %llu %zu %zu %zu %s %s\n", id, request.len,
		 source.len, btf.len, cpus, folder);
	write_bytes(port, header, strlen(header));
	write_bytes(port, request.data, request.len);
	write_bytes(port, source.data, source.len);
	write_bytes(port, btf.data, btf.len);
	return take_answer(port, id);
}
