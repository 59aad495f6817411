// SPDX-License-Identifier: GPL-2.0-only
/* The compiler's errors, each once, in the user's own lines and in words that fit a probe. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diagnose/explain.h"
#include "compile/run.h"
#include "diagnose/scene.h"
#include "diagnose/snippet.h"
#include "probe/expand.h"
#include "probe/source.h"
#include "util/error.h"
#include "util/text.h"

/* More than these do not help, and have room in an error's text. */
#define ERRORS_MAX 20
#define TEXT_MAX   7000

/* An error that is told. */
struct told {
	size_t at; /* in the list */
	char file[PATH_MAX];
	unsigned int line, column;
	struct buf text, hint, shown;
	struct buf also; /* further lines with the same */
};

/* LLVM leaves out the folder that a path has in common with libbcc's. */
static const char *whole_path(const struct scene *scene, const char *file)
{
	const char *path = scene->job->src->path;

	if (*file && text_ends(path, file))
		return path;
	/* clang puts the folders together in which it looks */
	while (text_starts(file, "./"))
		file += 2;
	return file;
}

/* Until "; did you mean" it says what is missing. */
static size_t message_key(const char *message)
{
	const char *end = strstr(message, "; did you mean");

	return end ? (size_t)(end - message) : strlen(message);
}

static bool same_key(const char *a, const char *b)
{
	return message_key(a) == message_key(b) && memcmp(a, b, message_key(a)) == 0;
}

/* What a declaration would cure everywhere. */
static bool is_missing_name(const char *message)
{
	return strstr(message, "undeclared") || strstr(message, "implicit") ||
	       text_starts(message, "unknown type name") || strstr(message, "incomplete");
}

/* In a line with such an error what follows is about the same call of a macro. */
static bool spoils_line(const char *message)
{
	return strstr(message, "function-like macro invocation") ||
	       text_starts(message, "a parameter list without types") ||
	       text_starts(message, "unexpected type name") ||
	       text_starts(message, "unexpected character") || strstr(message, "redefinition of '");
}

static bool is_defined(const struct scene *scene, const char *type)
{
	struct buf fields = {};
	bool is = fields_of_type(buf_text(&scene->job->exp->text), type, &fields) == 0;

	buf_free(&fields);
	return is;
}

/* Does this error only follow from one that is told? */
static bool follows(const struct scene *scene, const struct diag *diag, struct told *told,
		    size_t nr_told)
{
	char words[2][DIAG_WORD_MAX], tag[DIAG_WORD_MAX + 8];

	if (strstr(diag->message, "too many errors emitted"))
		return true;
	/* see explain_events() */
	if (nr_told && text_starts(diag->shown, EXPAND_CHECK))
		return true;
	/* a struct that clang has passed over together with what is wrong */
	if (nr_told && strstr(diag->message, "incomplete type '") &&
	    diag_says(strstr(diag->message, "incomplete type '"), "incomplete type '*'", words) &&
	    is_defined(scene, words[0]))
		return true;
	for (size_t i = 0; i < nr_told; i++) {
		const struct diag *first = &scene->diags->list[told[i].at];
		bool same_line = first->line == diag->line && strcmp(first->file, diag->file) == 0;

		if (same_line && (first->column == diag->column || spoils_line(first->message)))
			return true;
		if (same_line && text_starts(first->message, "unknown type name") &&
		    text_starts(diag->message, "expected "))
			return true;
		if (same_line && strcmp(diag->message, "unknown type") == 0)
			return true;
		/* a map's declaration is one line, and becomes many */
		if (same_line && strstr(buf_text(&told[i].text), "BPF_"))
			return true;
		if (is_missing_name(first->message) && same_key(first->message, diag->message)) {
			if (!same_line)
				buf_printf(&told[i].also, "%s%u", told[i].also.len ? ", " : "",
					   diag->line);
			return true;
		}
		if (diag_says(first->message, "redefinition of '*'", words)) {
			snprintf(tag, sizeof(tag), "in 'struct %s'", words[0]);
			if (text_starts(diag->message, "no member named") &&
			    strstr(diag->message, tag))
				return true;
		}
		/* a struct that its own warning, below, has told of */
		if (diag_says(diag->message, "incomplete definition of type '*'", words) &&
		    text_ends(buf_text(&told[i].text), words[0]))
			return true;
	}
	return false;
}

/* A warning that names the cause of an error that does not: at the same place, or line. */
static size_t cause_of(const struct scene *scene, size_t at)
{
	const struct diag *error = &scene->diags->list[at];

	for (size_t i = 0; i < at; i++) {
		const struct diag *diag = &scene->diags->list[i];

		if (diag->level != DIAG_WARNING || diag->line != error->line ||
		    !text_ends(diag->file, error->file))
			continue;
		/* libbcc's rewriter only warns of what LLVM then cannot do */
		if (!error->column && text_starts(diag->message, "cannot use "))
			return i;
		if (text_starts(error->message, "conflicting types for '____") &&
		    strstr(diag->message, "will not be visible"))
			return i;
		if (diag->column == error->column &&
		    text_starts(diag->message, "missing terminating"))
			return i;
	}
	return at;
}

