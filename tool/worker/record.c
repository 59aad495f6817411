// SPDX-License-Identifier: GPL-2.0-only
/*
 * The calls by which libbcc would reach the running kernel, answered here. This executable's
 * definitions come before those of the shared libraries (ELF symbol interposition), and libbcc and
 * libbpf reach the kernel only through libc's syscall(), uname() and fopen64(), and its symbol
 * table through bcc_symcache_*. So a probe is compiled with no privilege at all, and for any
 * kernel, and what would have been loaded is known exactly, also where the verifier would refuse
 * it.
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "util/kernel.h"
#include "util/text.h"
#include "worker/files.h"
#include "worker/record.h"

static struct record *record;

void record_start(struct record *rec)
{
	record = rec;
}

static int record_map(const union bpf_attr *attr)
{
	struct object_map *map;

	if (record->nr_maps == OBJECT_MAPS_MAX) {
		errno = ENOSPC;
		return -1;
	}
	map = &record->maps[record->nr_maps];
	map->type = attr->map_type;
	map->key_size = attr->key_size;
	map->value_size = attr->value_size;
	map->max_entries = attr->max_entries;
	map->flags = attr->map_flags;
	map->btf_key = attr->btf_key_type_id;
	map->btf_value = attr->btf_value_type_id;
	map->inner = attr->inner_map_fd ? (int32_t)attr->inner_map_fd - RECORD_FD_BASE : -1;
	snprintf(map->name, sizeof(map->name), "%.*s", BPF_OBJ_NAME_LEN, attr->map_name);
	return RECORD_FD_MAP(record->nr_maps++);
}

static void *record_copy(uint64_t ptr, size_t len)
{
	void *copy = malloc(len ? len : 1);

	if (copy)
		memcpy(copy, (const void *)(uintptr_t)ptr, len);
	return copy;
}

/* Programs that libbpf loads to learn what the kernel can do are told that all went well. */
static int record_prog(const union bpf_attr *attr)
{
	struct object_prog *prog = record->prog;

	if (!prog || (const void *)(uintptr_t)attr->insns != record->insns || prog->insns)
		return RECORD_FD_PROG;
	prog->nr_insns = attr->insn_cnt;
	prog->func_info_rec_size = attr->func_info_rec_size;
	prog->nr_func_info = attr->func_info_cnt;
	prog->line_info_rec_size = attr->line_info_rec_size;
	prog->nr_line_info = attr->line_info_cnt;
	prog->insns = record_copy(attr->insns, attr->insn_cnt * sizeof(struct bpf_insn));
	prog->func_info = record_copy(attr->func_info,
				      (size_t)attr->func_info_cnt * attr->func_info_rec_size);
	prog->line_info = record_copy(attr->line_info,
				      (size_t)attr->line_info_cnt * attr->line_info_rec_size);
	if (!prog->insns || !prog->func_info || !prog->line_info) {
		errno = ENOMEM;
		return -1;
	}
	return RECORD_FD_PROG;
}

static long record_bpf(int cmd, const void *user_attr, size_t size)
{
	union bpf_attr attr = {};

	/* feature probes hand over only the part that they filled in */
	memcpy(&attr, user_attr, size < sizeof(attr) ? size : sizeof(attr));
	switch (cmd) {
	case BPF_MAP_CREATE:
		return record_map(&attr);
	case BPF_PROG_LOAD:
		return record_prog(&attr);
	case BPF_BTF_LOAD:
		/* libbpf's own probes load tiny ones first; the probe's is the largest */
		if (attr.btf_size > record->btf.len) {
			buf_reset(&record->btf);
			buf_add(&record->btf, (const void *)(uintptr_t)attr.btf, attr.btf_size);
		}
		return RECORD_FD_BTF;
	}
	errno = EPERM;
	return -1;
}

/* stands in for libc's; the six arguments are those of the kernel's calling convention */
long syscall(long number, ...)
{
	static long (*real)(long, ...);
	long arg[6];
	va_list ap;

	va_start(ap, number);
	for (int i = 0; i < 6; i++)
		arg[i] = va_arg(ap, long);
	va_end(ap);
	if (record && number == SYS_bpf)
		return record_bpf((int)arg[0], (const void *)arg[1], (size_t)arg[2]);
	if (!real)
		real = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
	return real(number, arg[0], arg[1], arg[2], arg[3], arg[4], arg[5]);
}

