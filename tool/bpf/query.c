// SPDX-License-Identifier: GPL-2.0-only
/* Which programs are attached to a cgroup, interface, namespace or map, with a link or without. */
#include <bpf/bpf.h>

#include "bpf/query.h"
#include "bpf/words.h"

uint32_t query_progs(int target, uint32_t attach_type, uint32_t ids[QUERY_MAX])
{
	uint32_t nr = QUERY_MAX, flags = 0;

	if (bpf_prog_query(target, (enum bpf_attach_type)attach_type, 0, &flags, ids, &nr))
		return 0;
	return nr < QUERY_MAX ? nr : QUERY_MAX;
}

void query_places(struct kbpf *kbpf, int target, uint32_t attach_type, const char *name)
{
	uint32_t ids[QUERY_MAX], nr = query_progs(target, attach_type, ids);
	char word[WORD_MAX];

	for (uint32_t i = 0; i < nr; i++) {
		struct kbpf_prog *prog = kbpf_prog(kbpf, ids[i]);

		if (prog)
			kbpf_place_add(prog, 0, word_attach_type(attach_type, word), "%s", name);
	}
}
