// SPDX-License-Identifier: GPL-2.0-only
/* The section Attach of a doc comment: attach points, and what the text is to know of files. */
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "attach/attach.h"
#include "probe/comment.h"
#include "probe/doc.h"
#include "probe/doc_parser.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/text.h"

/* The lines that are no attach points, by their first word. */
static const struct {
	const char *word;
	enum doc_constant_kind kind;
	size_t words;
	const char *form;
} constant_lines[] = {
	{ "symbol", DOC_CONSTANT_SYMBOL, 3,
	  "'symbol  FILE:FUNCTION  NAME', as in 'symbol  ${binary}:main.main  MAIN'" },
	{ "go", DOC_CONSTANT_GO, 2, "'go  FILE', as in 'go  ${binary}'" },
};

#define NR_CONSTANT_LINES (sizeof(constant_lines) / sizeof(constant_lines[0]))

/* A line's words; more than there is room for are only counted. */
struct words {
	struct word {
		const char *at;
		size_t len;
	} word[3];
	size_t nr;
	bool optional; /* the first one ended in a question mark, which is taken off */
};

static void split_words(const char *text, struct words *words)
{
	memset(words, 0, sizeof(*words));
	for (const char *s = text; *s; s += strspn(s, " ")) {
		size_t len = strcspn(s, " ");

		if (words->nr < sizeof(words->word) / sizeof(words->word[0]))
			words->word[words->nr] = (struct word){ s, len };
		words->nr++;
		s += len;
	}
	if (words->nr && words->word[0].len > 1 &&
	    words->word[0].at[words->word[0].len - 1] == '?') {
		words->word[0].len--;
		words->optional = true;
	}
}

static bool word_is(const struct word *word, const char *text)
{
	return strlen(text) == word->len && memcmp(word->at, text, word->len) == 0;
}

static int wrong_number(struct doc_parser *parser, const struct comment_line *line, size_t nr,
			size_t wanted, const char *form)
{
	doc_error(parser, line->nr, "'%s' has %zu word%s, not %s", line->text, nr,
		  nr == 1 ? "" : "s", wanted == 2 ? "two" : "three");
	return error_hint(parser->err, "a line of Attach is %s", form);
}

static int attach_provider(struct doc_parser *parser, const struct comment_line *line,
			   const struct word *word, const struct provider **provider)
{
	char name[64] = "";
	struct near near = { .wanted = name };
	struct buf all = {};
	const struct provider *known;

	if (word->len < sizeof(name)) {
		memcpy(name, word->at, word->len);
		*provider = provider_by_name(name);
		if (*provider)
			return 0;
	}
	doc_error(parser, line->nr, "'%.*s' is not a way to attach", (int)word->len, word->at);
	for (unsigned int i = 0; (known = provider_each(i)); i++) {
		near_offer(&near, known->name);
		buf_printf(&all, "%s%s", i ? ", " : "", known->name);
	}
	for (size_t i = 0; i < NR_CONSTANT_LINES; i++) {
		near_offer(&near, constant_lines[i].word);
		buf_printf(&all, ", %s", constant_lines[i].word);
	}
	if (near_best(&near))
		error_hint(parser->err, "did you mean %s?", near_best(&near));
	else
		error_hint(parser->err, "there are %s", buf_text(&all));
	buf_free(&all);
	return -EINVAL;
}

static int too_long(struct doc_parser *parser, const struct comment_line *line)
{
	return doc_error(parser, line->nr, "a name on this line is too long");
}