/* stands in for libc's: libbcc looks for headers of, and compiles for, the kernel asked for */
int uname(struct utsname *name)
{
	static int (*real)(struct utsname *);
	int ret;

	if (!real)
		real = (int (*)(struct utsname *))dlsym(RTLD_NEXT, "uname");
	ret = real(name);
	if (ret == 0 && record)
		snprintf(name->release, sizeof(name->release), "%s", record->req->release);
	return ret;
}

/* The format of the tracepoint whose format file @path is; NULL for any other file. */
static const char *record_format(const char *path, bool *is_format)
{
	const char *event = strstr(path, "/events/");

	*is_format = event && strstr(path, "/tracing/") && text_ends(path, "/format");
	if (!*is_format)
		return NULL;
	event += strlen("/events/");
	for (uint32_t i = 0; i < record->req->nr_formats; i++) {
		const char *name = record->req->formats[i].event;

		if (text_starts(event, name) && strcmp(event + strlen(name), "/format") == 0)
			return record->req->formats[i].format;
	}
	return NULL;
}

/* A file with what the request brought as the format; ENOENT if it brought none. */
static FILE *record_open_format(const char *format)
{
	int fd;

	if (!format) {
		errno = ENOENT;
		return NULL;
	}
	fd = memfd_create("format", MFD_CLOEXEC);
	if (fd < 0)
		return NULL;
	if (write_all(fd, format, strlen(format)) || lseek(fd, 0, SEEK_SET) < 0) {
		close(fd);
		return NULL;
	}
	return fdopen(fd, "r");
}

/*
 * stands in for libc's, which std::ifstream opens files with (in gcc 12's libstdc++ by its name
 * fopen64, in gcc 14's by this one): tracepoint formats are those that the request brought, because
 * tracefs is closed to a process without privilege
 */
FILE *fopen(const char *path, const char *mode)
{
	static FILE *(*real)(const char *, const char *);
	const char *format;
	bool is_format = false;
	FILE *file;

	if (!real)
		real = (FILE * (*)(const char *, const char *)) dlsym(RTLD_NEXT, "fopen");
	format = record ? record_format(path, &is_format) : NULL;
	if (is_format)
		return record_open_format(format);
	file = real(path, mode);
	files_note(path, file ? fileno(file) : -1);
	return file;
}

/* the same function where off_t always has 64 bits */
FILE *fopen64(const char *path, const char *mode)
{
	return fopen(path, mode);
}

/* bpf_probe_read_kernel and _user exist since Linux 5.5 (commit 6ae08ae3dea2) */
static bool record_has_probe_read_kernel(void)
{
	bool found = false;
	char line[256];
	FILE *file;

	if (kernel_release_code(record->req->release) >= KERNEL_VERSION(5, 5, 0))
		return true;
	/* a distribution may have brought them to an older kernel */
	file = fopen("/proc/kallsyms", "re");
	while (file && !found && fgets(line, sizeof(line), file))
		found = strstr(line, " bpf_probe_read_kernel\n") != NULL;
	if (file)
		fclose(file);
	return found;
}

/*
 * stand in for libbcc's (bcc_syms.h), which reads the whole of /proc/kallsyms only to learn whether
 * these two helpers exist
 */
void *bcc_symcache_new(int pid, void *option);
void *bcc_symcache_new(int pid, void *option)
{
	(void)pid;
	(void)option;
	return record;
}

int bcc_symcache_resolve_name(void *resolver, const char *module, const char *name, uint64_t *addr);
int bcc_symcache_resolve_name(void *resolver, const char *module, const char *name, uint64_t *addr)
{
	(void)resolver;
	(void)module;
	*addr = 0;
	if (!text_starts(name, "bpf_probe_read_"))
		return -1;
	return record_has_probe_read_kernel() ? 0 : -1;
}

void bcc_free_symcache(void *resolver, int pid);
void bcc_free_symcache(void *resolver, int pid)
{
	(void)resolver;
	(void)pid;
}
