// SPDX-License-Identifier: GPL-2.0-only
#include <linux/bpf.h>
#include <stdio.h>

#include "refusal/helpers.h"
#include "util/kernel.h"

/*
 * Helpers are numbered in the order in which they came, so that the last number of each release
 * tells all. Of include/uapi/linux/bpf.h in these releases; the commits that added them are listed
 * in BCC's docs/kernel-versions.md. After 6.2 none were added: kfuncs took their place.
 */
static const struct {
	int last;
	const char *release;
} releases[] = {
	{ 3, "3.19" },	 { 11, "4.1" },	  { 16, "4.2" },   { 22, "4.3" },   { 25, "4.4" },
	{ 26, "4.5" },	 { 30, "4.6" },	  { 36, "4.8" },   { 41, "4.9" },   { 44, "4.10" },
	{ 45, "4.11" },	 { 47, "4.12" },  { 50, "4.13" },  { 53, "4.14" },  { 57, "4.15" },
	{ 59, "4.16" },	 { 64, "4.17" },  { 80, "4.18" },  { 83, "4.19" },  { 90, "4.20" },
	{ 92, "5.0" },	 { 98, "5.1" },	  { 108, "5.2" },  { 110, "5.3" },  { 115, "5.5" },
	{ 118, "5.6" },	 { 124, "5.7" },  { 135, "5.8" },  { 141, "5.9" },  { 155, "5.10" },
	{ 162, "5.11" }, { 163, "5.12" }, { 165, "5.13" }, { 168, "5.14" }, { 175, "5.15" },
	{ 179, "5.16" }, { 185, "5.17" }, { 193, "5.18" }, { 203, "5.19" }, { 207, "6.0" },
	{ 209, "6.1" },	 { 211, "6.2" },
};

/* Those that the headers of the build know. */
#define NAME(name) #name
static const char *const names[] = { __BPF_FUNC_MAPPER(NAME) };

const char *helper_since(int id)
{
	for (size_t i = 0; id > 0 && i < sizeof(releases) / sizeof(releases[0]); i++)
		if (id <= releases[i].last)
			return releases[i].release;
	return NULL;
}

const char *helper_name(int id, char *name, size_t size)
{
	if (id <= 0 || (size_t)id >= sizeof(names) / sizeof(names[0]))
		return NULL;
	/* cppcheck-suppress arrayIndexOutOfBoundsCond; it does not see what the macro becomes */
	snprintf(name, size, "bpf_%s", names[id]);
	return name;
}

bool helper_is_newer(int id, const char *release)
{
	const char *since = helper_since(id);
	unsigned int has = kernel_release_code(release);

	return since && has && has < kernel_release_code(since);
}
