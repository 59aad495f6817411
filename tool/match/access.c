// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "match/access.h"
#include "util/text.h"

static bool access_same(const struct access *a, const struct access *b)
{
	return a->kind == b->kind && a->offset == b->offset && a->size == b->size &&
	       a->element == b->element && a->value == b->value &&
	       strcmp(a->member, b->member) == 0 && strcmp(a->record, b->record) == 0;
}

/* The start and the step are those of FNV-1a. */
static size_t access_hash(const struct access *access)
{
	uint64_t hash = 0xcbf29ce484222325ull ^ access->offset ^ (access->size << 32) ^
			(uint64_t)access->value;

	for (const char *s = access->record; *s; s++)
		hash = (hash ^ (unsigned char)*s) * 0x100000001b3ull;
	for (const char *s = access->member; *s; s++)
		hash = (hash ^ (unsigned char)*s) * 0x100000001b3ull;
	return (size_t)(hash ^ hash >> 32);
}

/* The slot of an access that is the same, else the free one for it. */
static uint32_t *access_slot(const struct access_list *list, const struct access *access)
{
	size_t slot = access_hash(access) & (list->nr_slots - 1);

	while (list->slots[slot] && !access_same(&list->items[list->slots[slot] - 1], access))
		slot = (slot + 1) & (list->nr_slots - 1);
	return &list->slots[slot];
}

/* Room for twice as many. */
static bool access_grow(struct access_list *list)
{
	size_t room = list->nr ? 2 * list->nr : 64;
	struct access *items;
	uint32_t *slots;

	if (room > ACCESS_MAX)
		return false;
	items = realloc(list->items, room * sizeof(*items));
	if (!items)
		return false;
	list->items = items;
	slots = calloc(2 * room, sizeof(*slots));
	if (!slots)
		return false;
	free(list->slots);
	list->slots = slots;
	list->nr_slots = 2 * room;
	for (size_t i = 0; i < list->nr; i++)
		*access_slot(list, &list->items[i]) = (uint32_t)(i + 1);
	return true;
}

void access_add(struct access_list *list, const struct access *access)
{
	uint32_t *slot = list->nr ? access_slot(list, access) : NULL;

	if (slot && *slot)
		return;
	if (2 * list->nr == list->nr_slots) {
		if (!access_grow(list)) {
			list->failed = true;
			return;
		}
		slot = access_slot(list, access);
	}
	slot = slot ?: access_slot(list, access);
	list->items[list->nr++] = *access;
	*slot = (uint32_t)list->nr;
}

void access_free(struct access_list *list)
{
	free(list->items);
	free(list->slots);
	*list = (struct access_list){};
}

const char *access_unqualified(const char *type)
{
	static const char *const qualifiers[] = { "const ", "volatile ", "restrict " };

	for (size_t i = 0; i < sizeof(qualifiers) / sizeof(qualifiers[0]);) {
		bool found = text_starts(type, qualifiers[i]);

		type += found ? strlen(qualifiers[i]) : 0;
		i = found ? 0 : i + 1;
	}
	return type;
}