static int add_point(struct doc_parser *parser, const struct comment_line *line,
		     const struct words *words)
{
	const struct word *target = &words->word[1], *function = &words->word[2];
	const struct provider *provider = NULL;
	struct doc *doc = parser->doc;
	struct doc_attach *attach;
	int ret;

	if (words->nr != 3)
		return wrong_number(parser, line, words->nr, 3,
				    "'PROVIDER  TARGET  FUNCTION', as in "
				    "'kprobe  tcp_v4_connect  on_connect'");
	ret = attach_provider(parser, line, &words->word[0], &provider);
	if (ret)
		return ret;
	if (words->optional && !provider->absent) {
		doc_error(parser, line->nr, "a %s is always there or never: it takes no '?'",
			  provider->name);
		return error_hint(parser->err,
				  "'uprobe?' is for functions that not every file has");
	}
	if (text_ident_len(function->at) != function->len)
		return doc_error(parser, line->nr, "'%s' is not the name of a function",
				 function->at);
	if (function->len >= sizeof(((struct attach_point *)0)->function) ||
	    target->len >= sizeof(((struct attach_point *)0)->target))
		return too_long(parser, line);
	attach = doc_grow(doc->attaches, &doc->nr_attaches, sizeof(*attach));
	if (!attach)
		return doc_no_memory(parser);
	doc->attaches = attach;
	attach += doc->nr_attaches - 1;
	attach->line = line->nr;
	attach->provider = provider;
	attach->optional = words->optional;
	if (!doc_copy(&attach->target, target->at, target->len) ||
	    !doc_copy(&attach->function, function->at, function->len))
		return doc_no_memory(parser);
	return 0;
}

static int add_constant(struct doc_parser *parser, const struct comment_line *line,
			const struct words *words, size_t kind)
{
	const struct word *target = &words->word[1], *name = &words->word[2];
	struct doc *doc = parser->doc;
	struct doc_constant *constant;

	if (words->nr != constant_lines[kind].words)
		return wrong_number(parser, line, words->nr, constant_lines[kind].words,
				    constant_lines[kind].form);
	if (words->optional && constant_lines[kind].kind == DOC_CONSTANT_GO)
		return doc_error(parser, line->nr, "'go' takes no '?'");
	if (name->len && text_ident_len(name->at) != name->len)
		return doc_error(parser, line->nr, "'%s' is not the name of a macro", name->at);
	if (target->len >= sizeof(((struct attach_point *)0)->target) || name->len > 63)
		return too_long(parser, line);
	constant = doc_grow(doc->constants, &doc->nr_constants, sizeof(*constant));
	if (!constant)
		return doc_no_memory(parser);
	doc->constants = constant;
	constant += doc->nr_constants - 1;
	constant->line = line->nr;
	constant->kind = constant_lines[kind].kind;
	constant->optional = words->optional;
	if (!doc_copy(&constant->target, target->at, target->len) ||
	    !doc_copy(&constant->name, name->at ? name->at : "", name->len))
		return doc_no_memory(parser);
	return 0;
}

int doc_parse_attach(struct doc_parser *parser)
{
	int ret = 0;

	for (; ret == 0 && parser->at < parser->end; parser->at++) {
		const struct comment_line *line = &parser->lines[parser->at];
		struct words words;
		size_t kind = 0;

		if (!*line->text)
			continue;
		if (line->indent == 0)
			return doc_section_error(parser, line, "Attach");
		split_words(line->text, &words);
		while (kind < NR_CONSTANT_LINES &&
		       !word_is(&words.word[0], constant_lines[kind].word))
			kind++;
		ret = kind < NR_CONSTANT_LINES ? add_constant(parser, line, &words, kind)
					       : add_point(parser, line, &words);
	}
	return ret;
}

static int check_references(struct doc_parser *parser, int line, const char *target)
{
	const char *pos = target, *start, *name = NULL;
	const struct doc_option *option;
	size_t len;

	while ((len = doc_next_reference(&pos, &start, &name))) {
		if (len == SIZE_MAX)
			return doc_error(parser, line, "'%s' is not of the form ${option}", start);
		option = doc_option_named(parser->doc, name, len);
		if (!option) {
			doc_error(parser, line, "'${%.*s}' names an option that there is not",
				  (int)len, name);
			return error_hint(parser->err, "add '--%.*s=FILE' to Options", (int)len,
					  name);
		}
		if (option->type.kind == OPTVAL_FLAG)
			return doc_error(parser, line, "'${%s}' names an option that has no value",
					 option->name);
	}
	return 0;
}

int doc_check_attach(struct doc_parser *parser)
{
	const struct doc *doc = parser->doc;
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < doc->nr_attaches; i++)
		ret = check_references(parser, doc->attaches[i].line, doc->attaches[i].target);
	for (size_t i = 0; ret == 0 && i < doc->nr_constants; i++)
		ret = check_references(parser, doc->constants[i].line, doc->constants[i].target);
	return ret;
}
