// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "tree/constants.h"
#include "tree/names.h"
#include "util/buf.h"
#include "util/text.h"

/* btf_constants.h, see embed.S */
extern const char btf_constants_start[], btf_constants_end[];

#define FILE_MARK "/* @file "

enum item_kind {
	ITEM_FILE,   /* the items that follow are for another file */
	ITEM_DEFINE, /* #define NAME ... */
	ITEM_INLINE, /* static inline T NAME(...) { ... } */
	ITEM_LINE,   /* another preprocessor line */
};

struct item {
	enum item_kind kind;
	struct span all;  /* with its newline */
	struct span name; /* for ITEM_FILE the path */
};

static const char *logical_line_end(const char *s)
{
	const char *end;

	do {
		end = memchr(s, '\n', (size_t)(btf_constants_end - s));
		if (!end)
			return btf_constants_end;
		s = end + 1;
	} while (end[-1] == '\\');
	return s;
}

/* Find the next item at or after *pos, and go past it. */
static bool next_item(const char **pos, struct item *item)
{
	const char *s, *end, *mark;

	for (s = *pos; s < btf_constants_end; s = end) {
		end = logical_line_end(s);
		item->all = (struct span){ s, (size_t)(end - s) };
		*pos = end;
		if (text_starts(s, FILE_MARK)) {
			s += strlen(FILE_MARK);
			item->kind = ITEM_FILE;
			item->name = (struct span){ s, strcspn(s, " \n") };
			return true;
		}
		if (text_starts(s, "#define ")) {
			s += strlen("#define ");
			item->kind = ITEM_DEFINE;
			item->name = (struct span){ s, text_ident_len(s) };
			return true;
		}
		if (text_starts(s, "static inline ")) {
			mark = memchr(s, '(', (size_t)(end - s));
			if (!mark)
				continue;
			s = names_ident_start(s, mark);
			item->kind = ITEM_INLINE;
			item->name = (struct span){ s, (size_t)(mark - s) };
			return true;
		}
		if (*s == '#') {
			item->kind = ITEM_LINE;
			return true;
		}
	}
	return false;
}

int constants_expand(struct names *names)
{
	const char *pos, *body;
	struct item item;
	struct name *name;
	bool more;

	do {
		more = false;
		pos = btf_constants_start;
		while (next_item(&pos, &item)) {
			if (item.kind != ITEM_DEFINE && item.kind != ITEM_INLINE)
				continue;
			name = names_find(names, item.name.text, item.name.len);
			if (!name || (name->uses & (NAME_EXPANDED | NAME_DECLARED)))
				continue;
			name->uses |= NAME_EXPANDED;
			more = true;
			/* without the name itself, which is not declared by the probe's text */
			body = item.name.text + item.name.len;
			if (item.kind == ITEM_INLINE)
				names_scan_body(names, item.all.text,
						(size_t)(item.name.text - item.all.text));
			names_scan_body(names, body, (size_t)(item.all.text + item.all.len - body));
		}
	} while (more && !names->failed);
	return names->failed ? -ENOMEM : 0;
}

void constants_emit(struct buf *out, const char *file, const struct names *names,
		    const struct names *taken)
{
	const char *pos = btf_constants_start;
	const struct name *name;
	bool here = false;
	struct item item;

	while (next_item(&pos, &item)) {
		if (item.kind == ITEM_FILE) {
			here = strlen(file) == item.name.len &&
			       !memcmp(file, item.name.text, item.name.len);
			continue;
		}
		if (!here)
			continue;
		if (item.kind == ITEM_LINE) {
			buf_add(out, item.all.text, item.all.len);
			continue;
		}
		name = names_find(names, item.name.text, item.name.len);
		if ((name && (name->uses & NAME_DECLARED)) ||
		    names_find(taken, item.name.text, item.name.len))
			continue;
		if (item.kind == ITEM_INLINE) {
			if (name && (name->uses & NAME_BARE))
				buf_add(out, item.all.text, item.all.len);
			continue;
		}
		buf_str(out, "#ifndef ");
		buf_add(out, item.name.text, item.name.len);
		buf_char(out, '\n');
		buf_add(out, item.all.text, item.all.len);
		buf_str(out, "#endif\n");
	}
}

size_t constants_file(size_t i, const char **file)
{
	const char *pos = btf_constants_start;
	struct item item;

	while (next_item(&pos, &item)) {
		if (item.kind == ITEM_FILE && i-- == 0) {
			*file = item.name.text;
			return item.name.len;
		}
	}
	return 0;
}
