/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_ATTACH_KERNEL_FUNCTIONS_H
#define HOTPROBE_ATTACH_KERNEL_FUNCTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/buf.h"

struct error;

/*
 * What the kernel says about its own functions, as text. Reading it takes tens of milliseconds, so
 * it is only asked when something went wrong, or for lists.
 */
struct kernel_functions {
	/* /proc/kallsyms */
	struct buf symbols;
	/* tracefs' available_filter_functions: "name" or "name [module]", a line each */
	struct buf traceable;
	/* debugfs' kprobes/blacklist: "0xstart-0xend\tname", a line each */
	struct buf blacklist;
	/* modules.symbols of the modules' folder: "alias symbol:NAME MODULE", a line each */
	struct buf modules;
	/* 0: @traceable is complete; else the negative errno for which it could not be read */
	int traceable_error;
};

/* One line of kallsyms; the texts are not terminated. */
struct kernel_symbol {
	uint64_t addr; /* 0 when kernel.kptr_restrict hides it */
	char type;     /* as in nm(1) */
	const char *name;
	size_t name_len;
	const char *module; /* NULL when it is the kernel's own */
	size_t module_len;
};

#define KERNEL_FUNCTION_ADDRS 8

enum function_fault {
	FUNCTION_OK,
	FUNCTION_UNKNOWN,     /* no symbol of that name */
	FUNCTION_DATA,	      /* a symbol, but of a variable */
	FUNCTION_VARIANT,     /* only NAME.isra.0, NAME.constprop.0, ... is there */
	FUNCTION_NOT_LOADED,  /* exported by a module that is not loaded */
	FUNCTION_INIT,	      /* boot code, whose memory was given back */
	FUNCTION_BLACKLISTED, /* kprobes could recurse there */
	FUNCTION_NOTRACE,     /* the compiler left no place for tracing in it */
	FUNCTION_DUPLICATE,   /* several functions of that name */
};

struct kernel_function {
	enum function_fault fault;
	unsigned int count; /* how many functions are called so */
	uint64_t addrs[KERNEL_FUNCTION_ADDRS];
	char module[64];   /* FUNCTION_NOT_LOADED: whose it is */
	char variant[128]; /* FUNCTION_VARIANT: its full name */
	char nearest[128]; /* FUNCTION_UNKNOWN: a similar name, or "" */
};

/* kernel_functions_load - read all of it; only kallsyms must be readable */
int kernel_functions_load(struct kernel_functions *functions, struct error *err);
void kernel_functions_free(struct kernel_functions *functions);

/* kernel_symbol_next - the symbol at *pos, which is moved on; false at the end */
bool kernel_symbol_next(const char **pos, struct kernel_symbol *symbol);

/* kernel_symbol_is_function - whether its type is that of code */
bool kernel_symbol_is_function(const struct kernel_symbol *symbol);

/* kernel_function_find - what there is to say about @name */
void kernel_function_find(const struct kernel_functions *functions, const char *name,
			  struct kernel_function *function);

/*
 * kernel_function_explain - put the fault into words
 *
 * Sets @err and returns a negative errno, or returns 0 for FUNCTION_OK.
 */
int kernel_function_explain(const struct kernel_function *function, const char *name,
			    struct error *err);

/* kernel_function_why_not - a few words on why a function that exists is not traceable */
const char *kernel_function_why_not(enum function_fault fault);

/* A sorted index of the texts, for asking about many functions. */
struct kernel_functions_index {
	const struct kernel_functions *functions;
	char **traceable;
	size_t nr_traceable;
	char **blacklist;
	size_t nr_blacklist;
	uint64_t init_start, init_end;
};

int kernel_functions_index(struct kernel_functions_index *index,
			   const struct kernel_functions *functions);
void kernel_functions_index_free(struct kernel_functions_index *index);

/* kernel_functions_fault - FUNCTION_OK, _INIT, _BLACKLISTED or _NOTRACE for a function's symbol */
enum function_fault kernel_functions_fault(const struct kernel_functions_index *index,
					   const struct kernel_symbol *symbol);

#endif
