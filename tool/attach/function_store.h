/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_ATTACH_FUNCTION_STORE_H
#define HOTPROBE_ATTACH_FUNCTION_STORE_H

#include <stdbool.h>
#include <stddef.h>

#include "attach/function_btf.h"
#include "attach/function_list.h"
#include "attach/kernel_functions.h"

struct btf;
struct error;

/* The functions that one target means. */
struct function_lookup {
	struct function_lookup *next;
	char *target;
	struct function_list list;
	size_t nr_left_out; /* that it means, but that cannot be traced */
	bool has_btf;	    /* function_store_btf() was there */
	struct function_btf btf;
};

/*
 * What a probe's points ask of the kernel's functions, looked up once for all of them: its symbols
 * and its BTF are tens of megabytes, and reading them takes tenths of a second. To be let go of
 * when all is attached. Zero-initialise; function_store_free() it.
 */
struct function_store {
	bool is_loaded;
	struct kernel_functions kernel;
	struct btf *btf;
	struct function_lookup *lookups;
};

/*
 * function_store_find - the functions that @target means, as function_list_make() has it
 * @left_out: is told when they are looked up, not when that was done before; may be NULL
 *
 * What is found lives as long as the store.
 */
int function_store_find(struct function_store *store, const char *target,
			function_left_out_fn *left_out, void *arg, struct function_lookup **found,
			struct error *err);

/* function_store_btf - fill @lookup's btf, and find out which names of its list are not unique */
int function_store_btf(struct function_store *store, struct function_lookup *lookup,
		       struct error *err);

void function_store_free(struct function_store *store);

#endif
