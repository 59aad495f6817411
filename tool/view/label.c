// SPDX-License-Identifier: GPL-2.0-only
/* How objects, and what is known of them, are put into words for people. */
#include <string.h>
#include <time.h>

#include "bpf/words.h"
#include "util/buf.h"
#include "view/label.h"

const char *label_name(const struct kbpf *kbpf, enum kbpf_kind kind, uint32_t id)
{
	const struct kbpf_link *link = kind == KBPF_LINK ? kbpf_link(kbpf, id) : NULL;
	const struct kbpf_prog *prog;
	const struct kbpf_map *map;

	if (kind == KBPF_MAP) {
		map = kbpf_map(kbpf, id);
		return map ? map->info.name : "";
	}
	/* a link of struct_ops has no program: its map has them */
	if (link && !link->prog_id)
		return label_name(kbpf, KBPF_MAP, link->map_id);
	prog = kbpf_prog(kbpf, link ? link->prog_id : id);
	return prog ? prog->name : "";
}

void label_object(struct buf *out, const struct kbpf *kbpf, enum kbpf_kind kind, uint32_t id)
{
	const char *name = label_name(kbpf, kind, id);

	buf_printf(out, "%u%s%s", id, name[0] ? " " : "", name);
}

void label_progs(struct buf *out, const struct kbpf *kbpf, const struct kbpf_ids *progs)
{
	out->failed |= progs->failed;
	for (size_t i = 0; i < progs->nr; i++) {
		buf_str(out, i ? ", " : "");
		label_object(out, kbpf, KBPF_PROG, progs->ids[i]);
	}
}

void label_tag(struct buf *out, const struct kbpf_prog *prog)
{
	for (size_t i = 0; i < sizeof(prog->info.tag); i++)
		buf_printf(out, "%02x", prog->info.tag[i]);
}

void label_time(struct buf *out, const struct kbpf *kbpf, const struct kbpf_prog *prog,
		const char *format)
{
	time_t seconds = (time_t)((kbpf->boot + prog->info.load_time) / 1000000000u);
	struct tm tm;
	char text[64];

	if (localtime_r(&seconds, &tm) && strftime(text, sizeof(text), format, &tm))
		buf_str(out, text);
}

void label_functions(struct buf *out, const struct kbpf_prog *prog, size_t first)
{
	for (size_t i = first; i < prog->nr_functions; i++)
		buf_printf(out, "%s%s", i > first ? ", " : "",
			   prog->functions[i][0] ? prog->functions[i] : "(nameless)");
}

void label_place(struct buf *out, const struct kbpf_place *place)
{
	buf_printf(out, "%s%s%s", place->how, place->target[0] ? " " : "", place->target);
}

const char *label_untold(const struct kbpf *kbpf, const struct kbpf_prog *prog)
{
	if (prog->nr_places)
		return NULL;
	switch (prog->info.type) {
	case BPF_PROG_TYPE_SOCKET_FILTER:
	case BPF_PROG_TYPE_SK_REUSEPORT:
		return "the kernel does not tell which sockets have it";
	case BPF_PROG_TYPE_PERF_EVENT:
		return "without a link the kernel does not tell which perf events have it";
	case BPF_PROG_TYPE_KPROBE:
	case BPF_PROG_TYPE_TRACEPOINT:
		return kbpf->unseen ? "no link has it, and no perf event of a process that could "
				      "be looked into"
				    : NULL;
	case BPF_PROG_TYPE_XDP:
	case BPF_PROG_TYPE_SCHED_CLS:
	case BPF_PROG_TYPE_SCHED_ACT:
		return "on no interface of this network namespace; others are not asked";
	case BPF_PROG_TYPE_LWT_IN:
	case BPF_PROG_TYPE_LWT_OUT:
	case BPF_PROG_TYPE_LWT_XMIT:
	case BPF_PROG_TYPE_LWT_SEG6LOCAL:
		return "routes that have it are told by name, not by id: ip route show";
	case BPF_PROG_TYPE_LIRC_MODE2:
		return "devices in /dev/lirc* are not asked";
	case BPF_PROG_TYPE_SYSCALL:
		return "it is run by bpf(2), and attached to nothing";
	case BPF_PROG_TYPE_FLOW_DISSECTOR:
	case BPF_PROG_TYPE_SK_LOOKUP:
		return "not in this network namespace; others are not asked";
	default:
		return NULL;
	}
}

void label_key(struct buf *out, const struct kbpf_map *map, const struct kbpf_slot *slot)
{
	uint32_t index;

	if (map->info.key_size == sizeof(index)) {
		memcpy(&index, slot->key, sizeof(index));
		buf_printf(out, "%u", index);
		return;
	}
	buf_str(out, "0x");
	for (uint32_t i = 0; i < map->info.key_size; i++)
		buf_printf(out, "%02x", (unsigned char)slot->key[i]);
}

void label_slot(struct buf *out, const struct kbpf *kbpf, const struct kbpf_map *map,
		const struct kbpf_slot *slot)
{
	bool progs = map->info.type == BPF_MAP_TYPE_PROG_ARRAY;

	buf_char(out, '[');
	label_key(out, map, slot);
	buf_str(out, progs ? "] program " : "] map ");
	label_object(out, kbpf, progs ? KBPF_PROG : KBPF_MAP, slot->id);
}

void label_owner(struct buf *out, const struct kbpf_map *map)
{
	char word[WORD_MAX];

	buf_printf(out, "%s, %s", word_prog_type((uint32_t)map->owner.type, word),
		   map->owner.jited ? "JITed" : "not JITed");
}

void label_ops(struct buf *out, const struct kbpf *kbpf, const struct kbpf_map *map)
{
	const struct kbpf_link *link = kbpf_ops_link(kbpf, map);

	buf_str(out, map->ops);
	if (link)
		buf_printf(out, ", registered by link %u", link->id);
	else if (map->ops_state == KBPF_OPS_IN_USE)
		buf_str(out, ", registered");
	else if (map->ops_state == KBPF_OPS_READY)
		buf_str(out, ", not registered by a link yet");
	else
		buf_str(out, ", not registered");
}
