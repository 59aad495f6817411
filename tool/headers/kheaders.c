// SPDX-License-Identifier: GPL-2.0-only
/* CONFIG_IKHEADERS: the running kernel's headers as an archive in sysfs (kernel/kheaders.c). */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "headers/select.h"
#include "util/error.h"
#include "util/process.h"

int kheaders_unpack(const char *archive, const char *dir, struct error *err)
{
	char temp[PATH_MAX + 8];
	char *tar[] = { "tar", "--no-same-owner", "-xf", (char *)archive, "-C", temp, NULL };
	int ret;

	if (access(dir, F_OK) == 0)
		return 0;
	if (snprintf(temp, PATH_MAX, "%s.XXXXXX", dir) >= PATH_MAX)
		return error_set(err, -ENAMETOOLONG, "the folder %s has too long a name", dir);
	if (!mkdtemp(temp))
		return error_sys(err, -errno, "cannot make a folder for the kernel's own headers");
	/* the worker reads them without privilege */
	if (chmod(temp, 0755)) {
		ret = error_sys(err, -errno, "cannot open %s to the compiler", temp);
		goto fail;
	}
	ret = process_run(tar);
	if (ret) {
		error_set(err, -EIO, "tar could not unpack %s", archive);
		error_hint(err, "it needs tar and xz: apt-get install tar xz-utils");
		goto fail;
	}
	/* another hotprobe may have been quicker */
	if (rename(temp, dir) && access(dir, F_OK)) {
		ret = error_sys(err, -errno, "cannot keep the unpacked headers as %s", dir);
		goto fail;
	}
	folder_remove(temp);
	return 0;
fail:
	folder_remove(temp);
	return ret < 0 ? ret : -EIO;
}
