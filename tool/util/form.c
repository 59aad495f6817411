// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "util/form.h"
#include "util/text.h"

enum form_piece form_next(const char **pos, const char **piece, size_t *len)
{
	const char *s = *pos;

	*piece = s;
	*len = strcspn(s, "{");
	if (*len) {
		*pos = s + *len;
		return FORM_TEXT;
	}
	if (!*s)
		return FORM_END;
	*piece = s + 1;
	*len = text_ident_len(s + 1);
	if (*len && s[1 + *len] == '}') {
		*pos = s + 1 + *len + 1;
		return FORM_FIELD;
	}
	*piece = s;
	*len = strlen(s);
	*pos = s + *len;
	return FORM_BROKEN;
}
