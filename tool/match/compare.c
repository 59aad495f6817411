// SPDX-License-Identifier: GPL-2.0-only
#include <bpf/btf.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "match/kernel.h"
#include "match/lookup.h"
#include "util/buf.h"
#include "util/text.h"

/* What the probe relies on, by the names of the kernel's that it concerns. */
struct match {
	const struct access_list *list;
	struct wanted *wanted;
	size_t nr;
	size_t *of; /* for each access: which name it wants */
};

static void wanted_record(const char *record, struct wanted *wanted)
{
	static const struct {
		const char *keyword;
		uint32_t kind;
	} kinds[] = {
		{ "struct ", BTF_KIND_STRUCT },
		{ "union ", BTF_KIND_UNION },
		{ "", BTF_KIND_TYPEDEF },
	};
	size_t i = 0;

	while (!text_starts(record, kinds[i].keyword))
		i++;
	*wanted = (struct wanted){ .kind = kinds[i].kind,
				   .name = record + strlen(kinds[i].keyword) };
}

/* Its index; match->nr when it is none of them. */
static size_t match_wanted(const struct match *match, const struct wanted *wanted)
{
	size_t w = 0;

	while (w < match->nr && (match->wanted[w].kind != wanted->kind ||
				 strcmp(match->wanted[w].name, wanted->name) != 0))
		w++;
	return w;
}

static int match_names(struct match *match)
{
	match->wanted = calloc(match->list->nr + 1, sizeof(*match->wanted));
	match->of = calloc(match->list->nr + 1, sizeof(*match->of));
	if (!match->wanted || !match->of)
		return -ENOMEM;
	for (size_t i = 0; i < match->list->nr; i++) {
		const struct access *access = &match->list->items[i];
		struct wanted wanted = { .kind = BTF_KIND_ENUM, .name = access->member };
		size_t w;

		if (access->kind != ACCESS_ENUMERATOR)
			wanted_record(access->record, &wanted);
		w = match_wanted(match, &wanted);
		if (w == match->nr)
			match->wanted[match->nr++] = wanted;
		match->of[i] = w;
	}
	return 0;
}

static bool access_fits(const struct access *access, const struct candidate *candidate)
{
	struct found_member found;

	if (access->kind == ACCESS_STRIDE)
		return (uint64_t)(8 * btf__resolve_size(candidate->btf, candidate->id)) ==
		       access->size;
	if (!lookup_member(candidate->btf, candidate->id, access->member, &found) ||
	    found.offset != access->offset)
		return false;
	return !access->size || (access->element ? found.element : found.size) == access->size;
}

/* The type of that name that the probe can mean; NULL when there is none. */
static const struct candidate *match_best(const struct match *match, size_t w, size_t *wrong)
{
	const struct candidates *found = &match->wanted[w].found;
	const struct candidate *best = NULL;

	for (size_t c = 0; c < found->nr; c++) {
		size_t bad = 0;

		for (size_t i = 0; i < match->list->nr; i++)
			if (match->of[i] == w)
				bad += !access_fits(&match->list->items[i], &found->items[c]);
		if (!best || bad < *wrong) {
			best = &found->items[c];
			*wrong = bad;
		}
	}
	return best;
}

/* "struct task_struct" of "const struct task_struct *"; arrays are left out, too. */
static void type_leads_to(const char *type, char *name, size_t size)
{
	size_t len;

	type = access_unqualified(type);
	len = strcspn(type, "*[(");
	while (len && type[len - 1] == ' ')
		len--;
	snprintf(name, size, "%.*s", (int)len, type);
}

/*
 * A record that has another name in the kernel: a member that leads to it by the headers leads to
 * the other one in the kernel. One that is found may lead to the next.
 */
