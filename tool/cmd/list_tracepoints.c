// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "attach/tracefs.h"
#include "cmd/list_tracepoints.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/text.h"

#define EVENTS_MAX (16 << 20)

/* What is printed is kept small, so that a reader sees the first lines soon. */
#define OUTPUT_CHUNK 65536

static int line_compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Cut the text into lines, sorted; they point into it. */
static int lines_sorted(char *text, char ***lines, size_t *nr)
{
	size_t n = 0, i = 0;

	for (const char *pos = text; *pos; pos++)
		n += *pos == '\n';
	*lines = calloc(n + 1, sizeof(**lines));
	if (!*lines)
		return -ENOMEM;
	while (*text && i < n) {
		char *end = strchr(text, '\n');

		*end = '\0';
		if (*text)
			(*lines)[i++] = text;
		text = end + 1;
	}
	*nr = i;
	qsort(*lines, *nr, sizeof(**lines), line_compare);
	return 0;
}

static bool tracepoint_matches(const char *name, const char *glob)
{
	const char *colon = strchr(name, ':');

	if (!glob)
		return true;
	if (!strchr(glob, ':') && colon)
		name = colon + 1;
	return fnmatch(glob, name, 0) == 0;
}

/* "	char comm[16]", as one would declare it in C */
static void print_field(struct buf *out, const struct tracepoint_field *field)
{
	size_t base = strcspn(field->type, "[");
	const char *dims = field->type + base;

	while (base > 0 && field->type[base - 1] == ' ')
		base--;
	buf_printf(out, "    %s%.*s%s%s%s;",
		   field->is_data_loc || field->is_rel_loc ? "(dynamic) " : "", (int)base,
		   field->type, base > 0 && field->type[base - 1] == '*' ? "" : " ", field->name,
		   dims);
	buf_char(out, '\n');
}

static int print_fields(struct buf *out, const char *name, struct error *err)
{
	struct tracepoint_format format;
	const char *colon = strchr(name, ':');
	char category[128];
	int ret;

	if (!colon || (size_t)(colon - name) >= sizeof(category))
		return 0;
	snprintf(category, sizeof(category), "%.*s", (int)(colon - name), name);
	ret = tracepoint_format_read(&format, category, colon + 1, err);
	/* events of a module that was just unloaded */
	if (ret == -ENOENT) {
		memset(err, 0, sizeof(*err));
		return 0;
	}
	if (ret < 0)
		return ret;
	for (unsigned int i = 0; i < format.nr_fields; i++)
		if (!format.fields[i].is_common)
			print_field(out, &format.fields[i]);
	tracepoint_format_free(&format);
	return 0;
}

static int print_flush(struct buf *out, struct error *err)
{
	int ret = out->failed ? -ENOMEM : write_all(STDOUT_FILENO, buf_text(out), out->len);

	buf_reset(out);
	if (ret < 0 && ret != -EPIPE)
		error_sys(err, ret, "cannot write the list");
	return ret;
}

int cmd_list_tracepoints(const char *glob, bool verbose, struct error *err)
{
	struct near near = { .wanted = glob ? glob : "" };
	struct buf events = {}, out = {};
	char **lines = NULL;
	size_t nr = 0, shown = 0;
	int ret;

	ret = tracefs_read(&events, "available_events", EVENTS_MAX, err);
	if (ret < 0)
		goto out;
	if (events.len > 0)
		ret = lines_sorted(events.data, &lines, &nr);
	if (ret < 0) {
		error_set(err, ret, "out of memory");
		goto out;
	}
	for (size_t i = 0; ret == 0 && i < nr; i++) {
		if (glob)
			near_offer(&near, strchr(glob, ':') || !strchr(lines[i], ':')
						  ? lines[i]
						  : strchr(lines[i], ':') + 1);
		if (!tracepoint_matches(lines[i], glob))
			continue;
		shown++;
		buf_printf(&out, "%s\n", lines[i]);
		if (verbose)
			ret = print_fields(&out, lines[i], err);
		if (ret == 0 && out.len > OUTPUT_CHUNK)
			ret = print_flush(&out, err);
	}
	if (ret == 0)
		ret = print_flush(&out, err);
	if (ret == -EPIPE)
		ret = 0;
	if (ret == 0 && shown == 0) {
		ret = error_set(err, -ENOENT, "no tracepoint matches '%s'", glob ? glob : "*");
		if (glob && near_best(&near))
			error_hint(err, "did you mean %s?", near_best(&near));
		else if (glob)
			error_hint(err, "try a pattern such as '*%s*'", glob);
	}
out:
	free(lines);
	buf_free(&out);
	buf_free(&events);
	return ret;
}
