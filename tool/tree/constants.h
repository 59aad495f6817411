/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_TREE_CONSTANTS_H
#define HOTPROBE_TREE_CONSTANTS_H

#include <stddef.h>

struct buf;
struct names;

/*
 * What the kernel's headers define and its BTF does not hold: macros, constants, small inline
 * functions. The text is btf_constants.h, built into the program; its form is described there.
 */

/*
 * constants_expand - add to @names the identifiers behind the macros and functions named in it
 *
 * sk->sk_family is sk->__sk_common.skc_family, so both members count as named. Returns 0 or
 * -ENOMEM.
 */
int constants_expand(struct names *names);

/*
 * constants_emit - append what belongs into the file @file of the tree
 * @file: "include/linux/kconfig.h" and so on
 * @names: of the probe, after constants_expand()
 * @taken: names that the types have declared already and no macro may have
 *
 * Macros are all there, under #ifndef; inline functions only when @names has them.
 */
void constants_emit(struct buf *out, const char *file, const struct names *names,
		    const struct names *taken);

/*
 * constants_file - the @i-th file that constants are for
 *
 * Returns its length, 0 after the last; it starts at *file and is not NUL-terminated.
 */
size_t constants_file(size_t i, const char **file);

#endif
