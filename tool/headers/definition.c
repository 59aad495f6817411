// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <errno.h>
#include <fts.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "headers/definition.h"
#include "types/types.h"
#include "util/buf.h"
#include "util/text.h"

#if defined(__x86_64__)
#define ARCH "x86"
#elif defined(__aarch64__)
#define ARCH "arm64"
#else
#error "which folder below arch/ has this machine's headers?"
#endif

/* Longer headers are generated tables of registers. */
#define HEADER_MAX ((size_t)4 << 20)

static bool is_ident(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* Back over blanks, then whether @word ends there. */
static bool word_before(const char *text, const char *at, const char *word)
{
	size_t len = strlen(word);

	while (at > text && isspace((unsigned char)at[-1]))
		at--;
	if ((size_t)(at - text) < len || memcmp(at - len, word, len) != 0)
		return false;
	return (size_t)(at - text) == len || !is_ident(at[-(ptrdiff_t)len - 1]);
}

/* Over blanks and attributes: __packed, __aligned(8), __attribute__((...)). */
static const char *skip_attributes(const char *at)
{
	at = text_skip_space(at);
	while (at[0] == '_' && at[1] == '_') {
		int depth = 0;

		at = text_skip_space(at + text_ident_len(at));
		if (*at != '(')
			continue;
		do {
			depth += (*at == '(') - (*at == ')');
			at++;
		} while (*at && depth);
		at = text_skip_space(at);
	}
	return at;
}

/* typedef ... NAME;  typedef ... (*NAME)(...);  typedef struct { ... } NAME; */
static bool is_typedef(const char *text, const char *at, const char *end)
{
	const char *line = at;

	while (line > text && line[-1] != '\n')
		line--;
	if (*skip_attributes(end) == ';' && line[0] == '}')
		return true;
	if (*skip_attributes(end) != ';' && *text_skip_space(end) != ')' && *end != '[')
		return false;
	return text_starts(text_skip_space(line), "typedef");
}

uint32_t definition_kind(const char *text, uint32_t kinds, const char *name)
{
	static const uint32_t tags[] = { TYPES_STRUCT, TYPES_UNION, TYPES_ENUM };
	size_t len = strlen(name);

	for (const char *at = text; (at = strstr(at, name)) != NULL; at += len) {
		const char *end = at + len;

		if ((at > text && is_ident(at[-1])) || is_ident(*end))
			continue;
		for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++)
			if ((kinds & tags[i]) && word_before(text, at, types_kind_word(tags[i])) &&
			    *skip_attributes(end) == '{')
				return tags[i];
		if ((kinds & TYPES_TYPEDEF) && is_typedef(text, at, end))
			return TYPES_TYPEDEF;
	}
	return 0;
}

/* How the compiler is told of the header, and how likely it is to be the one that is meant. */
static int rank_of(const char *include)
{
	static const char *const likely[] = { "linux/", "net/", "uapi/linux/", "asm/",
					      "uapi/asm/" };
	int nr = (int)(sizeof(likely) / sizeof(likely[0]));

	for (int i = 0; i < nr; i++)
		if (text_starts(include, likely[i]))
			return i;
	return nr;
}

struct search {
	uint32_t kinds;
	const char *name;
	struct definition *found;
	int nr;
	struct buf text;
};

static void keep(struct search *search, const char *path, const char *include, uint32_t kind)
{
	int rank = rank_of(include), at = search->nr;
	struct definition *found = search->found;

	while (at > 0 && found[at - 1].rank > rank)
		at--;
	if (at == DEFINITIONS_MAX)
		return;
	if (search->nr < DEFINITIONS_MAX)
		search->nr++;
	memmove(&found[at + 1], &found[at], (size_t)(search->nr - 1 - at) * sizeof(*found));
	found[at].rank = rank;
	found[at].kind = kind;
	snprintf(found[at].path, sizeof(found[at].path), "%s", path);
	snprintf(found[at].include, sizeof(found[at].include), "%s", include);
}

static void search_file(struct search *search, const char *path, const char *include)
{
	uint32_t kind;

	buf_reset(&search->text);
	if (buf_read_file(&search->text, path, HEADER_MAX))
		return;
	kind = definition_kind(buf_text(&search->text), search->kinds, search->name);
	if (kind)
		keep(search, path, include, kind);
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static int search_folder(struct search *search, const char *folder)
{
	char *roots[] = { (char *)folder, NULL };
	size_t len = strlen(folder);
	FTS *fts = fts_open(roots, FTS_LOGICAL | FTS_NOCHDIR, by_name);
	FTSENT *entry;

	if (!fts)
		return -errno;
	while ((entry = fts_read(fts)) != NULL)
		if (entry->fts_info == FTS_F && text_ends(entry->fts_name, ".h"))
			search_file(search, entry->fts_path, entry->fts_path + len + 1);
	fts_close(fts);
	return 0;
}

int definitions_find(const struct header_source *src, uint32_t kinds, const char *name,
		     struct definition found[DEFINITIONS_MAX])
{
	static const char *const folders[] = { "include", "arch/" ARCH "/include",
					       "arch/" ARCH "/include/generated" };
	struct search search = { .kinds = kinds, .name = name, .found = found };
	char trees[2][PATH_MAX] = {}, folder[PATH_MAX + 64];
	int ret = 0;

	snprintf(trees[0], sizeof(trees[0]), "%s", src->path);
	if (src->kind == HEADERS_MODULES)
		snprintf(trees[1], sizeof(trees[1]), "/lib/modules/%s/source", src->release);
	for (int tree = 0; tree < 2 && trees[tree][0]; tree++)
		for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]) && !ret; i++) {
			snprintf(folder, sizeof(folder), "%s/%s", trees[tree], folders[i]);
			if (access(folder, F_OK) == 0)
				ret = search_folder(&search, folder);
		}
	buf_free(&search.text);
	return ret ?: search.nr;
}
