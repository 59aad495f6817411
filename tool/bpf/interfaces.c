// SPDX-License-Identifier: GPL-2.0-only
#include <bpf/bpf.h>
#include <fcntl.h>
#include <linux/if_link.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "bpf/kbpf.h"
#include "bpf/words.h"

/* the most programs of one kind at an interface: BPF_MPROG_MAX of include/linux/bpf_mprog.h */
#define PROGS_MAX 64

struct interface_list {
	struct {
		int index;
		char name[IF_NAMESIZE];
	} * items;
	size_t nr;
};

struct asking {
	struct kbpf *kbpf;
	int fd;
	struct interface_list *list;
	const char *interface; /* whose filters are asked for */
	const char *how;
};

typedef void (*attr_fn)(unsigned int type, const struct rtattr *attr, void *arg);

static void attrs_each(const struct rtattr *attr, size_t len, attr_fn fn, void *arg)
{
	unsigned int left = (unsigned int)len;

	for (; RTA_OK(attr, left); attr = RTA_NEXT(attr, left))
		fn(attr->rta_type & NLA_TYPE_MASK, attr, arg);
}

static uint32_t attr_u32(const struct rtattr *attr)
{
	uint32_t value = 0;

	if (RTA_PAYLOAD(attr) >= sizeof(value))
		memcpy(&value, RTA_DATA(attr), sizeof(value));
	return value;
}

/* A dump's answers, one call of @fn each; rtnetlink(7) */
static void dump(struct asking *asking, const void *request, size_t size,
		 void (*fn)(const struct nlmsghdr *answer, void *arg))
{
	char room[32768] __attribute__((aligned(NLMSG_ALIGNTO)));
	ssize_t got;

	if (send(asking->fd, request, size, 0) < 0)
		return;
	while ((got = recv(asking->fd, room, sizeof(room), 0)) > 0) {
		const struct nlmsghdr *answer = (const void *)room;
		size_t left = (size_t)got;

		for (; NLMSG_OK(answer, left); answer = NLMSG_NEXT(answer, left)) {
			if (answer->nlmsg_type == NLMSG_DONE || answer->nlmsg_type == NLMSG_ERROR)
				return;
			fn(answer, asking);
		}
	}
}

struct xdp_ids {
	uint32_t any, skb, native, hw;
};

static void xdp_attr(unsigned int type, const struct rtattr *attr, void *arg)
{
	struct xdp_ids *ids = arg;

	if (type == IFLA_XDP_PROG_ID)
		ids->any = attr_u32(attr);
	else if (type == IFLA_XDP_SKB_PROG_ID)
		ids->skb = attr_u32(attr);
	else if (type == IFLA_XDP_DRV_PROG_ID)
		ids->native = attr_u32(attr);
	else if (type == IFLA_XDP_HW_PROG_ID)
		ids->hw = attr_u32(attr);
}

struct link_attrs {
	char name[IF_NAMESIZE];
	struct xdp_ids xdp;
};

static void link_attr(unsigned int type, const struct rtattr *attr, void *arg)
{
	struct link_attrs *attrs = arg;

	if (type == IFLA_IFNAME)
		snprintf(attrs->name, sizeof(attrs->name), "%.*s", (int)RTA_PAYLOAD(attr),
			 (const char *)RTA_DATA(attr));
	else if (type == IFLA_XDP)
		attrs_each(RTA_DATA(attr), RTA_PAYLOAD(attr), xdp_attr, &attrs->xdp);
}

static void xdp_place(struct kbpf *kbpf, uint32_t id, const char *how, const char *name)
{
	struct kbpf_prog *prog = id ? kbpf_prog(kbpf, id) : NULL;

	/* a link says the same, but for the mode */
	for (size_t i = 0; prog && i < prog->nr_places; i++)
		if (prog->places[i].link && strcmp(prog->places[i].target, name) == 0)
			return;
	if (prog)
		kbpf_place_add(prog, 0, how, "%s", name);
}

