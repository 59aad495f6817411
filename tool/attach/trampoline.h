/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_ATTACH_TRAMPOLINE_H
#define HOTPROBE_ATTACH_TRAMPOLINE_H

#include <stdint.h>

struct attach_point;
struct error;
struct provider;

/*
 * trampoline_btf_id - the BTF id to load a program for a fentry, fexit or lsm target with
 *
 * Reads the kernel's BTF, which takes about 10 ms and 13 MB; what was found is kept in the point's
 * cache. -ENOENT, with a near name, when the kernel's BTF does not have the function.
 */
int trampoline_btf_id(const struct attach_point *point, uint32_t *btf_id, struct error *err);

/* trampoline_possible - may this process, and has this kernel what all of them need? For check() */
int trampoline_possible(const struct attach_point *point, struct error *err);

#endif
