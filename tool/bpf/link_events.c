// SPDX-License-Identifier: GPL-2.0-only
/* Links to perf events, and to many functions at once: what they are at. */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attach/perf_open.h"
#include "bpf/link_reading.h"
#include "util/array.h"
#include "util/buf.h"

/* the longest list of functions that is asked for; each is an address */
#define TARGETS_LIMIT 100000u

/* Runs missed are told since Linux 6.7, which made the struct that long. */
static bool tells_missed(const struct link_reading *r)
{
	return r->size >= offsetof(struct link_info, perf_event.kprobe.missed) +
				  sizeof(r->info.perf_event.kprobe.missed);
}

static void kprobe_set(struct link_reading *r, const char *how, const char *name)
{
	uint64_t addr = r->info.perf_event.kprobe.addr;
	uint32_t offset = r->info.perf_event.kprobe.offset;
	struct buf text = {};

	if (name[0])
		buf_printf(&text, offset ? "%s+0x%x" : "%s", name, offset);
	else if (addr)
		kbpf_symbol(&text, r->kbpf, addr);
	link_place_set(&r->link->place, how, "%s", buf_text(&text));
	r->link->place.cookie = r->info.perf_event.kprobe.cookie;
	if (tells_missed(r))
		r->link->missed = (int64_t)r->info.perf_event.kprobe.missed;
	buf_free(&text);
}

static void event_set(struct link_reading *r)
{
	uint32_t type = r->info.perf_event.event.type;
	uint64_t config = r->info.perf_event.event.config;
	struct kbpf_place *place = &r->link->place;
	const char *name = perf_event_name(type, config);

	if (name)
		link_place_set(place, "perf_event", "%s", name);
	else
		link_place_set(place, "perf_event", "type %u, config 0x%llx", type,
			       (unsigned long long)config);
	place->cookie = r->info.perf_event.event.cookie;
}

void link_perf_event(struct link_reading *r)
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
		link_place_set(place, how, "%s", "");
		return;
	}
	if (type == PERF_EVENT) {
		event_set(r);
		return;
	}
	question.perf_event.kprobe.name = (uintptr_t)name;
	question.perf_event.kprobe.name_len = sizeof(name);
	if (link_ask_again(r, &question))
		name[0] = '\0';
	if (type == PERF_KPROBE || type == PERF_KRETPROBE) {
		kprobe_set(r, how, name);
	} else if (type == PERF_TRACEPOINT) {
		place->cookie = r->info.perf_event.tracepoint.cookie;
		link_place_set(place, how, "%s", name);
	} else {
		place->cookie = r->info.perf_event.uprobe.cookie;
		link_place_set(place, how, "%s:0x%x", name, r->info.perf_event.uprobe.offset);
	}
}

static struct kbpf_target *target_add(struct kbpf_link *link, uint64_t cookie)
{
	struct kbpf_target *target = array_append(&link->targets, &link->nr_targets,
						  sizeof(*target));

	if (target)
		target->cookie = cookie;
	return target;
}

/* Room for @nr numbers and as many cookies, the kernel's to fill; NULL for too many. */
static uint64_t *lists_new(uint32_t nr)
{
	return nr && nr <= TARGETS_LIMIT ? calloc(nr, 2 * sizeof(uint64_t)) : NULL;
}

void link_kprobe_multi(struct link_reading *r)
{
	const char *how = r->info.kprobe_multi.flags & MULTI_RETURN ? "kretprobe_multi"
								    : "kprobe_multi";
	uint32_t count = r->info.kprobe_multi.count;
	uint64_t *addrs = lists_new(count);
	struct link_info question = {};
	struct buf text = {};

	link_place_set(&r->link->place, how, "%u functions", count);
	if (tells_missed(r))
		r->link->missed = (int64_t)r->info.kprobe_multi.missed;
	if (!addrs)
		return;
	question.kprobe_multi.addrs = (uintptr_t)addrs;
	/* before 6.9 the kernel takes no notice of where cookies could be put */
	question.kprobe_multi.cookies = (uintptr_t)(addrs + count);
	question.kprobe_multi.count = count;
	/* the addresses are not for everybody: kernel.kptr_restrict */
	if (link_ask_again(r, &question) || !addrs[0])
		goto out;
	for (uint32_t i = 0; i < count; i++) {
		struct kbpf_target *target = target_add(r->link, addrs[count + i]);

		if (!target)
			break;
		buf_reset(&text);
		kbpf_symbol(&text, r->kbpf, addrs[i]);
		target->name = strdup(buf_text(&text));
	}
	if (count == 1 && r->link->nr_targets == 1 && r->link->targets[0].name) {
		link_place_set(&r->link->place, how, "%s", r->link->targets[0].name);
		r->link->place.cookie = r->link->targets[0].cookie;
	}
out:
	free(addrs);
	buf_free(&text);
}

void link_uprobe_multi(struct link_reading *r)
{
	const char *how = r->info.uprobe_multi.flags & MULTI_RETURN ? "uretprobe_multi"
								    : "uprobe_multi";
	uint32_t count = r->info.uprobe_multi.count, pid = r->info.uprobe_multi.pid;
	uint64_t *offsets = lists_new(count);
	struct link_info question = {};
	char path[4096] = "", of[32] = "";

	question.uprobe_multi.path = (uintptr_t)path;
	question.uprobe_multi.path_size = sizeof(path);
	if (offsets) {
		question.uprobe_multi.offsets = (uintptr_t)offsets;
		question.uprobe_multi.cookies = (uintptr_t)(offsets + count);
		question.uprobe_multi.count = count;
	}
	if (link_ask_again(r, &question))
		path[0] = '\0';
	else
		for (uint32_t i = 0; offsets && i < count; i++) {
			struct kbpf_target *target = target_add(r->link, offsets[count + i]);

			if (target)
				target->offset = offsets[i];
		}
	if (pid)
		snprintf(of, sizeof(of), ", process %u", pid);
	if (r->link->nr_targets == 1) {
		link_place_set(&r->link->place, how, "%s:0x%llx%s", path,
			       (unsigned long long)r->link->targets[0].offset, of);
		r->link->place.cookie = r->link->targets[0].cookie;
	} else {
		link_place_set(&r->link->place, how, "%u places in %s%s", count, path, of);
	}
	free(offsets);
}
