// SPDX-License-Identifier: GPL-2.0-only
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attach/prog_array.h"
#include "util/buf.h"
#include "util/error.h"

/* The number behind "NAME:" that begins a line; -1 when there is no such line. */
static int number_of(const char *fdinfo, const char *name)
{
	size_t len = strlen(name);

	for (const char *s = fdinfo; *s; s += strcspn(s, "\n"), s += *s == '\n')
		if (strncmp(s, name, len) == 0 && s[len] == ':')
			return atoi(s + len + 1);
	return -1;
}

struct prog_array_owner prog_array_parse(const char *fdinfo)
{
	struct prog_array_owner owner = { number_of(fdinfo, "owner_prog_type"),
					  number_of(fdinfo, "owner_jited") };

	if (number_of(fdinfo, "prog_type") >= 0)
		owner = (struct prog_array_owner){ number_of(fdinfo, "prog_type"),
						   number_of(fdinfo, "prog_jited") };
	return owner;
}

static const char *type_name(int type)
{
	return libbpf_bpf_prog_type_str((enum bpf_prog_type)type) ?: "unknown";
}

int prog_array_difference(const struct prog_array_owner *array, const struct prog_array_owner *prog,
			  struct error *err)
{
	if (array->type < 0 || prog->type < 0)
		return 0;
	if (array->type != prog->type) {
		error_set(err, -EINVAL,
			  "the program array belongs to programs of type %s (%d), and this one is "
			  "of type %s (%d)",
			  type_name(array->type), array->type, type_name(prog->type), prog->type);
		if (array->type == BPF_PROG_TYPE_EXT || prog->type == BPF_PROG_TYPE_EXT)
			error_hint(err, "before Linux 6.2 a program that replaces another's "
					"function (freplace) leaves its own type in the array, not "
					"that of what it replaces: fill the array before it is "
					"attached, or use a newer kernel");
		else
			error_hint(err, "let everything that calls through one array, or stands in "
					"it, be attached in the same way; use an array for each");
		return -EINVAL;
	}
	if (array->jited >= 0 && prog->jited >= 0 && array->jited != prog->jited) {
		error_set(err, -EINVAL,
			  "the program array belongs to programs that %s machine code, and this "
			  "one %s",
			  array->jited ? "are" : "are not", prog->jited ? "is" : "is not");
		error_hint(err, "load them all with the same net.core.bpf_jit_enable; the kernel "
				"also leaves those interpreted that its compiler cannot translate");
		return -EINVAL;
	}
	return 0;
}

static void owner_read(int fd, struct prog_array_owner *owner)
{
	struct buf text = {};
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	*owner = (struct prog_array_owner){ -1, -1 };
	if (buf_read_file(&text, path, 65536) == 0)
		*owner = prog_array_parse(buf_text(&text));
	buf_free(&text);
}

int prog_array_explain(int map_fd, int prog_fd, struct error *err)
{
	struct prog_array_owner array, prog;

	owner_read(map_fd, &array);
	owner_read(prog_fd, &prog);
	return prog_array_difference(&array, &prog, err);
}
