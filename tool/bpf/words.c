// SPDX-License-Identifier: GPL-2.0-only
/* The kernel's numbers as words. */
#include <bpf/libbpf.h>
#include <stdio.h>
#include <string.h>

#include "bpf/kbpf.h"
#include "bpf/words.h"
#include "util/buf.h"

struct later {
	uint32_t number;
	const char *word;
};

static const struct later later_progs[] = { { 32, "netfilter" }, { 0, NULL } };

static const struct later later_maps[] = {
	{ 32, "cgrp_storage" }, { 33, "arena" }, { 34, "insn_array" }, { 35, "rhash" }, { 0, NULL }
};

static const struct later later_links[] = {
	{ 10, "netfilter" }, { 11, "tcx" },	{ 12, "uprobe_multi" },
	{ 13, "netkit" },    { 14, "sockmap" }, { 15, "tracing_multi" },
	{ 0, NULL },
};

static const struct later later_attaches[] = {
	{ 44, "struct_ops" },
	{ 45, "netfilter" },
	{ 46, "tcx_ingress" },
	{ 47, "tcx_egress" },
	{ 48, "trace_uprobe_multi" },
	{ 49, "cgroup_unix_connect" },
	{ 50, "cgroup_unix_sendmsg" },
	{ 51, "cgroup_unix_recvmsg" },
	{ 52, "cgroup_unix_getpeername" },
	{ 53, "cgroup_unix_getsockname" },
	{ 54, "netkit_primary" },
	{ 55, "netkit_peer" },
	{ 56, "trace_kprobe_session" },
	{ 57, "trace_uprobe_session" },
	{ 58, "trace_fsession" },
	{ 59, "trace_fentry_multi" },
	{ 60, "trace_fexit_multi" },
	{ 61, "trace_fsession_multi" },
	{ 0, NULL },
};

static const char *word_of(const char *known, const struct later *later, uint32_t number,
			   char word[WORD_MAX])
{
	if (known)
		return known;
	for (; later->word; later++)
		if (later->number == number)
			return later->word;
	snprintf(word, WORD_MAX, "type %u", number);
	return word;
}

const char *word_prog_type(uint32_t type, char word[WORD_MAX])
{
	return word_of(libbpf_bpf_prog_type_str((enum bpf_prog_type)type), later_progs, type, word);
}

const char *word_map_type(uint32_t type, char word[WORD_MAX])
{
	return word_of(libbpf_bpf_map_type_str((enum bpf_map_type)type), later_maps, type, word);
}

const char *word_link_type(uint32_t type, char word[WORD_MAX])
{
	return word_of(libbpf_bpf_link_type_str((enum bpf_link_type)type), later_links, type, word);
}

const char *word_attach_type(uint32_t type, char word[WORD_MAX])
{
	return word_of(libbpf_bpf_attach_type_str((enum bpf_attach_type)type), later_attaches, type,
		       word);
}

const char *word_ops_state(uint32_t state)
{
	/* as the kernel calls them: enum bpf_struct_ops_state of include/linux/bpf.h */
	static const char *const words[] = {
		[KBPF_OPS_INIT] = "init",
		[KBPF_OPS_IN_USE] = "inuse",
		[KBPF_OPS_TO_BE_FREE] = "tobefree",
		[KBPF_OPS_READY] = "ready",
	};

	return state < sizeof(words) / sizeof(words[0]) ? words[state] : NULL;
}

const char *word_map_flag(unsigned int bit, char word[WORD_MAX])
{
	static const char *const flags[] = {
		"no_prealloc", "no_common_lru",	 "numa_node",	 "rdonly",
		"wronly",      "stack_build_id", "zero_seed",	 "rdonly_prog",
		"wronly_prog", "clone",		 "mmapable",	 "preserve_elems",
		"inner_map",   "link",		 "path_fd",	 "vtype_btf_obj_fd",
		"token_fd",    "segv_on_fault",	 "no_user_conv", "rb_overwrite",
	};

	if (bit < sizeof(flags) / sizeof(flags[0]))
		return flags[bit];
	snprintf(word, WORD_MAX, "0x%x", 1u << bit);
	return word;
}

void word_map_flags(struct buf *out, uint32_t flags)
{
	const char *comma = "";
	char word[WORD_MAX];

	for (unsigned int bit = 0; bit < 32; bit++) {
		if (!(flags >> bit & 1))
			continue;
		buf_printf(out, "%s%s", comma, word_map_flag(bit, word));
		comma = ",";
	}
}