static void link_answer(const struct nlmsghdr *answer, void *arg)
{
	const struct ifinfomsg *info = NLMSG_DATA(answer);
	struct asking *asking = arg;
	struct link_attrs attrs = {};

	if (answer->nlmsg_type != RTM_NEWLINK || answer->nlmsg_len < NLMSG_LENGTH(sizeof(*info)))
		return;
	attrs_each(IFLA_RTA(info), answer->nlmsg_len - NLMSG_LENGTH(sizeof(*info)), link_attr,
		   &attrs);
	xdp_place(asking->kbpf, attrs.xdp.skb, "xdp (generic)", attrs.name);
	xdp_place(asking->kbpf, attrs.xdp.native, "xdp", attrs.name);
	xdp_place(asking->kbpf, attrs.xdp.hw, "xdp (offloaded)", attrs.name);
	if (!attrs.xdp.skb && !attrs.xdp.native && !attrs.xdp.hw)
		xdp_place(asking->kbpf, attrs.xdp.any, "xdp", attrs.name);
	if (kbpf_append(&asking->list->items, &asking->list->nr, sizeof(*asking->list->items))) {
		size_t last = asking->list->nr - 1;

		asking->list->items[last].index = info->ifi_index;
		memcpy(asking->list->items[last].name, attrs.name, sizeof(attrs.name));
	}
}

struct filter_attrs {
	bool is_bpf;
	uint32_t id;
};

static void filter_option(unsigned int type, const struct rtattr *attr, void *arg)
{
	struct filter_attrs *attrs = arg;

	if (type == TCA_BPF_ID)
		attrs->id = attr_u32(attr);
}

static void filter_attr(unsigned int type, const struct rtattr *attr, void *arg)
{
	struct filter_attrs *attrs = arg;

	/* the kind stands before its options */
	if (type == TCA_KIND)
		attrs->is_bpf = RTA_PAYLOAD(attr) >= 4 && memcmp(RTA_DATA(attr), "bpf", 4) == 0;
	else if (type == TCA_OPTIONS && attrs->is_bpf)
		attrs_each(RTA_DATA(attr), RTA_PAYLOAD(attr), filter_option, attrs);
}

static void filter_answer(const struct nlmsghdr *answer, void *arg)
{
	const struct tcmsg *tc = NLMSG_DATA(answer);
	struct asking *asking = arg;
	struct filter_attrs attrs = {};
	struct kbpf_prog *prog;

	if (answer->nlmsg_type != RTM_NEWTFILTER || answer->nlmsg_len < NLMSG_LENGTH(sizeof(*tc)))
		return;
	attrs_each(TCA_RTA(tc), answer->nlmsg_len - NLMSG_LENGTH(sizeof(*tc)), filter_attr, &attrs);
	prog = attrs.id ? kbpf_prog(asking->kbpf, attrs.id) : NULL;
	if (prog)
		kbpf_place_add(prog, 0, asking->how, "%s priority %u", asking->interface,
			       tc->tcm_info >> 16);
}

/* Classifiers at a place of the interface; what hangs below other queueing disciplines is not asked
 * for. */
static void filters_ask(struct asking *asking, int ifindex)
{
	static const struct {
		uint32_t parent;
		const char *how;
	} parents[] = {
		{ TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS), "tc ingress" },
		{ TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_EGRESS), "tc egress" },
		{ 0, "tc root" },
	};

	for (size_t i = 0; i < sizeof(parents) / sizeof(parents[0]); i++) {
		struct {
			struct nlmsghdr head;
			struct tcmsg tc;
		} request = {
			.head = { .nlmsg_len = sizeof(request),
				  .nlmsg_type = RTM_GETTFILTER,
				  .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
			.tc = { .tcm_family = AF_UNSPEC,
				.tcm_ifindex = ifindex,
				.tcm_parent = parents[i].parent },
		};

		asking->how = parents[i].how;
		dump(asking, &request, sizeof(request), filter_answer);
	}
}