static int match_renamed(struct match *match)
{
	bool again = true;

	while (again) {
		again = false;
		for (size_t i = 0; i < match->list->nr; i++) {
			const struct access *access = &match->list->items[i];
			const struct candidate *from;
			struct found_member found;
			struct candidate *items;
			struct wanted wanted;
			char name[ACCESS_NAME_MAX];
			size_t wrong = 0, w;

			if (access->kind != ACCESS_MEMBER || access->own)
				continue;
			type_leads_to(access->type, name, sizeof(name));
			wanted_record(name, &wanted);
			w = match_wanted(match, &wanted);
			if (w == match->nr || match->wanted[w].found.nr)
				continue;
			from = match_best(match, match->of[i], &wrong);
			if (!from || !lookup_member(from->btf, from->id, access->member, &found) ||
			    !lookup_composite(from->btf, found.leads_to))
				continue;
			items = malloc(sizeof(*items));
			if (!items)
				return -ENOMEM;
			*items = (struct candidate){ from->btf, found.leads_to };
			match->wanted[w].found = (struct candidates){ items, 1 };
			again = true;
		}
	}
	return 0;
}

/* "1364", or "1364 bit 3" */
static void offset_words(char *words, size_t size, uint64_t offset, bool bits)
{
	if (offset % 8 || bits)
		snprintf(words, size, "%" PRIu64 " bit %" PRIu64, offset / 8, offset % 8);
	else
		snprintf(words, size, "%" PRIu64, offset / 8);
}

static void size_words(char *words, size_t size, uint64_t bits)
{
	if (bits % 8)
		snprintf(words, size, "%" PRIu64 " bits", bits);
	else
		snprintf(words, size, "%" PRIu64 " byte%s", bits / 8, bits == 8 ? "" : "s");
}

/* What differs, in one line, without the place; "" when nothing does. */
static void access_words(struct buf *out, const struct access *access,
			 const struct candidate *candidate)
{
	const char *by = access->own ? "here" : "by the headers";
	char ours[64], theirs[64];
	struct found_member found = {};
	uint64_t size;

	if (access_fits(access, candidate))
		return;
	if (access->kind == ACCESS_STRIDE) {
		size_words(ours, sizeof(ours), access->size);
		size_words(theirs, sizeof(theirs),
			   (uint64_t)(8 * btf__resolve_size(candidate->btf, candidate->id)));
		buf_printf(out, "%s: %s %s, %s in the kernel", access->record, ours, by, theirs);
		return;
	}
	if (!lookup_member(candidate->btf, candidate->id, access->member, &found)) {
		offset_words(ours, sizeof(ours), access->offset, false);
		buf_printf(out, "%s has no member %s in the kernel; %s it is at offset %s",
			   access->record, access->member, by, ours);
		return;
	}
	buf_printf(out, "%s.%s: ", access->record, access->member);
	if (found.offset != access->offset) {
		bool bits = (access->offset | found.offset) % 8;

		offset_words(ours, sizeof(ours), access->offset, bits);
		offset_words(theirs, sizeof(theirs), found.offset, bits);
		buf_printf(out, "offset %s %s, %s in the kernel", ours, by, theirs);
	}
	size = access->element ? found.element : found.size;
	if (access->size && size != access->size) {
		size_words(ours, sizeof(ours), access->size);
		size_words(theirs, sizeof(theirs), size);
		buf_printf(out, "%s%s%s %s, %s in the kernel",
			   found.offset != access->offset ? "; " : "",
			   access->element ? "elements of " : "", ours, by, theirs);
	}
}

static void match_difference(struct match_result *result, const struct access *access)
{
	if (!result->differences++) {
		snprintf(result->file, sizeof(result->file), "%s", access->file);
		result->line = access->line;
	}
}

/*
 * BTF of before Linux 6.0 keeps the low 32 bits of an enumerator, and not whether they have a sign
 * (Documentation/bpf/btf.rst, kind_flag of BTF_KIND_ENUM and BTF_KIND_ENUM64).
 */
static bool enumerator_same(int64_t ours, int64_t theirs)
{
	if (theirs >= INT32_MIN && theirs <= UINT32_MAX)
		return (uint32_t)ours == (uint32_t)theirs;
	return ours == theirs;
}

static void enumerator_words(struct buf *out, const struct access *access,
			     const struct wanted *wanted)
{
	for (size_t i = 0; i < wanted->nr_values; i++)
		if (enumerator_same(access->value, wanted->values[i]))
			return;
	buf_printf(out, "%s: %" PRId64 " by the headers, %" PRId64 " in the kernel", access->member,
		   access->value, wanted->values[0]);
}

