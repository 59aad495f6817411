// SPDX-License-Identifier: GPL-2.0-only
/*
 * The walk over a probe's text. It knows C's comments, strings, directives and braces, no more:
 * everything else is left to clang, whose messages then are in the user's own lines.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "probe/events.h"
#include "probe/expand.h"
#include "probe/scan.h"
#include "util/error.h"
#include "util/text.h"

#define EXPAND_DEPTH_MAX 8

/* One file on the way through. */
struct walk {
	struct expansion *out;
	const struct filters *filters;
	struct error *err;
	const char *path;
	const char *text;
	const char *pos;
	int braces;	 /* how deep */
	char last;	 /* last character that was neither space nor comment */
	bool line_start; /* nothing but spaces so far on this line */
	bool trusted;
	int depth; /* of includes */
};

static int walk_file(struct expansion *out, const struct filters *filters, const char *path,
		     const char *text, bool trusted, int depth, struct error *err);

static int walk_line(const struct walk *walk)
{
	return text_line(walk->text, walk->pos);
}

/* #line takes a C string literal */
static void walk_mark(struct walk *walk, int line)
{
	buf_printf(&walk->out->text, "#line %d \"", line);
	for (const char *c = walk->path; *c; c++) {
		if (*c == '"' || *c == '\\')
			buf_char(&walk->out->text, '\\');
		buf_char(&walk->out->text, *c);
	}
	buf_str(&walk->out->text, "\"\n");
}

static void walk_copy(struct walk *walk, const char *end)
{
	buf_add(&walk->out->text, walk->pos, (size_t)(end - walk->pos));
	walk->pos = end;
}

static const char *skip_space(const char *s)
{
	return s + strspn(s, " \t");
}

static const char *literal_end(const char *s)
{
	char quote = *s++;

	while (*s && *s != quote && *s != '\n') {
		if (*s == '\\' && s[1])
			s++;
		s++;
	}
	return *s == quote ? s + 1 : s;
}

/* A directive ends with its line, unless that ends in a backslash. */
static const char *directive_end(const char *s)
{
	while (*s && *s != '\n') {
		if (s[0] == '/' && (s[1] == '*' || s[1] == '/'))
			s = scan_comment(s);
		else if (s[0] == '"' || s[0] == '\'')
			s = literal_end(s);
		else
			s += 1 + scan_continuation(s);
	}
	return s;
}

static int include_resolve(const struct walk *walk, const char *name, char path[PATH_MAX])
{
	const char *slash = strrchr(walk->path, '/');
	char bundled[PATH_MAX];

	if (name[0] == '/')
		snprintf(path, PATH_MAX, "%s", name);
	else
		snprintf(path, PATH_MAX, "%.*s%s", slash ? (int)(slash - walk->path) + 1 : 0,
			 walk->path, name);
	if (access(path, F_OK) == 0)
		return 0;
	source_bundled_dir(bundled);
	snprintf(path, PATH_MAX, "%s/%s", bundled, name);
	return access(path, F_OK) ? -ENOENT : 0;
}

/* #include "file": taken in as text, because the compiler has no right to read the user's folders
 */
