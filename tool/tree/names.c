// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "tree/names.h"
#include "util/text.h"

struct token {
	enum { T_END, T_IDENT, T_ARROW, T_LINE_END, T_CHAR, T_OTHER } kind;
	const char *text;
	size_t len;
	char c; /* of a T_CHAR */
};

/* What the scanner remembers about the tokens that it has passed. */
struct scan {
	struct names *names;
	const char *pos;
	const char *end;
	bool line_start;
	bool directive; /* inside a preprocessor line: it opens and closes no block */
	int outer_parens, outer_brackets; /* what they were before it */
	int braces, parens, brackets;
	int enum_braces;     /* value of braces inside the enum definition being read, else 0 */
	struct token before; /* the previous token, T_END at the start */
	struct span last;    /* the previous identifier if it was the previous token */
	uint32_t last_use;
	struct token last_before; /* the token before that */
	bool tag;		  /* struct, union or enum was read, its name was not */
	bool tag_is_enum;
	bool enum_opens;      /* enum NAME was read: the next { opens it */
	int attribute_parens; /* parens outside of __attribute__((...)), -1 when not in one */
	int typedef_braces;   /* braces outside of the typedef being read, -1 when none */
	int typedef_parens;
	struct span typedef_name;
	bool typedef_sure;
	/* BPF_HASH(name, ...) at file scope declares name */
	int map_parens; /* parens outside of the macro call, -1 when not in one */
	int map_arg;	/* arguments still to pass before the name */
};

static uint32_t hash(const char *text, size_t len)
{
	uint32_t h = 2166136261u; /* FNV-1a */

	while (len--)
		h = (h ^ (unsigned char)*text++) * 16777619u;
	return h;
}

static struct name *slot_of(struct name *slots, size_t cap, const char *text, size_t len)
{
	size_t i = hash(text, len) & (cap - 1);

	while (slots[i].text && (slots[i].len != len || memcmp(slots[i].text, text, len)))
		i = (i + 1) & (cap - 1);
	return &slots[i];
}

struct name *names_find(const struct names *names, const char *text, size_t len)
{
	struct name *name;

	if (!names->cap)
		return NULL;
	name = slot_of(names->slots, names->cap, text, len);
	return name->text ? name : NULL;
}

static bool grow(struct names *names)
{
	size_t cap = names->cap ? names->cap * 2 : 1024;
	struct name *slots = calloc(cap, sizeof(*slots));
	size_t i;

	if (!slots) {
		names->failed = true;
		return false;
	}
	for (i = 0; i < names->cap; i++) {
		struct name *old = &names->slots[i];

		if (old->text)
			*slot_of(slots, cap, old->text, old->len) = *old;
	}
	free(names->slots);
	names->slots = slots;
	names->cap = cap;
	return true;
}

static void add(struct names *names, struct span span, uint32_t uses)
{
	struct name *name;

	if (names->nr * 2 >= names->cap && !grow(names))
		return;
	name = slot_of(names->slots, names->cap, span.text, span.len);
	if (!name->text) {
		name->text = span.text;
		name->len = (uint32_t)span.len;
		names->nr++;
	}
	name->uses |= uses;
}

static void add_include(struct names *names, const char *text, size_t len)
{
	if (names->nr_includes == names->cap_includes) {
		size_t cap = names->cap_includes ? names->cap_includes * 2 : 16;
		struct span *more = realloc(names->includes, cap * sizeof(*more));

		if (!more) {
			names->failed = true;
			return;
		}
		names->includes = more;
		names->cap_includes = cap;
	}
	names->includes[names->nr_includes++] = (struct span){ text, len };
}

static bool is(struct span span, const char *word)
{
	return span.len == strlen(word) && !memcmp(span.text, word, span.len);
}

static bool begins(struct span span, const char *prefix)
{
	size_t len = strlen(prefix);

	return span.len >= len && !memcmp(span.text, prefix, len);
}

static bool ident_start(char c)
{
	return isalpha((unsigned char)c) || c == '_';
}