/* Not every word of clang's is meant for people who do not write compilers. */
static void plain_words(const char *message, struct said *said)
{
	if (text_starts(message, "missing terminating"))
		buf_str(&said->text, "this text has no end in its line");
	else if (strstr(message, "should return a value"))
		buf_str(&said->hint, "a traced function returns 0: return 0;");
	else if (strstr(message, "array type '") && strstr(message, "is not assignable"))
		buf_str(&said->hint, "an array is copied by read_kernel(&dst, sizeof(dst), src), "
				     "or bpf_probe_read_kernel_str() for a text");
	else if (text_starts(message, "unexpected character <U+201") ||
		 text_starts(message, "unexpected character <U+00A0>"))
		buf_str(&said->hint, "it comes from a word processor or a web page: write plain "
				     "quotes and spaces");
	else if (text_starts(message, "passing 'struct ") &&
		 strstr(message, "parameter of incompatible type 'void *'"))
		buf_str(&said->hint, "hand over its address: &NAME");
	else if (text_starts(message, "unterminated conditional directive"))
		buf_str(&said->hint, "an #if needs its #endif");
}

/* What clang's notes say of where the text of an error comes from, and what is there already. */
static void use_notes(const struct scene *scene, size_t at, struct said *said)
{
	char words[1][DIAG_WORD_MAX];
	const struct diag *error = &scene->diags->list[at];

	for (size_t i = at + 1; i < scene->diags->nr; i++) {
		const struct diag *note = &scene->diags->list[i];
		const char *base = strrchr(note->file, '/');
		bool here = strcmp(note->file, error->file) == 0;

		base = base ? base + 1 : note->file;
		if (note->level != DIAG_NOTE)
			return;
		if (text_starts(note->message, "previous definition is here")) {
			if (said->hint.len)
				return;
			buf_printf(&said->hint, "the first is on line %u%s%s", note->line,
				   here ? "" : " of ", here ? "" : note->file);
			return;
		}
		if (!diag_says(note->message, "expanded from macro '*'", words) ||
		    strstr(buf_text(&said->text), words[0]))
			continue;
		if (!said->text.len)
			buf_str(&said->text, error->message);
		if (here)
			buf_printf(&said->text, " (in the macro %s of line %u)", words[0],
				   note->line);
		else if (text_starts(note->file, "/virtual/"))
			buf_printf(&said->text, " (in libbcc's %s)", words[0]);
		else
			buf_printf(&said->text, " (in the macro %s of %s)", words[0], base);
		return;
	}
}

static void explain_one(struct scene *scene, size_t at, struct said *said)
{
	static bool (*const explain[])(struct scene *, size_t, struct said *) = {
		explain_map,  explain_header, explain_field,   explain_type,
		explain_name, explain_call,   explain_backend,
	};

	for (size_t i = 0; i < sizeof(explain) / sizeof(explain[0]); i++)
		if (explain[i](scene, at, said)) {
			use_notes(scene, at, said);
			return;
		}
	plain_words(scene->diags->list[at].message, said);
	use_notes(scene, at, said);
}

/* What an EVENTS line or the end of the text becomes is not the user's. */
static void place_own(struct scene *scene, struct told *told, const struct diag *diag,
		      struct said *said)
{
	const char *text = buf_text(&scene->job->src->text), *events;
	struct buf words = {};

	snprintf(told->file, sizeof(told->file), "%s", scene->job->src->path);
	if (text_starts(diag->message, "expected '}'") &&
	    explain_unclosed(text, &told->line, &told->column)) {
		buf_str(&said->text, "this brace is not closed");
		return;
	}
	told->column = 0;
	told->line = 1;
	events = strstr(text, "\nEVENTS");
	if (events)
		told->line = (unsigned int)text_line(text, events + 1);
	buf_printf(&words, "what %s becomes does not compile: %s", events ? "EVENTS" : "the probe",
		   said->text.len ? buf_text(&said->text) : diag->message);
	buf_reset(&said->text);
	buf_str(&said->text, buf_text(&words));
	buf_free(&words);
}

/* Where the user would look: their own line, or the one that includes what is wrong. */
static void place(struct scene *scene, struct told *told, const struct diag *diag,
		  struct said *said)
{
	told->line = diag->line;
	told->column = diag->column;
	snprintf(told->file, sizeof(told->file), "%s", whole_path(scene, diag->file));
	if (scene_is_users(scene, told->file))
		return;
	if (strcmp(diag->file, EXPAND_OWN_FILE) == 0) {
		place_own(scene, told, diag, said);
		return;
	}
	if (!said->text.len)
		buf_str(&said->text, diag->message);
	if (scene_is_users(scene, diag->from)) {
		snprintf(told->file, sizeof(told->file), "%s", diag->from);
		told->line = diag->from_line;
		told->column = 0;
		buf_printf(&said->text, " (in %s:%u, which is included here)", diag->file,
			   diag->line);
	}
}

