// SPDX-License-Identifier: GPL-2.0-only
/* Programs that traffic control runs: tc(8). */
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <linux/tc_act/tc_bpf.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bpf/kbpf.h"
#include "bpf/readers.h"
#include "bpf/rtnetlink.h"
#include "util/array.h"

/* Where filters can hang: a queueing discipline, or a class of one. */
struct parent {
	int ifindex;
	uint32_t handle;
	char kind[IFNAMSIZ];
};

struct asking {
	struct kbpf *kbpf;
	int fd;
	struct parent *parents;
	size_t nr_parents;
	const char *how;
	const struct parent *at;
};

struct filter {
	char kind[IFNAMSIZ];
	uint32_t id, chain;
};

static void filter_option(unsigned int type, const struct rtattr *attr, void *arg)
{
	struct filter *filter = arg;

	if (type == TCA_BPF_ID)
		filter->id = rtnetlink_u32(attr);
}

static void filter_attr(unsigned int type, const struct rtattr *attr, void *arg)
{
	struct filter *filter = arg;

	/* the kind stands before its options */
	if (type == TCA_KIND)
		rtnetlink_text(attr, filter->kind, sizeof(filter->kind));
	else if (type == TCA_CHAIN)
		filter->chain = rtnetlink_u32(attr);
	else if (type == TCA_OPTIONS && strcmp(filter->kind, "bpf") == 0)
		rtnetlink_attrs(RTA_DATA(attr), RTA_PAYLOAD(attr), filter_option, filter);
}

/* 0x10020 is "1:20", 0x10000 "1:": tc(8) */
static void handle_text(uint32_t handle, char *text, size_t size)
{
	if (TC_H_MIN(handle))
		snprintf(text, size, "%x:%x", TC_H_MAJ(handle) >> 16, TC_H_MIN(handle));
	else
		snprintf(text, size, "%x:", TC_H_MAJ(handle) >> 16);
}

static void filter_answer(const struct nlmsghdr *answer, void *arg)
{
	const struct tcmsg *tc = NLMSG_DATA(answer);
	char interface[IF_NAMESIZE] = "", parent[32] = "", chain[32] = "";
	const struct asking *asking = arg;
	struct filter filter = {};
	struct kbpf_prog *prog;

	if (answer->nlmsg_type != RTM_NEWTFILTER || answer->nlmsg_len < NLMSG_LENGTH(sizeof(*tc)))
		return;
	rtnetlink_attrs(TCA_RTA(tc), answer->nlmsg_len - NLMSG_LENGTH(sizeof(*tc)), filter_attr,
			&filter);
	prog = filter.id ? kbpf_prog(asking->kbpf, filter.id) : NULL;
	if (!prog)
		return;
	if_indextoname((unsigned int)asking->at->ifindex, interface);
	if (strcmp(asking->how, "tc filter") == 0) {
		memcpy(parent, " parent ", 9);
		handle_text(asking->at->handle, parent + 8, sizeof(parent) - 8);
	}
	if (filter.chain)
		snprintf(chain, sizeof(chain), " chain %u", filter.chain);
	kbpf_place_add(prog, 0, asking->how, "%s%s%s priority %u", interface, parent, chain,
		       tc->tcm_info >> 16);
}

static void filters_ask(struct asking *asking, const struct parent *parent, const char *how,
			uint32_t handle)
{
	struct {
		struct nlmsghdr head;
		struct tcmsg tc;
	} request = {
		.head = { .nlmsg_len = sizeof(request),
			  .nlmsg_type = RTM_GETTFILTER,
			  .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
		.tc = { .tcm_family = AF_UNSPEC,
			.tcm_ifindex = parent->ifindex,
			.tcm_parent = handle },
	};

	asking->how = how;
	asking->at = parent;
	rtnetlink_dump(asking->fd, &request, sizeof(request), filter_answer, asking);
}

static void kind_attr(unsigned int type, const struct rtattr *attr, void *arg)
{
	struct parent *parent = arg;

	if (type == TCA_KIND)
		rtnetlink_text(attr, parent->kind, sizeof(parent->kind));
}

static void parent_answer(const struct nlmsghdr *answer, void *arg)
{
	const struct tcmsg *tc = NLMSG_DATA(answer);
	struct asking *asking = arg;
	struct parent *parent;

	if ((answer->nlmsg_type != RTM_NEWQDISC && answer->nlmsg_type != RTM_NEWTCLASS) ||
	    answer->nlmsg_len < NLMSG_LENGTH(sizeof(*tc)))
		return;
	parent = array_append(&asking->parents, &asking->nr_parents, sizeof(*parent));
	if (!parent)
		return;
	parent->ifindex = tc->tcm_ifindex;
	parent->handle = tc->tcm_handle;
	rtnetlink_attrs(TCA_RTA(tc), answer->nlmsg_len - NLMSG_LENGTH(sizeof(*tc)), kind_attr,
			parent);
}

static void parents_ask(struct asking *asking, uint16_t type, int ifindex)
{
	struct {
		struct nlmsghdr head;
		struct tcmsg tc;
	} request = {
		.head = { .nlmsg_len = sizeof(request),
			  .nlmsg_type = type,
			  .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
		.tc = { .tcm_family = AF_UNSPEC, .tcm_ifindex = ifindex },
	};

	rtnetlink_dump(asking->fd, &request, sizeof(request), parent_answer, asking);
}

/* Queueing disciplines of all interfaces, and their classes: those of an interface at a time. */
static void parents_find(struct asking *asking)
{
	size_t nr;
	int last = 0;

	parents_ask(asking, RTM_GETQDISC, 0);
	nr = asking->nr_parents;
	for (size_t i = 0; i < nr; i++) {
		int ifindex = asking->parents[i].ifindex;

		/* those of an interface stand one behind the other */
		if (ifindex != last)
			parents_ask(asking, RTM_GETTCLASS, ifindex);
		last = ifindex;
	}
}

static void filters_find(struct asking *asking)
{
	parents_find(asking);
	for (size_t i = 0; i < asking->nr_parents; i++) {
		const struct parent *parent = &asking->parents[i];

		if (strcmp(parent->kind, "clsact") == 0 || strcmp(parent->kind, "ingress") == 0) {
			filters_ask(asking, parent, "tc ingress",
				    TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS));
			if (parent->kind[0] == 'c')
				filters_ask(asking, parent, "tc egress",
					    TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_EGRESS));
		} else if (parent->handle) {
			/* the kernel's own default has no number, and no filters */
			filters_ask(asking, parent, "tc filter", parent->handle);
		}
	}
	free(asking->parents);
}

