// SPDX-License-Identifier: GPL-2.0-only
/*
 * inproc PROBE.c: start.c the way a C program uses libbcc: compile, load and attach in one process,
 * which keeps the compiler. The calls are those of bcc/bcc_common.h and bcc/libbpf.h.
 */
#include <bcc/bcc_common.h>
#include <bcc/libbpf.h>
#include <bcc/perf_reader.h>
#include <linux/bpf.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define PAGES	 64
#define CPUS_MAX 256

/* start.c's */
struct event {
	uint32_t pid;
	uint32_t uid;
	int32_t ret;
	uint32_t edit;
	char comm[16];
	char file[64];
};

static volatile sig_atomic_t stopped;

static void stop(int sig)
{
	(void)sig;
	stopped = 1;
}

static void print(void *arg, void *data, int size)
{
	const struct event *e = data;

	(void)arg;
	(void)size;
	printf("{\"pid\":%u,\"uid\":%u,\"ret\":%d,\"comm\":\"%s\",\"file\":\"%s\"}\n", e->pid,
	       e->uid, e->ret, e->comm, e->file);
	fflush(stdout);
}

static void lost(void *arg, uint64_t count)
{
	(void)arg;
	fprintf(stderr, "%llu lost\n", (unsigned long long)count);
}

static void die(const char *what)
{
	fprintf(stderr, "inproc: %s failed\n", what);
	exit(1);
}

static char *read_text(const char *path)
{
	static char text[1 << 16];
	FILE *file = fopen(path, "re");
	size_t len;

	if (!file)
		die(path);
	len = fread(text, 1, sizeof(text) - 1, file);
	fclose(file);
	text[len] = '\0';
	return text;
}

static void attach(void *module, const char *function, const char *event)
{
	int fd = bcc_func_load(module, BPF_PROG_TYPE_TRACEPOINT, function,
			       bpf_function_start(module, function),
			       (int)bpf_function_size(module, function), bpf_module_license(module),
			       bpf_module_kern_version(module), 0, NULL, 0, NULL, -1);

	if (fd < 0 || bpf_attach_tracepoint(fd, "syscalls", event) < 0)
		die(event);
}

int main(int argc, char **argv)
{
	struct perf_reader *readers[CPUS_MAX];
	int cpus = (int)sysconf(_SC_NPROCESSORS_ONLN), map;
	void *module;

	if (argc != 2 || cpus > CPUS_MAX)
		return 2;
	signal(SIGINT, stop);
	module = bpf_module_create_c_from_string(read_text(argv[1]), 0, NULL, 0, true, NULL);
	if (!module)
		die("compiling");
	map = bpf_table_fd(module, "events");
	for (int cpu = 0; cpu < cpus; cpu++) {
		int fd;

		readers[cpu] = bpf_open_perf_buffer(print, lost, NULL, -1, cpu, PAGES);
		if (!readers[cpu])
			die("opening a perf buffer");
		fd = perf_reader_fd(readers[cpu]);
		if (bpf_update_elem(map, &cpu, &fd, BPF_ANY))
			die("setting a perf buffer");
	}
	attach(module, "tracepoint__syscalls__sys_enter_execve", "sys_enter_execve");
	attach(module, "tracepoint__syscalls__sys_exit_execve", "sys_exit_execve");
	while (!stopped)
		perf_reader_poll(cpus, readers, 100);
	return 0;
}
