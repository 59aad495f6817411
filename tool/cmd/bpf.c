// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "bpf/words.h"
#include "cmd/bpf.h"
#include "cmd/cmd.h"
#include "util/error.h"
#include "util/json.h"
#include "util/text.h"

static const char *const kind_words[] = {
	[KBPF_PROG] = "program", [KBPF_MAP] = "map", [KBPF_LINK] = "link"
};

const char *bpf_name(const struct kbpf *kbpf, enum kbpf_kind kind, uint32_t id)
{
	const struct kbpf_link *link = kind == KBPF_LINK ? kbpf_link(kbpf, id) : NULL;
	const struct kbpf_prog *prog;
	const struct kbpf_map *map;

	if (kind == KBPF_MAP) {
		map = kbpf_map(kbpf, id);
		return map ? map->info.name : "";
	}
	/* a link of struct_ops has no program: its map has them */
	if (link && !link->prog_id)
		return bpf_name(kbpf, KBPF_MAP, link->map_id);
	prog = kbpf_prog(kbpf, link ? link->prog_id : id);
	return prog ? prog->name : "";
}

void bpf_label(struct buf *out, const struct kbpf *kbpf, enum kbpf_kind kind, uint32_t id)
{
	const char *name = bpf_name(kbpf, kind, id);

	buf_printf(out, "%u%s%s", id, name[0] ? " " : "", name);
}

void bpf_place_text(struct buf *out, const struct kbpf_place *place)
{
	buf_printf(out, "%s%s%s", place->how, place->target[0] ? " " : "", place->target);
}

const char *bpf_ops_state(const struct kbpf_map *map)
{
	/* as the kernel calls them: enum bpf_struct_ops_state of include/linux/bpf.h */
	static const char *const words[] = {
		[KBPF_OPS_INIT] = "init",
		[KBPF_OPS_IN_USE] = "inuse",
		[KBPF_OPS_TO_BE_FREE] = "tobefree",
		[KBPF_OPS_READY] = "ready",
	};

	return map->ops_state < sizeof(words) / sizeof(words[0]) ? words[map->ops_state] : NULL;
}

uint32_t bpf_ops_link(const struct kbpf *kbpf, const struct kbpf_map *map)
{
	for (size_t i = 0; i < kbpf->nr_links; i++)
		if (kbpf->links[i].type == BPF_LINK_TYPE_STRUCT_OPS &&
		    kbpf->links[i].map_id == map->info.id)
			return kbpf->links[i].id;
	return 0;
}

void bpf_ops_text(struct buf *out, const struct kbpf *kbpf, const struct kbpf_map *map)
{
	uint32_t link = bpf_ops_link(kbpf, map);

	buf_str(out, map->ops);
	if (link)
		buf_printf(out, ", registered by link %u", link);
	else if (map->ops_state == KBPF_OPS_IN_USE)
		buf_str(out, ", registered");
	else if (map->ops_state == KBPF_OPS_READY)
		buf_str(out, ", not registered by a link yet");
	else
		buf_str(out, ", not registered");
}

void bpf_slot_text(struct buf *out, const struct kbpf_map *map, const struct kbpf_slot *slot)
{
	uint32_t index;

	if (map->info.key_size == sizeof(index)) {
		memcpy(&index, slot->key, sizeof(index));
		buf_printf(out, "%u", index);
		return;
	}
	buf_str(out, "0x");
	for (uint32_t i = 0; i < map->info.key_size; i++)
		buf_printf(out, "%02x", (unsigned char)slot->key[i]);
}

static bool is_trampoline(const struct kbpf_place *place)
{
	static const char *const hows[] = { "fentry", "fexit", "fmod_ret", "fsession", "lsm" };

	for (size_t i = 0; i < sizeof(hows) / sizeof(hows[0]); i++)
		if (strcmp(place->how, hows[i]) == 0)
			return place->target[0] && place->target[0] != '(';
	return false;
}

static bool share_trampoline(const struct kbpf *kbpf, const struct kbpf_prog *a,
			     const struct kbpf_prog *b, uint32_t unused)
{
	(void)kbpf;
	(void)unused;
	for (size_t i = 0; i < a->nr_places; i++)
		for (size_t k = 0; k < b->nr_places; k++)
			if (is_trampoline(&a->places[i]) && is_trampoline(&b->places[k]) &&
			    strcmp(a->places[i].target, b->places[k].target) == 0)
				return true;
	return false;
}

