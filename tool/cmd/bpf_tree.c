// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bpf/words.h"
#include "cmd/bpf.h"
#include "util/json.h"
#include "util/text.h"

/* A line of the drawing and what hangs below it. */
struct node {
	char *text;
	struct node *children;
	size_t nr_children;
};

struct drawing {
	struct bpf_view *view;
	bool *drawn; /* by index in kbpf.progs */
	const char *branch, *last, *bar, *space;
};

static void nodes_free(struct node *nodes, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		nodes_free(nodes[i].children, nodes[i].nr_children);
		free(nodes[i].text);
	}
	free(nodes);
}

static struct node *node_add(struct node *parent, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static struct node *node_add(struct node *parent, const char *fmt, ...)
{
	struct node *node = kbpf_append(&parent->children, &parent->nr_children, sizeof(*node));
	va_list ap;

	if (!node)
		return NULL;
	va_start(ap, fmt);
	if (vasprintf(&node->text, fmt, ap) < 0)
		node->text = NULL;
	va_end(ap);
	return node;
}

static bool is_replacement(const struct kbpf_prog *prog)
{
	for (size_t i = 0; i < prog->nr_places; i++)
		if (prog->places[i].prog)
			return true;
	return false;
}

static bool in_slot(const struct kbpf_map *map, uint32_t id)
{
	for (size_t i = 0; map->info.type == BPF_MAP_TYPE_PROG_ARRAY && i < map->nr_slots; i++)
		if (map->slots[i].id == id)
			return true;
	return false;
}

/* Does another program lead to this one? Then it is drawn there. */
static bool is_led_to(const struct kbpf *kbpf, const struct kbpf_prog *prog)
{
	if (is_replacement(prog))
		return true;
	for (size_t i = 0; i < kbpf->nr_maps; i++) {
		if (!in_slot(&kbpf->maps[i], prog->info.id))
			continue;
		for (size_t k = 0; k < kbpf->nr_progs; k++)
			if (&kbpf->progs[k] != prog &&
			    kbpf_uses(kbpf, &kbpf->progs[k], kbpf->maps[i].info.id))
				return true;
	}
	return false;
}

static bool uses_too(const struct kbpf *kbpf, const struct kbpf_prog *prog,
		     const struct kbpf_prog *other, uint32_t map_id)
{
	(void)prog;
	return kbpf_uses(kbpf, other, map_id);
}

/* The programs that use the map besides @prog: "13 b, 14 c". */
static void other_users(struct buf *out, const struct kbpf *kbpf, const struct kbpf_prog *prog,
			uint32_t map_id, bool json)
{
	bpf_others(out, kbpf, prog, json, uses_too, map_id);
}

static void add_prog(struct drawing *drawing, struct node *parent, const char *before,
		     const struct kbpf_prog *prog);

static void add_slots(struct drawing *drawing, struct node *parent, const struct kbpf_map *map)
{
	const struct kbpf *kbpf = &drawing->view->kbpf;
	struct buf text = {};

	for (size_t i = 0; i < map->nr_slots && parent; i++) {
		const struct kbpf_prog *prog = NULL;

		buf_reset(&text);
		buf_char(&text, '[');
		bpf_slot_text(&text, map, &map->slots[i]);
		buf_str(&text, "] ");
		if (map->info.type == BPF_MAP_TYPE_PROG_ARRAY)
			prog = kbpf_prog(kbpf, map->slots[i].id);
		if (prog) {
			add_prog(drawing, parent, buf_text(&text), prog);
			continue;
		}
		bpf_label(&text, kbpf, KBPF_MAP, map->slots[i].id);
		node_add(parent, "%s", buf_text(&text));
	}
	buf_free(&text);
}

static void add_map(struct drawing *drawing, struct node *parent, const struct kbpf_prog *prog,
		    const struct kbpf_map *map)
{
	const struct kbpf *kbpf = &drawing->view->kbpf;
	char word[WORD_MAX], owner[WORD_MAX];
	struct buf others = {}, text = {};
	struct node *node;

	other_users(&others, kbpf, prog, map->info.id, false);
	bpf_label(&text, kbpf, KBPF_MAP, map->info.id);
	if (map->info.type == BPF_MAP_TYPE_PROG_ARRAY) {
		buf_printf(&text, " (prog_array");
		if (map->owner.type >= 0)
			buf_printf(&text, ", owner %s, %s",
				   word_prog_type((uint32_t)map->owner.type, owner),
				   map->owner.jited ? "JITed" : "not JITed");
		node = node_add(parent, "tail-calls through map %s)%s%s%s", buf_text(&text),
				others.len ? ", as do " : "", buf_text(&others),
				map->nr_slots ? "" : ", which is empty");
		add_slots(drawing, node, map);
	} else if (map->nr_slots) {
		node = node_add(parent, "finds maps in map %s (%s)%s%s", buf_text(&text),
				word_map_type(map->info.type, word), others.len ? ", as do " : "",
				buf_text(&others));
		add_slots(drawing, node, map);
	} else if (others.len) {
		node_add(parent, "shares map %s (%s) with %s", buf_text(&text),
			 word_map_type(map->info.type, word), buf_text(&others));
	}
	buf_free(&others);
	buf_free(&text);
}

static const struct kbpf_member *member_of(const struct kbpf_map *map, uint32_t prog_id)
{
	for (size_t i = 0; i < map->nr_members; i++)
		if (map->members[i].prog == prog_id)
			return &map->members[i];
	return NULL;
}

/* The other programs of a map of struct_ops, as "13 b, 14 c"; with @json their ids. */
static void other_members(struct buf *out, const struct kbpf *kbpf, const struct kbpf_map *map,
			  uint32_t prog_id, bool json)
{
	bool any = false;

	for (size_t i = 0; i < map->nr_members; i++) {
		if (map->members[i].prog == prog_id)
			continue;
		if (json) {
			json_next(out);
			buf_printf(out, "%u", map->members[i].prog);
			continue;
		}
		if (any)
			buf_str(out, ", ");
		any = true;
		bpf_label(out, kbpf, KBPF_PROG, map->members[i].prog);
	}
}

/* Maps of struct_ops that have the program as a member. */
static void add_struct_ops(struct drawing *drawing, struct node *parent,
			   const struct kbpf_prog *prog)
{
	const struct kbpf *kbpf = &drawing->view->kbpf;
	struct buf text = {};

	for (size_t i = 0; i < kbpf->nr_maps; i++) {
		const struct kbpf_map *map = &kbpf->maps[i];
		const struct kbpf_member *member = member_of(map, prog->info.id);

		if (!member)
			continue;
		buf_reset(&text);
		buf_printf(&text, "is .%s of struct_ops map ", member->name ?: "");
		bpf_label(&text, kbpf, KBPF_MAP, map->info.id);
		buf_str(&text, " (");
		bpf_ops_text(&text, kbpf, map);
		buf_char(&text, ')');
		if (map->nr_members > 1)
			buf_str(&text, ", beside ");
		other_members(&text, kbpf, map, prog->info.id, false);
		node_add(parent, "%s", buf_text(&text));
	}
	buf_free(&text);
}

/* Programs that replace or trace one of its functions. */
static void add_replacements(struct drawing *drawing, struct node *parent,
			     const struct kbpf_prog *prog)
{
	const struct kbpf *kbpf = &drawing->view->kbpf;
	struct buf text = {};

	for (size_t i = 0; i < kbpf->nr_progs; i++) {
		const struct kbpf_prog *other = &kbpf->progs[i];

		for (size_t k = 0; k < other->nr_places; k++) {
			const struct kbpf_place *place = &other->places[k];

			if (place->prog != prog->info.id || other == prog)
				continue;
			buf_reset(&text);
			buf_printf(&text, "%s() %s by ", place->function ?: "a function",
				   strcmp(place->how, "freplace") ? "traced" : "replaced");
			add_prog(drawing, parent, buf_text(&text), other);
		}
	}
	buf_free(&text);
}

static void prog_line(struct buf *text, const struct kbpf *kbpf, const struct kbpf_prog *prog)
{
	char word[WORD_MAX];

	buf_str(text, "program ");
	bpf_label(text, kbpf, KBPF_PROG, prog->info.id);
	buf_printf(text, " (%s)", word_prog_type(prog->info.type, word));
}

static void add_prog(struct drawing *drawing, struct node *parent, const char *before,
		     const struct kbpf_prog *prog)
{
	const struct kbpf *kbpf = &drawing->view->kbpf;
	bool *drawn = &drawing->drawn[prog - kbpf->progs];
	struct buf text = {};
	struct node *node;

	buf_str(&text, before);
	prog_line(&text, kbpf, prog);
	if (*drawn) {
		node_add(parent, "%s, see above", buf_text(&text));
		buf_free(&text);
		return;
	}
	*drawn = true;
	for (size_t i = 0; i < prog->nr_places; i++) {
		if (prog->places[i].prog)
			continue;
		buf_str(&text, i ? "; " : " at ");
		bpf_place_text(&text, &prog->places[i]);
	}
	node = node_add(parent, "%s", buf_text(&text));
	buf_reset(&text);
	for (size_t i = 1; i < prog->nr_functions; i++)
		buf_printf(&text, "%s%s", i > 1 ? ", " : "",
			   prog->functions[i][0] ? prog->functions[i] : "(nameless)");
	if (node && text.len)
		node_add(node, "calls %zu function%s of its own: %s", prog->nr_functions - 1,
			 prog->nr_functions > 2 ? "s" : "", buf_text(&text));
	if (node)
		add_replacements(drawing, node, prog);
	for (size_t i = 0; node && i < prog->nr_map_ids; i++) {
		const struct kbpf_map *map = kbpf_map(kbpf, prog->map_ids[i]);

		if (map)
			add_map(drawing, node, prog, map);
	}
	if (node && prog->info.type == BPF_PROG_TYPE_STRUCT_OPS)
		add_struct_ops(drawing, node, prog);
	buf_reset(&text);
	bpf_same_place(&text, kbpf, prog, false);
	if (node && text.len)
		node_add(node, "shares its trampoline with %s", buf_text(&text));
	buf_free(&text);
}

static void draw(const struct drawing *drawing, const struct node *node, struct buf *prefix)
{
	struct buf *out = &drawing->view->out;
	size_t len = prefix->len;

	for (size_t i = 0; i < node->nr_children; i++) {
		const struct node *child = &node->children[i];
		bool last = i + 1 == node->nr_children;

		buf_str(out, buf_text(prefix));
		buf_str(out, last ? drawing->last : drawing->branch);
		if (child->text)
			text_escape(out, child->text, strlen(child->text));
		buf_char(out, '\n');
		buf_str(prefix, last ? drawing->space : drawing->bar);
		draw(drawing, child, prefix);
		prefix->len = len;
		if (prefix->data)
			prefix->data[len] = '\0';
	}
}

/* locale(7): the first of these that is set names the characters of the terminal */
static bool is_utf8(void)
{
	static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = getenv(names[i]);

		if (value && value[0])
			return strcasestr(value, "utf-8") || strcasestr(value, "utf8");
	}
	return false;
}

