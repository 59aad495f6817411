// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "bpf/link_info.h"
#include "bpf/words.h"
#include "cmd/bpf.h"
#include "util/json.h"

static void add_known(struct buf *out, const char *key, int64_t value)
{
	if (value >= 0)
		json_add_u64(out, key, (uint64_t)value);
	else
		json_add_text(out, key, NULL);
}

static void add_common(struct buf *out, const struct kbpf_common *common)
{
	json_member(out, "holders");
	buf_char(out, '[');
	for (size_t i = 0; i < common->nr_holders; i++) {
		json_next(out);
		buf_char(out, '{');
		json_add_u64(out, "pid", common->holders[i].pid);
		json_add_text(out, "comm", common->holders[i].comm);
		buf_char(out, '}');
	}
	buf_char(out, ']');
	json_member(out, "pins");
	buf_char(out, '[');
	for (size_t i = 0; i < common->nr_pins; i++) {
		json_next(out);
		json_string(out, common->pins[i], strlen(common->pins[i]));
	}
	buf_char(out, ']');
}

static void add_texts(struct buf *out, const char *key, char *const *texts, size_t nr)
{
	json_member(out, key);
	buf_char(out, '[');
	for (size_t i = 0; i < nr; i++) {
		json_next(out);
		json_string(out, texts[i] ?: "", texts[i] ? strlen(texts[i]) : 0);
	}
	buf_char(out, ']');
}

static void add_place(struct buf *out, const struct kbpf_place *place)
{
	json_add_text(out, "how", place->how);
	json_add_text(out, "target", place->target[0] ? place->target : NULL);
	if (place->prog) {
		json_add_u64(out, "target_prog", place->prog);
		json_add_text(out, "target_function", place->function);
	}
	if (place->cookie)
		json_add_u64(out, "cookie", place->cookie);
}

static void add_runs(struct buf *out, const struct kbpf *kbpf, const struct bpf_prog_info *info)
{
	json_add_bool(out, "statistics", kbpf->stats);
	json_add_u64(out, "runs", info->run_cnt);
	json_add_u64(out, "run_ns", info->run_time_ns);
	json_add_u64(out, "recursion_misses", info->recursion_misses);
}

static void prog_json(struct buf *out, const struct kbpf *kbpf, const struct kbpf_prog *prog)
{
	const struct bpf_prog_info *info = &prog->info;
	struct buf text = {};
	char word[WORD_MAX];

	buf_char(out, '{');
	json_add_text(out, "kind", "prog");
	json_add_u64(out, "id", info->id);
	json_add_text(out, "type", word_prog_type(info->type, word));
	json_add_text(out, "name", prog->name);
	for (size_t i = 0; i < sizeof(info->tag); i++)
		buf_printf(&text, "%02x", info->tag[i]);
	json_add_text(out, "tag", buf_text(&text));
	buf_reset(&text);
	bpf_time(&text, kbpf, prog, "%Y-%m-%dT%H:%M:%S%z");
	json_add_text(out, "loaded", buf_text(&text));
	json_add_u64(out, "uid", info->created_by_uid);
	json_add_bool(out, "gpl", info->gpl_compatible);
	json_add_u64(out, "bytes", info->xlated_prog_len);
	add_known(out, "machine_code_bytes",
		  info->jited_prog_len ? (int64_t)info->jited_prog_len : -1);
	json_member(out, "jited");
	buf_str(out, prog->jited < 0 ? "null" : prog->jited ? "true" : "false");
	add_known(out, "memory", prog->memory);
	json_add_u64(out, "verified_instructions", info->verified_insns);
	add_known(out, "btf", info->btf_id ? (int64_t)info->btf_id : -1);
	if (info->ifindex) {
		json_add_u64(out, "ifindex", info->ifindex);
		json_add_u64(out, "netns", info->netns_ino);
	}
	add_texts(out, "functions", prog->functions, prog->nr_functions);
	json_member(out, "maps");
	buf_char(out, '[');
	for (size_t i = 0; i < prog->nr_map_ids; i++) {
		json_next(out);
		buf_printf(out, "%u", prog->map_ids[i]);
	}
	buf_char(out, ']');
	json_member(out, "attached");
	buf_char(out, '[');
	for (size_t i = 0; i < prog->nr_places; i++) {
		json_next(out);
		buf_char(out, '{');
		add_place(out, &prog->places[i]);
		add_known(out, "link", prog->places[i].link ? (int64_t)prog->places[i].link : -1);
		buf_char(out, '}');
	}
	buf_char(out, ']');
	json_add_text(out, "not_told", kbpf_untold(kbpf, prog));
	json_add_text(out, "loaded_for", prog->for_target);
	json_member(out, "also_there");
	buf_char(out, '[');
	bpf_same_place(out, kbpf, prog, true);
	buf_char(out, ']');
	add_runs(out, kbpf, info);
	add_common(out, &prog->common);
	buf_str(out, "}\n");
	buf_free(&text);
}

