/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_BPF_RELATIONS_H
#define HOTPROBE_BPF_RELATIONS_H

#include "bpf/kbpf.h"

/* How objects hang together, as far as it can be told from what was read of each. */

/* Objects by their ids. Zero-initialise; kbpf_ids_free(). */
struct kbpf_ids {
	uint32_t *ids;
	size_t nr;
	bool failed; /* there was no memory for all of them */
};

void kbpf_ids_free(struct kbpf_ids *ids);

/*
 * kbpf_users - the programs that use a map: by themselves, or as an inner map of one that they use
 * @but: the id of one that is not asked for; 0: all are
 *
 * These three replace what @ids holds.
 */
void kbpf_users(struct kbpf_ids *ids, const struct kbpf *kbpf, uint32_t map_id, uint32_t but);

/* kbpf_neighbours - the programs that share the trampoline of a kernel's function with @prog */
void kbpf_neighbours(struct kbpf_ids *ids, const struct kbpf *kbpf, const struct kbpf_prog *prog);

/* kbpf_members - the programs that serve the members of a map of struct_ops, but one */
void kbpf_members(struct kbpf_ids *ids, const struct kbpf_map *map, uint32_t but);

/* kbpf_member_of - the first member of a map of struct_ops that a program serves; NULL: none */
const struct kbpf_member *kbpf_member_of(const struct kbpf_map *map, uint32_t prog_id);

/* kbpf_ops_link - the link that registers a map of struct_ops; NULL when none does */
struct kbpf_link *kbpf_ops_link(const struct kbpf *kbpf, const struct kbpf_map *map);

/*
 * kbpf_is_led_to - does another program lead to this one: by a tail call, or because this one
 * replaces or traces its function?
 */
bool kbpf_is_led_to(const struct kbpf *kbpf, const struct kbpf_prog *prog);

#endif
