/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_ATTACH_TRAMPOLINE_H
#define HOTPROBE_ATTACH_TRAMPOLINE_H

#include <stdint.h>

struct error;
struct provider;

/*
 * trampoline_btf_id - the BTF id to load a program for a fentry, fexit or lsm target with
 *
 * Reads the kernel's BTF, which takes about 10 ms. -ENOENT, with a near name, when the kernel's
 * BTF does not have the function.
 */
int trampoline_btf_id(const struct provider *provider, const char *target, uint32_t *btf_id,
		      struct error *err);

/*
 * trampoline_load_failed - explain why the kernel refused to load such a program
 *
 * @code: negative errno of BPF_PROG_LOAD; only for refusals that came without a verifier's log.
 */
int trampoline_load_failed(const struct provider *provider, const char *target, int code,
			   struct error *err);

#endif
