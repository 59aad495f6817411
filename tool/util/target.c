// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "util/buf.h"
#include "util/target.h"

static const char *target_dir(void)
{
	const char *dir = getenv("HOTPROBE_TARGET");

	return dir && dir[0] ? dir : NULL;
}

bool target_other(void)
{
	return target_dir() != NULL;
}

int target_release(char release[65])
{
	char path[PATH_MAX];
	struct utsname un;
	struct buf text = {};
	int ret;

	if (!target_dir()) {
		if (uname(&un))
			return -errno;
		snprintf(release, 65, "%s", un.release);
		return 0;
	}
	ret = buf_read_file(&text, target_path(path, "/release"), 65);
	if (!ret)
		snprintf(release, 65, "%.*s", (int)strcspn(buf_text(&text), "\n"), buf_text(&text));
	buf_free(&text);
	return ret;
}

const char *target_path(char buf[PATH_MAX], const char *path)
{
	if (!target_dir())
		return path;
	snprintf(buf, PATH_MAX, "%s%s", target_dir(), path);
	return buf;
}
