// SPDX-License-Identifier: GPL-2.0-only
/* The options of the probe itself: values, macros, and what they put into attach points. */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attach/attach.h"
#include "options/options.h"
#include "options/optval.h"
#include "probe/doc.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/text.h"

/* The compiler would only warn, in a file called "<command line>", and take the last one. */
static int define_check(const struct define_list *list, const char *define, struct error *err)
{
	size_t len = strcspn(define, "=");

	for (size_t i = 0; i < list->nr; i++) {
		const char *other = list->items[i];

		if (strcspn(other, "=") != len || strncmp(other, define, len) != 0 ||
		    strcmp(other, define) == 0)
			continue;
		error_usage(err, "%s: the macro is defined already, by %s", define, other);
		if (text_starts(define, "-DOPT_"))
			return error_hint(err, "OPT_... are the probe's options: give the option "
					       "another value instead");
		return error_hint(err, "leave one of them out");
	}
	return 0;
}

int define_list_add(struct define_list *list, const char *define, struct error *err)
{
	char **items;
	int ret = define_check(list, define, err);

	if (ret)
		return ret;
	items = reallocarray(list->items, list->nr + 1, sizeof(*items));
	if (!items)
		return error_set(err, -ENOMEM, "no memory left for %s", define);
	list->items = items;
	items[list->nr] = strdup(define);
	if (!items[list->nr])
		return error_set(err, -ENOMEM, "no memory left for %s", define);
	list->nr++;
	return 0;
}

void define_list_free(struct define_list *list)
{
	for (size_t i = 0; i < list->nr; i++)
		free(list->items[i]);
	free(list->items);
	memset(list, 0, sizeof(*list));
}

void probe_options_free(struct probe_options *probe)
{
	for (size_t i = 0; i < probe->nr; i++)
		free(probe->items[i].own);
	free(probe->items);
	memset(probe, 0, sizeof(*probe));
}

static const struct probe_option *find(const struct probe_options *probe,
				       const struct doc_option *option)
{
	for (size_t i = 0; i < probe->nr; i++)
		if (probe->items[i].option == option)
			return &probe->items[i];
	return NULL;
}

bool probe_option_given(const struct probe_options *probe, const struct doc_option *option)
{
	return find(probe, option);
}

const char *probe_option_value(const struct probe_options *probe, const struct doc_option *option)
{
	const struct probe_option *given = find(probe, option);

	if (given)
		return given->value;
	return option->fallback && strstr(option->fallback, DOC_PID) ? NULL : option->fallback;
}

int probe_options_add(struct probe_options *probe, const struct doc_option *option,
		      const char *value, struct error *err)
{
	struct probe_option *items;
	char why[512];

	if (value && optval_check(&option->type, value, why, sizeof(why)))
		return error_usage(err, "--%s: %s", option->name, why);
	if (find(probe, option))
		return value ? error_usage(err, "--%s is given twice", option->name) : 0;
	for (size_t i = 0; i < probe->nr; i++) {
		const struct doc_option *other = probe->items[i].option;

		if (doc_option_enemy(option, other->name, strlen(other->name)) ||
		    doc_option_enemy(other, option->name, strlen(option->name))) {
			error_usage(err, "--%s and --%s cannot be used together", other->name,
				    option->name);
			return error_hint(err, "leave one of them out");
		}
	}
	items = reallocarray(probe->items, probe->nr + 1, sizeof(*items));
	if (!items)
		return error_set(err, -ENOMEM, "no memory left for --%s", option->name);
	probe->items = items;
	items[probe->nr++] = (struct probe_option){ .option = option, .value = value };
	return 0;
}

int probe_options_default_pid(const struct doc *doc, struct probe_options *probe, int pid,
			      struct error *err)
{
	for (size_t i = 0; i < doc->nr_options; i++) {
		const struct doc_option *option = &doc->options[i];
		const char *at = option->fallback ? strstr(option->fallback, DOC_PID) : NULL;
		char *value;
		int ret;

		if (!at || find(probe, option))
			continue;
		if (asprintf(&value, "%.*s%d%s", (int)(at - option->fallback), option->fallback,
			     pid, at + strlen(DOC_PID)) < 0)
			return error_set(err, -ENOMEM, "no memory left for --%s", option->name);
		ret = probe_options_add(probe, option, value, err);
		if (ret) {
			free(value);
			return ret;
		}
		probe->items[probe->nr - 1].own = value;
	}
	return 0;
}

