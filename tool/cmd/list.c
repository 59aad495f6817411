// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "cmd/list_binary.h"
#include "cmd/list_functions.h"
#include "cmd/list_tracepoints.h"
#include "probe/doc.h"
#include "probe/source.h"
#include "util/error.h"
#include "util/text.h"

struct listing {
	const char *glob;
	bool verbose;
	enum source_origin origin;
	char user_dir[PATH_MAX];
	struct buf *out;
	unsigned int nr;
};

/* A probe that cannot be read is listed with the reason: it must not hide the others. */
static int list_probe(const char *path, const char *name, void *arg)
{
	struct listing *listing = arg;
	struct error why = {};
	struct buf text = {};
	struct doc doc = {};
	size_t start = listing->out->len;
	char own[PATH_MAX + 160];

	if (listing->glob && fnmatch(listing->glob, name, 0) != 0)
		return 0;
	listing->nr++;
	text_escape(listing->out, name, strlen(name));
	buf_pad(listing->out, start, 16);
	if (source_read(path, listing->origin != SOURCE_PATH, &text, &why) ||
	    doc_parse(path, buf_text(&text), name, &doc, &why)) {
		buf_str(listing->out, "! ");
		text_escape(listing->out, why.text, strlen(why.text));
	} else {
		buf_str(listing->out, doc.present ? doc.summary : "(no doc comment)");
	}
	snprintf(own, sizeof(own), "%s/%s.c", listing->user_dir, name);
	if (listing->origin == SOURCE_BUNDLED && access(own, F_OK) == 0)
		buf_str(listing->out, "  (your own runs instead)");
	if (listing->origin == SOURCE_USER || listing->verbose)
		buf_printf(listing->out, "  [%s]", path);
	buf_char(listing->out, '\n');
	doc_free(&doc);
	buf_free(&text);
	return 0;
}

static int list_probes(const char *glob, bool verbose, struct error *err)
{
	struct buf out = {};
	struct listing listing = { .glob = glob, .verbose = verbose, .out = &out };
	char dir[PATH_MAX];
	int ret;

	listing.origin = SOURCE_USER;
	source_user_dir(listing.user_dir);
	source_each(listing.user_dir, list_probe, &listing);
	listing.origin = SOURCE_BUNDLED;
	source_bundled_dir(dir);
	source_each(dir, list_probe, &listing);
	if (!listing.nr)
		ret = glob ? error_set(err, -ENOENT, "no probe is called %s", glob)
			   : error_set(err, -ENOENT, "there are no probes in %s", dir);
	else
		ret = cmd_print(buf_text(&out), err);
	buf_free(&out);
	return ret;
}

int cmd_list(int argc, char **argv, struct error *err)
{
	static const char *const kinds[] = { "probes", "tracepoints", "functions", "uprobes",
					     "usdt" };
	const char *words[3] = { NULL, NULL, NULL };
	struct near near = {};
	bool verbose = false;
	int nr = 0;

	for (int i = 0; i < argc; i++) {
		if (strcmp(argv[i], "-v") == 0 || strcmp(argv[i], "--verbose") == 0)
			verbose = true;
		else if (argv[i][0] == '-')
			return error_usage(err, "unknown option %s of hotprobe list", argv[i]);
		else if (nr < 3)
			words[nr++] = argv[i];
		else
			return error_usage(err, "%s is too much for hotprobe list", argv[i]);
	}
	if (words[0] && (strcmp(words[0], "uprobes") == 0 || strcmp(words[0], "usdt") == 0)) {
		if (!words[1]) {
			error_usage(err, "hotprobe list %s: of which file?", words[0]);
			return error_hint(err, "for example hotprobe list %s /usr/bin/bash",
					  words[0]);
		}
		return words[0][1] == 'p' ? cmd_list_uprobes(words[1], words[2], verbose, err)
					  : cmd_list_usdt(words[1], words[2], verbose, err);
	}
	if (words[2])
		return error_usage(err, "hotprobe list takes a kind and one GLOB, not %s as well",
				   words[2]);
	if (!words[0] || strcmp(words[0], "probes") == 0)
		return list_probes(words[1], verbose, err);
	if (strcmp(words[0], "tracepoints") == 0)
		return cmd_list_tracepoints(words[1], verbose, err);
	if (strcmp(words[0], "functions") == 0)
		return cmd_list_functions(words[1], verbose, err);
	near.wanted = words[0];
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		near_offer(&near, kinds[i]);
	error_usage(err, "hotprobe list knows no %s", words[0]);
	if (near_best(&near))
		return error_hint(err, "did you mean %s?", near_best(&near));
	return error_hint(err, "it lists probes, tracepoints, functions, uprobes and usdt");
}
