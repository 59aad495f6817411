// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "match/access.h"

static bool access_same(const struct access *a, const struct access *b)
{
	return a->kind == b->kind && a->offset == b->offset && a->size == b->size &&
	       a->element == b->element && a->value == b->value &&
	       strcmp(a->member, b->member) == 0 && strcmp(a->record, b->record) == 0;
}

void access_add(struct access_list *list, const struct access *access)
{
	for (size_t i = 0; i < list->nr; i++)
		if (access_same(&list->items[i], access))
			return;
	/* room for twice as many whenever a power of two is full */
	if ((list->nr & (list->nr - 1)) == 0) {
		size_t room = list->nr ? 2 * list->nr : 1;
		struct access *items = list->nr >= ACCESS_MAX
					       ? NULL
					       : realloc(list->items, room * sizeof(*items));

		if (!items) {
			list->failed = true;
			return;
		}
		list->items = items;
	}
	list->items[list->nr++] = *access;
}

void access_free(struct access_list *list)
{
	free(list->items);
	*list = (struct access_list){};
}
