/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_ATTACH_UPROBE_TARGET_H
#define HOTPROBE_ATTACH_UPROBE_TARGET_H

#include <stdint.h>

#include "attach/attach.h"

struct cache;
struct error;

/* Where in a function. */
enum uprobe_place {
	UPROBE_OFFSET,	/* so many bytes into it, 0 for its entry */
	UPROBE_BODY,	/* "+body": behind a Go function's check for room on the stack */
	UPROBE_RETURNS, /* "+ret": at each instruction that leaves it */
};

/* BINARY:FUNCTION, BINARY:FUNCTION+PLACE or BINARY:0xOFFSET in parts. */
struct uprobe_target {
	char binary[ATTACH_TARGET_SIZE];
	char symbol[ATTACH_TARGET_SIZE]; /* "" when @offset is one in the file */
	enum uprobe_place place;
	uint64_t offset;
};

/* The most places that one target can stand for: of a function's returns. */
#define UPROBE_PLACES_MAX 1024

/* uprobe_target_parse - take such a text apart; -EINVAL */
int uprobe_target_parse(const char *text, struct uprobe_target *target, struct error *err);

/*
 * uprobe_target_resolve - the offsets in the file at @path that the target stands for
 *
 * @places gets at most UPROBE_PLACES_MAX of them, @nr their number, at least one. What was found
 * before is in @cache (may be NULL): the symbols of a large program take long to read.
 *
 * Errors: what is wrong with the file; -ENOENT when the function is not in it.
 */
int uprobe_target_resolve(const struct uprobe_target *target, const char *path,
			  const struct cache *cache, uint64_t *places, unsigned int *nr,
			  struct error *err);

#endif
