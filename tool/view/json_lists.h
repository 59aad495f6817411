/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_VIEW_JSON_LISTS_H
#define HOTPROBE_VIEW_JSON_LISTS_H

#include "bpf/kbpf.h"
#include "bpf/relations.h"

struct buf;

/* Members of JSON objects whose values are lists, beside those of util/json.h. */

/* json_add_ids - [12,13] */
void json_add_ids(struct buf *to, const char *key, const struct kbpf_ids *ids);

/* json_add_texts - ["one","two"]; a text of NULL is empty */
void json_add_texts(struct buf *to, const char *key, char *const *texts, size_t nr);

/* json_add_slots - "slots": [{"key":1,"prog":12,"name":"called"}], of a map that has such */
void json_add_slots(struct buf *to, const struct kbpf *kbpf, const struct kbpf_map *map);

#endif
