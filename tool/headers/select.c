// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "cache/cache.h"
#include "headers/package.h"
#include "headers/magic.h"
#include "headers/select.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/kernel.h"
#include "util/process.h"
#include "util/text.h"

static bool is_tree(const char *dir)
{
	char path[PATH_MAX];

	return snprintf(path, sizeof(path), "%s/include/linux/kconfig.h", dir) <
		       (int)sizeof(path) &&
	       access(path, R_OK) == 0;
}

int headers_release(const char *dir, char release[65])
{
	char path[PATH_MAX];
	struct buf text = {};
	const char *define, *open, *close;
	int ret;

	if (snprintf(path, sizeof(path), "%s/include/generated/utsrelease.h", dir) >=
	    (int)sizeof(path))
		return -ENAMETOOLONG;
	ret = buf_read_file(&text, path, 4096);
	if (ret)
		return ret;
	ret = -ENOENT;
	define = strstr(buf_text(&text), "#define UTS_RELEASE");
	open = define ? strchr(define, '"') : NULL;
	close = open ? strchr(open + 1, '"') : NULL;
	if (close && close - open - 1 < 65) {
		snprintf(release, 65, "%.*s", (int)(close - open - 1), open + 1);
		ret = 0;
	}
	buf_free(&text);
	return ret;
}