static int walk_include(struct walk *walk, const char *open)
{
	const char *close = strchr(open + 1, '"'), *eol = directive_end(walk->pos);
	struct expansion *out = walk->out;
	char name[PATH_MAX], path[PATH_MAX];
	struct buf text = {};
	int line = walk_line(walk), ret;

	if (!close || close > eol) {
		walk_copy(walk, eol);
		return 0;
	}
	snprintf(name, sizeof(name), "%.*s", (int)(close - open - 1), open + 1);
	/* a kernel header in quotes is found through the compiler's own folders */
	if (include_resolve(walk, name, path)) {
		walk_copy(walk, eol);
		return 0;
	}
	if (walk->depth == EXPAND_DEPTH_MAX)
		return error_set(walk->err, -ELOOP, "%s:%d: includes are nested more than %d deep",
				 walk->path, line, EXPAND_DEPTH_MAX);
	for (unsigned int i = 0; i < out->nr_includes; i++)
		if (strcmp(out->includes[i], path) == 0) {
			/* each file once, as if all had #pragma once */
			walk->pos = eol;
			return 0;
		}
	if (out->nr_includes == EXPAND_INCLUDES_MAX)
		return error_set(walk->err, -E2BIG, "%s:%d: more than %d files are included",
				 walk->path, line, EXPAND_INCLUDES_MAX);
	out->includes[out->nr_includes] = strdup(path);
	if (!out->includes[out->nr_includes])
		return error_sys(walk->err, -ENOMEM, "cannot include %s", path);
	out->nr_includes++;
	ret = source_read(path, walk->trusted, &text, walk->err);
	if (!ret)
		ret = walk_file(out, walk->filters, path, buf_text(&text), walk->trusted,
				walk->depth + 1, walk->err);
	buf_free(&text);
	if (ret)
		return ret;
	walk_mark(walk, line);
	walk->pos = eol;
	return 0;
}

static int walk_directive(struct walk *walk)
{
	const char *word = skip_space(walk->pos + 1);

	if (text_starts(word, "include")) {
		const char *file = skip_space(word + strlen("include"));

		if (*file == '"')
			return walk_include(walk, file);
	}
	walk_copy(walk, directive_end(walk->pos));
	return 0;
}

/* Split the arguments of NAME(a, b) into trimmed words; how many there are, -1 when it is broken.
 */
static int call_args(const char *open, char args[][128], int max, const char **end)
{
	const char *start = open + 1, *s;
	int nr = 0, depth = 0;

	for (s = start; *s; s++) {
		if (*s == '(')
			depth++;
		if ((*s == ',' || *s == ')') && depth == 0) {
			const char *last = s;

			while (start < last && isspace((unsigned char)*start))
				start++;
			while (last > start && isspace((unsigned char)last[-1]))
				last--;
			if (nr < max)
				snprintf(args[nr], 128, "%.*s", (int)(last - start), start);
			nr++;
			start = s + 1;
			if (*s == ')') {
				*end = s + 1;
				return nr;
			}
		}
		if (*s == ')')
			depth--;
		if (*s == ';' || *s == '{')
			break;
	}
	return -1;
}

static int walk_add_output(struct walk *walk, const char *name, const char *type, bool plain)
{
	struct expand_output *output;

	for (unsigned int i = 0; i < walk->out->nr_outputs; i++)
		if (strcmp(walk->out->outputs[i].name, name) == 0)
			return error_set(walk->err, -EEXIST,
					 "%s:%d: the output %s is declared twice", walk->path,
					 walk_line(walk), name);
	if (walk->out->nr_outputs == EXPAND_EVENTS_MAX)
		return error_set(walk->err, -E2BIG, "%s:%d: more than %d outputs", walk->path,
				 walk_line(walk), EXPAND_EVENTS_MAX);
	output = &walk->out->outputs[walk->out->nr_outputs++];
	snprintf(output->name, sizeof(output->name), "%s", name);
	snprintf(output->type, sizeof(output->type), "%s", type);
	output->plain = plain;
	return 0;
}

