// SPDX-License-Identifier: GPL-2.0-only
/* Which objects were asked for: by id, by name, by the path of a pin. */
#include <errno.h>
#include <fnmatch.h>
#include <string.h>

#include "util/error.h"
#include "util/text.h"
#include "view/label.h"
#include "view/view.h"

static const char *const kind_words[] = {
	[KBPF_PROG] = "program", [KBPF_MAP] = "map", [KBPF_LINK] = "link"
};

static bool is_pinned_at(const struct kbpf_common *common, const char *path)
{
	for (size_t i = 0; common && i < common->nr_pins; i++)
		if (strcmp(common->pins[i], path) == 0)
			return true;
	return false;
}

bool view_wants(const struct view *view, enum kbpf_kind kind, uint32_t id)
{
	const struct kbpf_prog *prog;
	uint64_t number;
	const char *name;

	if (!view->kinds[kind])
		return false;
	if (!view->word)
		return true;
	name = label_name(&view->kbpf, kind, id);
	/* names can be numbers */
	if (text_u64(view->word, &number) == 0)
		return number == id || strcmp(view->word, name) == 0;
	if (view->word[0] == '/')
		return is_pinned_at(kbpf_common_of(&view->kbpf, kind, id), view->word);
	if (name[0] && fnmatch(view->word, name, 0) == 0)
		return true;
	/* the 15 bytes that others show */
	prog = kind == KBPF_PROG ? kbpf_prog(&view->kbpf, id) : NULL;
	return prog && strcmp(prog->info.name, view->word) == 0 && view->word[0];
}

/* The id of the object at a place in its array; 0 behind the last one. */
static uint32_t id_at(const struct kbpf *kbpf, enum kbpf_kind kind, size_t i)
{
	if (kind == KBPF_PROG)
		return i < kbpf->nr_progs ? kbpf->progs[i].info.id : 0;
	if (kind == KBPF_MAP)
		return i < kbpf->nr_maps ? kbpf->maps[i].info.id : 0;
	return i < kbpf->nr_links ? kbpf->links[i].id : 0;
}

size_t view_count(const struct view *view)
{
	size_t nr = 0;

	for (enum kbpf_kind kind = 0; kind < KBPF_KINDS; kind++)
		for (size_t i = 0; id_at(&view->kbpf, kind, i); i++)
			nr += view_wants(view, kind, id_at(&view->kbpf, kind, i));
	return nr;
}

void view_each(struct view *view, void (*prog)(struct view *view, const struct kbpf_prog *prog),
	       void (*map)(struct view *view, const struct kbpf_map *map),
	       void (*link)(struct view *view, const struct kbpf_link *link))
{
	const struct kbpf *kbpf = &view->kbpf;

	for (size_t i = 0; i < kbpf->nr_progs; i++)
		if (view_wants(view, KBPF_PROG, kbpf->progs[i].info.id))
			prog(view, &kbpf->progs[i]);
	for (size_t i = 0; i < kbpf->nr_maps; i++)
		if (view_wants(view, KBPF_MAP, kbpf->maps[i].info.id))
			map(view, &kbpf->maps[i]);
	for (size_t i = 0; i < kbpf->nr_links; i++)
		if (view_wants(view, KBPF_LINK, kbpf->links[i].id))
			link(view, &kbpf->links[i]);
}

/* The kind, among those that were not looked at, which has what was asked for; NULL: none. */
static const char *other_kind(const struct view *view)
{
	struct view other = *view;
	const char *word = NULL;

	for (enum kbpf_kind kind = 0; kind < KBPF_KINDS; kind++) {
		memset(other.kinds, 0, sizeof(other.kinds));
		other.kinds[kind] = !view->kinds[kind];
		if (view_count(&other))
			word = kind_words[kind];
	}
	return word;
}

/* The word for the one kind that was looked at, or for all. */
static const char *kind_word(const struct view *view)
{
	const char *word = NULL;

	for (enum kbpf_kind kind = 0; kind < KBPF_KINDS; kind++)
		if (view->kinds[kind])
			word = word ? "BPF object" : kind_words[kind];
	return word ?: "BPF object";
}

int view_unknown(const struct view *view, struct error *err)
{
	const char *what = kind_word(view), *other = other_kind(view);
	struct near near = { .wanted = view->word };
	uint64_t number;
	bool is_id = text_u64(view->word, &number) == 0;

	for (enum kbpf_kind kind = 0; kind < KBPF_KINDS; kind++)
		for (size_t i = 0; view->kinds[kind] && id_at(&view->kbpf, kind, i); i++)
			near_offer(&near,
				   label_name(&view->kbpf, kind, id_at(&view->kbpf, kind, i)));
	if (is_id)
		error_set(err, -ENOENT, "there is no %s with the id %s", what, view->word);
	else if (view->word[0] == '/')
		error_set(err, -ENOENT, "no %s is pinned at %s", what, view->word);
	else
		error_set(err, -ENOENT, "no %s is called %s", what, view->word);
	if (other)
		return error_hint(err, "there is a %s of that %s: hotprobe bpf %ss %s", other,
				  is_id ? "id" : "name", other[0] == 'p' ? "prog" : other,
				  view->word);
	if (near_best(&near))
		return error_hint(err, "did you mean %s?", near_best(&near));
	return error_hint(err, "hotprobe bpf lists them all");
}