void bpf_others(struct buf *out, const struct kbpf *kbpf, const struct kbpf_prog *prog, bool json,
		bpf_other_fn *wanted, uint32_t map_id)
{
	bool any = false;

	for (size_t i = 0; i < kbpf->nr_progs; i++) {
		const struct kbpf_prog *other = &kbpf->progs[i];

		if (other == prog || !wanted(kbpf, prog, other, map_id))
			continue;
		if (json) {
			json_next(out);
			buf_printf(out, "%u", other->info.id);
			continue;
		}
		if (any)
			buf_str(out, ", ");
		any = true;
		bpf_label(out, kbpf, KBPF_PROG, other->info.id);
	}
}

void bpf_same_place(struct buf *out, const struct kbpf *kbpf, const struct kbpf_prog *prog,
		    bool json)
{
	bpf_others(out, kbpf, prog, json, share_trampoline, 0);
}

void bpf_time(struct buf *out, const struct kbpf *kbpf, const struct kbpf_prog *prog,
	      const char *format)
{
	time_t seconds = (time_t)((kbpf->boot + prog->info.load_time) / 1000000000u);
	struct tm tm;
	char text[64];

	if (localtime_r(&seconds, &tm) && strftime(text, sizeof(text), format, &tm))
		buf_str(out, text);
}

bool bpf_wanted(const struct bpf_view *view, enum kbpf_kind kind, uint32_t id)
{
	const struct kbpf_common *common;
	const struct kbpf_prog *prog;
	uint64_t number;
	const char *name;

	if (!view->kinds[kind])
		return false;
	if (!view->word)
		return true;
	if (text_u64(view->word, &number) == 0)
		return number == id;
	if (view->word[0] == '/') {
		common = kbpf_common_of(&view->kbpf, kind, id);
		for (size_t i = 0; common && i < common->nr_pins; i++)
			if (strcmp(common->pins[i], view->word) == 0)
				return true;
		return false;
	}
	name = bpf_name(&view->kbpf, kind, id);
	if (name[0] && fnmatch(view->word, name, 0) == 0)
		return true;
	/* the 15 bytes that others show */
	prog = kind == KBPF_PROG ? kbpf_prog(&view->kbpf, id) : NULL;
	return prog && strcmp(prog->info.name, view->word) == 0 && view->word[0];
}

/* every object, with a number that it may be known by */
static uint32_t object_id(const struct kbpf *kbpf, enum kbpf_kind kind, size_t i)
{
	if (kind == KBPF_PROG)
		return i < kbpf->nr_progs ? kbpf->progs[i].info.id : 0;
	if (kind == KBPF_MAP)
		return i < kbpf->nr_maps ? kbpf->maps[i].info.id : 0;
	return i < kbpf->nr_links ? kbpf->links[i].id : 0;
}

static size_t count_wanted(const struct bpf_view *view)
{
	size_t nr = 0;

	for (enum kbpf_kind kind = 0; kind < KBPF_KINDS; kind++)
		for (size_t i = 0; object_id(&view->kbpf, kind, i); i++)
			nr += bpf_wanted(view, kind, object_id(&view->kbpf, kind, i));
	return nr;
}

static int bpf_unknown(const struct bpf_view *view, struct error *err)
{
	const char *what = "BPF object", *other = NULL;
	struct near near = { .wanted = view->word };
	struct bpf_view all = *view;
	uint64_t number;
	int nr_kinds = 0;

	for (enum kbpf_kind kind = 0; kind < KBPF_KINDS; kind++) {
		if (view->kinds[kind]) {
			what = nr_kinds++ ? "BPF object" : kind_words[kind];
		} else {
			memset(all.kinds, 0, sizeof(all.kinds));
			all.kinds[kind] = true;
			if (count_wanted(&all))
				other = kind_words[kind];
		}
		for (size_t i = 0; view->kinds[kind] && object_id(&view->kbpf, kind, i); i++)
			near_offer(&near,
				   bpf_name(&view->kbpf, kind, object_id(&view->kbpf, kind, i)));
	}
	if (text_u64(view->word, &number) == 0)
		error_set(err, -ENOENT, "there is no %s with the id %s", what, view->word);
	else if (view->word[0] == '/')
		error_set(err, -ENOENT, "no %s is pinned at %s", what, view->word);
	else
		error_set(err, -ENOENT, "no %s is called %s", what, view->word);
	if (other)
		return error_hint(err, "there is a %s of that %s: hotprobe bpf %ss %s", other,
				  text_u64(view->word, &number) ? "name" : "id",
				  other[0] == 'p' ? "prog" : other, view->word);
	if (near_best(&near))
		return error_hint(err, "did you mean %s?", near_best(&near));
	return error_hint(err, "hotprobe bpf lists them all");
}

