/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_CALLTRACE_FUNCTIONS_H
#define HOTPROBE_CALLTRACE_FUNCTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attach/kernel_functions.h"
#include "types/types.h"

struct error;

/* A function of the kernel that was chosen. */
struct traced_function {
	char *name;
	char *module; /* NULL: the kernel's own */
	uint64_t address;
	bool entry;
	enum function_fault fault; /* FUNCTION_OK: it can be traced */
	struct types_ref type;	   /* its BTF_KIND_FUNC; btf is NULL when there is none */
};

/* All of them, by address. Zero-initialise. */
struct traced_functions {
	struct traced_function *items;
	size_t nr;
	size_t nr_entries; /* of those that can be traced */
	size_t nr_traced;
	struct types *types; /* NULL: the kernel has no BTF */
};

/*
 * traced_functions_choose - find the functions that the patterns stand for
 * @entry, @allow: in the form of function_globs.h; @allow is "" for none
 *
 * @unmet: is told of each pattern that stands for no function, with what may be meant; NULL: nobody
 *
 * -ENOENT when there is no entry function that can be traced, or nothing is left of @allow.
 */
int traced_functions_choose(struct traced_functions *functions, const char *entry,
			    const char *allow,
			    void (*unmet)(void *arg, const char *text, const char *hint), void *arg,
			    struct error *err);
void traced_functions_free(struct traced_functions *functions);

/* traced_function_at - the one that starts at @address; NULL when there is none */
const struct traced_function *traced_function_at(const struct traced_functions *functions,
						 uint64_t address);

#endif