static void tree_text(struct bpf_view *view)
{
	const struct kbpf *kbpf = &view->kbpf;
	bool utf8 = is_utf8();
	struct drawing drawing = {
		.view = view,
		.drawn = calloc(kbpf->nr_progs + 1, sizeof(bool)),
		.branch = utf8 ? "├─ " : "|- ",
		.last = utf8 ? "└─ " : "`- ",
		.bar = utf8 ? "│  " : "|  ",
		.space = "   ",
	};
	struct node root = {};
	struct buf prefix = {};

	if (!drawing.drawn) {
		view->out.failed = true;
		return;
	}
	if (!kbpf->nr_progs)
		buf_str(&view->out, "no programs\n");
	/* what others lead to is drawn there; programs that only lead to each other come last */
	for (int rest = view->word != NULL; rest < 2; rest++)
		for (size_t i = 0; i < kbpf->nr_progs; i++)
			if (bpf_wanted(view, KBPF_PROG, kbpf->progs[i].info.id) &&
			    !drawing.drawn[i] && (rest || !is_led_to(kbpf, &kbpf->progs[i])))
				add_prog(&drawing, &root, "", &kbpf->progs[i]);
	for (size_t i = 0; i < root.nr_children; i++) {
		const struct node *node = &root.children[i];

		if (node->text)
			text_escape(&view->out, node->text, strlen(node->text));
		buf_char(&view->out, '\n');
		draw(&drawing, node, &prefix);
	}
	nodes_free(root.children, root.nr_children);
	buf_free(&prefix);
	free(drawing.drawn);
}

