// SPDX-License-Identifier: GPL-2.0-only
/*
 * Preloaded into what `scripts/lab native` runs: uname() tells the release of the guest's kernel,
 * $LAB_RELEASE, so that its headers are those of the running kernel.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/utsname.h>

int uname(struct utsname *name)
{
	int (*real)(struct utsname *) = (int (*)(struct utsname *))dlsym(RTLD_NEXT, "uname");
	const char *release = getenv("LAB_RELEASE");
	int ret = real(name);

	if (ret == 0 && release)
		snprintf(name->release, sizeof(name->release), "%s", release);
	return ret;
}