static int bpf_list(struct bpf_view *view, struct error *err)
{
	int ret = kbpf_read(&view->kbpf, KBPF_USERS, err);

	if (ret)
		return ret;
	if (view->word && !count_wanted(view))
		return bpf_unknown(view, err);
	if (view->json)
		bpf_json(view);
	else if (view->word)
		bpf_details(view);
	else
		bpf_tables(view);
	return 0;
}

static int list_progs(struct bpf_view *view, struct error *err)
{
	view->kinds[KBPF_PROG] = true;
	return bpf_list(view, err);
}

static int list_maps(struct bpf_view *view, struct error *err)
{
	view->kinds[KBPF_MAP] = true;
	return bpf_list(view, err);
}

static int list_links(struct bpf_view *view, struct error *err)
{
	view->kinds[KBPF_LINK] = true;
	return bpf_list(view, err);
}

static int list_all(struct bpf_view *view, struct error *err)
{
	for (enum kbpf_kind kind = 0; kind < KBPF_KINDS; kind++)
		view->kinds[kind] = true;
	return bpf_list(view, err);
}

/* The one map that is meant, or what to choose from. */
static int dump_choose(struct bpf_view *view, struct error *err)
{
	struct buf names = {};
	size_t nr = count_wanted(view);

	if (nr == 1)
		return 0;
	if (!nr)
		return bpf_unknown(view, err);
	for (size_t i = 0; i < view->kbpf.nr_maps; i++) {
		const struct kbpf_map *map = &view->kbpf.maps[i];
		char word[WORD_MAX];

		if (!bpf_wanted(view, KBPF_MAP, map->info.id))
			continue;
		buf_printf(&names, "%s%u %s (%s, %u entries at most)", names.len ? ", " : "",
			   map->info.id, map->info.name, word_map_type(map->info.type, word),
			   map->info.max_entries);
	}
	error_set(err, -EEXIST, "%zu maps are called %s: %s", nr, view->word, buf_text(&names));
	buf_free(&names);
	return error_hint(err, "name one by its id");
}

static int dump_map(struct bpf_view *view, struct error *err)
{
	int ret;

	if (!view->word) {
		error_usage(err, "which map?");
		return error_hint(err, "hotprobe bpf maps lists them; hotprobe bpf dump takes an "
				       "id, a name, or the path at which one is pinned");
	}
	view->kinds[KBPF_MAP] = true;
	/* only a path needs to be looked for where things are pinned */
	ret = kbpf_read(&view->kbpf, view->word[0] == '/' ? KBPF_USERS : 0, err);
	ret = ret ?: dump_choose(view, err);
	return ret ?: bpf_dump(view, err);
}

static int draw_tree(struct bpf_view *view, struct error *err)
{
	int ret;

	view->kinds[KBPF_PROG] = true;
	ret = kbpf_read(&view->kbpf, KBPF_USERS, err);
	if (!ret && view->word && !count_wanted(view))
		ret = bpf_unknown(view, err);
	if (!ret)
		bpf_tree(view);
	return ret;
}

static const struct bpf_verb {
	const char *name;
	const char *usage;
	const char *help;
	int (*run)(struct bpf_view *view, struct error *err);
} verbs[] = {
	{ "progs", "[ID|NAME]", "programs: where they are attached, who has them", list_progs },
	{ "maps", "[ID|NAME]", "maps: sizes, owners of program arrays, who uses them", list_maps },
	{ "links", "[ID|NAME]", "links: which program they attach to what", list_links },
	{ "dump", "MAP", "a map's entries, formatted by its BTF", dump_map },
	{ "tree", "[ID|NAME]", "which program calls, replaces and shares what", draw_tree },
	{ "programs", NULL, NULL, list_progs },
	{ NULL, NULL, NULL, NULL },
};