static void json_maps(struct buf *out, const struct kbpf *kbpf, const struct kbpf_prog *prog)
{
	char word[WORD_MAX];

	json_member(out, "maps");
	buf_char(out, '[');
	for (size_t i = 0; i < prog->nr_map_ids; i++) {
		const struct kbpf_map *map = kbpf_map(kbpf, prog->map_ids[i]);

		if (!map)
			continue;
		json_next(out);
		buf_char(out, '{');
		json_add_u64(out, "id", map->info.id);
		json_add_text(out, "name", map->info.name);
		json_add_text(out, "type", word_map_type(map->info.type, word));
		if (map->owner.type >= 0)
			json_add_text(out, "owner_type",
				      word_prog_type((uint32_t)map->owner.type, word));
		json_member(out, "shared_with");
		buf_char(out, '[');
		other_users(out, kbpf, prog, map->info.id, true);
		buf_char(out, ']');
		json_member(out, "slots");
		buf_char(out, '[');
		for (size_t k = 0; k < map->nr_slots; k++) {
			json_next(out);
			buf_char(out, '{');
			bpf_json_slot(out, kbpf, map, &map->slots[k]);
			buf_char(out, '}');
		}
		buf_str(out, "]}");
	}
	buf_char(out, ']');
}

static void json_replaced(struct buf *out, const struct kbpf *kbpf, uint32_t id)
{
	json_member(out, "changed_by");
	buf_char(out, '[');
	for (size_t i = 0; i < kbpf->nr_progs; i++) {
		const struct kbpf_prog *other = &kbpf->progs[i];

		for (size_t k = 0; k < other->nr_places; k++) {
			if (other->places[k].prog != id)
				continue;
			json_next(out);
			buf_char(out, '{');
			json_add_u64(out, "prog", other->info.id);
			json_add_text(out, "how", other->places[k].how);
			json_add_text(out, "function", other->places[k].function);
			buf_char(out, '}');
		}
	}
	buf_char(out, ']');
}

