/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_ATTACH_MANY_H
#define HOTPROBE_ATTACH_MANY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attach/function_store.h"

struct attach_point;
struct error;

/*
 * What the ways to attach to many functions at once share (kprobe_multi.c, kprobe_each.c,
 * fentry_multi.c): which functions the point means, what is said on the way, and when to stop.
 */
struct many {
	const struct attach_point *point;
	const struct function_list *list;
	struct function_lookup *lookup;
	struct function_store *store; /* the point's, or its own */
	struct function_store own;
	size_t nr_done; /* attached or left out */
	size_t nr_attached;
	size_t nr_left_out;
	uint64_t start_ns;
	uint64_t shown_ns;
};

/* many_check - is the target well-formed? Nothing is looked up. */
int many_check(const struct attach_point *point, struct error *err);

/* many_open - find the functions; many_close() it, also after a failure */
int many_open(struct many *many, const struct attach_point *point, struct error *err);

/* many_open_btf - have the lookup's BTF, too */
int many_open_btf(struct many *many, struct error *err);
void many_close(struct many *many);

/* many_attached - @n more functions are attached */
void many_attached(struct many *many, size_t n);

/*
 * many_refused - the kernel answered @code for one function: is it to be left out?
 *
 * 0 when it is, and -v is told so; @code when what is wrong is not that function, with words for it
 * in @err.
 */
int many_refused(struct many *many, const struct function *function, int code, struct error *err);

/* many_leave_out - leave a function out for a reason that the caller has words for */
void many_leave_out(struct many *many, const struct function *function, const char *why);

/* many_raise_limit - let this process have @nr descriptors more, as far as it may */
void many_raise_limit(size_t nr);

/* many_is_function - does @code speak of the function, not of this process or the machine? */
bool many_is_function(int code);

/* many_interrupted - -EINTR, said in @err, when the user wants it to end */
int many_interrupted(const struct many *many, struct error *err);

/* many_end - -ENOENT, said in @err, when all were left out; else the count is told to -v */
int many_end(const struct many *many, struct error *err);

#endif
