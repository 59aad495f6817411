/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_ATTACH_FUNCTION_LIST_H
#define HOTPROBE_ATTACH_FUNCTION_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attach/kernel_functions.h"

struct error;

/* A kernel function that can be attached to, as far as the kernel's lists tell. */
struct function {
	uint64_t addr;
	char *name;
	char *module;	     /* NULL: the kernel's own */
	bool is_name_shared; /* set by function_list_names() */
};

/* Functions by address, none twice. */
struct function_list {
	struct function *items;
	size_t nr;
};

/* What is told of a function that is meant, but cannot be traced; @name has its module. */
typedef void function_left_out_fn(void *arg, const char *name, enum function_fault fault);

/*
 * function_list_make - the functions that @target means, in the form of function_globs.h
 * @left_out: NULL when nobody wants to know
 *
 * Zero-initialise @list; function_list_free() it. Returns 0, or a negative errno with the reason in
 * @err: -EINVAL when the target is malformed, -ENOENT when none is left.
 */
int function_list_make(struct function_list *list, const char *target,
		       const struct kernel_functions *functions, function_left_out_fn *left_out,
		       void *arg, struct error *err);
void function_list_free(struct function_list *list);

/* function_list_names - find out whose name something else in the kernel has, too; 0 or -ENOMEM */
int function_list_names(struct function_list *list, const struct kernel_functions *functions);

#endif
