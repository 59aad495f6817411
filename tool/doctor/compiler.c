// SPDX-License-Identifier: GPL-2.0-only
/* The worker and its libraries, and the folders that compiling needs. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cache/cache.h"
#include "compile/names.h"
#include "compile/worker.h"
#include "doctor/doctor.h"
#include "probe/source.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/text.h"

/* what one compile, and what the cache of some probes takes, and a little more */
#define SPACE_NEEDED   (64ull << 20)

#define ANSWER_SECONDS 120ull

static void test_worker(struct doctor *doctor, const struct doctor_check *check,
			struct doctor_result *result)
{
	char program[PATH_MAX];
	struct buf nothing = {};
	struct worker worker = {
		.program = program,
		.request = &nothing,
		.source_fd = -1,
		.pch_fd = -1,
		.signal_fd = -1,
		.versions = true,
		.timeout_ns = ANSWER_SECONDS * 1000000000,
	};
	struct error err = {};

	(void)check;
	source_program("hotprobe-cc", program);
	doctor_tested(result, "started%s, and asked for its libraries",
		      geteuid() == 0 ? " as nobody" : "");
	if (worker_converse(&worker, &err)) {
		if (!err.code)
			error_set(&err, -ETIMEDOUT, "%s did not answer in %llu s", program,
				  ANSWER_SECONDS);
		doctor_error(result, &err);
	} else if (!WIFEXITED(worker.status) || WEXITSTATUS(worker.status) || !worker.answer.len) {
		const char *says = buf_text(&worker.messages);

		if (text_starts(says, WORKER_SAYS))
			says += strlen(WORKER_SAYS);
		doctor_found(result, FOUND_MISSING, "%s: %.*s", program, (int)strcspn(says, "\n"),
			     *says ? says : "it says nothing");
		doctor_fix(result, "apt-get install --reinstall libbpfcc, or make and make install "
				   "again");
	} else {
		snprintf(doctor->versions, sizeof(doctor->versions), "%s",
			 buf_text(&worker.answer));
		doctor_found(result, FOUND_OK, "%s", program);
	}
	buf_free(&worker.answer);
	buf_free(&worker.messages);
}

/* The rest of the line of @versions that starts with "NAME ". */
static bool version_of(const struct doctor *doctor, const char *name, char *value, size_t size)
{
	for (const char *s = doctor->versions; s; s = strchr(s, '\n')) {
		s += *s == '\n';
		if (!text_starts(s, name) || s[strlen(name)] != ' ')
			continue;
		s += strlen(name) + 1;
		snprintf(value, size, "%.*s", (int)strcspn(s, "\n"), s);
		return true;
	}
	return false;
}

static void test_libbcc(struct doctor *doctor, const struct doctor_check *check,
			struct doctor_result *result)
{
	char version[512] = "";
	int major = 0, minor = 0;
	const char *number;

	(void)check;
	doctor_tested(result, "loaded by hotprobe-cc");
	if (!version_of(doctor, "libbcc", version, sizeof(version)))
		return doctor_found(result, FOUND_MISSING, "hotprobe-cc has not loaded it");
	/* "/usr/lib/x86_64-linux-gnu/libbcc.so.0.26.0" */
	number = strstr(version, ".so.");
	if (!number || sscanf(number, ".so.%d.%d", &major, &minor) != 2) {
		doctor_found(result, FOUND_OK, "%s", version);
	} else if (major > 0 || minor >= 26) {
		doctor_found(result, FOUND_OK, "%d.%d (%s)", major, minor, version);
	} else {
		doctor_found(result, FOUND_LIMITED,
			     "%d.%d (%s): older than 0.26, the oldest "
			     "that is supported",
			     major, minor, version);
		doctor_fix(result, "install a newer libbpfcc");
	}
}

static void test_llvm(struct doctor *doctor, const struct doctor_check *check,
		      struct doctor_result *result)
{
	char llvm[256] = "", clang[256] = "";

	(void)check;
	doctor_tested(result, "what libbcc has brought along");
	version_of(doctor, "LLVM", llvm, sizeof(llvm));
	version_of(doctor, "clang", clang, sizeof(clang));
	if (!llvm[0])
		doctor_found(result, FOUND_OK, "inside of libbcc, which does not tell which");
	else
		doctor_found(result, FOUND_OK, "%s%s%s%s", llvm, clang[0] ? " (" : "", clang,
			     clang[0] ? ")" : "");
}

static void test_cache(struct doctor *doctor, const struct doctor_check *check,
		       struct doctor_result *result)
{
	static const char name[] = CACHE_TEMP "doctor";
	struct cache cache = { .fd = -1 };
	struct stat st;
	int ret, fd;

	(void)doctor;
	(void)check;
	doctor_tested(result, "a file written there, read and removed");
	if (cache_open(&cache, CACHE_OBJECTS)) {
		doctor_found(result, FOUND_LIMITED, "not usable, so every start has to compile: %s",
			     cache.why);
		doctor_fix(result, "make the folder your own and nobody else's, or name another: "
				   "HOTPROBE_CACHE=DIR");
		cache_close(&cache);
		return;
	}
	ret = cache_file_write(&cache, name, "doctor", 6);
	fd = ret ? ret : cache_file_open(&cache, name, &st);
	if (fd >= 0)
		close(fd);
	cache_file_remove(&cache, name);
	if (fd < 0) {
		doctor_found(result, FOUND_LIMITED,
			     "%s cannot be written, so every start has to compile: %s", cache.path,
			     strerror(-fd));
		doctor_fix(result, "make room there, or name another: HOTPROBE_CACHE=DIR");
	} else {
		doctor_found(result, FOUND_OK, "%s", cache.path);
	}
	cache_close(&cache);
}

static void test_space(struct doctor *doctor, const struct doctor_check *check,
		       struct doctor_result *result)
{
	char root[PATH_MAX];
	struct statvfs fs;
	const char *folders[2] = { "/tmp", NULL };
	struct buf said = {};

	(void)doctor;
	(void)check;
	doctor_tested(result, "statvfs() of the folders for temporary files and the cache");
	if (cache_root(root) == 0)
		folders[1] = root;
	for (int i = 0; i < 2 && folders[i]; i++) {
		unsigned long long free;

		if (statvfs(folders[i], &fs)) {
			doctor_found(result, FOUND_LIMITED, "%s: %s", folders[i], strerror(errno));
			continue;
		}
		free = (unsigned long long)fs.f_bavail * fs.f_frsize;
		if (free < SPACE_NEEDED || (fs.f_files && fs.f_favail < 100)) {
			doctor_found(result, FOUND_LIMITED,
				     "%s is nearly full: %llu MiB, and %llu files, are left",
				     folders[i], free >> 20, (unsigned long long)fs.f_favail);
			doctor_fix(result, "make room there: hotprobe cache clear, say");
		}
		buf_printf(&said, "%s%llu MiB in %s", i ? ", " : "", free >> 20, folders[i]);
	}
	doctor_found(result, FOUND_OK, "%s", buf_text(&said));
	buf_free(&said);
}

const struct doctor_check doctor_compiler[] = {
	{ "hotprobe-cc", NULL, test_worker, NULL }, { "libbcc", "hotprobe-cc", test_libbcc, NULL },
	{ "LLVM", "hotprobe-cc", test_llvm, NULL }, { "cache", NULL, test_cache, NULL },
	{ "disk space", NULL, test_space, NULL },   {},
};