/* What is attached by bpf(2), with no link. */
static void query_add(struct kbpf *kbpf, int target, uint32_t type, const char *name)
{
	uint32_t ids[PROGS_MAX], nr = PROGS_MAX, flags = 0;
	char word[WORD_MAX];

	if (bpf_prog_query(target, (enum bpf_attach_type)type, 0, &flags, ids, &nr))
		return;
	for (uint32_t i = 0; i < nr && i < PROGS_MAX; i++) {
		struct kbpf_prog *prog = kbpf_prog(kbpf, ids[i]);

		if (prog)
			kbpf_place_add(prog, 0, word_attach_type(type, word), "%s", name);
	}
}

static void interfaces_ask(struct asking *asking)
{
	/* BPF_TCX_INGRESS, _EGRESS, BPF_NETKIT_PRIMARY, _PEER: newer than libbpf 1.1 */
	static const uint32_t types[] = { 46, 47, 54, 55 };

	for (size_t i = 0; i < asking->list->nr; i++) {
		asking->interface = asking->list->items[i].name;
		filters_ask(asking, asking->list->items[i].index);
		for (size_t k = 0; k < sizeof(types) / sizeof(types[0]); k++)
			query_add(asking->kbpf, asking->list->items[i].index, types[k],
				  asking->interface);
	}
}

static bool any_of(const struct kbpf *kbpf, const uint32_t *types, size_t nr)
{
	for (size_t i = 0; i < kbpf->nr_progs; i++)
		for (size_t k = 0; k < nr; k++)
			if (kbpf->progs[i].info.type == types[k])
				return true;
	return false;
}

static void namespace_ask(struct kbpf *kbpf)
{
	int fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	query_add(kbpf, fd, BPF_FLOW_DISSECTOR, "this network namespace");
	query_add(kbpf, fd, BPF_SK_LOOKUP, "this network namespace");
	close(fd);
}

static void sockmaps_ask(struct kbpf *kbpf)
{
	static const uint32_t types[] = { BPF_SK_SKB_STREAM_PARSER, BPF_SK_SKB_STREAM_VERDICT,
					  BPF_SK_MSG_VERDICT, BPF_SK_SKB_VERDICT };

	for (size_t i = 0; i < kbpf->nr_maps; i++) {
		const struct bpf_map_info *info = &kbpf->maps[i].info;
		char name[64];
		int fd;

		if (info->type != BPF_MAP_TYPE_SOCKMAP && info->type != BPF_MAP_TYPE_SOCKHASH)
			continue;
		fd = bpf_map_get_fd_by_id(info->id);
		if (fd < 0)
			continue;
		snprintf(name, sizeof(name), "map %u %s", info->id, info->name);
		for (size_t k = 0; k < sizeof(types) / sizeof(types[0]); k++)
			query_add(kbpf, fd, types[k], name);
		close(fd);
	}
}

void kbpf_find_interfaces(struct kbpf *kbpf)
{
	static const uint32_t packets[] = { BPF_PROG_TYPE_XDP, BPF_PROG_TYPE_SCHED_CLS,
					    BPF_PROG_TYPE_SCHED_ACT };
	static const uint32_t spaces[] = { BPF_PROG_TYPE_FLOW_DISSECTOR, BPF_PROG_TYPE_SK_LOOKUP };
	/* the kernel answers at once; this only bounds what can go wrong */
	const struct timeval patience = { .tv_sec = 5 };
	struct interface_list list = {};
	struct asking asking = { .kbpf = kbpf, .list = &list };
	struct {
		struct nlmsghdr head;
		struct ifinfomsg info;
	} request = {
		.head = { .nlmsg_len = sizeof(request),
			  .nlmsg_type = RTM_GETLINK,
			  .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
		.info = { .ifi_family = AF_UNSPEC },
	};

	sockmaps_ask(kbpf);
	if (any_of(kbpf, spaces, 2))
		namespace_ask(kbpf);
	if (!any_of(kbpf, packets, 3))
		return;
	asking.fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	if (asking.fd < 0)
		return;
	setsockopt(asking.fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	dump(&asking, &request, sizeof(request), link_answer);
	interfaces_ask(&asking);
	close(asking.fd);
	free(list.items);
}
