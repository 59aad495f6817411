// SPDX-License-Identifier: GPL-2.0-only
/* Programs at interfaces, at this network namespace, and at maps of sockets. */
#include <fcntl.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bpf/ask.h"
#include "bpf/query.h"
#include "bpf/readers.h"
#include "bpf/rtnetlink.h"
#include "util/array.h"

struct interface {
	int index;
	char name[IF_NAMESIZE];
};

struct asking {
	struct kbpf *kbpf;
	struct interface *interfaces;
	size_t nr_interfaces;
};

struct xdp_ids {
	uint32_t any, skb, native, hw;
};

static void xdp_attr(unsigned int type, const struct rtattr *attr, void *arg)
{
	struct xdp_ids *ids = arg;

	if (type == IFLA_XDP_PROG_ID)
		ids->any = rtnetlink_u32(attr);
	else if (type == IFLA_XDP_SKB_PROG_ID)
		ids->skb = rtnetlink_u32(attr);
	else if (type == IFLA_XDP_DRV_PROG_ID)
		ids->native = rtnetlink_u32(attr);
	else if (type == IFLA_XDP_HW_PROG_ID)
		ids->hw = rtnetlink_u32(attr);
}

struct link_attrs {
	char name[IF_NAMESIZE];
	struct xdp_ids xdp;
};

static void link_attr(unsigned int type, const struct rtattr *attr, void *arg)
{
	struct link_attrs *attrs = arg;

	if (type == IFLA_IFNAME)
		rtnetlink_text(attr, attrs->name, sizeof(attrs->name));
	else if (type == IFLA_XDP)
		rtnetlink_attrs(RTA_DATA(attr), RTA_PAYLOAD(attr), xdp_attr, &attrs->xdp);
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
	struct interface *interface;

	if (answer->nlmsg_type != RTM_NEWLINK || answer->nlmsg_len < NLMSG_LENGTH(sizeof(*info)))
		return;
	rtnetlink_attrs(IFLA_RTA(info), answer->nlmsg_len - NLMSG_LENGTH(sizeof(*info)), link_attr,
			&attrs);
	xdp_place(asking->kbpf, attrs.xdp.skb, "xdp (generic)", attrs.name);
	xdp_place(asking->kbpf, attrs.xdp.native, "xdp", attrs.name);
	xdp_place(asking->kbpf, attrs.xdp.hw, "xdp (offloaded)", attrs.name);
	if (!attrs.xdp.skb && !attrs.xdp.native && !attrs.xdp.hw)
		xdp_place(asking->kbpf, attrs.xdp.any, "xdp", attrs.name);
	interface = array_append(&asking->interfaces, &asking->nr_interfaces, sizeof(*interface));
	if (!interface)
		return;
	interface->index = info->ifi_index;
	memcpy(interface->name, attrs.name, sizeof(attrs.name));
}

static void interfaces_ask(struct asking *asking)
{
	/* BPF_TCX_INGRESS, _EGRESS, BPF_NETKIT_PRIMARY, _PEER: newer than libbpf 1.1 */
	static const uint32_t types[] = { 46, 47, 54, 55 };

	for (size_t i = 0; i < asking->nr_interfaces; i++) {
		const struct interface *interface = &asking->interfaces[i];

		for (size_t k = 0; k < sizeof(types) / sizeof(types[0]); k++)
			query_places(asking->kbpf, interface->index, types[k], interface->name);
	}
}

static void namespace_ask(struct kbpf *kbpf)
{
	int fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	query_places(kbpf, fd, BPF_FLOW_DISSECTOR, "this network namespace");
	query_places(kbpf, fd, BPF_SK_LOOKUP, "this network namespace");
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
		fd = ask_open(KBPF_MAP, info->id);
		if (fd < 0)
			continue;
		snprintf(name, sizeof(name), "map %u %s", info->id, info->name);
		for (size_t k = 0; k < sizeof(types) / sizeof(types[0]); k++)
			query_places(kbpf, fd, types[k], name);
		close(fd);
	}
}

void kbpf_find_interfaces(struct kbpf *kbpf)
{
	static const uint32_t packets[] = { BPF_PROG_TYPE_XDP, BPF_PROG_TYPE_SCHED_CLS,
					    BPF_PROG_TYPE_UNSPEC };
	static const uint32_t spaces[] = { BPF_PROG_TYPE_FLOW_DISSECTOR, BPF_PROG_TYPE_SK_LOOKUP,
					   BPF_PROG_TYPE_UNSPEC };
	struct asking asking = { .kbpf = kbpf };
	struct {
		struct nlmsghdr head;
		struct ifinfomsg info;
	} request = {
		.head = { .nlmsg_len = sizeof(request),
			  .nlmsg_type = RTM_GETLINK,
			  .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
		.info = { .ifi_family = AF_UNSPEC },
	};
	int fd;

	sockmaps_ask(kbpf);
	if (kbpf_any_prog(kbpf, spaces))
		namespace_ask(kbpf);
	if (!kbpf_any_prog(kbpf, packets))
		return;
	fd = rtnetlink_open();
	if (fd < 0)
		return;
	rtnetlink_dump(fd, &request, sizeof(request), link_answer, &asking);
	interfaces_ask(&asking);
	close(fd);
	free(asking.interfaces);
}
