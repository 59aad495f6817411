// SPDX-License-Identifier: GPL-2.0-only
/* All objects as tables: a line for each, and what does not fit into one in notes below it. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "bpf/words.h"
#include "view/grid.h"
#include "view/label.h"
#include "view/print.h"
#include "view/view.h"

/* how many holders and places a line shows; an object's own page shows all */
#define HOLDERS_SHOWN 2
#define NOTES_SHOWN   4

/* A terminal's columns; 0 when there is no terminal, and all is shown. */
static size_t terminal_width(void)
{
	struct winsize size;

	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

/* Where the terminal is too narrow, what is least asked for is left out, and noted in @left_out. */
static void table_print(struct view *view, struct grid *grid, struct buf *left_out)
{
	static const char *const order[] = { "TAG",   "UID", "LOADED", "JITED", "SIZE", "FLAGS",
					     "VALUE", "KEY", "MEMORY", "MAX",	NULL };
	size_t width = terminal_width();

	if (width)
		grid_fit(grid, width, order, left_out);
	grid_print(grid, &view->out);
}

static void bytes_cell(struct grid *grid, int64_t bytes)
{
	if (bytes < 0)
		grid_cell(grid, "%s", "");
	else if (bytes < 10240)
		grid_cell(grid, "%" PRId64, bytes);
	else if (bytes < (int64_t)10240 << 10)
		grid_cell(grid, "%" PRId64 "K", (bytes + 512) >> 10);
	else
		grid_cell(grid, "%" PRId64 "M", (bytes + (1 << 19)) >> 20);
}

static void holders_cell(struct grid *grid, const struct kbpf_common *common)
{
	struct buf text = {};
	size_t i;

	for (i = 0; i < common->nr_holders && i < HOLDERS_SHOWN; i++)
		buf_printf(&text, "%s%s(%u)", i ? " " : "", common->holders[i].comm,
			   common->holders[i].pid);
	if (i < common->nr_holders)
		buf_printf(&text, " +%zu", common->nr_holders - i);
	grid_cell(grid, "%s", buf_text(&text));
	buf_free(&text);
}

static void pins_note(struct grid *grid, const struct kbpf_common *common)
{
	for (size_t i = 0; i < common->nr_pins && i < NOTES_SHOWN; i++)
		grid_note(grid, "pinned at %s", common->pins[i]);
	if (common->nr_pins > NOTES_SHOWN)
		grid_note(grid, "and at %zu other paths", common->nr_pins - NOTES_SHOWN);
}

static void prog_row(struct grid *grid, const struct kbpf *kbpf, const struct kbpf_prog *prog)
{
	const struct bpf_prog_info *info = &prog->info;
	char word[WORD_MAX];
	struct buf text = {};

	grid_cell(grid, "%u", info->id);
	grid_cell(grid, "%s", word_prog_type(info->type, word));
	grid_cell(grid, "%s", prog->name);
	label_tag(&text, prog);
	grid_cell(grid, "%s", buf_text(&text));
	buf_reset(&text);
	label_time(&text, kbpf, prog, "%m-%d %H:%M:%S");
	grid_cell(grid, "%s", buf_text(&text));
	grid_cell(grid, "%u", info->created_by_uid);
	grid_cell(grid, "%u", info->xlated_prog_len);
	if (prog->jited == 0)
		grid_cell(grid, "no");
	else
		bytes_cell(grid, info->jited_prog_len ? (int64_t)info->jited_prog_len : -1);
	bytes_cell(grid, prog->memory);
	if (kbpf->stats) {
		grid_cell(grid, "%llu", (unsigned long long)info->run_cnt);
		grid_cell(grid, "%llu",
			  (unsigned long long)(info->run_cnt ? info->run_time_ns / info->run_cnt
							     : 0));
	}
	holders_cell(grid, &prog->common);
	buf_reset(&text);
	if (prog->nr_places)
		label_place(&text, &prog->places[0]);
	grid_cell(grid, "%s", buf_text(&text));
	for (size_t i = 1; i < prog->nr_places && i <= NOTES_SHOWN; i++) {
		buf_reset(&text);
		label_place(&text, &prog->places[i]);
		grid_note(grid, "also at %s", buf_text(&text));
	}
	if (prog->nr_places > NOTES_SHOWN + 1)
		grid_note(grid, "and at %zu other places", prog->nr_places - NOTES_SHOWN - 1);
	if (!prog->nr_places && prog->for_target)
		grid_note(grid, "not attached; loaded for %s", prog->for_target);
	if (info->recursion_misses)
		grid_note(grid, "missed %llu runs", (unsigned long long)info->recursion_misses);
	pins_note(grid, &prog->common);
	buf_free(&text);
}

static void progs_table(struct view *view, struct buf *left_out)
{
	static const char *const names[] = { ">ID",	"TYPE", "NAME",	    "TAG",
					     "LOADED",	">UID", ">SIZE",    ">JITED",
					     ">MEMORY", "PIDS", "ATTACHED", NULL };
	static const char *const counted[] = { ">ID",	  "TYPE",  "NAME",     "TAG",	  "LOADED",
					       ">UID",	  ">SIZE", ">JITED",   ">MEMORY", ">RUNS",
					       ">NS/RUN", "PIDS",  "ATTACHED", NULL };
	struct grid grid = {};

	grid_head(&grid, view->kbpf.stats ? counted : names);
	for (size_t i = 0; i < view->kbpf.nr_progs; i++)
		if (view_wants(view, KBPF_PROG, view->kbpf.progs[i].info.id))
			prog_row(&grid, &view->kbpf, &view->kbpf.progs[i]);
	table_print(view, &grid, left_out);
}

static void users_cell(struct grid *grid, const struct kbpf *kbpf, const struct kbpf_map *map)
{
	struct kbpf_ids users = {};
	struct buf text = {};

	kbpf_users(&users, kbpf, map->info.id, 0);
	for (size_t i = 0; i < users.nr; i++)
		buf_printf(&text, "%s%u", i ? "," : "", users.ids[i]);
	grid_cell(grid, "%s", buf_text(&text));
	kbpf_ids_free(&users);
	buf_free(&text);
}

static void slots_note(struct grid *grid, const struct kbpf *kbpf, const struct kbpf_map *map)
{
	struct buf text = {};

	if (map->owner.type >= 0) {
		label_owner(&text, map);
		grid_note(grid, "owner %s", buf_text(&text));
	}
	for (size_t i = 0; i < map->nr_slots && i < NOTES_SHOWN; i++) {
		buf_reset(&text);
		label_slot(&text, kbpf, map, &map->slots[i]);
		grid_note(grid, "%s", buf_text(&text));
	}
	if (map->nr_slots > NOTES_SHOWN)
		grid_note(grid, "and %zu more", map->nr_slots - NOTES_SHOWN);
	buf_free(&text);
}

static void members_note(struct grid *grid, const struct kbpf *kbpf, const struct kbpf_map *map)
{
	struct buf text = {};

	if (!map->ops)
		return;
	label_ops(&text, kbpf, map);
	grid_note(grid, "%s", buf_text(&text));
	for (size_t i = 0; i < map->nr_members && i < NOTES_SHOWN; i++) {
		buf_reset(&text);
		label_object(&text, kbpf, KBPF_PROG, map->members[i].prog);
		grid_note(grid, ".%s program %s", map->members[i].name ?: "", buf_text(&text));
	}
	if (map->nr_members > NOTES_SHOWN)
		grid_note(grid, "and %zu more", map->nr_members - NOTES_SHOWN);
	buf_free(&text);
}

static void maps_table(struct view *view, struct buf *left_out)
{
	static const char *const names[] = { ">ID",   "TYPE",	 "NAME", ">KEY",  ">VALUE", ">MAX",
					     "FLAGS", ">MEMORY", "PIDS", "PROGS", NULL };
	const struct kbpf *kbpf = &view->kbpf;
	struct grid grid = {};
	struct buf flags = {};

	grid_head(&grid, names);
	for (size_t i = 0; i < kbpf->nr_maps; i++) {
		const struct kbpf_map *map = &kbpf->maps[i];
		char word[WORD_MAX];

		if (!view_wants(view, KBPF_MAP, map->info.id))
			continue;
		grid_cell(&grid, "%u", map->info.id);
		grid_cell(&grid, "%s", word_map_type(map->info.type, word));
		grid_cell(&grid, "%s", map->info.name);
		grid_cell(&grid, "%u", map->info.key_size);
		grid_cell(&grid, "%u", map->info.value_size);
		grid_cell(&grid, "%u", map->info.max_entries);
		buf_reset(&flags);
		word_map_flags(&flags, map->info.map_flags);
		if (map->frozen)
			buf_str(&flags, flags.len ? ",frozen" : "frozen");
		grid_cell(&grid, "%s", buf_text(&flags));
		bytes_cell(&grid, map->memory);
		holders_cell(&grid, &map->common);
		users_cell(&grid, kbpf, map);
		slots_note(&grid, kbpf, map);
		members_note(&grid, kbpf, map);
		pins_note(&grid, &map->common);
	}
	table_print(view, &grid, left_out);
	buf_free(&flags);
}

static void links_table(struct view *view, struct buf *left_out)
{
	static const char *const names[] = { ">ID", "TYPE", "PROGRAM", "PIDS", "ATTACHED", NULL };
	const struct kbpf *kbpf = &view->kbpf;
	struct grid grid = {};
	struct buf text = {};

	grid_head(&grid, names);
	for (size_t i = 0; i < kbpf->nr_links; i++) {
		const struct kbpf_link *link = &kbpf->links[i];
		char word[WORD_MAX];

		if (!view_wants(view, KBPF_LINK, link->id))
			continue;
		grid_cell(&grid, "%u", link->id);
		grid_cell(&grid, "%s", word_link_type(link->type, word));
		buf_reset(&text);
		if (link->prog_id)
			label_object(&text, kbpf, KBPF_PROG, link->prog_id);
		grid_cell(&grid, "%s", buf_text(&text));
		holders_cell(&grid, &link->common);
		buf_reset(&text);
		label_place(&text, &link->place);
		grid_cell(&grid, "%s", buf_text(&text));
		if (link->missed > 0)
			grid_note(&grid, "missed %" PRId64 " runs", link->missed);
		pins_note(&grid, &link->common);
	}
	table_print(view, &grid, left_out);
	buf_free(&text);
}

void view_table(struct view *view)
{
	static void (*const tables[])(struct view * view, struct buf * left_out) = { progs_table,
										     maps_table,
										     links_table };
	static const char *const none[] = { "no programs\n", "no maps\n", "no links\n" };
	const size_t nrs[] = { view->kbpf.nr_progs, view->kbpf.nr_maps, view->kbpf.nr_links };
	struct buf left_out = {};

	for (int kind = 0; kind < KBPF_KINDS; kind++) {
		if (!view->kinds[kind])
			continue;
		if (view->out.len)
			buf_char(&view->out, '\n');
		if (nrs[kind])
			tables[kind](view, &left_out);
		else
			buf_str(&view->out, none[kind]);
	}
	if (left_out.len)
		fprintf(stderr,
			"hotprobe: the terminal is too narrow for %s; an id, or -o json, shows "
			"all\n",
			buf_text(&left_out));
	buf_free(&left_out);
}
