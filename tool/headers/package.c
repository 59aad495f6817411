// SPDX-License-Identifier: GPL-2.0-only
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "headers/package.h"
#include "util/buf.h"
#include "util/text.h"

/* The value of NAME=VALUE or NAME="VALUE" in os-release. */
static void os_value(const char *os, const char *name, char *value, size_t size)
{
	value[0] = '\0';
	for (const char *line = os; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (!text_starts(line, name) || line[strlen(name)] != '=')
			continue;
		line += strlen(name) + 1;
		line += *line == '"' || *line == '\'';
		snprintf(value, size, "%.*s", (int)strcspn(line, "\"'\n"), line);
		return;
	}
}

static bool has_word(const char *words, const char *word)
{
	for (const char *s = words; (s = strstr(s, word)) != NULL; s++)
		if ((s == words || s[-1] == ' ') &&
		    (s[strlen(word)] == '\0' || s[strlen(word)] == ' '))
			return true;
	return false;
}

/* Arch and Alpine have a package for each line of kernels, and only its latest release. */
static const char *flavour(const char *release, const char *const *known, const char *otherwise)
{
	for (; *known; known++)
		if (strstr(release, *known))
			return *known;
	return otherwise;
}

void headers_package_for(const char *os, const char *release, char *command, size_t size)
{
	static const char *const arch[] = { "-lts", "-zen", "-hardened", NULL };
	static const char *const alpine[] = { "-virt", NULL };
	char id[64], like[256], ids[400];

	os_value(os, "ID", id, sizeof(id));
	os_value(os, "ID_LIKE", like, sizeof(like));
	snprintf(ids, sizeof(ids), "%s %s", id, like);
	if (has_word(ids, "debian") || has_word(ids, "ubuntu"))
		snprintf(command, size, "apt-get install linux-headers-%s", release);
	else if (has_word(ids, "fedora") || has_word(ids, "rhel") || has_word(ids, "centos"))
		snprintf(command, size, "dnf install kernel-devel-%s", release);
	else if (has_word(ids, "arch"))
		snprintf(command, size, "pacman -S linux%s-headers", flavour(release, arch, ""));
	else if (has_word(ids, "suse") || has_word(ids, "opensuse"))
		snprintf(command, size, "zypper install kernel-%s-devel",
			 strrchr(release, '-') ? strrchr(release, '-') + 1 : "default");
	else if (has_word(ids, "alpine"))
		snprintf(command, size, "apk add linux%s-dev", flavour(release, alpine, "-lts"));
	else
		snprintf(command, size, "apt-get install linux-headers-%s", release);
}

void headers_package(const char *release, char *command, size_t size)
{
	struct buf os = {};

	if (buf_read_file(&os, "/etc/os-release", 65536))
		buf_reset(&os);
	if (!os.len)
		buf_read_file(&os, "/usr/lib/os-release", 65536);
	headers_package_for(buf_text(&os), release, command, size);
	buf_free(&os);
}