/* Whether the text can depend on the option's value. */
static bool speaks_of(const char *text, const struct doc_option *option)
{
	struct buf macro = {};
	bool found = true;

	optval_macro(&macro, option->name, NULL, 0);
	/* a name that the preprocessor puts together is not seen */
	if (!macro.failed)
		found = strstr(text, buf_text(&macro)) || strstr(text, "##");
	buf_free(&macro);
	return found;
}

static int define_option(const struct doc *doc, const struct doc_option *option, const char *value,
			 struct define_list *out, struct error *err)
{
	struct optval_type flag = { .kind = OPTVAL_FLAG };
	bool file = doc_option_is_file(doc, option);
	struct buf define = {};
	int ret;

	optval_define(&define, file ? &flag : &option->type, option->name, value);
	ret = define.failed ? error_set(err, -ENOMEM, "no memory left for --%s", option->name)
			    : define_list_add(out, buf_text(&define), err);
	if (!ret && file && strcmp(value, "-") == 0) {
		buf_reset(&define);
		buf_str(&define, "-D");
		optval_macro(&define, option->name, "stdout", strlen("stdout"));
		buf_str(&define, "=1");
		ret = define_list_add(out, buf_text(&define), err);
	}
	buf_free(&define);
	return ret;
}

int probe_options_defines(const struct doc *doc, const struct probe_options *probe,
			  const char *text, struct define_list *out, struct error *err)
{
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < doc->nr_options; i++) {
		const struct doc_option *option = &doc->options[i];
		const char *value = probe_option_value(probe, option);

		if (!value && !probe_option_given(probe, option))
			continue;
		if (speaks_of(text, option))
			ret = define_option(doc, option, value, out, err);
	}
	return ret;
}

int doc_expand(const struct doc *doc, int line, const char *target,
	       const struct probe_options *probe, struct buf *out, struct error *err)
{
	const char *pos = target, *done = pos, *start, *name = NULL;
	size_t len;

	/* doc_parse() has seen to it that each reference names an option with a value */
	while ((len = doc_next_reference(&pos, &start, &name)) && len != SIZE_MAX) {
		const struct doc_option *option = doc_option_named(doc, name, len);
		const char *value = probe_option_value(probe, option);

		if (!value) {
			error_usage(err, "%s needs --%s %s%s", doc->name, option->name,
				    option->metavar, option->fallback ? " or -p PID" : "");
			return error_hint(err, "--%s: %s", option->name, option->help);
		}
		buf_add(out, done, (size_t)(start - done));
		optval_plain(out, &option->type, value);
		done = pos;
	}
	buf_str(out, done);
	if (!out->failed && out->len >= sizeof(((struct attach_point *)0)->target))
		return error_set(err, -ENAMETOOLONG, "%s:%d: '%s' is longer than %zu bytes",
				 doc->file, line, buf_text(out),
				 sizeof(((struct attach_point *)0)->target) - 1);
	return out->failed ? error_set(err, -ENOMEM, "no memory left for '%s'", target) : 0;
}

int doc_attach_expand(const struct doc *doc, size_t i, const struct probe_options *probe,
		      struct attach_point *point, struct error *err)
{
	const struct doc_attach *attach = &doc->attaches[i];
	struct buf target = {};
	int ret;

	memset(point, 0, sizeof(*point));
	point->provider = attach->provider;
	point->pid = -1;
	snprintf(point->origin, sizeof(point->origin), "%s:%d", doc->file, attach->line);
	snprintf(point->function, sizeof(point->function), "%s", attach->function);
	ret = doc_expand(doc, attach->line, attach->target, probe, &target, err);
	if (ret == 0)
		memcpy(point->target, buf_text(&target), target.len + 1);
	buf_free(&target);
	return ret;
}
