// SPDX-License-Identifier: GPL-2.0-only
/* Which program calls, replaces and shares what, drawn as a tree. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bpf/words.h"
#include "util/array.h"
#include "util/text.h"
#include "view/label.h"
#include "view/print.h"
#include "view/view.h"

/* A line of the drawing and what hangs below it. */
struct node {
	char *text;
	struct node *children;
	size_t nr_children;
};

struct drawing {
	struct view *view;
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
	struct node *node = array_append(&parent->children, &parent->nr_children, sizeof(*node));
	va_list ap;

	if (!node)
		return NULL;
	va_start(ap, fmt);
	if (vasprintf(&node->text, fmt, ap) < 0)
		node->text = NULL;
	va_end(ap);
	return node;
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
		label_key(&text, map, &map->slots[i]);
		buf_str(&text, "] ");
		if (map->info.type == BPF_MAP_TYPE_PROG_ARRAY)
			prog = kbpf_prog(kbpf, map->slots[i].id);
		if (prog) {
			add_prog(drawing, parent, buf_text(&text), prog);
			continue;
		}
		label_object(&text, kbpf, KBPF_MAP, map->slots[i].id);
		node_add(parent, "%s", buf_text(&text));
	}
	buf_free(&text);
}

static void add_map(struct drawing *drawing, struct node *parent, const struct kbpf_prog *prog,
		    const struct kbpf_map *map)
{
	const struct kbpf *kbpf = &drawing->view->kbpf;
	struct buf others = {}, text = {};
	struct kbpf_ids users = {};
	char word[WORD_MAX];
	struct node *node;

	kbpf_users(&users, kbpf, map->info.id, prog->info.id);
	label_progs(&others, kbpf, &users);
	label_object(&text, kbpf, KBPF_MAP, map->info.id);
	if (map->info.type == BPF_MAP_TYPE_PROG_ARRAY) {
		buf_printf(&text, " (prog_array");
		if (map->owner.type >= 0) {
			buf_str(&text, ", owner ");
			label_owner(&text, map);
		}
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
	kbpf_ids_free(&users);
	buf_free(&others);
	buf_free(&text);
}

/* Maps of struct_ops that have the program as a member. */
static void add_struct_ops(struct drawing *drawing, struct node *parent,
			   const struct kbpf_prog *prog)
{
	const struct kbpf *kbpf = &drawing->view->kbpf;
	struct kbpf_ids others = {};
	struct buf text = {};

	for (size_t i = 0; i < kbpf->nr_maps; i++) {
		const struct kbpf_map *map = &kbpf->maps[i];
		const struct kbpf_member *member = kbpf_member_of(map, prog->info.id);

		if (!member)
			continue;
		buf_reset(&text);
		buf_printf(&text, "is .%s of struct_ops map ", member->name ?: "");
		label_object(&text, kbpf, KBPF_MAP, map->info.id);
		buf_str(&text, " (");
		label_ops(&text, kbpf, map);
		buf_char(&text, ')');
		if (map->nr_members > 1)
			buf_str(&text, ", beside ");
		kbpf_members(&others, map, prog->info.id);
		label_progs(&text, kbpf, &others);
		node_add(parent, "%s", buf_text(&text));
	}
	kbpf_ids_free(&others);
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

/* What it calls, what replaces parts of it, what it shares. */
static void add_what_it_does(struct drawing *drawing, struct node *node,
			     const struct kbpf_prog *prog)
{
	const struct kbpf *kbpf = &drawing->view->kbpf;
	struct kbpf_ids neighbours = {};
	struct buf text = {};

	label_functions(&text, prog, 1);
	if (text.len)
		node_add(node, "calls %zu function%s of its own: %s", prog->nr_functions - 1,
			 prog->nr_functions > 2 ? "s" : "", buf_text(&text));
	add_replacements(drawing, node, prog);
	for (size_t i = 0; i < prog->nr_map_ids; i++) {
		const struct kbpf_map *map = kbpf_map(kbpf, prog->map_ids[i]);

		if (map)
			add_map(drawing, node, prog, map);
	}
	if (prog->info.type == BPF_PROG_TYPE_STRUCT_OPS)
		add_struct_ops(drawing, node, prog);
	buf_reset(&text);
	kbpf_neighbours(&neighbours, kbpf, prog);
	label_progs(&text, kbpf, &neighbours);
	if (text.len)
		node_add(node, "shares its trampoline with %s", buf_text(&text));
	kbpf_ids_free(&neighbours);
	buf_free(&text);
}

static void add_prog(struct drawing *drawing, struct node *parent, const char *before,
		     const struct kbpf_prog *prog)
{
	const struct kbpf *kbpf = &drawing->view->kbpf;
	bool *drawn = &drawing->drawn[prog - kbpf->progs];
	struct buf text = {};
	char word[WORD_MAX];
	struct node *node;

	buf_printf(&text, "%sprogram ", before);
	label_object(&text, kbpf, KBPF_PROG, prog->info.id);
	buf_printf(&text, " (%s)", word_prog_type(prog->info.type, word));
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
		label_place(&text, &prog->places[i]);
	}
	node = node_add(parent, "%s", buf_text(&text));
	if (node)
		add_what_it_does(drawing, node, prog);
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

void view_tree(struct view *view)
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
			if (view_wants(view, KBPF_PROG, kbpf->progs[i].info.id) &&
			    !drawing.drawn[i] && (rest || !kbpf_is_led_to(kbpf, &kbpf->progs[i])))
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
