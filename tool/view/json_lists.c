// SPDX-License-Identifier: GPL-2.0-only
/* Members of JSON objects whose values are lists. */
#include <string.h>

#include "util/buf.h"
#include "util/json.h"
#include "view/json_lists.h"
#include "view/label.h"

void json_add_ids(struct buf *to, const char *key, const struct kbpf_ids *ids)
{
	to->failed |= ids->failed;
	json_list(to, key);
	for (size_t i = 0; i < ids->nr; i++) {
		json_next(to);
		buf_printf(to, "%u", ids->ids[i]);
	}
	buf_char(to, ']');
}

void json_add_texts(struct buf *to, const char *key, char *const *texts, size_t nr)
{
	json_list(to, key);
	for (size_t i = 0; i < nr; i++) {
		json_next(to);
		json_string(to, texts[i] ?: "", texts[i] ? strlen(texts[i]) : 0);
	}
	buf_char(to, ']');
}

void json_add_slots(struct buf *to, const struct kbpf *kbpf, const struct kbpf_map *map)
{
	bool progs = map->info.type == BPF_MAP_TYPE_PROG_ARRAY;
	struct buf key = {};

	json_list(to, "slots");
	for (size_t i = 0; i < map->nr_slots; i++) {
		const struct kbpf_slot *slot = &map->slots[i];

		json_next(to);
		buf_char(to, '{');
		buf_reset(&key);
		label_key(&key, map, slot);
		json_member(to, "key");
		if (map->info.key_size == sizeof(uint32_t))
			buf_str(to, buf_text(&key));
		else
			json_string(to, buf_text(&key), key.len);
		json_add_u64(to, progs ? "prog" : "map", slot->id);
		json_add_text(to, "name", label_name(kbpf, progs ? KBPF_PROG : KBPF_MAP, slot->id));
		buf_char(to, '}');
	}
	buf_char(to, ']');
	buf_free(&key);
}
