// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "tree/btf_tree.h"
#include "tree/kernel_config.h"
#include "object/request.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/text.h"
#include "worker/files.h"
#include "worker/headers.h"

/* behind the descriptors that it was given: see compile/worker.h */
#define OVERLAY_FD   7
#define OVERLAY_PATH "/proc/self/fd/7"

static int headers_flag(struct request *req, const char *fmt, const char *arg, const char *arg2)
{
	char *flag;

	if (req->nr_flags == REQUEST_FLAGS_MAX)
		return -E2BIG;
	/* freed by nobody: the worker ends when its one probe is compiled */
	if (asprintf(&flag, fmt, arg, arg2) < 0)
		return -ENOMEM;
	req->flags[req->nr_flags++] = flag;
	return 0;
}

/* The folder below arch/ in the kernel's sources, from uname's machine (the kernel's SUBARCH). */
static const char *headers_arch(void)
{
	static const char *const archs[][2] = {
		{ "x86_64", "x86" },  { "aarch64", "arm64" },	    { "arm", "arm" },
		{ "ppc", "powerpc" }, { "s390x", "s390" },	    { "riscv", "riscv" },
		{ "mips", "mips" },   { "loongarch", "loongarch" },
	};
	static struct utsname un;

	uname(&un);
	for (size_t i = 0; i < sizeof(archs) / sizeof(archs[0]); i++)
		if (text_starts(un.machine, archs[i][0]))
			return archs[i][1];
	return un.machine;
}

/*
 * A tree of one file, in front of the real one. kconfig.h is what libbcc includes before its own
 * bpf.h, so that the kernel's can come first; their guards are the same.
 * @source, @build: the two parts of the headers, which may be one folder.
 */
static int headers_overlay(struct request *req, const char *source, const char *build)
{
	/* the order of the kernel's own Makefile, LINUXINCLUDE; each in the sources, then as built
	 */
	static const char *const parts[][2] = {
		{ "arch/%s/include", "arch/%s/include/generated" },
		{ "include", "include" },
		{ "arch/%s/include/uapi", "arch/%s/include/generated/uapi" },
		{ "include/uapi", "include/generated/uapi" },
	};
	static const struct timespec always[2] = {};
	const char *arch = headers_arch();
	char path[PATH_MAX];
	FILE *file;
	int ret;

	snprintf(path, sizeof(path), "%s/include", req->work_dir);
	mkdir(path, 0755);
	snprintf(path, sizeof(path), "%s/include/linux", req->work_dir);
	mkdir(path, 0755);
	snprintf(path, sizeof(path), "%s/include/linux/kconfig.h", req->work_dir);
	file = fopen(path, "we");
	if (!file)
		return -errno;
	fprintf(file, "#include \"%s/include/linux/kconfig.h\"\n#include <uapi/linux/bpf.h>\n",
		source);
	ret = ferror(file) ? -EIO : 0;
	if (fclose(file) && !ret)
		ret = -errno;
	/* to precompiled headers it is the same file in every run */
	if (!ret && utimensat(AT_FDCWD, path, always, 0))
		ret = -errno;
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]) && !ret; i++) {
		char dir[64];

		snprintf(dir, sizeof(dir), parts[i][0], arch);
		ret = headers_flag(req, "-I%s/%s", source, dir);
		snprintf(dir, sizeof(dir), parts[i][1], arch);
		ret = ret ?: headers_flag(req, "-I%s/%s", build, dir);
	}
	return ret;
}

/* 6.17 and later put structs into structs by nothing but their tag: "struct slock_owned;" */
static int headers_dialect(struct request *req)
{
	int ret = headers_flag(req, "-fms-extensions", NULL, NULL);

	return ret ?: headers_flag(req, "-Wno-microsoft-anon-tag", NULL, NULL);
}

int headers_make(const struct request *req, struct error *err)
{
	struct buf config = {}, formats = {};
	int ret;

	if (req->header_kind != HEADERS_BTF)
		return 0;
	for (uint32_t i = 0; i < req->nr_formats; i++)
		buf_str(&formats, req->formats[i].format);
	/* one that appears later in a place that is asked before is another configuration */
	files_absent(true);
	ret = kernel_config_read(req->release, &config);
	files_absent(false);
	ret = btf_tree_write(req->work_dir, req->header_path, req->text, buf_text(&formats),
			     req->release, ret == 0 ? buf_text(&config) : NULL, err);
	buf_free(&formats);
	buf_free(&config);
	return ret;
}

/*
 * Precompiled headers know what they were made from by name. So the folder where libbcc compiles,
 * which is another one in each run, or one that we could not enter by its path, gets a name that
 * lasts: clang takes it from $PWD if that leads there. Debug information keeps the real one.
 */
static int headers_stay(struct request *req)
{
	char real[PATH_MAX];
	ssize_t len;
	int fd;

	if (req->header_kind == HEADERS_DIR && !request_newer(req)) {
		len = readlink(req->header_path, real, sizeof(real) - 1);
		if (len < 0)
			return -errno;
		real[len] = '\0';
		return setenv("PWD", req->header_path, 1)
			       ? -ENOMEM
			       : headers_flag(req, "-fdebug-compilation-dir=%s", real, NULL);
	}
	if (!request_newer(req))
		return 0;
	fd = open(req->work_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	/* as long as this process lives */
	if (dup2(fd, OVERLAY_FD) < 0)
		return -errno;
	close(fd);
	return setenv("PWD", OVERLAY_PATH, 1)
		       ? -ENOMEM
		       : headers_flag(req, "-fdebug-compilation-dir=%s", "/", NULL);
}

int headers_point(struct request *req, struct error *err)
{
	char source[PATH_MAX], build[PATH_MAX];
	const char *dir = req->work_dir;
	int ret = 0;

	unsetenv("BCC_KERNEL_SOURCE");
	unsetenv("BCC_LINUX_VERSION_CODE");
	unsetenv("BCC_KERNEL_MODULES_SUFFIX");
	unsetenv("ARCH");
	if (req->header_kind == HEADERS_BTF) {
		/* made there */
	} else if (request_newer(req)) {
		snprintf(source, sizeof(source), "/lib/modules/%s/source", req->release);
		snprintf(build, sizeof(build), "/lib/modules/%s/build", req->release);
		if (access(source, F_OK))
			snprintf(source, sizeof(source), "%s", build);
		if (req->header_kind == HEADERS_DIR) {
			snprintf(source, sizeof(source), "%s", req->header_path);
			snprintf(build, sizeof(build), "%s", req->header_path);
		}
		ret = headers_overlay(req, source, build);
		if (ret)
			error_sys(err, ret, "cannot prepare the kernel's headers");
	} else {
		/* libbcc knows its way about /lib/modules */
		dir = req->header_kind == HEADERS_DIR ? req->header_path : NULL;
	}
	if (!ret && request_newer(req) && headers_dialect(req))
		ret = error_sys(err, -E2BIG, "cannot prepare the kernel's headers");
	if (!ret && req->header_kind != HEADERS_BTF && headers_stay(req))
		ret = error_sys(err, -EIO, "cannot prepare the kernel's headers");
	if (!ret && dir && setenv("BCC_KERNEL_SOURCE", dir, 1))
		ret = error_sys(err, -ENOMEM, "cannot name the header source");
	return ret;
}