void bpf_json_slot(struct buf *out, const struct kbpf *kbpf, const struct kbpf_map *map,
		   const struct kbpf_slot *slot)
{
	bool progs = map->info.type == BPF_MAP_TYPE_PROG_ARRAY;
	struct buf key = {};

	bpf_slot_text(&key, map, slot);
	json_member(out, "key");
	if (map->info.key_size == sizeof(uint32_t))
		buf_str(out, buf_text(&key));
	else
		json_string(out, buf_text(&key), key.len);
	json_add_u64(out, progs ? "prog" : "map", slot->id);
	json_add_text(out, "name", bpf_name(kbpf, progs ? KBPF_PROG : KBPF_MAP, slot->id));
	buf_free(&key);
}

static void add_slots(struct buf *out, const struct kbpf *kbpf, const struct kbpf_map *map)
{
	char word[WORD_MAX];

	if (map->info.type == BPF_MAP_TYPE_PROG_ARRAY) {
		json_add_text(out, "owner_type",
			      map->owner.type < 0
				      ? NULL
				      : word_prog_type((uint32_t)map->owner.type, word));
		json_member(out, "owner_jited");
		buf_str(out, map->owner.jited < 0 ? "null" : map->owner.jited ? "true" : "false");
	} else if (map->info.type != BPF_MAP_TYPE_ARRAY_OF_MAPS &&
		   map->info.type != BPF_MAP_TYPE_HASH_OF_MAPS) {
		return;
	}
	json_member(out, "slots");
	buf_char(out, '[');
	for (size_t i = 0; i < map->nr_slots; i++) {
		json_next(out);
		buf_char(out, '{');
		bpf_json_slot(out, kbpf, map, &map->slots[i]);
		buf_char(out, '}');
	}
	buf_char(out, ']');
}

static void add_struct_ops(struct buf *out, const struct kbpf *kbpf, const struct kbpf_map *map)
{
	uint32_t link = bpf_ops_link(kbpf, map);

	json_add_text(out, "struct_ops", map->ops);
	json_add_text(out, "state", bpf_ops_state(map));
	add_known(out, "link", link ? (int64_t)link : -1);
	json_member(out, "members");
	buf_char(out, '[');
	for (size_t i = 0; i < map->nr_members; i++) {
		json_next(out);
		buf_char(out, '{');
		json_add_text(out, "member", map->members[i].name);
		json_add_u64(out, "prog", map->members[i].prog);
		json_add_text(out, "name", bpf_name(kbpf, KBPF_PROG, map->members[i].prog));
		buf_char(out, '}');
	}
	buf_char(out, ']');
}