static int walk_events(struct walk *walk, const char *open)
{
	const char *end;
	char args[2][128];
	int line = walk_line(walk), ret;

	if (!walk->line_start || walk->braces || call_args(open, args, 2, &end) != 2 ||
	    *(end = skip_space(end)) != ';' || text_ident_len(args[0]) != strlen(args[0]) ||
	    !args[0][0] || !args[1][0]) {
		error_set(walk->err, -EINVAL, "%s:%d: this EVENTS line is not understood",
			  walk->path, line);
		return error_hint(walk->err,
				  "write EVENTS(name, struct type); on a line of its own, "
				  "after the struct");
	}
	if (strlen(args[0]) > 48)
		return error_set(walk->err, -ENAMETOOLONG,
				 "%s:%d: the output's name is longer than 48 characters",
				 walk->path, line);
	ret = walk_add_output(walk, args[0], args[1], false);
	if (ret)
		return ret;
	buf_char(&walk->out->text, '\n');
	walk_mark(walk, line);
	buf_printf(&walk->out->text, EXPAND_CHECK "%s) > 0, \"\");\n", args[1]);
	ret = events_expand(walk->out, args[0], args[1], walk->filters, walk->err);
	if (ret)
		return ret;
	buf_char(&walk->out->text, '\n');
	walk->pos = end + 1;
	walk_mark(walk, walk_line(walk));
	return 0;
}

/* Not an identifier: there is a category 9p. */
static bool is_event_name(const char *name)
{
	size_t len = 0;

	while (isalnum((unsigned char)name[len]) || name[len] == '_')
		len++;
	return len && !name[len];
}

static int walk_tracepoint(struct walk *walk, const char *category, const char *event)
{
	struct expansion *out = walk->out;
	char name[128];

	/* what cannot name a tracepoint is left to clang */
	if (!is_event_name(category) || !is_event_name(event) ||
	    snprintf(name, sizeof(name), "%s/%s", category, event) >= (int)sizeof(name))
		return 0;
	for (unsigned int i = 0; i < out->nr_tracepoints; i++)
		if (strcmp(out->tracepoints[i], name) == 0)
			return 0;
	if (out->nr_tracepoints == EXPAND_TRACEPOINTS_MAX)
		return error_set(walk->err, -E2BIG, "%s:%d: more than %d tracepoints", walk->path,
				 walk_line(walk), EXPAND_TRACEPOINTS_MAX);
	snprintf(out->tracepoints[out->nr_tracepoints++], sizeof(out->tracepoints[0]), "%s", name);
	return 0;
}

/* tracepoint__CATEGORY__EVENT, as libbcc splits it: at the last pair of underscores */
static int walk_tracepoint_name(struct walk *walk, const char *ident, size_t len)
{
	char rest[128], *split = NULL;

	snprintf(rest, sizeof(rest), "%.*s", (int)(len - strlen("tracepoint__")),
		 ident + strlen("tracepoint__"));
	for (char *s = rest; (s = strstr(s, "__")) != NULL; s++)
		split = s;
	if (!split)
		return 0;
	*split = '\0';
	return walk_tracepoint(walk, rest, split + 2);
}

static int walk_ident(struct walk *walk, size_t len)
{
	const char *ident = walk->pos, *open = skip_space(ident + len), *end;
	char args[2][128];
	int ret = 0;

#define IS(word) (len == strlen(word) && strncmp(ident, word, len) == 0)
	if (IS("EVENTS") && *open == '(')
		return walk_events(walk, open);
	if (IS("TRACEPOINT_PROBE") && *open == '(' && call_args(open, args, 2, &end) == 2)
		ret = walk_tracepoint(walk, args[0], args[1]);
	else if (IS("BPF_PERF_OUTPUT") && *open == '(' && call_args(open, args, 2, &end) == 1)
		ret = walk_add_output(walk, args[0], "", true);
	else if (IS("BPF_HISTOGRAM") && *open == '(' && call_args(open, args, 1, &end) >= 1 &&
		 walk->out->nr_histograms < EXPAND_EVENTS_MAX)
		snprintf(walk->out->histograms[walk->out->nr_histograms++], 64, "%s", args[0]);
	else if (text_starts(ident, "tracepoint__"))
		ret = walk_tracepoint_name(walk, ident, len);
#undef IS
	walk_copy(walk, ident + len);
	walk->last = 'a';
	return ret;
}

/*
 * A function's body begins: libbcc puts lines in before it (attributes, tracepoint structs, the
 * parameters' assignments), so say where we are. Padding keeps the columns right, too.
 */
