// SPDX-License-Identifier: GPL-2.0-only
/* Which program calls, replaces and shares what, as JSON: one program a line. */
#include "bpf/relations.h"
#include "bpf/words.h"
#include "util/json.h"
#include "view/json_lists.h"
#include "view/print.h"
#include "view/view.h"

static void add_maps(struct buf *out, const struct kbpf *kbpf, const struct kbpf_prog *prog)
{
	struct kbpf_ids users = {};
	char word[WORD_MAX];

	json_list(out, "maps");
	for (size_t i = 0; i < prog->nr_map_ids; i++) {
		const struct kbpf_map *map = kbpf_map(kbpf, prog->map_ids[i]);

		if (!map)
			continue;
		json_next(out);
		buf_char(out, '{');
		json_add_u64(out, "id", map->info.id);
		json_add_text(out, "name", map->info.name);
		json_add_text(out, "type", word_map_type(map->info.type, word));
		if (map->owner.type >= 0)
			json_add_text(out, "owner_type",
				      word_prog_type((uint32_t)map->owner.type, word));
		kbpf_users(&users, kbpf, map->info.id, prog->info.id);
		json_add_ids(out, "shared_with", &users);
		json_add_slots(out, kbpf, map);
		buf_char(out, '}');
	}
	buf_char(out, ']');
	kbpf_ids_free(&users);
}

/* Programs that replace or trace one of its functions. */
static void add_changed_by(struct buf *out, const struct kbpf *kbpf, uint32_t id)
{
	json_list(out, "changed_by");
	for (size_t i = 0; i < kbpf->nr_progs; i++) {
		const struct kbpf_prog *other = &kbpf->progs[i];

		for (size_t k = 0; k < other->nr_places; k++) {
			if (other->places[k].prog != id)
				continue;
			json_next(out);
			buf_char(out, '{');
			json_add_u64(out, "prog", other->info.id);
			json_add_text(out, "how", other->places[k].how);
			json_add_text(out, "function", other->places[k].function);
			buf_char(out, '}');
		}
	}
	buf_char(out, ']');
}

/* Maps of struct_ops that have the program as a member. */
static void add_struct_ops(struct buf *out, const struct kbpf *kbpf, uint32_t prog_id)
{
	struct kbpf_ids others = {};

	json_list(out, "struct_ops");
	for (size_t i = 0; i < kbpf->nr_maps; i++) {
		const struct kbpf_map *map = &kbpf->maps[i];
		const struct kbpf_member *member = kbpf_member_of(map, prog_id);

		if (!member)
			continue;
		json_next(out);
		buf_char(out, '{');
		json_add_u64(out, "map", map->info.id);
		json_add_text(out, "struct", map->ops);
		json_add_text(out, "member", member->name);
		kbpf_members(&others, map, prog_id);
		json_add_ids(out, "beside", &others);
		buf_char(out, '}');
	}
	buf_char(out, ']');
	kbpf_ids_free(&others);
}

static void prog_json(struct buf *out, const struct kbpf *kbpf, const struct kbpf_prog *prog)
{
	struct kbpf_ids neighbours = {};
	char word[WORD_MAX];

	buf_char(out, '{');
	json_add_u64(out, "id", prog->info.id);
	json_add_text(out, "name", prog->name);
	json_add_text(out, "type", word_prog_type(prog->info.type, word));
	json_add_texts(out, "calls", prog->functions + 1, prog->nr_functions - 1);
	add_changed_by(out, kbpf, prog->info.id);
	add_maps(out, kbpf, prog);
	add_struct_ops(out, kbpf, prog->info.id);
	kbpf_neighbours(&neighbours, kbpf, prog);
	json_add_ids(out, "same_trampoline", &neighbours);
	kbpf_ids_free(&neighbours);
	buf_str(out, "}\n");
}

void view_tree_json(struct view *view)
{
	const struct kbpf *kbpf = &view->kbpf;

	for (size_t i = 0; i < kbpf->nr_progs; i++)
		if (view_wants(view, KBPF_PROG, kbpf->progs[i].info.id))
			prog_json(&view->out, kbpf, &kbpf->progs[i]);
}