static void add_flags(struct buf *out, uint32_t flags)
{
	json_member(out, "flags");
	buf_char(out, '[');
	for (unsigned int bit = 0; bit < 32; bit++) {
		if (!(flags >> bit & 1))
			continue;
		json_next(out);
		if (word_map_flag(bit))
			buf_printf(out, "\"%s\"", word_map_flag(bit));
		else
			buf_printf(out, "\"0x%x\"", 1u << bit);
	}
	buf_char(out, ']');
}

static void map_json(struct buf *out, const struct kbpf *kbpf, const struct kbpf_map *map)
{
	const struct bpf_map_info *info = &map->info;
	char word[WORD_MAX];

	buf_char(out, '{');
	json_add_text(out, "kind", "map");
	json_add_u64(out, "id", info->id);
	json_add_text(out, "type", word_map_type(info->type, word));
	json_add_text(out, "name", info->name);
	json_add_u64(out, "key_size", info->key_size);
	json_add_u64(out, "value_size", info->value_size);
	json_add_u64(out, "max_entries", info->max_entries);
	add_flags(out, info->map_flags);
	json_add_u64(out, "extra", info->map_extra);
	json_add_bool(out, "frozen", map->frozen);
	add_known(out, "memory", map->memory);
	add_known(out, "btf", info->btf_id ? (int64_t)info->btf_id : -1);
	add_slots(out, kbpf, map);
	if (info->type == BPF_MAP_TYPE_STRUCT_OPS)
		add_struct_ops(out, kbpf, map);
	json_member(out, "progs");
	buf_char(out, '[');
	for (size_t i = 0; i < kbpf->nr_progs; i++) {
		if (!kbpf_uses(kbpf, &kbpf->progs[i], info->id))
			continue;
		json_next(out);
		buf_printf(out, "%u", kbpf->progs[i].info.id);
	}
	buf_char(out, ']');
	add_common(out, &map->common);
	buf_str(out, "}\n");
}

/* All places of a link to many: functions of the kernel, or offsets in a file. */
static void add_targets(struct buf *out, const struct kbpf_link *link)
{
	json_member(out, "targets");
	buf_char(out, '[');
	for (size_t i = 0; i < link->nr_targets; i++) {
		const struct kbpf_target *target = &link->targets[i];

		json_next(out);
		buf_char(out, '{');
		if (link->type == LINK_KPROBE_MULTI)
			json_add_text(out, "function", target->name);
		else
			json_add_u64(out, "offset", target->offset);
		if (target->cookie)
			json_add_u64(out, "cookie", target->cookie);
		buf_char(out, '}');
	}
	buf_char(out, ']');
}

static void link_json(struct buf *out, const struct kbpf_link *link)
{
	char word[WORD_MAX];

	buf_char(out, '{');
	json_add_text(out, "kind", "link");
	json_add_u64(out, "id", link->id);
	json_add_text(out, "type", word_link_type(link->type, word));
	add_known(out, "prog", link->prog_id ? (int64_t)link->prog_id : -1);
	if (link->map_id)
		json_add_u64(out, "map", link->map_id);
	add_place(out, &link->place);
	if (link->nr_targets)
		add_targets(out, link);
	if (link->missed >= 0)
		json_add_u64(out, "missed", (uint64_t)link->missed);
	add_common(out, &link->common);
	buf_str(out, "}\n");
}

void bpf_json(struct bpf_view *view)
{
	const struct kbpf *kbpf = &view->kbpf;

	for (size_t i = 0; i < kbpf->nr_progs; i++)
		if (bpf_wanted(view, KBPF_PROG, kbpf->progs[i].info.id))
			prog_json(&view->out, kbpf, &kbpf->progs[i]);
	for (size_t i = 0; i < kbpf->nr_maps; i++)
		if (bpf_wanted(view, KBPF_MAP, kbpf->maps[i].info.id))
			map_json(&view->out, kbpf, &kbpf->maps[i]);
	for (size_t i = 0; i < kbpf->nr_links; i++)
		if (bpf_wanted(view, KBPF_LINK, kbpf->links[i].id))
			link_json(&view->out, &kbpf->links[i]);
}