static void walk_body(struct walk *walk)
{
	const char *line = walk->pos;

	walk_copy(walk, walk->pos + 1);
	if (*walk->pos == '\n') {
		buf_char(&walk->out->text, '\n');
		walk->pos++;
		walk_mark(walk, walk_line(walk));
		return;
	}
	while (line > walk->text && line[-1] != '\n')
		line--;
	buf_char(&walk->out->text, '\n');
	walk_mark(walk, walk_line(walk));
	for (; line < walk->pos; line++)
		buf_char(&walk->out->text, *line == '\t' ? '\t' : ' ');
}

static int walk_step(struct walk *walk)
{
	char c = *walk->pos;
	size_t len = text_ident_len(walk->pos);
	int ret = 0;

	if (c == '/' && (walk->pos[1] == '/' || walk->pos[1] == '*')) {
		walk_copy(walk, scan_comment(walk->pos));
		return 0;
	}
	if (c == '#' && walk->line_start)
		return walk_directive(walk);
	if (c == '"' || c == '\'') {
		walk_copy(walk, literal_end(walk->pos));
		walk->last = c;
	} else if (len) {
		ret = walk_ident(walk, len);
	} else if (c == '{' && walk->braces++ == 0 && walk->last == ')') {
		walk->last = c;
		walk_body(walk);
		walk->line_start = true;
		return 0;
	} else {
		if (c == '}' && walk->braces)
			walk->braces--;
		if (!isspace((unsigned char)c))
			walk->last = c;
		walk_copy(walk, walk->pos + 1);
		if (c == '\n')
			walk->line_start = true;
		else if (!isspace((unsigned char)c))
			walk->line_start = false;
		return 0;
	}
	walk->line_start = false;
	return ret;
}

static int walk_file(struct expansion *out, const struct filters *filters, const char *path,
		     const char *text, bool trusted, int depth, struct error *err)
{
	struct walk walk = {
		.out = out,
		.filters = filters,
		.err = err,
		.path = path,
		.text = text,
		.pos = text,
		.line_start = true,
		.trusted = trusted,
		.depth = depth,
	};
	int ret = 0;

	walk_mark(&walk, 1);
	while (*walk.pos && !ret)
		ret = walk_step(&walk);
	if (out->text.len && out->text.data[out->text.len - 1] != '\n')
		buf_char(&out->text, '\n');
	return ret;
}

int expand_source(struct expansion *out, const struct source *src, const struct filters *filters,
		  const char *preface, struct error *err)
{
	int ret;

	events_prelude(&out->text);
	if (preface)
		buf_str(&out->text, preface);
	out->start = out->text.len;
	ret = walk_file(out, filters, src->path, buf_text(&src->text), src->origin != SOURCE_PATH,
			0, err);
	if (ret)
		return ret;
	events_postlude(out, filters);
	if (filters->where && !out->where_map) {
		error_usage(err, "--where needs a probe with an EVENTS line; %s has none",
			    src->path);
		return error_hint(err, "declare its output with EVENTS(name, struct type);");
	}
	if (out->text.failed)
		return error_sys(err, -ENOMEM, "cannot expand %s", src->path);
	return 0;
}

void expansion_free(struct expansion *exp)
{
	buf_free(&exp->text);
	for (unsigned int i = 0; i < exp->nr_includes; i++)
		free(exp->includes[i]);
	free(exp->where_map);
	memset(exp, 0, sizeof(*exp));
}

int expand_where_column(const struct expansion *exp, int column)
{
	if (!exp->where_map || exp->where_len == 0)
		return 1;
	if (column < 1)
		column = 1;
	/* behind the end, where something is missing */
	if ((size_t)column > exp->where_len)
		return exp->where_map[exp->where_len - 1] + 2;
	return exp->where_map[column - 1] + 1;
}
