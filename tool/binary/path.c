// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "binary/path.h"
#include "binary/elf.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/text.h"

/* glibc's sysdeps/generic/dl-cache.h, struct cache_file_new and struct file_entry_new */
#define CACHE_MAGIC "glibc-ld.so.cache1.1"

struct cache_header {
	char magic[20];
	uint32_t nr_libs;
	uint32_t strings_len;
	uint8_t flags;
	uint8_t padding[3];
	uint32_t extension_offset;
	uint32_t unused[3];
};

struct cache_entry {
	int32_t flags;
	uint32_t key;	/* offset of the name from the start of the file */
	uint32_t value; /* offset of the path */
	uint32_t os_version;
	uint64_t hwcap;
};

/* The system's own ELF files, without a word about those that are not. */
static bool is_native(const char *path)
{
	struct error ignored = {};
	struct elf_file file;

	if (elf_file_open(&file, path, &ignored) < 0)
		return false;
	elf_file_close(&file);
	return true;
}

bool binary_library_is(const char *file, const char *name)
{
	const char *so = strstr(file, ".so");
	size_t len = strlen(name);

	if (!so || (so[3] != '\0' && so[3] != '.'))
		return false;
	for (int with_lib = 0; with_lib < 2; with_lib++) {
		if (strncmp(file, name, len) == 0 && (file + len == so || file[len] == '\0'))
			return true;
		/* libssl.so is libssl.so.3 */
		if (strncmp(file, name, len) == 0 && text_ends(name, ".so") && file[len] == '.')
			return true;
		if (!text_starts(file, "lib"))
			return false;
		file += 3;
	}
	return false;
}

int binary_cache_find(const void *data, size_t len, const char *name,
		      bool (*accept)(const char *path), char *path, size_t size)
{
	const struct cache_header *header = data;
	const struct cache_entry *entries = (const void *)(header + 1);
	const char *text = data;

	if (len < sizeof(*header) || memcmp(header->magic, CACHE_MAGIC, sizeof(header->magic)) != 0)
		return -ENOENT;
	if (header->nr_libs > (len - sizeof(*header)) / sizeof(*entries))
		return -ENOENT;
	for (uint32_t i = 0; i < header->nr_libs; i++) {
		uint32_t key = entries[i].key, value = entries[i].value;

		if (key >= len || value >= len || !memchr(text + key, '\0', len - key) ||
		    !memchr(text + value, '\0', len - value))
			return -ENOENT;
		if (!binary_library_is(text + key, name) || strlen(text + value) >= size ||
		    !accept(text + value))
			continue;
		snprintf(path, size, "%s", text + value);
		return 0;
	}
	return -ENOENT;
}

/* For systems without ld.so.cache, such as those on musl. */
static int library_in_folders(const char *name, char *path, size_t size)
{
	static const char *const folders[] = {
		"/lib/x86_64-linux-gnu",
		"/usr/lib/x86_64-linux-gnu",
		"/lib/aarch64-linux-gnu",
		"/usr/lib/aarch64-linux-gnu",
		"/lib64",
		"/usr/lib64",
		"/lib",
		"/usr/lib",
		"/usr/local/lib",
	};

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		DIR *dir = opendir(folders[i]);
		struct dirent *entry;

		while (dir && (entry = readdir(dir))) {
			if (!binary_library_is(entry->d_name, name))
				continue;
			snprintf(path, size, "%s/%s", folders[i], entry->d_name);
			if (is_native(path)) {
				closedir(dir);
				return 0;
			}
		}
		if (dir)
			closedir(dir);
	}
	return -ENOENT;
}

static int library_find(const char *name, char *path, size_t size)
{
	struct buf cache = {};
	int ret;

	if (buf_read_file(&cache, "/etc/ld.so.cache", 64 << 20) == 0)
		ret = binary_cache_find(cache.data, cache.len, name, is_native, path, size);
	else
		ret = library_in_folders(name, path, size);
	buf_free(&cache);
	return ret;
}

static int program_find(const char *name, char *path, size_t size)
{
	const char *folders = getenv("PATH");
	struct stat st;

	if (!folders)
		folders = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
	while (*folders) {
		size_t len = strcspn(folders, ":");

		/* an empty or relative entry means the current folder: not for a tool run by root
		 */
		if (folders[0] == '/' &&
		    snprintf(path, size, "%.*s/%s", (int)len, folders, name) < (int)size &&
		    stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0)
			return 0;
		folders += len + (folders[len] == ':');
	}
	return -ENOENT;
}

