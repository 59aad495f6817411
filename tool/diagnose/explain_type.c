// SPDX-License-Identifier: GPL-2.0-only
/* A struct or a type's name that is not declared. */
#include <stdio.h>
#include <string.h>

#include "compile/run.h"
#include "diagnose/scene.h"
#include "diagnose/snippet.h"
#include "headers/select.h"
#include "probe/expand.h"
#include "types/types.h"
#include "util/text.h"

/* Tags that the probe itself declares: "struct NAME {". */
static void offer_own(const struct scene *scene, const char *kind, struct near *near)
{
	const char *text = buf_text(&scene->job->exp->text);
	size_t len = strlen(kind);

	for (const char *s = text; (s = strstr(s, kind)) != NULL; s += len) {
		const char *tag = text_skip_space(s + len), *end = tag + text_ident_len(tag);
		char name[128];

		if (end == tag || *text_skip_space(end) != '{')
			continue;
		snprintf(name, sizeof(name), "%.*s", (int)(end - tag), tag);
		if (!text_starts(name, "hp_"))
			near_offer(near, name);
	}
}

/* "struct sok": where it would come from, or what it is called. */
static void explain_tag(struct scene *scene, const char *type, struct said *said)
{
	char kind[16], start[DIAG_WORD_MAX + 4], header[256];
	const char *tag = strchr(type, ' ') + 1, *const starts[] = { start };
	struct near near = { .wanted = tag };
	struct types *types = scene_types(scene);
	struct types_ref ref = {};
	uint32_t kinds;

	snprintf(kind, sizeof(kind), "%.*s", (int)(tag - type), type);
	kinds = text_starts(kind, "struct")  ? TYPES_STRUCT
		: text_starts(kind, "union") ? TYPES_UNION
					     : TYPES_ENUM;
	snprintf(start, sizeof(start), "%s {", type);
	if (scene_has_headers(scene) && scene_header_of(scene, starts, 1, header, sizeof(header))) {
		buf_printf(&said->text, "%s is not declared here", type);
		buf_printf(&said->hint, "add #include <%s>", header);
		return;
	}
	if (types && types_find(types, kinds, tag, &ref) == 0) {
		buf_printf(&said->text, "%s is not declared here", type);
		if (scene_has_headers(scene))
			buf_printf(&said->hint,
				   "the kernel has it, but the headers of %s do not: declare it, "
				   "or use --headers btf",
				   scene->job->headers->release);
		return;
	}
	buf_printf(&said->text, "there is no %s", type);
	offer_own(scene, kind, &near);
	if (!near_best(&near) && types)
		types_near(types, kinds, &near);
	if (near_best(&near))
		buf_printf(&said->hint, "did you mean %s%s?", kind, near_best(&near));
	else
		buf_str(&said->hint, "declare it above the line");
}

static void explain_typedef(struct scene *scene, const char *name, const char *clangs,
			    struct said *said)
{
	/* what programs call them, and what newcomers from other languages do */
	static const char *const others[][2] = {
		{ "string", "char NAME[16]" },
		{ "uint", "u32" },
		{ "ulong", "u64" },
		{ "byte", "u8" },
	};
	struct near near = { .wanted = name };
	struct types *types = scene_types(scene);
	struct types_ref ref = {};

	buf_printf(&said->text, "there is no type %s", name);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (strcmp(others[i][0], name) == 0) {
			buf_printf(&said->hint, "write %s", others[i][1]);
			return;
		}
	if (types && types_find(types, TYPES_STRUCT, name, &ref) == 0) {
		buf_printf(&said->hint, "write struct %s", name);
		return;
	}
	if (types && types_find(types, TYPES_ENUM, name, &ref) == 0) {
		buf_printf(&said->hint, "write enum %s", name);
		return;
	}
	if (types && types_find(types, TYPES_TYPEDEF, name, &ref) == 0) {
		buf_str(&said->hint, "the kernel has it: include the header that declares it");
		return;
	}
	if (types)
		types_near(types, TYPES_TYPEDEF, &near);
	if (clangs[0])
		buf_printf(&said->hint, "did you mean %s?", clangs);
	else if (near_best(&near))
		buf_printf(&said->hint, "did you mean %s?", near_best(&near));
}

/* An undeclared identifier that another one follows is meant as a type: "uint33_t x". */
static bool stands_as_type(struct scene *scene, const struct diag *diag, const char *name)
{
	struct buf text = {};
	const char *line;
	size_t len;
	bool is = false;

	if (scene_file(scene, diag->file, &text) &&
	    text_line_at(buf_text(&text), diag->line, &line, &len) && diag->column &&
	    diag->column + strlen(name) < len) {
		const char *behind = line + diag->column - 1;

		is = strncmp(behind, name, strlen(name)) == 0;
		behind += strlen(name);
		is = is && (*behind == ' ' || *behind == '\t');
		behind += strspn(behind, " \t*");
		is = is && text_ident_len(behind) > 0;
	}
	buf_free(&text);
	return is;
}

bool explain_type(struct scene *scene, size_t at, struct said *said)
{
	static const char *const incomplete[] = {
		"incomplete definition of type '*'",
		"field has incomplete type '*'",
		"variable has incomplete type '*'",
		"array has incomplete element type '*'",
		"invalid application of 'sizeof' to an incomplete type '*'",
		"tentative definition has type '*' that is never completed",
		"subscript of pointer to incomplete type '*'",
		"arithmetic on a pointer to an incomplete type '*'",
		"offsetof of incomplete type '*'",
		"declaration of '*' will not be visible",
	};
	const struct diag *diag = &scene->diags->list[at];
	char words[2][DIAG_WORD_MAX] = {};

	for (size_t i = 0; i < sizeof(incomplete) / sizeof(incomplete[0]); i++) {
		if (!diag_says(diag->message, incomplete[i], words) || !strchr(words[0], ' '))
			continue;
		if (!text_ident_len(strchr(words[0], ' ') + 1))
			return false;
		explain_tag(scene, words[0], said);
		return true;
	}
	if (diag_says(diag->message, "unknown type name '*'; did you mean '*'", words) ||
	    diag_says(diag->message, "unknown type name '*'", words) ||
	    (diag_says(diag->message, "use of undeclared identifier '*'", words) &&
	     stands_as_type(scene, diag, words[0]))) {
		explain_typedef(scene, words[0], words[1], said);
		return true;
	}
	return false;
}