static bool ident_char(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* Skip blanks, comments and joined lines, but not the end of a line. */
static void skip_blank(struct scan *s)
{
	while (s->pos < s->end) {
		size_t left = (size_t)(s->end - s->pos);

		if (*s->pos == ' ' || *s->pos == '\t' || *s->pos == '\r' || *s->pos == '\f' ||
		    *s->pos == '\v') {
			s->pos++;
		} else if (left >= 2 && s->pos[0] == '\\' && s->pos[1] == '\n') {
			s->pos += 2;
		} else if (left >= 2 && s->pos[0] == '/' && s->pos[1] == '*') {
			const char *close = memmem(s->pos + 2, left - 2, "*/", 2);

			s->pos = close ? close + 2 : s->end;
		} else if (left >= 2 && s->pos[0] == '/' && s->pos[1] == '/') {
			while (s->pos < s->end && *s->pos != '\n')
				s->pos += *s->pos == '\\' && s->end - s->pos > 1 ? 2 : 1;
		} else {
			return;
		}
	}
}

static void skip_literal(struct scan *s, char quote)
{
	while (s->pos < s->end && *s->pos != quote && *s->pos != '\n')
		s->pos += *s->pos == '\\' && s->end - s->pos > 1 ? 2 : 1;
	if (s->pos < s->end && *s->pos == quote)
		s->pos++;
}

static struct token next(struct scan *s)
{
	struct token token = { .kind = T_END };
	char c;

	skip_blank(s);
	if (s->pos >= s->end)
		return token;
	token.text = s->pos;
	c = *s->pos++;
	if (c == '\n') {
		token.kind = T_LINE_END;
	} else if (ident_start(c)) {
		while (s->pos < s->end && ident_char(*s->pos))
			s->pos++;
		token.kind = T_IDENT;
	} else if (isdigit((unsigned char)c)) {
		/* a preprocessing number: 0x1fUL, 1.5e3, 10ms */
		while (s->pos < s->end && (ident_char(*s->pos) || *s->pos == '.'))
			s->pos++;
		token.kind = T_OTHER;
	} else if (c == '"' || c == '\'') {
		skip_literal(s, c);
		token.kind = T_OTHER;
	} else if (c == '-' && s->pos < s->end && *s->pos == '>') {
		s->pos++;
		token.kind = T_ARROW;
	} else {
		token.kind = T_CHAR;
		token.c = c;
	}
	token.len = (size_t)(s->pos - token.text);
	return token;
}

/* The # of a preprocessor line has been read. */
static void scan_directive(struct scan *s)
{
	struct token word;
	const char *start;

	skip_blank(s);
	start = s->pos;
	word = next(s);
	s->directive = true;
	s->outer_parens = s->parens;
	s->outer_brackets = s->brackets;
	if (word.kind != T_IDENT || !is((struct span){ word.text, word.len }, "include")) {
		s->pos = start;
		return;
	}
	skip_blank(s);
	if (s->pos < s->end && *s->pos == '<') {
		const char *path = ++s->pos;

		while (s->pos < s->end && *s->pos != '>' && *s->pos != '\n')
			s->pos++;
		if (s->pos < s->end && *s->pos == '>')
			add_include(s->names, path, (size_t)(s->pos - path));
	}
	while (s->pos < s->end && *s->pos != '\n')
		s->pos++;
}

static bool before_is(const struct scan *s, char c)
{
	return s->before.kind == T_CHAR && s->before.c == c;
}

static bool is_attribute(struct span word)
{
	return is(word, "__attribute__") || is(word, "__attribute");
}

static void scan_ident(struct scan *s, struct span word)
{
	uint32_t use = NAME_BARE;

	s->last = word;
	s->last_use = 0;
	s->last_before = s->before;
	if (is_attribute(word)) {
		if (s->attribute_parens < 0)
			s->attribute_parens = s->parens;
		return;
	}
	if (s->attribute_parens >= 0)
		return;
	if (is(word, "struct") || is(word, "union") || is(word, "enum")) {
		s->tag = true;
		s->tag_is_enum = word.text[0] == 'e';
		return;
	}
	if (is(word, "typedef") && s->typedef_braces < 0) {
		s->typedef_braces = s->braces;
		s->typedef_parens = s->parens;
		s->typedef_name = (struct span){ 0 };
		s->typedef_sure = false;
		return;
	}
	/* struct __packed NAME { */
	if (s->tag && is(word, "__packed"))
		return;
	if (s->before.kind == T_ARROW || before_is(s, '.')) {
		use = NAME_MEMBER;
	} else if (s->tag) {
		use = NAME_TAG;
		s->enum_opens = s->tag_is_enum;
	} else if (s->typedef_braces == s->braces && !s->brackets && !s->typedef_sure) {
		if (s->parens == s->typedef_parens) {
			s->typedef_name = word;
		} else if (before_is(s, '*')) {
			/* typedef int (*NAME)(...) */
			s->typedef_name = word;
			s->typedef_sure = true;
		}
	}
	if (s->enum_braces && s->enum_braces == s->braces &&
	    (before_is(s, '{') || before_is(s, ',')))
		use |= NAME_DECLARED;
	if (s->map_parens >= 0 && s->map_arg == 0 && s->parens == s->map_parens + 1)
		use |= NAME_DECLARED;
	s->tag = false;
	s->last_use = use;
	add(s->names, word, use);
}

static void scan_map_call(struct scan *s)
{
	if (s->braces || s->directive || s->map_parens >= 0 || !s->last.text ||
	    !begins(s->last, "BPF_"))
		return;
	s->map_parens = s->parens;
	/* the position of the name in the macros of libbcc's helpers.h */
	if (begins(s->last, "BPF_TABLE") || begins(s->last, "BPF_F_TABLE"))
		s->map_arg = 3;
	else
		s->map_arg = begins(s->last, "BPF_QUEUESTACK") ? 1 : 0;
}

/* T NAME(   T NAME =   T *NAME[   } NAME;   at file scope, but not the NAME of a typedef */
static bool declares(const struct scan *s, char c)
{
	const struct token *before = &s->last_before;

	if (s->braces || s->parens || s->directive || s->typedef_braces >= 0 || !s->last.text ||
	    !(s->last_use & NAME_BARE))
		return false;
	if (before->kind == T_CHAR && before->c == '}')
		return c == '=' || c == '[' || c == ';';
	return (c == '(' || c == '=' || c == '[' || c == ';') &&
	       (before->kind == T_IDENT ||
		(before->kind == T_CHAR && (before->c == '*' || before->c == ')')));
}

static void scan_char(struct scan *s, char c)
{
	bool attribute = s->attribute_parens >= 0;

	if (declares(s, c))
		add(s->names, s->last, NAME_DECLARED);
	switch (c) {
	case '(':
		scan_map_call(s);
		s->parens++;
		break;
	case ')':
		s->parens--;
		if (s->attribute_parens == s->parens)
			s->attribute_parens = -1;
		if (s->map_parens == s->parens)
			s->map_parens = -1;
		break;
	case ',':
		if (s->map_parens >= 0 && s->parens == s->map_parens + 1)
			s->map_arg--;
		break;
	case '[':
		s->brackets++;
		break;
	case ']':
		s->brackets--;
		break;
	case '{':
		if (s->last.text && (s->last_use & NAME_TAG))
			add(s->names, s->last, NAME_DEFINES_TAG);
		if (!s->directive)
			s->braces++;
		if ((s->tag && s->tag_is_enum) || s->enum_opens)
			s->enum_braces = s->braces;
		break;
	case '}':
		if (s->enum_braces == s->braces)
			s->enum_braces = 0;
		if (!s->directive && s->braces > 0)
			s->braces--;
		break;
	case ';':
		if (s->typedef_braces == s->braces) {
			if (s->typedef_name.text)
				add(s->names, s->typedef_name, NAME_DEFINES_TYPE);
			s->typedef_braces = -1;
		}
		break;
	}
	if (!attribute)
		s->tag = s->enum_opens = false;
}

static void scan(struct names *names, const char *text, size_t len, int braces)
{
	struct scan s = {
		.names = names,
		.pos = text,
		.end = text + len,
		.braces = braces,
		.line_start = true,
		.attribute_parens = -1,
		.typedef_braces = -1,
		.map_parens = -1,
	};
	struct token token;

	while ((token = next(&s)).kind != T_END) {
		if (token.kind == T_LINE_END) {
			s.line_start = true;
			if (s.directive) {
				s.before = (struct token){ .kind = T_END };
				s.parens = s.outer_parens;
				s.brackets = s.outer_brackets;
			}
			s.directive = false;
			continue;
		}
		if (s.line_start && token.kind == T_CHAR && token.c == '#') {
			s.last = (struct span){ 0 };
			s.line_start = false;
			scan_directive(&s);
			continue;
		}
		s.line_start = false;
		if (token.kind == T_IDENT) {
			scan_ident(&s, (struct span){ token.text, token.len });
		} else {
			if (token.kind == T_CHAR && s.attribute_parens >= 0 && token.c != '(' &&
			    token.c != ')')
				continue;
			if (token.kind == T_CHAR)
				scan_char(&s, token.c);
			s.last = (struct span){ 0 };
		}
		s.before = token;
	}
}

void names_scan(struct names *names, const char *text, size_t len)
{
	scan(names, text, len, 0);
}

void names_scan_body(struct names *names, const char *text, size_t len)
{
	scan(names, text, len, 1);
}

const char *names_ident_start(const char *start, const char *end)
{
	while (end > start && ident_char(end[-1]))
		end--;
	return end;
}

void names_free(struct names *names)
{
	free(names->slots);
	free(names->includes);
	*names = (struct names){ 0 };
}
