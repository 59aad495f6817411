/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_TYPES_STORE_H
#define HOTPROBE_TYPES_STORE_H

#include <limits.h>
#include <stddef.h>
#include <stdbool.h>

struct btf;
struct error;

/* What types_open() found; only tool/types/ looks inside. */
struct types {
	struct btf *base; /* of a module; NULL when btf stands by itself */
	struct btf *btf;
	char *module; /* whose btf it is, NULL the kernel's */
	bool running; /* the running kernel: has_modules() brings its modules' */
	bool modules_read;
	struct types_module {
		char *name;
		struct btf *btf;
	} * modules;
	size_t nr_modules;
	char source[PATH_MAX];
};

/* types_read_modules - the running kernel's modules', once; those that cannot be read are left out
 */
void types_read_modules(struct types *types);

/*
 * types_read_file - the BTF of a file, whatever its form
 * @base: the kernel's, for a module's; NULL when it is to be found
 * @found: receives the base when one was found; the caller's to free
 */
int types_read_file(struct btf **btf, struct btf **found, const char *path, struct btf *base,
		    struct error *err);

#endif
