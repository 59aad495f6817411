// SPDX-License-Identifier: GPL-2.0-only
/* All there is to say of an object, a fact a line. */
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "bpf/link_info.h"
#include "bpf/words.h"
#include "util/fmt.h"
#include "util/text.h"
#include "view/label.h"
#include "view/print.h"
#include "view/view.h"

#define LABEL_WIDTH 14

/* A fact has a line; a second one of the same label, "", stands below it. */
static void fact(struct view *view, const char *label, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void fact(struct view *view, const char *label, const char *fmt, ...)
{
	va_list ap;

	buf_printf(&view->out, "  %-*s", LABEL_WIDTH, label);
	va_start(ap, fmt);
	text_escape_format(&view->out, fmt, ap);
	va_end(ap);
	buf_char(&view->out, '\n');
}

static void heading(struct view *view, const char *kind, uint32_t id, const char *type,
		    const char *name)
{
	struct buf *out = &view->out;

	buf_printf(out, "%s%s %u  %s%s", out->len ? "\n" : "", kind, id, type, name[0] ? "  " : "");
	text_escape(out, name, strlen(name));
	buf_char(out, '\n');
}

static void common_facts(struct view *view, const struct kbpf_common *common)
{
	struct buf text = {};

	for (size_t i = 0; i < common->nr_holders; i++)
		buf_printf(&text, "%s%s(%u)", i ? ", " : "", common->holders[i].comm,
			   common->holders[i].pid);
	if (text.len)
		fact(view, "held by", "%s", buf_text(&text));
	for (size_t i = 0; i < common->nr_pins; i++)
		fact(view, i ? "" : "pinned at", "%s", common->pins[i]);
	if (!text.len && view->kbpf.unseen)
		fact(view, "held by", "no process that could be looked into: %s",
		     view->kbpf.unseen);
	else if (!text.len && !common->nr_pins)
		fact(view, "held by", "no process: what it is attached to, or stands in, keeps it");
	buf_free(&text);
}

static void functions_fact(struct view *view, const struct kbpf_prog *prog)
{
	struct buf text = {};

	label_functions(&text, prog, 0);
	if (text.len)
		fact(view, "functions", "%zu: %s", prog->nr_functions, buf_text(&text));
	buf_free(&text);
}

/* All places of a link to many: one a line where each has its cookie. */
static void targets_fact(struct view *view, const struct kbpf_link *link)
{
	struct buf text = {};
	bool cookies = false;

	for (size_t i = 0; i < link->nr_targets; i++)
		cookies |= link->targets[i].cookie != 0;
	for (size_t i = 0; i < link->nr_targets; i++) {
		const struct kbpf_target *target = &link->targets[i];

		if (text.len)
			buf_str(&text, ", ");
		if (link->type == LINK_KPROBE_MULTI)
			buf_str(&text, target->name ?: "?");
		else
			buf_printf(&text, "0x%" PRIx64, target->offset);
		if (!cookies)
			continue;
		fact(view, i ? "" : "targets", "%s, cookie %" PRIu64, buf_text(&text),
		     target->cookie);
		buf_reset(&text);
	}
	if (text.len)
		fact(view, "targets", "%s", buf_text(&text));
	buf_free(&text);
}

static void place_fact(struct view *view, const char *label, const struct kbpf_place *place)
{
	struct buf text = {};

	label_place(&text, place);
	if (place->cookie)
		buf_printf(&text, ", cookie %" PRIu64, place->cookie);
	if (place->link)
		buf_printf(&text, ", by link %u", place->link);
	fact(view, label, "%s", buf_text(&text));
	buf_free(&text);
}

static void prog_places(struct view *view, const struct kbpf_prog *prog)
{
	const char *untold = label_untold(&view->kbpf, prog);
	struct kbpf_ids there = {};
	struct buf text = {};

	for (size_t i = 0; i < prog->nr_places; i++)
		place_fact(view, i ? "" : "attached", &prog->places[i]);
	if (!prog->nr_places)
		fact(view, "attached", "%s%s", untold ? "not known: " : "no", untold ?: "");
	if (prog->for_target)
		fact(view, "loaded for", "%s%s", prog->for_target,
		     prog->for_prog ? "(), a function of another program" : "");
	kbpf_neighbours(&there, &view->kbpf, prog);
	label_progs(&text, &view->kbpf, &there);
	if (there.nr)
		fact(view, "also there", "program %s", buf_text(&text));
	kbpf_ids_free(&there);
	buf_free(&text);
}

/* Program arrays that it stands in. */
static void prog_slots(struct view *view, const struct kbpf_prog *prog)
{
	struct buf text = {};

	for (size_t i = 0; i < view->kbpf.nr_maps; i++) {
		const struct kbpf_map *map = &view->kbpf.maps[i];

		for (size_t k = 0; k < map->nr_slots; k++) {
			if (map->info.type != BPF_MAP_TYPE_PROG_ARRAY ||
			    map->slots[k].id != prog->info.id)
				continue;
			buf_reset(&text);
			label_object(&text, &view->kbpf, KBPF_MAP, map->info.id);
			buf_str(&text, ", slot ");
			label_key(&text, map, &map->slots[k]);
			fact(view, "tail-called", "through map %s", buf_text(&text));
		}
	}
	buf_free(&text);
}

static void prog_runs(struct view *view, const struct kbpf_prog *prog)
{
	const struct bpf_prog_info *info = &prog->info;
	char total[FMT_MAX + 1], each[FMT_MAX + 1];

	if (info->run_cnt) {
		*fmt_duration(total, info->run_time_ns) = '\0';
		*fmt_duration(each, info->run_time_ns / info->run_cnt) = '\0';
		fact(view, "ran", "%llu times, %s; %s a run%s", (unsigned long long)info->run_cnt,
		     total, each, view->kbpf.stats ? "" : " (counted while statistics were on)");
	} else if (view->kbpf.stats) {
		fact(view, "ran", "never since run time statistics are on");
	} else {
		fact(view, "ran", "not counted; sysctl kernel.bpf_stats_enabled=1 does");
	}
	if (info->recursion_misses)
		fact(view, "missed", "%llu runs, which would have been within a run of itself",
		     (unsigned long long)info->recursion_misses);
}

static void prog_details(struct view *view, const struct kbpf_prog *prog)
{
	const struct bpf_prog_info *info = &prog->info;
	struct buf text = {};
	char word[WORD_MAX];

	heading(view, "program", info->id, word_prog_type(info->type, word), prog->name);
	label_tag(&text, prog);
	fact(view, "tag", "%s", buf_text(&text));
	buf_reset(&text);
	label_time(&text, &view->kbpf, prog, "%Y-%m-%d %H:%M:%S");
	fact(view, "loaded", "%s by user %u%s", buf_text(&text), info->created_by_uid,
	     info->gpl_compatible ? "" : ", not under the GPL");
	buf_reset(&text);
	buf_printf(&text, "%u instructions", info->xlated_prog_len / 8);
	if (info->verified_insns)
		buf_printf(&text, ", %u verified", info->verified_insns);
	if (prog->jited == 0)
		buf_str(&text, "; interpreted");
	else if (info->jited_prog_len)
		buf_printf(&text, "; %u bytes of machine code", info->jited_prog_len);
	else
		buf_str(&text, "; machine code, which the kernel does not show");
	fact(view, "size", "%s", buf_text(&text));
	if (prog->memory >= 0)
		fact(view, "memory", "%" PRId64 " bytes", prog->memory);
	if (info->ifindex)
		fact(view, "offloaded", "to interface %u of network namespace %llu", info->ifindex,
		     (unsigned long long)info->netns_ino);
	functions_fact(view, prog);
	for (size_t i = 0; i < prog->nr_map_ids; i++) {
		const struct kbpf_map *map = kbpf_map(&view->kbpf, prog->map_ids[i]);

		buf_reset(&text);
		label_object(&text, &view->kbpf, KBPF_MAP, prog->map_ids[i]);
		if (map)
			buf_printf(&text, " (%s)", word_map_type(map->info.type, word));
		fact(view, i ? "" : "maps", "%s", buf_text(&text));
	}
	prog_places(view, prog);
	prog_slots(view, prog);
	prog_runs(view, prog);
	common_facts(view, &prog->common);
	buf_free(&text);
}

static void map_slots(struct view *view, const struct kbpf_map *map)
{
	struct buf text = {};

	if (map->owner.type >= 0) {
		label_owner(&text, map);
		fact(view, "owner", "programs of type %s: others cannot stand in it",
		     buf_text(&text));
	} else if (map->info.type == BPF_MAP_TYPE_PROG_ARRAY) {
		fact(view, "owner", "none yet: the first program in it, or that calls through it");
	}
	for (size_t i = 0; i < map->nr_slots; i++) {
		buf_reset(&text);
		label_slot(&text, &view->kbpf, map, &map->slots[i]);
		fact(view, i ? "" : "slots", "%s", buf_text(&text));
	}
	buf_free(&text);
}

static void map_members(struct view *view, const struct kbpf_map *map)
{
	struct buf text = {};

	if (!map->ops)
		return;
	label_ops(&text, &view->kbpf, map);
	fact(view, "struct_ops", "%s", buf_text(&text));
	for (size_t i = 0; i < map->nr_members; i++) {
		buf_reset(&text);
		label_object(&text, &view->kbpf, KBPF_PROG, map->members[i].prog);
		fact(view, i ? "" : "members", ".%s program %s", map->members[i].name ?: "",
		     buf_text(&text));
	}
	buf_free(&text);
}

static void map_users(struct view *view, const struct kbpf_map *map)
{
	struct kbpf_ids users = {};
	struct buf text = {};
	char word[WORD_MAX];

	kbpf_users(&users, &view->kbpf, map->info.id, 0);
	for (size_t i = 0; i < users.nr; i++) {
		const struct kbpf_prog *prog = kbpf_prog(&view->kbpf, users.ids[i]);

		buf_reset(&text);
		label_object(&text, &view->kbpf, KBPF_PROG, prog->info.id);
		fact(view, i ? "" : "used by", "program %s (%s)", buf_text(&text),
		     word_prog_type(prog->info.type, word));
	}
	kbpf_ids_free(&users);
	buf_free(&text);
}

static void map_details(struct view *view, const struct kbpf_map *map)
{
	const struct bpf_map_info *info = &map->info;
	struct buf text = {};
	char word[WORD_MAX];

	heading(view, "map", info->id, word_map_type(info->type, word), info->name);
	fact(view, "size", "key %u bytes, value %u bytes, %u entries at most", info->key_size,
	     info->value_size, info->max_entries);
	word_map_flags(&text, info->map_flags);
	if (text.len)
		fact(view, "flags", "%s", buf_text(&text));
	if (info->map_extra)
		fact(view, "extra", "0x%llx", (unsigned long long)info->map_extra);
	if (map->frozen)
		fact(view, "frozen", "nobody may write to it by bpf(2)");
	if (map->memory >= 0)
		fact(view, "memory", "%" PRId64 " bytes", map->memory);
	fact(view, "types", "%s",
	     info->btf_key_type_id || info->btf_value_type_id || info->btf_vmlinux_value_type_id
		     ? "known from BTF: hotprobe bpf dump names fields"
		     : "not known, it has no BTF");
	map_slots(view, map);
	map_members(view, map);
	map_users(view, map);
	common_facts(view, &map->common);
	buf_free(&text);
}

static void link_details(struct view *view, const struct kbpf_link *link)
{
	struct buf text = {};
	char word[WORD_MAX];

	heading(view, "link", link->id, word_link_type(link->type, word), "");
	if (link->prog_id) {
		label_object(&text, &view->kbpf, KBPF_PROG, link->prog_id);
		fact(view, "program", "%s", buf_text(&text));
	}
	place_fact(view, "attached", &link->place);
	targets_fact(view, link);
	if (link->missed > 0)
		fact(view, "missed", "%" PRId64 " runs: a probe within a run of a probe",
		     link->missed);
	if (!link->place.target[0])
		fact(view, "", "the kernel does not tell of what event (Linux before 6.6)");
	common_facts(view, &link->common);
	buf_free(&text);
}

void view_details(struct view *view)
{
	view_each(view, prog_details, map_details, link_details);
}
