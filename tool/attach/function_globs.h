/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_ATTACH_FUNCTION_GLOBS_H
#define HOTPROBE_ATTACH_FUNCTION_GLOBS_H

#include <stdbool.h>
#include <stddef.h>

struct error;
struct kernel_symbol;

/*
 * Which kernel functions are meant: "tcp_*,ext4_sync_file,xfs_*[xfs],!tcp_v6_*".
 *
 * Names and patterns as in glob(7), separated by commas. One with [MODULE] behind it means that
 * module's functions only, one with an exclamation mark before it leaves out what the others mean.
 * A pattern's own brackets cannot be its end, then: foo[12] is the module 12's foo, foo[12]* is
 * not.
 */
struct function_glob {
	char *name;
	char *module; /* NULL: the kernel's own functions and all modules' */
	bool deny;
	bool is_plain;	/* a name, not a pattern */
	size_t literal; /* bytes at its start that stand for themselves */
	size_t found;	/* how many functions function_globs_match() has found it to mean */
};

struct function_globs {
	struct function_glob *items;
	size_t nr;
};

/*
 * function_globs_parse - zero-initialise @globs; function_globs_free() it, also after a failure
 *
 * Returns 0, -ENOMEM, or -EINVAL when the text is not of the form above, with the reason in @err.
 */
int function_globs_parse(struct function_globs *globs, const char *text, struct error *err);
void function_globs_free(struct function_globs *globs);

/* function_globs_match - is it meant? */
bool function_globs_match(struct function_globs *globs, const struct kernel_symbol *symbol);

/* function_globs_unmet - the first that means no function of those asked for so far; NULL none */
const struct function_glob *function_globs_unmet(const struct function_globs *globs);

#endif
