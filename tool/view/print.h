/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_VIEW_PRINT_H
#define HOTPROBE_VIEW_PRINT_H

struct error;
struct kbpf_map;
struct view;

/*
 * The ways to print what was asked for, each in a file of its name. All append to view->out, whose
 * failure tells that there is no memory.
 */

/* view_table - all objects of the kinds wanted, as tables */
void view_table(struct view *view);

/* view_details - all there is to say of the objects wanted */
void view_details(struct view *view);

/* view_json - the objects wanted, one JSON object a line */
void view_json(struct view *view);

/* view_tree - who calls, replaces and shares what, drawn */
void view_tree(struct view *view);

/* view_tree_json - the same, one JSON object a line for each program */
void view_tree_json(struct view *view);

/*
 * view_dump - a map's entries, on stdout as they are read
 * @map: one of view->kbpf
 *
 * 0 or a negative errno with the message in @err.
 */
int view_dump(struct view *view, const struct kbpf_map *map, struct error *err);

#endif