static void tell(struct scene *scene, struct told *told, size_t at)
{
	const struct diag *diag = &scene->diags->list[at];
	struct said said = {};
	struct buf text = {};
	struct diag shown;
	bool clangs;

	explain_one(scene, at, &said);
	place(scene, told, diag, &said);
	clangs = !said.text.len && !said.hint.len;
	if (!said.text.len)
		buf_str(&said.text, diag->message);
	shown = *diag;
	shown.line = told->line;
	/* at another place something else is to be marked */
	if (shown.column != told->column || strcmp(told->file, diag->file) != 0)
		shown.shown = "";
	shown.column = told->column;
	if (scene_file(scene, told->file, &text)) {
		told->column = snippet_show(&told->shown, buf_text(&text), &shown, clangs);
		if (shown.column && !told->column)
			buf_str(&said.text, " (in what libbcc has made of it)");
	}
	if (!text.len && *diag->shown)
		buf_printf(&told->shown, "\n%.*s", (int)strcspn(diag->shown, "\n"), diag->shown);
	buf_free(&text);
	told->text = said.text;
	told->hint = said.hint;
}

static void write_place(struct buf *out, const struct told *told, const char *level)
{
	if (told->file[0])
		buf_printf(out, "%s:%u:", told->file, told->line);
	if (told->file[0] && told->column)
		buf_printf(out, "%u:", told->column);
	buf_printf(out, "%s%s: ", told->file[0] ? " " : "", level);
}

static void write_told(struct buf *out, const struct told *told, bool several)
{
	buf_char(out, '\n');
	write_place(out, told, "error");
	buf_str(out, buf_text(&told->text));
	if (told->also.len)
		buf_printf(out, " (also on line %s)", buf_text(&told->also));
	buf_str(out, buf_text(&told->shown));
	if (several && told->hint.len) {
		buf_char(out, '\n');
		write_place(out, told, "note");
		buf_str(out, buf_text(&told->hint));
	}
}

int explain_errors(const char *text, const struct compile_job *job, const struct request *req,
		   struct error *err)
{
	struct told *told = calloc(ERRORS_MAX, sizeof(*told));
	struct diags diags = {};
	struct scene scene = { .job = job, .req = req, .diags = &diags };
	struct buf out = {};
	size_t nr = 0, more = 0, i;

	if (!told || diags_parse(&diags, text)) {
		error_sys(err, -ENOMEM, "%s does not compile", job->src->path);
		goto out;
	}
	for (i = 0; i < diags.nr; i++) {
		if (diags.list[i].level != DIAG_ERROR || follows(&scene, &diags.list[i], told, nr))
			continue;
		if (nr == ERRORS_MAX) {
			more++;
			continue;
		}
		told[nr].at = i;
		tell(&scene, &told[nr++], cause_of(&scene, i));
	}
	if (!nr)
		goto out;
	buf_printf(&out, "%s does not compile:", job->src->path);
	for (i = 0; i < nr && out.len < TEXT_MAX; i++)
		write_told(&out, &told[i], nr > 1);
	more += nr - i;
	if (more)
		buf_printf(&out, "\n... and %zu more", more);
	error_set(err, -EINVAL, "%s", buf_text(&out));
	if (nr == 1 && told[0].hint.len)
		error_hint(err, "%s", buf_text(&told[0].hint));
	if (scene_is_users(&scene, told[0].file))
		error_place(err, ERROR_COMPILER, told[0].file, told[0].line, told[0].column);
out:
	for (i = 0; told && i < nr; i++) {
		buf_free(&told[i].text);
		buf_free(&told[i].hint);
		buf_free(&told[i].shown);
		buf_free(&told[i].also);
	}
	buf_free(&out);
	scene_close(&scene);
	diags_free(&diags);
	free(told);
	return err->code;
}

void explain_warnings(struct buf *out, const char *text, const struct compile_job *job)
{
	struct diags diags = {};
	struct scene scene = { .job = job, .diags = &diags };

	if (diags_parse(&diags, text)) {
		diags_free(&diags);
		return;
	}
	for (size_t i = 0; i < diags.nr; i++) {
		const struct diag *diag = &diags.list[i];
		struct buf file = {}, shown = {};
		struct told told = {};
		bool again = false;

		/* libbcc compiles each line up to three times */
		for (size_t j = 0; j < i && !again; j++)
			again = diags.list[j].line == diag->line &&
				strcmp(diags.list[j].file, diag->file) == 0 &&
				strcmp(diags.list[j].message, diag->message) == 0;
		if (again || diag->level != DIAG_WARNING || !scene_is_users(&scene, diag->file))
			continue;
		snprintf(told.file, sizeof(told.file), "%s", diag->file);
		told.line = diag->line;
		if (scene_file(&scene, diag->file, &file))
			told.column = snippet_show(&shown, buf_text(&file), diag, true);
		if (out->len)
			buf_char(out, '\n');
		write_place(out, &told, "warning");
		buf_printf(out, "%s%s", diag->message, buf_text(&shown));
		buf_free(&file);
		buf_free(&shown);
	}
	diags_free(&diags);
}