static void json_struct_ops(struct buf *out, const struct kbpf *kbpf, uint32_t prog_id)
{
	json_member(out, "struct_ops");
	buf_char(out, '[');
	for (size_t i = 0; i < kbpf->nr_maps; i++) {
		const struct kbpf_member *member = member_of(&kbpf->maps[i], prog_id);

		if (!member)
			continue;
		json_next(out);
		buf_char(out, '{');
		json_add_u64(out, "map", kbpf->maps[i].info.id);
		json_add_text(out, "struct", kbpf->maps[i].ops);
		json_add_text(out, "member", member->name);
		json_member(out, "beside");
		buf_char(out, '[');
		other_members(out, kbpf, &kbpf->maps[i], prog_id, true);
		buf_str(out, "]}");
	}
	buf_char(out, ']');
}

static void tree_json(struct bpf_view *view)
{
	const struct kbpf *kbpf = &view->kbpf;
	struct buf *out = &view->out;
	char word[WORD_MAX];

	for (size_t i = 0; i < kbpf->nr_progs; i++) {
		const struct kbpf_prog *prog = &kbpf->progs[i];

		if (!bpf_wanted(view, KBPF_PROG, prog->info.id))
			continue;
		buf_char(out, '{');
		json_add_u64(out, "id", prog->info.id);
		json_add_text(out, "name", prog->name);
		json_add_text(out, "type", word_prog_type(prog->info.type, word));
		json_member(out, "calls");
		buf_char(out, '[');
		for (size_t k = 1; k < prog->nr_functions; k++) {
			json_next(out);
			json_string(out, prog->functions[k], strlen(prog->functions[k]));
		}
		buf_char(out, ']');
		json_replaced(out, kbpf, prog->info.id);
		json_maps(out, kbpf, prog);
		json_struct_ops(out, kbpf, prog->info.id);
		json_member(out, "same_trampoline");
		buf_char(out, '[');
		bpf_same_place(out, kbpf, prog, true);
		buf_str(out, "]}\n");
	}
}

void bpf_tree(struct bpf_view *view)
{
	if (view->json)
		tree_json(view);
	else
		tree_text(view);
}