struct action {
	uint32_t id, index;
};

static void action_option(unsigned int type, const struct rtattr *attr, void *arg)
{
	struct action *action = arg;

	if (type == TCA_ACT_BPF_ID)
		action->id = rtnetlink_u32(attr);
	else if (type == TCA_ACT_BPF_PARMS)
		/* struct tc_act_bpf begins with the index */
		action->index = rtnetlink_u32(attr);
}

static void action_attr(unsigned int type, const struct rtattr *attr, void *arg)
{
	if (type == TCA_ACT_OPTIONS)
		rtnetlink_attrs(RTA_DATA(attr), RTA_PAYLOAD(attr), action_option, arg);
}

static void action_each(unsigned int type, const struct rtattr *attr, void *arg)
{
	const struct asking *asking = arg;
	struct action action = {};
	struct kbpf_prog *prog;

	(void)type;
	rtnetlink_attrs(RTA_DATA(attr), RTA_PAYLOAD(attr), action_attr, &action);
	prog = action.id ? kbpf_prog(asking->kbpf, action.id) : NULL;
	if (prog)
		kbpf_place_add(prog, 0, "tc action", "bpf index %u", action.index);
}

static void action_table(unsigned int type, const struct rtattr *attr, void *arg)
{
	if (type == TCA_ACT_TAB)
		rtnetlink_attrs(RTA_DATA(attr), RTA_PAYLOAD(attr), action_each, arg);
}

static void action_answer(const struct nlmsghdr *answer, void *arg)
{
	const struct tcamsg *tca = NLMSG_DATA(answer);

	/* a dump's answers have the request's type: tc_dump_action() in net/sched/act_api.c */
	if ((answer->nlmsg_type == RTM_GETACTION || answer->nlmsg_type == RTM_NEWACTION) &&
	    answer->nlmsg_len >= NLMSG_LENGTH(sizeof(*tca)))
		rtnetlink_attrs(TA_RTA(tca), answer->nlmsg_len - NLMSG_LENGTH(sizeof(*tca)),
				action_table, arg);
}

/* Actions have numbers of their own, whatever filters they stand behind: tc-bpf(8). */
static void actions_find(struct asking *asking)
{
	struct {
		struct nlmsghdr head;
		struct tcamsg tca;
		struct rtattr table, first, kind;
		char name[4];
	} request = {
		.head = { .nlmsg_len = sizeof(request),
			  .nlmsg_type = RTM_GETACTION,
			  .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
		.tca = { .tca_family = AF_UNSPEC },
		.table = { sizeof(request) - offsetof(__typeof__(request), table), TCA_ACT_TAB },
		.first = { sizeof(request) - offsetof(__typeof__(request), first), 1 },
		.kind = { sizeof(request) - offsetof(__typeof__(request), kind), TCA_ACT_KIND },
		.name = "bpf",
	};

	rtnetlink_dump(asking->fd, &request, sizeof(request), action_answer, asking);
}

void kbpf_find_classifiers(struct kbpf *kbpf)
{
	static const uint32_t filters[] = { BPF_PROG_TYPE_SCHED_CLS, BPF_PROG_TYPE_SCHED_ACT,
					    BPF_PROG_TYPE_UNSPEC };
	static const uint32_t actions[] = { BPF_PROG_TYPE_SCHED_ACT, BPF_PROG_TYPE_UNSPEC };
	struct asking asking = { .kbpf = kbpf };

	/* cls_bpf also takes a program for actions */
	if (!kbpf_any_prog(kbpf, filters))
		return;
	asking.fd = rtnetlink_open();
	if (asking.fd < 0)
		return;
	filters_find(&asking);
	if (kbpf_any_prog(kbpf, actions))
		actions_find(&asking);
	close(asking.fd);
}