/* In what the process has mapped: /proc/PID/maps, proc_pid_maps(5). */
static int mapped_find(int pid, const char *name, char *path, size_t size, struct error *err)
{
	struct buf maps = {};
	const char *line;
	char file[64];
	int ret;

	snprintf(file, sizeof(file), "/proc/%d/maps", pid);
	ret = buf_read_file(&maps, file, 256 << 20);
	if (ret == -ENOENT || ret == -ESRCH) {
		ret = error_set(err, -ESRCH, "there is no process %d", pid);
		goto out;
	} else if (ret < 0) {
		error_sys(err, ret, "cannot see what process %d has mapped", pid);
		goto out;
	}
	ret = -ENOENT;
	for (line = buf_text(&maps); *line; line += line[0] == '\n') {
		size_t len = strcspn(line, "\n");
		const char *mapped = memchr(line, '/', len), *base;
		char full[PATH_MAX];
		size_t mapped_len;

		if (mapped) {
			mapped_len = len - (size_t)(mapped - line);
			snprintf(full, sizeof(full), "%.*s", (int)mapped_len, mapped);
			base = strrchr(full, '/') + 1;
			if (binary_library_is(base, name) || strcmp(base, name) == 0) {
				if (snprintf(path, size, "/proc/%d/root%s", pid, full) < (int)size)
					ret = 0;
				break;
			}
		}
		line += len;
	}
out:
	buf_free(&maps);
	return ret;
}

/* /proc/PID/exe can be missing, or be kept from us, while the process is there. */
static int path_no_exe(int ret, int pid, struct error *err)
{
	if (ret == -ENOENT) {
		if (kill(pid, 0) < 0 && errno == ESRCH)
			return error_set(err, -ESRCH, "there is no process %d", pid);
		return error_set(err, ret,
				 "process %d runs no program: it is a thread of the kernel, or has "
				 "ended",
				 pid);
	}
	error_sys(err, ret, "cannot see which program process %d runs", pid);
	return error_hint(err,
			  "that takes the right to trace the process (CAP_SYS_PTRACE); or name "
			  "its program's file instead");
}

static int path_check(const char *path, struct error *err)
{
	int ret, pid, len = 0;

	if (access(path, F_OK) == 0)
		return 0;
	ret = -errno;
	if (sscanf(path, "/proc/%d/exe%n", &pid, &len) == 1 && len && !path[len])
		return path_no_exe(ret, pid, err);
	if (ret == -ENOENT)
		return error_set(err, ret, "there is no file %s", path);
	return error_sys(err, ret, "cannot open %s", path);
}

static bool same_file(const char *a, const char *b)
{
	struct stat first, second;

	return stat(a, &first) == 0 && stat(b, &second) == 0 && first.st_dev == second.st_dev &&
	       first.st_ino == second.st_ino;
}

/*
 * /proc/PID/exe by the name that the program has for us too, if it has one: people know it by that,
 * and what was found out about the file is found again when another process runs it.
 */
static void path_follow(char *path, size_t size)
{
	char name[PATH_MAX];
	ssize_t len;

	if (!text_starts(path, "/proc/") || !strstr(path, "/exe"))
		return;
	len = readlink(path, name, sizeof(name) - 1);
	if (len <= 0)
		return;
	name[len] = '\0';
	if (same_file(path, name))
		snprintf(path, size, "%s", name);
}

int binary_path(const char *name, int pid, char *path, size_t size, struct error *err)
{
	char program[PATH_MAX];
	int ret;

	if (!name[0] || strlen(name) >= 256)
		return error_set(err, -EINVAL, "'%s' is not the name of a program or library",
				 name);
	if (strchr(name, '/')) {
		snprintf(path, size, "%s", name);
		/* the process may live in another mount namespace */
		if (pid >= 0 && name[0] == '/' && !text_starts(name, "/proc/")) {
			char inside[PATH_MAX];

			snprintf(inside, sizeof(inside), "/proc/%d/root%s", pid, name);
			if (access(inside, F_OK) == 0 && !same_file(inside, path))
				snprintf(path, size, "%s", inside);
		}
		path_follow(path, size);
		return path_check(path, err);
	}
	if (pid >= 0) {
		ret = mapped_find(pid, name, path, size, err);
		if (ret == 0)
			return path_check(path, err);
		if (ret != -ENOENT)
			return ret;
		if (text_starts(name, "lib") || strstr(name, ".so")) {
			error_set(err, -ENOENT, "process %d has not loaded a library %s", pid,
				  name);
			error_hint(err,
				   "/proc/%d/maps shows what it has loaded; what is linked into "
				   "the program is in /proc/%d/exe",
				   pid, pid);
			return -ENOENT;
		}
	}
	if (library_find(name, path, size) == 0) {
		if (!text_starts(name, "lib") && !strstr(name, ".so") &&
		    program_find(name, program, sizeof(program)) == 0 && is_native(program)) {
			error_set(err, -ENOTUNIQ, "%s is a library (%s) and a program (%s)", name,
				  path, program);
			error_hint(err, "write lib%s for the library, %s for the program", name,
				   program);
			return -ENOTUNIQ;
		}
		return 0;
	}
	if (program_find(name, path, size) == 0)
		return 0;
	error_set(err, -ENOENT, "there is no library and no program called %s", name);
	error_hint(err, "give its path, with a slash: /usr/bin/%s or ./%s", name, name);
	return -ENOENT;
}
