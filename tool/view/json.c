// SPDX-License-Identifier: GPL-2.0-only
/* Objects as JSON, one a line. */
#include <string.h>

#include "bpf/link_info.h"
#include "bpf/words.h"
#include "util/json.h"
#include "view/json_lists.h"
#include "view/label.h"
#include "view/print.h"
#include "view/view.h"

static void add_known(struct buf *out, const char *key, int64_t value)
{
	if (value >= 0)
		json_add_u64(out, key, (uint64_t)value);
	else
		json_add_text(out, key, NULL);
}

/* What is never 0 where it is told. */
static void add_nonzero(struct buf *out, const char *key, uint32_t id)
{
	add_known(out, key, id ? (int64_t)id : -1);
}

/* 0, 1, or -1 where it is not told */
static void add_switch(struct buf *out, const char *key, int value)
{
	if (value >= 0)
		json_add_bool(out, key, value);
	else
		json_add_text(out, key, NULL);
}

static void add_common(struct buf *out, const struct kbpf_common *common)
{
	json_list(out, "holders");
	for (size_t i = 0; i < common->nr_holders; i++) {
		json_next(out);
		buf_char(out, '{');
		json_add_u64(out, "pid", common->holders[i].pid);
		json_add_text(out, "comm", common->holders[i].comm);
		buf_char(out, '}');
	}
	buf_char(out, ']');
	json_add_texts(out, "pins", common->pins, common->nr_pins);
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

static void add_places(struct buf *out, const struct kbpf_prog *prog)
{
	json_list(out, "attached");
	for (size_t i = 0; i < prog->nr_places; i++) {
		json_next(out);
		buf_char(out, '{');
		add_place(out, &prog->places[i]);
		add_nonzero(out, "link", prog->places[i].link);
		buf_char(out, '}');
	}
	buf_char(out, ']');
}

static void prog_json(struct view *view, const struct kbpf_prog *prog)
{
	const struct bpf_prog_info *info = &prog->info;
	const struct kbpf *kbpf = &view->kbpf;
	struct buf *out = &view->out, text = {};
	struct kbpf_ids ids = {};
	char word[WORD_MAX];

	buf_char(out, '{');
	json_add_text(out, "kind", "prog");
	json_add_u64(out, "id", info->id);
	json_add_text(out, "type", word_prog_type(info->type, word));
	json_add_text(out, "name", prog->name);
	label_tag(&text, prog);
	json_add_text(out, "tag", buf_text(&text));
	buf_reset(&text);
	label_time(&text, kbpf, prog, "%Y-%m-%dT%H:%M:%S%z");
	json_add_text(out, "loaded", buf_text(&text));
	json_add_u64(out, "uid", info->created_by_uid);
	json_add_bool(out, "gpl", info->gpl_compatible);
	json_add_u64(out, "bytes", info->xlated_prog_len);
	add_nonzero(out, "machine_code_bytes", info->jited_prog_len);
	add_switch(out, "jited", prog->jited);
	add_known(out, "memory", prog->memory);
	json_add_u64(out, "verified_instructions", info->verified_insns);
	add_nonzero(out, "btf", info->btf_id);
	if (info->ifindex) {
		json_add_u64(out, "ifindex", info->ifindex);
		json_add_u64(out, "netns", info->netns_ino);
	}
	json_add_texts(out, "functions", prog->functions, prog->nr_functions);
	json_add_ids(out, "maps", &(struct kbpf_ids){ prog->map_ids, prog->nr_map_ids, false });
	add_places(out, prog);
	json_add_text(out, "not_told", label_untold(kbpf, prog));
	json_add_text(out, "loaded_for", prog->for_target);
	kbpf_neighbours(&ids, kbpf, prog);
	json_add_ids(out, "also_there", &ids);
	add_runs(out, kbpf, info);
	add_common(out, &prog->common);
	buf_str(out, "}\n");
	kbpf_ids_free(&ids);
	buf_free(&text);
}

static void add_slots(struct buf *out, const struct kbpf *kbpf, const struct kbpf_map *map)
{
	char word[WORD_MAX];

	if (map->info.type == BPF_MAP_TYPE_PROG_ARRAY) {
		json_add_text(out, "owner_type",
			      map->owner.type < 0
				      ? NULL
				      : word_prog_type((uint32_t)map->owner.type, word));
		add_switch(out, "owner_jited", map->owner.jited);
	} else if (map->info.type != BPF_MAP_TYPE_ARRAY_OF_MAPS &&
		   map->info.type != BPF_MAP_TYPE_HASH_OF_MAPS) {
		return;
	}
	json_add_slots(out, kbpf, map);
}

static void add_struct_ops(struct buf *out, const struct kbpf *kbpf, const struct kbpf_map *map)
{
	const struct kbpf_link *link = kbpf_ops_link(kbpf, map);

	json_add_text(out, "struct_ops", map->ops);
	json_add_text(out, "state", word_ops_state(map->ops_state));
	add_nonzero(out, "link", link ? link->id : 0);
	json_list(out, "members");
	for (size_t i = 0; i < map->nr_members; i++) {
		json_next(out);
		buf_char(out, '{');
		json_add_text(out, "member", map->members[i].name);
		json_add_u64(out, "prog", map->members[i].prog);
		json_add_text(out, "name", label_name(kbpf, KBPF_PROG, map->members[i].prog));
		buf_char(out, '}');
	}
	buf_char(out, ']');
}

static void add_flags(struct buf *out, uint32_t flags)
{
	char word[WORD_MAX];

	json_list(out, "flags");
	for (unsigned int bit = 0; bit < 32; bit++) {
		if (!(flags >> bit & 1))
			continue;
		json_next(out);
		buf_printf(out, "\"%s\"", word_map_flag(bit, word));
	}
	buf_char(out, ']');
}

static void map_json(struct view *view, const struct kbpf_map *map)
{
	const struct bpf_map_info *info = &map->info;
	const struct kbpf *kbpf = &view->kbpf;
	struct buf *out = &view->out;
	struct kbpf_ids users = {};
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
	add_nonzero(out, "btf", info->btf_id);
	add_slots(out, kbpf, map);
	if (info->type == BPF_MAP_TYPE_STRUCT_OPS)
		add_struct_ops(out, kbpf, map);
	kbpf_users(&users, kbpf, info->id, 0);
	json_add_ids(out, "progs", &users);
	kbpf_ids_free(&users);
	add_common(out, &map->common);
	buf_str(out, "}\n");
}

/* All places of a link to many: functions of the kernel, or offsets in a file. */
static void add_targets(struct buf *out, const struct kbpf_link *link)
{
	json_list(out, "targets");
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

static void link_json(struct view *view, const struct kbpf_link *link)
{
	struct buf *out = &view->out;
	char word[WORD_MAX];

	buf_char(out, '{');
	json_add_text(out, "kind", "link");
	json_add_u64(out, "id", link->id);
	json_add_text(out, "type", word_link_type(link->type, word));
	add_nonzero(out, "prog", link->prog_id);
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

void view_json(struct view *view)
{
	view_each(view, prog_json, map_json, link_json);
}
