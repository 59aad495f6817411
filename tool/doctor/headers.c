// SPDX-License-Identifier: GPL-2.0-only
/* Where the kernel's types come from, and whether they are those of the kernel that runs. */
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "doctor/doctor.h"
#include "headers/package.h"
#include "headers/select.h"
#include "util/error.h"

static void fix_package(struct doctor_result *result)
{
	char command[256];
	struct utsname un;

	if (uname(&un))
		return;
	headers_package(un.release, command, sizeof(command));
	doctor_fix(result, "%s", command);
}

static void test_source(struct doctor *doctor, const struct doctor_check *check,
			struct doctor_result *result)
{
	struct header_source src;
	struct error err = {};
	char name[PATH_MAX + 32];

	(void)check;
	doctor_tested(result, doctor->headers ? "chosen as a run with this --headers does"
					      : "chosen as a run does: BCC_KERNEL_SOURCE, "
						"/lib/modules, kheaders, kernel BTF");
	if (header_source_select(&src, doctor->headers, &err))
		return doctor_error(result, &err);
	header_source_name(&src, name, sizeof(name));
	doctor_found(result, FOUND_OK, "%s", name);
}

/*
 * What a distribution installs. A tree made from BTF serves every bundled probe, but has only those
 * macros that hotprobe brings.
 */
static void test_package(struct doctor *doctor, const struct doctor_check *check,
			 struct doctor_result *result)
{
	char dir[160], path[256], release[65];
	bool btf = access(HEADERS_VMLINUX_BTF, R_OK) == 0;
	struct utsname un;
	int ret;

	(void)doctor;
	(void)check;
	if (uname(&un))
		return doctor_found(result, FOUND_MISSING, "the kernel's release is not known");
	snprintf(dir, sizeof(dir), "/lib/modules/%s/build", un.release);
	snprintf(path, sizeof(path), "%s/include/generated/utsrelease.h", dir);
	doctor_tested(result, "%s read, compared with uname -r", path);
	ret = headers_release(dir, release);
	if (ret == 0 && strcmp(release, un.release) == 0)
		return doctor_found(result, FOUND_OK, "installed, and of this release, %s",
				    release);
	if (ret == 0)
		doctor_found(result, btf ? FOUND_LIMITED : FOUND_MISSING,
			     "installed, but of %s, and this kernel is %s: not used", release,
			     un.release);
	else
		doctor_found(result, btf ? FOUND_LIMITED : FOUND_MISSING, "not installed%s",
			     btf ? ": kernel BTF serves; it lacks the macros of the headers, but "
				   "for the most common"
				 : "");
	fix_package(result);
}

static void test_config(struct doctor *doctor, const struct doctor_check *check,
			struct doctor_result *result)
{
	static const char *const places[] = { "/proc/config.gz", "/boot/config-%s",
					      "/lib/modules/%s/config" };
	struct utsname un;
	char path[160];

	(void)doctor;
	(void)check;
	doctor_tested(result, "/proc/config.gz, /boot and /lib/modules looked through");
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]) && !uname(&un); i++) {
		snprintf(path, sizeof(path), places[i], un.release);
		if (access(path, R_OK) == 0)
			return doctor_found(result, FOUND_OK, "%s", path);
	}
	snprintf(path, sizeof(path), "/lib/modules/%s/build/include/generated/autoconf.h",
		 un.release);
	if (access(path, R_OK) == 0)
		return doctor_found(result, FOUND_OK, "in the headers");
	doctor_found(result, FOUND_LIMITED,
		     "not found: in a tree made from BTF every CONFIG_ macro is undefined");
	doctor_fix(result,
		   "install the kernel's own package for /boot/config-%s, or use a kernel "
		   "with CONFIG_IKCONFIG_PROC",
		   un.release);
}

const struct doctor_check doctor_headers[] = {
	{ "header source", NULL, test_source, NULL },
	{ "headers' package", NULL, test_package, NULL },
	{ "kernel config", NULL, test_config, NULL },
	{},
};
