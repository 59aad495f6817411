/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_WORKER_AST_H
#define HOTPROBE_WORKER_AST_H

#include <stdbool.h>
#include <stddef.h>

struct access_list;

/*
 * ast_collect - have what the probe reads of records noted while it is compiled
 * @list: receives it; NULL to stop
 * @text: the probe's; it must outlive the compile
 * @before: about so much libbcc puts before it
 */
void ast_collect(struct access_list *list, const char *text, size_t before);

/* ast_next - another instance of clang begins: its syntax tree is to be looked at, too */
void ast_next(void);

/*
 * ast_walk - look at a translation unit
 * @first, @last: of its declarations (clang::Decl)
 */
void ast_walk(void *first, void *last);

/* ast_complete - was a translation unit seen, and all that the probe declares understood? */
bool ast_complete(void);

/* ast_unknown - so many members were read of records that could not be told */
size_t ast_unknown(void);

#endif
