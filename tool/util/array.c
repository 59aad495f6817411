// SPDX-License-Identifier: GPL-2.0-only
/* Arrays that grow. */
#include <stdlib.h>
#include <string.h>

#include "util/array.h"

void *array_append(void *array, size_t *nr, size_t size)
{
	char **items = array;
	char *grown;

	/* doubles at each power of two */
	if ((*nr & (*nr - 1)) == 0) {
		grown = reallocarray(*items, *nr ? *nr * 2 : 1, size);
		if (!grown)
			return NULL;
		*items = grown;
	}
	grown = *items + *nr * size;
	memset(grown, 0, size);
	++*nr;
	return grown;
}
