// SPDX-License-Identifier: GPL-2.0-only
/* Reading links: which program they attach to what. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bpf/ask.h"
#include "bpf/btf_store.h"
#include "bpf/link_reading.h"
#include "bpf/query.h"
#include "bpf/readers.h"
#include "bpf/words.h"
#include "util/array.h"
#include "util/buf.h"

/* "trace_fentry" is what libbpf calls it, "fentry" everybody */
static const char *short_word(const char *word)
{
	static const char *const words[][2] = {
		{ "trace_fentry", "fentry" },
		{ "trace_fexit", "fexit" },
		{ "modify_return", "fmod_ret" },
		{ "trace_raw_tp", "tp_btf" },
		{ "trace_fsession", "fsession" },
		{ "trace_iter", "iter" },
		{ "lsm_mac", "lsm" },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(word, words[i][0]) == 0)
			return words[i][1];
	return word;
}

/*
 * Is the program at that interface of this network namespace? A link tells the number of its
 * interface, and not of which namespace: numbers are the same in all of them.
 */
static bool interface_is_here(const struct link_reading *r, uint32_t attach_type)
{
	LIBBPF_OPTS(bpf_xdp_query_opts, xdp);
	int ifindex = (int)r->info.interface.ifindex;
	uint32_t ids[QUERY_MAX], nr, prog = r->info.prog_id;

	if (r->info.type == BPF_LINK_TYPE_XDP)
		return bpf_xdp_query(ifindex, 0, &xdp) == 0 &&
		       (xdp.prog_id == prog || xdp.skb_prog_id == prog || xdp.drv_prog_id == prog ||
			xdp.hw_prog_id == prog);
	nr = query_progs(ifindex, attach_type, ids);
	for (uint32_t i = 0; i < nr; i++)
		if (ids[i] == prog)
			return true;
	return false;
}

static void interface_set(struct link_reading *r, const char *how, uint32_t attach_type)
{
	uint32_t ifindex = r->info.interface.ifindex;
	struct kbpf_place *place = &r->link->place;
	char name[IF_NAMESIZE] = "";

	/* 0: the interface is gone, the link is not */
	if (!ifindex)
		link_place_set(place, how, "(its interface is gone)");
	else if (interface_is_here(r, attach_type) && if_indextoname(ifindex, name))
		link_place_set(place, how, "%s", name);
	else
		link_place_set(place, how, "interface %u of another network namespace", ifindex);
}

static void map_set(struct link_reading *r, const char *how)
{
	const struct kbpf_map *map = kbpf_map(r->kbpf, r->info.map.map_id);

	r->link->map_id = r->info.map.map_id;
	link_place_set(&r->link->place, how, "map %u%s%s", r->info.map.map_id, map ? " " : "",
		       map ? map->info.name : "");
}

/* The function of a program's that another replaces or traces. */
static void function_of_prog(struct link_reading *r, const char *how, uint32_t prog_id,
			     uint32_t btf_id)
{
	const struct kbpf_prog *prog = kbpf_prog(r->kbpf, prog_id);
	struct kbpf_place *place = &r->link->place;
	const char *name = prog ? btf_store_name(r->kbpf->btfs, prog->info.btf_id, btf_id) : NULL;

	place->prog = prog_id;
	place->function = name ? strdup(name) : NULL;
	link_place_set(place, how, "%s%sprog %u%s%s", name ?: "", name ? "() of " : "", prog_id,
		       prog ? " " : "", prog ? prog->name : "");
}

/*
 * The kernel gives a BTF object's id or a program's, without saying which (kernel/bpf/trampoline.c,
 * bpf_trampoline_unpack_key()): what the program was loaded for tells it.
 */
static void tracing_set(struct link_reading *r)
{
	const struct kbpf_prog *prog = kbpf_prog(r->kbpf, r->info.prog_id);
	struct kbpf_place *place = &r->link->place;
	uint32_t object = r->info.tracing.object, btf_id = r->info.tracing.btf_id;
	char word[WORD_MAX];
	const char *how = short_word(word_attach_type(r->info.tracing.attach_type, word));
	const char *name, *owner;

	place->cookie = r->info.tracing.cookie;
	/* that it replaces something is its program's type; the attach type is 0 then */
	if (prog && prog->info.type == BPF_PROG_TYPE_EXT) {
		if (object)
			function_of_prog(r, "freplace", object, btf_id);
		else
			link_place_set(place, "freplace", "(Linux before 5.13 does not tell what)");
		return;
	}
	if (prog && prog->for_prog) {
		function_of_prog(r, how, object, btf_id);
		return;
	}
	if (prog && prog->for_target) {
		link_place_set(place, how, "%s", prog->for_target);
		return;
	}
	/* before 6.0 programs do not tell what they were loaded for, before 5.13 nor do links */
	name = btf_store_name(r->kbpf->btfs, object, btf_id);
	owner = btf_store_owner(r->kbpf->btfs, object);
	if (name && owner && owner[0])
		link_place_set(place, how, "%s", name);
	else
		link_place_set(place, how, "(Linux before 5.13 does not tell what)");
}

static void cgroup_set(struct link_reading *r)
{
	char word[WORD_MAX];

	/* its path, when it has one here, comes from kbpf_find_cgroups() */
	link_place_set(&r->link->place, word_attach_type(r->info.cgroup.attach_type, word),
		       "cgroup %llu", (unsigned long long)r->info.cgroup.id);
}

static void raw_tracepoint_set(struct link_reading *r)
{
	char name[256] = "";
	struct link_info question = { .raw_tracepoint = { .name = (uintptr_t)name,
							  .name_len = sizeof(name) } };

	link_ask_again(r, &question);
	r->link->place.cookie = r->info.raw_tracepoint.cookie;
	link_place_set(&r->link->place, "raw_tracepoint", "%s", name);
}

