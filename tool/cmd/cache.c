// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cache/cache.h"
#include "cmd/cmd.h"
#include "cmd/warm.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/text.h"

/* "12 s", "3 min", "5 h", "8 d": how long ago, as far as it matters */
static void list_age(struct buf *out, int64_t seconds)
{
	static const struct {
		int64_t seconds;
		const char *unit;
	} units[] = { { 86400, "d" }, { 3600, "h" }, { 60, "min" }, { 1, "s" } };
	size_t unit = 0;

	seconds = seconds < 0 ? 0 : seconds;
	while (unit < 3 && seconds < 2 * units[unit].seconds)
		unit++;
	buf_printf(out, "%" PRId64 " %s", seconds / units[unit].seconds, units[unit].unit);
}

static int list_item(const struct cache_item *item, void *arg)
{
	struct buf *out = arg;
	size_t start = out->len;

	buf_printf(out, "%8" PRIu64 " KiB  ", (item->size + 1023) / 1024);
	list_age(out, time(NULL) - item->used);
	buf_pad(out, start, 24);
	buf_str(out, item->status);
	buf_pad(out, start, 38);
	text_escape(out, item->label[0] ? item->label : item->path,
		    strlen(item->label[0] ? item->label : item->path));
	buf_char(out, '\n');
	return out->failed ? -ENOMEM : 0;
}

static int cache_list(struct error *err)
{
	struct buf out = {};
	char root[PATH_MAX];
	int ret;

	ret = cache_root(root);
	buf_printf(&out, "%12s  %-10s%-14s%s\n", "SIZE", "USED", "STATUS", "WHAT");
	ret = ret ?: cache_each(list_item, &out);
	ret = ret ? error_sys(err, ret, "cannot list the cache in %s", root)
		  : cmd_print(buf_text(&out), err);
	buf_free(&out);
	return ret;
}

static int cache_empty(struct error *err)
{
	char root[PATH_MAX] = "";
	unsigned int files;
	uint64_t bytes;
	int ret = cache_root(root);

	ret = ret ?: cache_clear(&bytes, &files);
	if (ret)
		return error_sys(err, ret, "cannot clear the cache in %s", root);
	fprintf(stderr, "hotprobe: removed %u files, %" PRIu64 " KiB, from %s\n", files,
		(bytes + 1023) / 1024, root);
	return 0;
}

int cmd_cache(int argc, char **argv, struct error *err)
{
	static const struct {
		const char *name;
		int (*run)(struct error *err);
	} words[] = { { "list", cache_list }, { "clear", cache_empty }, { "warm", cache_warm } };
	const char *word = argc ? cmd_one_word(argc, argv, "list, clear or warm", err) : "list";

	if (!word)
		return -EINVAL;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(word, words[i].name) == 0)
			return words[i].run(err);
	error_usage(err, "hotprobe cache knows no %s", word);
	return error_hint(err, "hotprobe cache list shows what is kept, hotprobe cache clear "
			       "removes it, hotprobe cache warm fills it");
}
