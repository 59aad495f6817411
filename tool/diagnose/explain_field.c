// SPDX-License-Identifier: GPL-2.0-only
/* A struct that has no such member. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "diagnose/explain.h"
#include "compile/names.h"
#include "diagnose/renames.h"
#include "compile/run.h"
#include "diagnose/scene.h"
#include "headers/select.h"
#include "object/request.h"
#include "probe/expand.h"
#include "types/types.h"
#include "util/error.h"
#include "util/text.h"

/* A list "a, b, c" while the nearest is looked for. */
struct candidates {
	struct near near;
	struct buf list;
	unsigned int nr;
	bool exact;
};

#define LIST_MAX 16

static void candidate(struct candidates *all, const char *name)
{
	if (strcmp(name, all->near.wanted) == 0)
		all->exact = true;
	near_offer(&all->near, name);
	if (all->nr++ < LIST_MAX)
		buf_printf(&all->list, "%s%s", all->list.len ? ", " : "", name);
}

static void hint_candidates(struct buf *hint, struct candidates *all, const char *what)
{
	const char *best = near_best(&all->near);

	if (best)
		buf_printf(hint, "did you mean %s?", best);
	else if (all->nr && all->nr <= LIST_MAX)
		buf_printf(hint, "%s: %s", what, buf_text(&all->list));
	buf_free(&all->list);
}

/* "\tfield:unsigned char comm[16];\toffset:8; ..." in a tracepoint's format */
static void format_fields(struct candidates *all, const char *format)
{
	for (const char *s = format; (s = strstr(s, "\tfield:")) != NULL; s++) {
		const char *end = s + strcspn(s, ";\n["), *start = end;
		char name[128];

		while (start > s && (isalnum((unsigned char)start[-1]) || start[-1] == '_'))
			start--;
		snprintf(name, sizeof(name), "%.*s", (int)(end - start), start);
		/* libbcc leaves those out that every tracepoint has */
		if (!text_starts(name, "common_"))
			candidate(all, name);
	}
}

static bool field_of_tracepoint(struct scene *scene, const char *type, const char *field,
				struct said *said)
{
	struct candidates all = { .near.wanted = field };

	if (!text_starts(type, "struct tracepoint__"))
		return false;
	for (uint32_t i = 0; i < scene->req->nr_formats; i++) {
		const char *event = scene->req->formats[i].event;
		char name[DIAG_WORD_MAX];

		tracepoint_name(name, sizeof(name), "struct tracepoint__", event);
		if (strcmp(name, type) != 0)
			continue;
		buf_printf(&said->text, "the tracepoint %.*s:%s has no field %s",
			   (int)strcspn(event, "/"), event, strchr(event, '/') + 1, field);
		format_fields(&all, scene->req->formats[i].format);
		hint_candidates(&said->hint, &all, "its fields are");
		return true;
	}
	return false;
}

/* A struct that the probe or what it includes declares. */
static bool field_of_own(struct scene *scene, const char *type, const char *field,
			 struct said *said)
{
	struct candidates all = { .near.wanted = field };
	struct buf fields = {};

	if (fields_of_type(buf_text(&scene->job->exp->text), type, &fields)) {
		buf_free(&fields);
		return false;
	}
	for (const char *s = buf_text(&fields); *s;
	     s += strcspn(s, " ") + (strchr(s, ' ') != NULL)) {
		char name[128];

		snprintf(name, sizeof(name), "%.*s", (int)strcspn(s, " ."), s);
		if (name[0])
			candidate(&all, name);
	}
	buf_free(&fields);
	buf_printf(&said->text, "%s has no field %s", type, field);
	hint_candidates(&said->hint, &all, "its fields are");
	return true;
}

static int offer_member(const struct types_member *member, void *arg)
{
	candidate(arg, member->name);
	return 0;
}

/* What a kernel's struct once had, or has since. */
static bool hint_renamed(struct scene *scene, const char *tag, const char *field, struct said *said)
{
	const struct rename *gone = rename_find(tag, field);

	if (gone) {
		buf_printf(&said->hint,
			   *gone->now ? "since Linux %u.%u it is %s"
				      : "it is gone since Linux %u.%u",
			   gone->major, gone->minor, gone->now);
		return true;
	}
	/* the new name on a kernel that has the old one */
	for (size_t i = 0; i < nr_renames; i++) {
		const struct rename *to = &renames[i];
		struct types_ref ref = {};
		struct types_member member;
		struct error none = {};

		if (strcmp(to->new_type, tag) != 0 || strcmp(to->new_field, field) != 0 ||
		    strcmp(to->type, tag) != 0)
			continue;
		if (scene_types(scene) &&
		    types_find(scene_types(scene), TYPES_STRUCT, tag, &ref) == 0 &&
		    types_member(ref.btf, ref.id, field, &member, &none) == 0)
			return false;
		buf_printf(&said->hint, "before Linux %u.%u it is %s", to->major, to->minor,
			   to->field);
		return true;
	}
	return false;
}

static bool field_of_kernel(struct scene *scene, const char *type, const char *field,
			    const char *clangs, struct said *said)
{
	struct candidates all = { .near.wanted = field };
	struct types *types;
	struct types_ref ref = {};
	const char *tag = strchr(type, ' ');
	bool is_union = text_starts(type, "union ");

	if (!tag || (!is_union && !text_starts(type, "struct ")) || !text_ident_len(tag + 1))
		return false;
	tag++;
	buf_printf(&said->text, "%s has no member %s", type, field);
	if (scene_has_headers(scene))
		buf_printf(&said->text, " in the headers of %s", scene->job->headers->release);
	if (hint_renamed(scene, tag, field, said))
		return true;
	types = scene_types(scene);
	if (types && types_find(types, is_union ? TYPES_UNION : TYPES_STRUCT, tag, &ref) == 0)
		types_each_member(ref.btf, ref.id, offer_member, &all);
	if (all.exact && scene_has_headers(scene)) {
		buf_printf(&said->hint,
			   "this kernel's BTF has it, so the headers are not this kernel's: use "
			   "--headers btf, or install linux-headers-%s",
			   scene->job->headers->release);
		buf_free(&all.list);
	} else if (clangs[0]) {
		buf_printf(&said->hint, "did you mean %s?", clangs);
		buf_free(&all.list);
	} else {
		hint_candidates(&said->hint, &all, "its members are");
		if (!said->hint.len && all.nr)
			buf_printf(&said->hint, "hotprobe layout %s shows its %u members", tag,
				   all.nr);
	}
	return true;
}

bool explain_field(struct scene *scene, size_t at, struct said *said)
{
	const char *message = scene->diags->list[at].message;
	char words[3][DIAG_WORD_MAX] = {};

	if (!diag_says(message, "no member named '*' in '*'; did you mean '*'?", words)) {
		memset(words, 0, sizeof(words));
		if (!diag_says(message, "no member named '*' in '*'", words))
			return false;
	}
	return field_of_tracepoint(scene, words[1], words[0], said) ||
	       field_of_own(scene, words[1], words[0], said) ||
	       field_of_kernel(scene, words[1], words[0], words[2], said);
}
