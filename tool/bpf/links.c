// SPDX-License-Identifier: GPL-2.0-only
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <net/if.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bpf/btf_store.h"
#include "bpf/kbpf.h"
#include "bpf/link_info.h"
#include "bpf/words.h"
#include "util/buf.h"
#include "util/error.h"

/* the longest list of functions that is asked for; each is an address */
#define FUNCTIONS_LIMIT 100000u
/* the most programs of one kind at an interface: BPF_MPROG_MAX of include/linux/bpf_mprog.h */
#define PROGS_MAX 64

struct reading {
	struct kbpf *kbpf;
	struct kbpf_link *link;
	struct link_info info;
	int fd;
};

static void place_set(struct kbpf_place *place, const char *how, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void place_set(struct kbpf_place *place, const char *how, const char *fmt, ...)
{
	va_list ap;

	snprintf(place->how, sizeof(place->how), "%s", how);
	free(place->target);
	va_start(ap, fmt);
	if (vasprintf(&place->target, fmt, ap) < 0)
		place->target = NULL;
	va_end(ap);
}

/* "trace_fentry" is what libbpf calls it, "fentry" everybody */
static const char *short_word(const char *word)
{
	static const char *const words[][2] = {
		{ "trace_fentry", "fentry" },	 { "trace_fexit", "fexit" },
		{ "modify_return", "fmod_ret" }, { "trace_raw_tp", "tp_btf" },
		{ "trace_iter", "iter" },	 { "lsm_mac", "lsm" },
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
static bool interface_is_here(const struct reading *r, uint32_t attach_type)
{
	LIBBPF_OPTS(bpf_xdp_query_opts, xdp);
	int ifindex = (int)r->info.interface.ifindex;
	uint32_t ids[PROGS_MAX], nr = PROGS_MAX, flags = 0, prog = r->info.prog_id;

	if (r->info.type == BPF_LINK_TYPE_XDP)
		return bpf_xdp_query(ifindex, 0, &xdp) == 0 &&
		       (xdp.prog_id == prog || xdp.skb_prog_id == prog || xdp.drv_prog_id == prog ||
			xdp.hw_prog_id == prog);
	if (bpf_prog_query(ifindex, (enum bpf_attach_type)attach_type, 0, &flags, ids, &nr))
		return false;
	for (uint32_t i = 0; i < nr && i < PROGS_MAX; i++)
		if (ids[i] == prog)
			return true;
	return false;
}

static void interface_set(struct reading *r, const char *how, uint32_t attach_type)
{
	uint32_t ifindex = r->info.interface.ifindex;
	struct kbpf_place *place = &r->link->place;
	char name[IF_NAMESIZE] = "";

	/* 0: the interface is gone, the link is not */
	if (!ifindex)
		place_set(place, how, "(its interface is gone)");
	else if (interface_is_here(r, attach_type) && if_indextoname(ifindex, name))
		place_set(place, how, "%s", name);
	else
		place_set(place, how, "interface %u of another network namespace", ifindex);
}

static void map_set(struct reading *r, const char *how)
{
	const struct kbpf_map *map = kbpf_map(r->kbpf, r->info.map.map_id);

	r->link->map_id = r->info.map.map_id;
	place_set(&r->link->place, how, "map %u%s%s", r->info.map.map_id, map ? " " : "",
		  map ? map->info.name : "");
}

/* The function of a program's that another replaces or traces. */
static void function_of_prog(struct reading *r, const char *how, uint32_t prog_id, uint32_t btf_id)
{
	const struct kbpf_prog *prog = kbpf_prog(r->kbpf, prog_id);
	struct kbpf_place *place = &r->link->place;
	const char *name = prog ? btf_store_name(r->kbpf->btfs, prog->info.btf_id, btf_id, NULL)
				: NULL;

	place->prog = prog_id;
	place->function = name ? strdup(name) : NULL;
	place_set(place, how, "%s%sprog %u%s%s", name ?: "", name ? "() of " : "", prog_id,
		  prog ? " " : "", prog ? prog->name : "");
}

/*
 * The kernel gives a BTF object's id or a program's, without saying which (kernel/bpf/trampoline.c,
 * bpf_trampoline_unpack_key()): what the program was loaded for tells it.
 */
static void tracing_set(struct reading *r)
{
	const struct kbpf_prog *prog = kbpf_prog(r->kbpf, r->info.prog_id);
	struct kbpf_place *place = &r->link->place;
	uint32_t object = r->info.tracing.object, btf_id = r->info.tracing.btf_id;
	char word[WORD_MAX];
	const char *how = short_word(word_attach_type(r->info.tracing.attach_type, word));
	const char *name, *owner;

	/* that it replaces something is its program's type; the attach type is 0 then */
	if (prog && prog->info.type == BPF_PROG_TYPE_EXT) {
		if (object)
			function_of_prog(r, "freplace", object, btf_id);
		else
			place_set(place, "freplace", "(Linux before 5.13 does not tell what)");
		return;
	}
	if (prog && prog->for_prog) {
		function_of_prog(r, how, object, btf_id);
		return;
	}
	if (prog && prog->for_target) {
		place_set(place, how, "%s", prog->for_target);
		return;
	}
	/* before 6.0 programs do not tell what they were loaded for, before 5.13 nor do links */
	name = btf_store_name(r->kbpf->btfs, object, btf_id, NULL);
	owner = btf_store_owner(r->kbpf->btfs, object);
	if (name && owner && owner[0])
		place_set(place, how, "%s", name);
	else
		place_set(place, how, "(Linux before 5.13 does not tell what)");
}

static void cgroup_set(struct reading *r)
{
	char word[WORD_MAX];

	/* its path, when it has one here, comes from kbpf_find_cgroups() */
	place_set(&r->link->place, word_attach_type(r->info.cgroup.attach_type, word),
		  "cgroup %llu", (unsigned long long)r->info.cgroup.id);
}

/* Ask again, for what the first answer gave the length of. 0 or -errno */
static int ask_again(struct reading *r, const struct link_info *question)
{
	uint32_t size = sizeof(r->info);

	r->info = *question;
	if (bpf_obj_get_info_by_fd(r->fd, (struct bpf_link_info *)&r->info, &size))
		return -errno;
	return 0;
}

static void raw_tracepoint_set(struct reading *r)
{
	char name[256] = "";
	struct link_info question = { .raw_tracepoint = { .name = (uintptr_t)name,
							  .name_len = sizeof(name) } };

	ask_again(r, &question);
	place_set(&r->link->place, "raw_tracepoint", "%s", name);
}

static void iter_set(struct reading *r)
{
	char name[256] = "";
	struct link_info question = { .iter = { .name = (uintptr_t)name,
						.name_len = sizeof(name) } };
	const struct kbpf_map *map;

	ask_again(r, &question);
	if (strcmp(name, "bpf_map_elem") != 0 && strcmp(name, "bpf_sk_storage_map") != 0) {
		place_set(&r->link->place, "iter", "%s", name);
		return;
	}
	r->link->map_id = r->info.iter.map_id;
	map = kbpf_map(r->kbpf, r->link->map_id);
	place_set(&r->link->place, "iter", "%s of map %u%s%s", name, r->link->map_id,
		  map ? " " : "", map ? map->info.name : "");
}

static void kprobe_set(struct reading *r, const char *how, const char *name)
{
	uint64_t addr = r->info.perf_event.probe.addr;
	uint32_t offset = r->info.perf_event.probe.offset;
	struct buf text = {};

	if (name[0])
		buf_printf(&text, offset ? "%s+0x%x" : "%s", name, offset);
	else if (addr)
		kbpf_symbol(&text, r->kbpf, addr);
	place_set(&r->link->place, how, "%s", buf_text(&text));
	buf_free(&text);
}

static void perf_event_set(struct reading *r)
{
	static const char *const hows[] = { "perf_event", "uprobe",	"uretprobe", "kprobe",
					    "kretprobe",  "tracepoint", "perf_event" };
	struct kbpf_place *place = &r->link->place;
	uint32_t type = r->info.perf_event.type;
	const char *how = hows[type <= PERF_EVENT ? type : 0];
	struct link_info question = {};
	char name[4096] = "";

	/* Linux before 6.6: the perf events of processes may tell, by kbpf_find_holders() */
	if (type == 0 || type > PERF_EVENT) {
		place_set(place, how, "%s", "");
		return;
	}
	if (type == PERF_EVENT) {
		place_set(place, how, "type %u, config %llu", r->info.perf_event.event.type,
			  (unsigned long long)r->info.perf_event.event.config);
		return;
	}
	question.perf_event.probe.name = (uintptr_t)name;
	question.perf_event.probe.name_len = sizeof(name);
	if (ask_again(r, &question))
		name[0] = '\0';
	if (type == PERF_KPROBE || type == PERF_KRETPROBE)
		kprobe_set(r, how, name);
	else if (type == PERF_TRACEPOINT)
		place_set(place, how, "%s", name);
	else
		place_set(place, how, "%s:0x%x", name, r->info.perf_event.probe.offset);
}

static void kprobe_multi_set(struct reading *r)
{
	bool returns = r->info.kprobe_multi.flags & MULTI_RETURN;
	uint32_t count = r->info.kprobe_multi.count;
	struct link_info question = {};
	struct buf text = {};
	uint64_t *addrs;

	place_set(&r->link->place, returns ? "kretprobe_multi" : "kprobe_multi", "%u functions",
		  count);
	addrs = count && count <= FUNCTIONS_LIMIT ? calloc(count, sizeof(*addrs)) : NULL;
	if (!addrs)
		return;
	question.kprobe_multi.addrs = (uintptr_t)addrs;
	question.kprobe_multi.count = count;
	if (ask_again(r, &question) || !addrs[0])
		goto out;
	for (uint32_t i = 0; i < count; i++) {
		char **function = kbpf_append(&r->link->functions, &r->link->nr_functions,
					      sizeof(*function));

		buf_reset(&text);
		kbpf_symbol(&text, r->kbpf, addrs[i]);
		if (function)
			*function = strdup(buf_text(&text));
		if (!function || !*function)
			break;
	}
	if (count == 1 && r->link->nr_functions == 1 && r->link->functions[0])
		place_set(&r->link->place, r->link->place.how, "%s", r->link->functions[0]);
out:
	free(addrs);
	buf_free(&text);
}

static void uprobe_multi_set(struct reading *r)
{
	bool returns = r->info.uprobe_multi.flags & MULTI_RETURN;
	uint32_t count = r->info.uprobe_multi.count, pid = r->info.uprobe_multi.pid;
	struct link_info question = {};
	char path[4096] = "";

	question.uprobe_multi.path = (uintptr_t)path;
	question.uprobe_multi.path_size = sizeof(path);
	if (ask_again(r, &question))
		path[0] = '\0';
	if (pid)
		place_set(&r->link->place, returns ? "uretprobe_multi" : "uprobe_multi",
			  "%u places in %s, process %u", count, path, pid);
	else
		place_set(&r->link->place, returns ? "uretprobe_multi" : "uprobe_multi",
			  "%u places in %s", count, path);
}

static void netfilter_set(struct reading *r)
{
	/* NFPROTO_ and NF_INET_ of include/uapi/linux/netfilter.h */
	static const char *const hooks[] = { "prerouting", "input", "forward", "output",
					     "postrouting" };
	uint32_t family = r->info.netfilter.family, hook = r->info.netfilter.hook;

	place_set(&r->link->place, "netfilter", "%s %s priority %d",
		  family == 2	 ? "ipv4"
		  : family == 10 ? "ipv6"
				 : "other",
		  hook < sizeof(hooks) / sizeof(hooks[0]) ? hooks[hook] : "hook",
		  r->info.netfilter.priority);
}

static void link_set(struct reading *r)
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
		place_set(place, word_attach_type(r->info.netns.attach_type, word),
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
		perf_event_set(r);
		break;
	case LINK_KPROBE_MULTI:
		kprobe_multi_set(r);
		break;
	case LINK_UPROBE_MULTI:
		uprobe_multi_set(r);
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
		place_set(place, word_link_type(r->info.type, word), "%s", "");
	}
}

/* What the link tells is told of its program, too. */
static int link_to_prog(struct kbpf *kbpf, const struct kbpf_link *link)
{
	struct kbpf_prog *prog = kbpf_prog(kbpf, link->prog_id);
	struct kbpf_place *place;

	if (!prog)
		return 0;
	place = kbpf_append(&prog->places, &prog->nr_places, sizeof(*place));
	if (!place)
		return -ENOMEM;
	*place = link->place;
	place->link = link->id;
	place->target = strdup(link->place.target);
	place->function = link->place.function ? strdup(link->place.function) : NULL;
	return place->target ? 0 : -ENOMEM;
}

int kbpf_read_links(struct kbpf *kbpf, struct error *err)
{
	uint32_t id = 0;
	int ret = 0;

	while (!ret && bpf_link_get_next_id(id, &id) == 0) {
		struct reading r = { .kbpf = kbpf, .fd = bpf_link_get_fd_by_id(id) };
		uint32_t size = sizeof(r.info);

		if (r.fd < 0) {
			/* EAGAIN: it is just being made */
			ret = errno == ENOENT || errno == EAGAIN ? 0 : -errno;
			continue;
		}
		r.link = kbpf_append(&kbpf->links, &kbpf->nr_links, sizeof(*r.link));
		if (!r.link)
			ret = -ENOMEM;
		else if (bpf_obj_get_info_by_fd(r.fd, (struct bpf_link_info *)&r.info, &size))
			ret = -errno;
		if (!ret) {
			r.link->id = r.info.id;
			r.link->type = r.info.type;
			r.link->prog_id = r.info.prog_id;
			link_set(&r);
			ret = r.link->place.target ? 0 : -ENOMEM;
		}
		close(r.fd);
	}
	/* links have ids since Linux 5.8 */
	if (!ret && errno != ENOENT && errno != EINVAL)
		ret = -errno;
	return ret ? kbpf_refused(ret, err) : 0;
}

void kbpf_place_links(struct kbpf *kbpf)
{
	for (size_t i = 0; i < kbpf->nr_links; i++)
		if (link_to_prog(kbpf, &kbpf->links[i]))
			return;
}