static void pass_over(struct header_source *src, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void pass_over(struct header_source *src, const char *fmt, ...)
{
	size_t len = strlen(src->passed_over);
	va_list ap;

	va_start(ap, fmt);
	if (len + 3 < sizeof(src->passed_over)) {
		if (len)
			strcat(src->passed_over, "; ");
		len = strlen(src->passed_over);
		vsnprintf(src->passed_over + len, sizeof(src->passed_over) - len, fmt, ap);
	}
	va_end(ap);
}

/*
 * Where the kernel has no BTF that what a probe reads could be compared with, one of the same
 * release must at least have the same version magic. @dir: where the generated headers are.
 */
static bool same_magic(const char *dir, char *why, size_t size)
{
	char path[PATH_MAX];
	struct buf config = {};
	struct utsname un;
	bool same = true;

	if (access(HEADERS_VMLINUX_BTF, R_OK) == 0 || uname(&un))
		return true;
	if (snprintf(path, sizeof(path), "%s/include/generated/autoconf.h", dir) <
		    (int)sizeof(path) &&
	    buf_read_file(&config, path, 4u << 20) == 0)
		same = headers_magic(buf_text(&config), un.version, why, size);
	buf_free(&config);
	return same;
}

/*
 * A tree that says it was made for another kernel is none: its structs lie elsewhere, and nothing
 * would tell. @release_dir: where its generated headers are.
 */
static bool serves(struct header_source *src, const char *dir, const char *release_dir)
{
	char release[65], why[128];

	if (!is_tree(dir)) {
		pass_over(src, "no kernel headers in %s", dir);
		return false;
	}
	if (headers_release(release_dir, release) == 0 && strcmp(release, src->release) != 0) {
		pass_over(src, "the headers in %s are those of %s", dir, release);
		return false;
	}
	if (!same_magic(release_dir, why, sizeof(why))) {
		pass_over(src, "the headers in %s do not describe the running kernel: %s", dir,
			  why);
		return false;
	}
	return true;
}

static int select_dir(struct header_source *src, const char *dir, const char *asked_by,
		      struct error *err)
{
	char release[65], package[256], why[128], *resolved = realpath(dir, NULL);

	if (!resolved) {
		error_sys(err, -errno, "%s: %s", asked_by, dir);
		return error_hint(
			err, "--headers takes auto, btf, btf:FILE or a folder of kernel headers");
	}
	src->kind = HEADERS_DIR;
	snprintf(src->path, sizeof(src->path), "%s", resolved);
	free(resolved);
	if (!is_tree(src->path)) {
		error_set(err, -ENOENT,
			  "%s: %s is no tree of kernel headers: it has no include/linux/kconfig.h",
			  asked_by, src->path);
		return error_hint(err,
				  "name the folder that /lib/modules/%s/build would point to, or "
				  "use --headers btf",
				  src->release);
	}
	if (headers_release(src->path, release) == 0 && strcmp(release, src->release) != 0) {
		if (access(HEADERS_VMLINUX_BTF, R_OK) == 0) {
			snprintf(src->tree_release, sizeof(src->tree_release), "%s", release);
			return 0;
		}
		error_set(
			err, -ESTALE,
			"%s: the headers in %s are those of %s, but this kernel is %s: struct "
			"members would be read at wrong offsets (the kernel has no BTF to compare "
			"them with, so the release is all that could be checked)",
			asked_by, src->path, release, src->release);
		error_place(err, ERROR_HEADERS, NULL, 0, 0);
		headers_package(src->release, package, sizeof(package));
		return error_hint(err, "%s", package);
	}
	if (same_magic(src->path, why, sizeof(why)))
		return 0;
	error_set(err, -ESTALE,
		  "%s: the headers in %s are those of %s, but not of this kernel: %s (it has no "
		  "BTF to "
		  "compare them with, so the release and the version magic are all that could be "
		  "checked)",
		  asked_by, src->path, src->release, why);
	error_place(err, ERROR_HEADERS, NULL, 0, 0);
	headers_package(src->release, package, sizeof(package));
	return error_hint(err, "%s", package);
}

static int select_btf(struct header_source *src, const char *file, struct error *err)
{
	char *resolved = realpath(file, NULL), package[256];

	src->kind = HEADERS_BTF;
	/* the worker has another working directory */
	snprintf(src->path, sizeof(src->path), "%s", resolved ?: file);
	free(resolved);
	if (access(src->path, R_OK) == 0)
		return 0;
	error_sys(err, -errno, "cannot read the kernel's types from %s", file);
	if (strcmp(file, HEADERS_VMLINUX_BTF) == 0) {
		headers_package(src->release, package, sizeof(package));
		return error_hint(err,
				  "this kernel has no BTF (CONFIG_DEBUG_INFO_BTF): install its "
				  "headers with %s",
				  package);
	}
	return error_hint(err, "name a raw BTF file or an ELF file with a .BTF section");
}

/* /lib/modules/RELEASE/build, with the common part in source where the distribution splits them */
static bool select_modules(struct header_source *src)
{
	char build[128], source[128];

	snprintf(build, sizeof(build), "/lib/modules/%s/build", src->release);
	snprintf(source, sizeof(source), "/lib/modules/%s/source", src->release);
	if (!serves(src, access(source, F_OK) == 0 ? source : build, build))
		return false;
	src->kind = HEADERS_MODULES;
	snprintf(src->path, sizeof(src->path), "%s", build);
	return true;
}

static bool select_kheaders(struct header_source *src)
{
	char *load[] = { "modprobe", "-q", "kheaders", NULL };
	char *unload[] = { "modprobe", "-q", "-r", "kheaders", NULL };
	char cache[PATH_MAX], id[41];
	struct error why = {};
	bool loaded = false;
	int ret;

	/* without a modules folder modprobe would only complain */
	snprintf(cache, sizeof(cache), "/lib/modules/%s", src->release);
	if (access(HEADERS_KHEADERS, R_OK) && geteuid() == 0 && access(cache, F_OK) == 0)
		loaded = process_run(load) == 0;
	if (access(HEADERS_KHEADERS, R_OK)) {
		pass_over(src, "no %s", HEADERS_KHEADERS);
		return false;
	}
	ret = cache_root(cache);
	if (!ret) {
		kernel_build_id(id);
		snprintf(src->path, sizeof(src->path), "%s/" CACHE_UNPACKED "%s-%s", cache,
			 src->release, id);
		ret = kheaders_unpack(HEADERS_KHEADERS, src->path, &why);
	}
	if (loaded)
		process_run(unload);
	if (ret) {
		pass_over(src, "%s", why.text);
		return false;
	}
	src->kind = HEADERS_DIR;
	return serves(src, src->path, src->path);
}

int header_source_select(struct header_source *src, const char *spec, struct error *err)
{
	const char *env = getenv("BCC_KERNEL_SOURCE");
	char package[256];
	struct utsname un;

	memset(src, 0, sizeof(*src));
	if (uname(&un))
		return error_sys(err, -errno, "cannot learn the kernel's release");
	snprintf(src->release, sizeof(src->release), "%s", un.release);

	if (spec && strcmp(spec, "btf") == 0)
		return select_btf(src, HEADERS_VMLINUX_BTF, err);
	if (spec && text_starts(spec, "btf:"))
		return select_btf(src, spec + strlen("btf:"), err);
	if (spec && strcmp(spec, "auto") != 0)
		return select_dir(src, spec, "--headers", err);
	if (env && env[0])
		return select_dir(src, env, "BCC_KERNEL_SOURCE", err);
	if (select_modules(src) || select_kheaders(src))
		return 0;
	if (access(HEADERS_VMLINUX_BTF, R_OK) == 0)
		return select_btf(src, HEADERS_VMLINUX_BTF, err);
	error_set(err, -ENOENT,
		  "nothing tells the running kernel's types: %s; no " HEADERS_VMLINUX_BTF,
		  src->passed_over);
	headers_package(src->release, package, sizeof(package));
	return error_hint(err, "%s", package);
}

void header_source_name(const struct header_source *src, char *name, int size)
{
	static const char *const kinds[] = {
		[HEADERS_MODULES] = "kernel headers",
		[HEADERS_DIR] = "kernel headers",
		[HEADERS_BTF] = "kernel BTF",
	};

	snprintf(name, (size_t)size, "%s (%s)", kinds[src->kind], src->path);
}