static const struct bpf_verb *find_verb(const char *word)
{
	for (const struct bpf_verb *verb = verbs; verb->name; verb++)
		if (text_starts(verb->name, word))
			return verb;
	return NULL;
}

static int bpf_help(struct bpf_view *view)
{
	struct buf *out = &view->out;

	buf_str(out, "hotprobe bpf - BPF objects on this machine\n\n"
		     "Usage: hotprobe bpf [ID|NAME] [-o json]      objects of all kinds\n");
	for (const struct bpf_verb *verb = verbs; verb->name; verb++)
		if (verb->help)
			buf_printf(out, "       hotprobe bpf %-5s %-10s          %s\n", verb->name,
				   verb->usage, verb->help);
	buf_str(out, "\nA NAME may be a glob, or the path at which the object is pinned. Words may "
		     "be shortened.\nWith an ID or NAME all that is known is shown.\n\n"
		     "Options:\n"
		     "  -o, --output=table|json   one JSON object a line\n"
		     "  -h, --help\n");
	return 0;
}

static int parse_format(struct bpf_view *view, const char *value, struct error *err)
{
	if (value && strcmp(value, "json") == 0)
		view->json = true;
	else if (!value || strcmp(value, "table") != 0)
		return error_usage(err, "-o takes table or json%s%s", value ? ", not " : "",
				   value ?: "");
	return 0;
}

static int bpf_parse(struct bpf_view *view, int argc, char **argv, const char *words[2], bool *help,
		     struct error *err)
{
	int nr = 0, ret = 0;

	for (int i = 0; i < argc && !ret; i++) {
		const char *arg = argv[i];

		if (strcmp(arg, "-h") == 0 || strcmp(arg, "--help") == 0)
			*help = true;
		else if (strcmp(arg, "-o") == 0 || strcmp(arg, "--output") == 0)
			ret = parse_format(view, i + 1 < argc ? argv[++i] : NULL, err);
		else if (text_starts(arg, "--output="))
			ret = parse_format(view, strchr(arg, '=') + 1, err);
		else if (text_starts(arg, "-o"))
			ret = parse_format(view, arg + 2, err);
		else if (arg[0] == '-')
			ret = error_usage(err, "unknown option %s of hotprobe bpf", arg);
		else if (nr == 2)
			ret = error_usage(err, "%s is too much for hotprobe bpf", arg);
		else
			words[nr++] = arg;
	}
	return ret;
}

int cmd_bpf(int argc, char **argv, struct error *err)
{
	int (*run)(struct bpf_view * view, struct error * err) = list_all;
	const char *words[2] = { NULL, NULL };
	const struct bpf_verb *verb = NULL;
	struct bpf_view view = {};
	bool help = false;
	int ret;

	ret = bpf_parse(&view, argc, argv, words, &help, err);
	if (ret)
		return ret;
	verb = words[0] ? find_verb(words[0]) : NULL;
	view.word = verb ? words[1] : words[0];
	if (help) {
		ret = bpf_help(&view);
	} else if (words[1] && !verb) {
		struct near near = { .wanted = words[0] };

		for (verb = verbs; verb->help; verb++)
			near_offer(&near, verb->name);
		error_usage(err, "hotprobe bpf knows no %s", words[0]);
		if (near_best(&near))
			ret = error_hint(err, "did you mean %s?", near_best(&near));
		else
			ret = error_hint(err, "it knows progs, maps, links, dump and tree");
	} else {
		run = verb ? verb->run : list_all;
		ret = run(&view, err);
	}
	if (!ret && view.out.failed)
		ret = error_sys(err, -ENOMEM, "cannot list BPF objects");
	ret = ret ?: cmd_print(buf_text(&view.out), err);
	kbpf_free(&view.kbpf);
	buf_free(&view.left_out);
	buf_free(&view.out);
	return ret;
}
