// SPDX-License-Identifier: GPL-2.0-only
/* hotprobe bpf: its command line. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "bpf/read.h"
#include "bpf/words.h"
#include "cmd/cmd.h"
#include "util/error.h"
#include "util/text.h"
#include "view/print.h"
#include "view/view.h"

/* Read all objects, and be sure that there is what was asked for. */
static int bpf_find(struct view *view, struct error *err)
{
	int ret = kbpf_read(&view->kbpf, KBPF_USERS, err);

	if (!ret && view->word && !view_count(view))
		ret = view_unknown(view, err);
	return ret;
}

static int bpf_list(struct view *view, struct error *err)
{
	int ret = bpf_find(view, err);

	if (ret)
		return ret;
	if (view->json)
		view_json(view);
	else if (view->word)
		view_details(view);
	else
		view_table(view);
	return 0;
}

static int draw_tree(struct view *view, struct error *err)
{
	int ret = bpf_find(view, err);

	if (ret)
		return ret;
	if (view->json)
		view_tree_json(view);
	else
		view_tree(view);
	return 0;
}

static const struct kbpf_map *first_map(const struct view *view)
{
	for (size_t i = 0; i < view->kbpf.nr_maps; i++)
		if (view_wants(view, KBPF_MAP, view->kbpf.maps[i].info.id))
			return &view->kbpf.maps[i];
	return NULL;
}

/* There are several maps of that name: what to choose from. */
static int dump_ambiguous(const struct view *view, struct error *err)
{
	struct buf names = {};

	for (size_t i = 0; i < view->kbpf.nr_maps; i++) {
		const struct kbpf_map *map = &view->kbpf.maps[i];
		char word[WORD_MAX];

		if (!view_wants(view, KBPF_MAP, map->info.id))
			continue;
		buf_printf(&names, "%s%u %s (%s, %u entries at most)", names.len ? ", " : "",
			   map->info.id, map->info.name, word_map_type(map->info.type, word),
			   map->info.max_entries);
	}
	error_set(err, -EEXIST, "%zu maps are called %s: %s", view_count(view), view->word,
		  buf_text(&names));
	buf_free(&names);
	return error_hint(err, "name one by its id");
}

static int dump_map(struct view *view, struct error *err)
{
	size_t nr;
	int ret;

	if (!view->word) {
		error_usage(err, "which map?");
		return error_hint(err, "hotprobe bpf maps lists them; hotprobe bpf dump takes an "
				       "id, a name, or the path at which one is pinned");
	}
	/* only a path needs to be looked for where things are pinned */
	ret = kbpf_read(&view->kbpf, view->word[0] == '/' ? KBPF_USERS : 0, err);
	if (ret)
		return ret;
	nr = view_count(view);
	if (!nr)
		return view_unknown(view, err);
	return nr > 1 ? dump_ambiguous(view, err) : view_dump(view, first_map(view), err);
}

static const struct bpf_verb {
	const char *name;
	const char *usage;
	const char *help;
	enum kbpf_kind kind; /* of what it takes */
	int (*run)(struct view *view, struct error *err);
} verbs[] = {
	{ "progs", "[ID|NAME]", "programs: where they are attached, who has them", KBPF_PROG,
	  bpf_list },
	{ "maps", "[ID|NAME]", "maps: sizes, owners of program arrays, who uses them", KBPF_MAP,
	  bpf_list },
	{ "links", "[ID|NAME]", "links: which program they attach to what", KBPF_LINK, bpf_list },
	{ "dump", "MAP", "a map's entries, formatted by its BTF", KBPF_MAP, dump_map },
	{ "tree", "[ID|NAME]", "which program calls, replaces and shares what", KBPF_PROG,
	  draw_tree },
	{ "programs", NULL, NULL, KBPF_PROG, bpf_list },
	{ NULL, NULL, NULL, KBPF_KINDS, NULL },
};

static const struct bpf_verb *find_verb(const char *word)
{
	for (const struct bpf_verb *verb = verbs; verb->name; verb++)
		if (text_starts(verb->name, word))
			return verb;
	return NULL;
}

static int verb_unknown(const char *word, struct error *err)
{
	struct near near = { .wanted = word };

	for (const struct bpf_verb *verb = verbs; verb->help; verb++)
		near_offer(&near, verb->name);
	error_usage(err, "hotprobe bpf knows no %s", word);
	if (near_best(&near))
		return error_hint(err, "did you mean %s?", near_best(&near));
	return error_hint(err, "it knows progs, maps, links, dump and tree");
}

static int bpf_help(struct view *view)
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

static int parse_format(struct view *view, const char *value, struct error *err)
{
	if (value && strcmp(value, "json") == 0)
		view->json = true;
	else if (!value || strcmp(value, "table") != 0)
		return error_usage(err, "-o takes table or json%s%s", value ? ", not " : "",
				   value ?: "");
	return 0;
}

static int bpf_parse(struct view *view, int argc, char **argv, const char *words[2], bool *help,
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
	const char *words[2] = { NULL, NULL };
	const struct bpf_verb *verb = NULL;
	struct view view = {};
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
		ret = verb_unknown(words[0], err);
	} else {
		for (enum kbpf_kind kind = 0; kind < KBPF_KINDS; kind++)
			view.kinds[kind] = !verb || verb->kind == kind;
		ret = verb ? verb->run(&view, err) : bpf_list(&view, err);
	}
	if (!ret && view.out.failed)
		ret = error_sys(err, -ENOMEM, "cannot list BPF objects");
	ret = ret ?: cmd_print(buf_text(&view.out), err);
	kbpf_free(&view.kbpf);
	buf_free(&view.out);
	return ret;
}