static void place_words(struct buf *out, const struct access *access)
{
	if (access->line)
		buf_printf(out, "%s:%u:%u: ", access->file, access->line, access->column);
}

/*
 * A record that the probe declares itself is its own affair, unless it has the name of one of the
 * kernel's and none but its members: then it was meant to be that one.
 */
static bool looks_like_copy(const struct match *match, size_t w, const struct candidate *best)
{
	struct found_member found;

	for (size_t i = 0; i < match->list->nr; i++)
		if (match->of[i] == w && match->list->items[i].kind == ACCESS_MEMBER &&
		    !lookup_member(best->btf, best->id, match->list->items[i].member, &found))
			return false;
	return true;
}

/* How a name that the probe relies on stands with the kernel. */
struct standing {
	const struct candidate *best;
	bool skip; /* nothing of the kernel's */
	bool own;  /* the probe's, and a bad copy of the kernel's */
	bool said;
};

static void match_stand(const struct match *match, size_t w, struct standing *standing)
{
	size_t wrong = 0;
	bool own = false;

	standing->best = match_best(match, w, &wrong);
	for (size_t i = 0; i < match->list->nr; i++)
		own = own || (match->of[i] == w && match->list->items[i].own);
	standing->own = own;
	standing->skip = own && (match->wanted[w].kind == BTF_KIND_ENUM || !standing->best ||
				 !wrong || !looks_like_copy(match, w, standing->best));
}

static bool match_told(const struct access_list *list, size_t i)
{
	for (size_t before = 0; before < i; before++)
		if (list->items[before].kind == list->items[i].kind &&
		    strcmp(list->items[before].record, list->items[i].record) == 0 &&
		    strcmp(list->items[before].member, list->items[i].member) == 0)
			return true;
	return false;
}

static void match_one(const struct match *match, size_t i, struct standing *standing,
		      struct match_result *result, struct buf *differences, struct buf *unknown,
		      struct buf *doubts)
{
	const struct access *access = &match->list->items[i];
	const struct wanted *wanted = &match->wanted[match->of[i]];
	bool enumerator = wanted->kind == BTF_KIND_ENUM;
	struct buf words = {};

	if (standing->skip)
		return;
	if (enumerator ? !wanted->nr_values : !standing->best) {
		if (!standing->said)
			buf_printf(unknown, "%s%s", unknown->len ? ", " : "",
				   enumerator ? access->member : access->record);
		standing->said = true;
		return;
	}
	if (enumerator) {
		result->enumerators++;
		enumerator_words(&words, access, wanted);
	} else {
		result->members += !standing->own;
		result->records += !standing->own && !standing->said;
		access_words(&words, access, standing->best);
	}
	standing->said = true;
	if (words.len && !match_told(match->list, i)) {
		struct buf *out = standing->own ? doubts : differences;

		if (!standing->own)
			match_difference(result, access);
		place_words(out, access);
		if (standing->own)
			buf_printf(
				out,
				"warning: this probe's own copy of a struct is not the kernel's: ");
		buf_printf(out, "%s\n", buf_text(&words));
	}
	buf_free(&words);
}

int match_compare(struct kernel_btf *kernel, const struct access_list *list,
		  struct match_result *result, struct buf *differences, struct buf *unknown,
		  struct buf *doubts)
{
	struct match match = { .list = list };
	struct standing *standing;
	int ret = match_names(&match);

	*result = (struct match_result){};
	ret = ret ?: lookup_names(kernel, match.wanted, match.nr);
	ret = ret ?: match_renamed(&match);
	standing = ret ? NULL : calloc(match.nr + 1, sizeof(*standing));
	if (!ret && !standing)
		ret = -ENOMEM;
	for (size_t w = 0; w < match.nr && !ret; w++)
		match_stand(&match, w, &standing[w]);
	for (size_t i = 0; i < list->nr && !ret; i++)
		match_one(&match, i, &standing[match.of[i]], result, differences, unknown, doubts);
	free(standing);
	for (size_t w = 0; w < match.nr; w++) {
		free(match.wanted[w].found.items);
		free(match.wanted[w].values);
	}
	free(match.wanted);
	free(match.of);
	if (differences->failed || unknown->failed || doubts->failed)
		ret = -ENOMEM;
	return ret;
}