/* What is walked, where it is not all: bpf_iter_*_fill_link_info() of the kernel. */
static void iter_set(struct link_reading *r)
{
	char name[256] = "";
	struct link_info question = { .iter = { .name = (uintptr_t)name,
						.name_len = sizeof(name) } };
	struct kbpf_place *place = &r->link->place;
	const struct kbpf_map *map;

	link_ask_again(r, &question);
	if (strncmp(name, "task", 4) == 0 && r->info.iter.task.tid) {
		link_place_set(place, "iter", "%s of thread %u", name, r->info.iter.task.tid);
	} else if (strncmp(name, "task", 4) == 0 && r->info.iter.task.pid) {
		link_place_set(place, "iter", "%s of process %u", name, r->info.iter.task.pid);
	} else if (strcmp(name, "cgroup") == 0 && r->info.iter.cgroup.id) {
		link_place_set(place, "iter", "%s %llu", name,
			       (unsigned long long)r->info.iter.cgroup.id);
	} else if (strcmp(name, "bpf_map_elem") == 0 || strcmp(name, "bpf_sk_storage_map") == 0) {
		r->link->map_id = r->info.iter.map_id;
		map = kbpf_map(r->kbpf, r->link->map_id);
		link_place_set(place, "iter", "%s of map %u%s%s", name, r->link->map_id,
			       map ? " " : "", map ? map->info.name : "");
	} else {
		link_place_set(place, "iter", "%s", name);
	}
}

static void netfilter_set(struct link_reading *r)
{
	/* NFPROTO_ and NF_INET_ of include/uapi/linux/netfilter.h */
	static const char *const hooks[] = { "prerouting", "input", "forward", "output",
					     "postrouting" };
	uint32_t family = r->info.netfilter.family, hook = r->info.netfilter.hook;

	link_place_set(&r->link->place, "netfilter", "%s %s priority %d",
		       family == 2    ? "ipv4"
		       : family == 10 ? "ipv6"
				      : "other",
		       hook < sizeof(hooks) / sizeof(hooks[0]) ? hooks[hook] : "hook",
		       r->info.netfilter.priority);
}

static void link_set(struct link_reading *r)
{
	struct kbpf_place *place = &r->link->place;
	char word[WORD_MAX];

	switch (r->info.type) {
	case BPF_LINK_TYPE_RAW_TRACEPOINT:
		raw_tracepoint_set(r);
		break;
	case BPF_LINK_TYPE_TRACING:
		tracing_set(r);
		break;
	case BPF_LINK_TYPE_CGROUP:
		cgroup_set(r);
		break;
	case BPF_LINK_TYPE_ITER:
		iter_set(r);
		break;
	case BPF_LINK_TYPE_NETNS:
		link_place_set(place, word_attach_type(r->info.netns.attach_type, word),
			       "network namespace %u", r->info.netns.inode);
		break;
	case BPF_LINK_TYPE_XDP:
		interface_set(r, "xdp", BPF_XDP);
		break;
	case LINK_TCX:
	case LINK_NETKIT:
		interface_set(r, word_attach_type(r->info.interface.attach_type, word),
			      r->info.interface.attach_type);
		break;
	case LINK_PERF_EVENT:
		link_perf_event(r);
		break;
	case LINK_KPROBE_MULTI:
		link_kprobe_multi(r);
		break;
	case LINK_UPROBE_MULTI:
		link_uprobe_multi(r);
		break;
	case LINK_STRUCT_OPS:
		map_set(r, "struct_ops");
		break;
	case LINK_SOCKMAP:
		map_set(r, word_attach_type(r->info.map.attach_type, word));
		break;
	case LINK_NETFILTER:
		netfilter_set(r);
		break;
	default:
		link_place_set(place, word_link_type(r->info.type, word), "%s", "");
	}
}

/* What the link tells is told of its program, too. */
static int link_to_prog(struct kbpf *kbpf, const struct kbpf_link *link)
{
	struct kbpf_prog *prog = kbpf_prog(kbpf, link->prog_id);
	struct kbpf_place *place;

	if (!prog)
		return 0;
	place = array_append(&prog->places, &prog->nr_places, sizeof(*place));
	if (!place)
		return -ENOMEM;
	*place = link->place;
	place->link = link->id;
	place->target = strdup(link->place.target);
	place->function = link->place.function ? strdup(link->place.function) : NULL;
	return place->target ? 0 : -ENOMEM;
}

static int link_read(struct kbpf *kbpf, int fd)
{
	struct link_reading r = { .kbpf = kbpf, .fd = fd, .size = sizeof(r.info) };

	if (bpf_obj_get_info_by_fd(fd, (struct bpf_link_info *)&r.info, &r.size))
		return -errno;
	r.link = array_append(&kbpf->links, &kbpf->nr_links, sizeof(*r.link));
	if (!r.link)
		return -ENOMEM;
	r.link->id = r.info.id;
	r.link->type = r.info.type;
	r.link->prog_id = r.info.prog_id;
	r.link->missed = -1;
	link_set(&r);
	return r.link->place.target ? 0 : -ENOMEM;
}

int kbpf_read_links(struct kbpf *kbpf, struct error *err)
{
	return ask_each(KBPF_LINK, link_read, kbpf, err);
}

void kbpf_place_links(struct kbpf *kbpf)
{
	for (size_t i = 0; i < kbpf->nr_links; i++)
		if (link_to_prog(kbpf, &kbpf->links[i]))
			return;
}
