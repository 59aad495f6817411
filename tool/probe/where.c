// SPDX-License-Identifier: GPL-2.0-only
/* --where: from an expression over bare field names to one that the compiler takes. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "probe/expand.h"
#include "probe/scan.h"
#include "util/error.h"
#include "util/text.h"

#define WHERE_LEN_MAX 4096

/* The opening brace of the type's definition. */
static const char *find_definition(const char *text, const char *type)
{
	size_t len = strlen(type);

	for (const char *s = text; *s;) {
		const char *after = scan_comment(s), *brace;

		if (after != s) {
			s = after;
			continue;
		}
		brace = s + len;
		if (text_starts(s, type) && !text_ident_len(brace)) {
			brace += strspn(brace, " \t\r\n");
			if (*brace == '{')
				return brace;
		}
		s++;
	}
	return NULL;
}

/* The name that a declaration "T name", "T name[N]", "T name:3" or "MACRO(..) name" declares. */
static void add_declared(struct buf *names, const char *start, const char *end)
{
	const char *last = NULL;
	size_t last_len = 0;
	bool text = false;

	for (const char *s = start; s < end && *s != '[' && *s != ':' && *s != '=';) {
		size_t len = text_ident_len(s);
		const char *after = scan_comment(s);

		if (after != s) {
			s = after;
			continue;
		}
		if (*s == '(') {
			while (s < end && *s != ')')
				s++;
			continue;
		}
		if (len == strlen("__attribute__") && text_starts(s, "__attribute__")) {
			if (last)
				break;
		} else if (len) {
			text |= len == strlen("TEXT") && text_starts(s, "TEXT");
			last = s;
			last_len = len;
		}
		s += len ? len : 1;
	}
	if (!last)
		return;
	buf_add(names, last, last_len);
	if (text)
		buf_str(names, FIELD_TEXT_MARK);
	buf_char(names, ' ');
}

int fields_of_type(const char *text, const char *type, struct buf *names)
{
	const char *s = find_definition(text, type), *start;
	int depth = 0;

	if (!s)
		return -ENOENT;
	for (start = s + 1; *s; s++) {
		const char *after = scan_comment(s);

		if (after != s) {
			s = after - 1;
			continue;
		}
		if (*s == '#') {
			s = strchr(s, '\n');
			if (!s)
				return 0;
			start = s + 1;
		} else if (*s == '{') {
			depth++;
			start = s + 1;
		} else if (*s == '}') {
			if (--depth == 0)
				return 0;
			start = s + 1;
		} else if (*s == '(') {
			s += strcspn(s, ")");
			if (!*s)
				return 0;
		} else if (*s == ';' || *s == ',') {
			add_declared(names, start, s);
			start = s + 1;
		}
	}
	return 0;
}

/* The field called so in a list of fields: where its name ends there, NULL when there is none. */
static const char *find_field(const char *fields, const char *name, size_t len)
{
	for (const char *s = fields; *s; s += strcspn(s, " ") + 1)
		if (strcspn(s, " .") == len && strncmp(s, name, len) == 0)
			return s + len;
	return NULL;
}

struct rewrite {
	struct buf *out;
	struct buf places; /* an int for each byte of out */
	const char *expr;
};

static void rewrite_add(struct rewrite *rw, const char *text, size_t len, const char *from,
			bool same)
{
	buf_add(rw->out, text, len);
	for (size_t i = 0; i < len; i++) {
		int place = (int)(from - rw->expr) + (same ? (int)i : 0);

		buf_add(&rw->places, &place, sizeof(place));
	}
}

/* One byte of a C string literal; how many characters it took. */
static size_t literal_byte(const char *s, unsigned char *byte)
{
	static const char names[] = "nrtabefv", values[] = "\n\r\t\a\b\033\f\v";
	const char *name;
	size_t octal;
	char *end;

	*byte = (unsigned char)*s;
	if (*s != '\\')
		return 1;
	if (s[1] == 'x' && isxdigit((unsigned char)s[2])) {
		char hex[3] = { s[2], isxdigit((unsigned char)s[3]) ? s[3] : '\0', '\0' };

		*byte = (unsigned char)strtoul(hex, &end, 16);
		return 2 + strlen(hex);
	}
	octal = strspn(s + 1, "01234567");
	if (octal) {
		char digits[4] = {};

		octal = octal > 3 ? 3 : octal;
		memcpy(digits, s + 1, octal);
		*byte = (unsigned char)strtoul(digits, &end, 8);
		return 1 + octal;
	}
	/* as clang does, \\ \" \' and unknown ones are the character itself */
	name = s[1] ? strchr(names, s[1]) : NULL;
	*byte = name ? (unsigned char)values[name - names] : (unsigned char)s[1];
	return 2;
}

/*
 * FIELD == "text": character by character, because a string literal would have to lie in the
 * program's read-only data, which libbcc's programs cannot have. Returns the end of the literal.
 */
static const char *rewrite_text(struct rewrite *rw, const char *field, size_t field_len,
				const char *quote, bool equal, bool sized)
{
	struct buf code = {}, array = {};
	const char *s = quote + 1, *name;
	unsigned int i = 0;

	buf_printf(&array, "hp_e->%.*s%s", (int)field_len, field, sized ? FIELD_TEXT_MARK : "");
	name = buf_text(&array);
	buf_str(&code, equal ? "(" : "!(");
	for (;;) {
		unsigned char byte = '\0';
		bool end = *s == '"' || !*s;

		if (!end)
			s += literal_byte(s, &byte);
		/* what lies behind a sized field's size is left from an earlier event */
		if (sized && !end)
			buf_printf(&code, "(s32)hp_e->%.*s.size > %u && ", (int)field_len, field,
				   i);
		else if (sized)
			buf_printf(&code, "(hp_e->%.*s.size == %u || ", (int)field_len, field, i);
		/* a text that fills its array has no NUL */
		buf_printf(&code,
			   end ? "(sizeof(%s) == %u || (u8)%s[%u] == %u)"
			       : "sizeof(%s) > %u && (u8)%s[%u] == %u && ",
			   name, i, name, i, byte);
		i++;
		if (end)
			break;
	}
	buf_str(&code, sized ? "))" : ")");
	rewrite_add(rw, buf_text(&code), code.len, field, false);
	buf_free(&code);
	buf_free(&array);
	return *s ? s + 1 : s;
}

/* In the form in which the compiler's errors are shown, too. */
static int where_error(struct error *err, const char *expr, const char *at, const char *what)
{
	return error_usage(err, "--where: %s\n    %s\n    %*s^", what, expr, (int)(at - expr), "");
}

static int where_check(const char *expr, struct error *err)
{
	int depth = 0;

	if (strlen(expr) > WHERE_LEN_MAX)
		return error_usage(err, "--where: the expression is longer than %d characters",
				   WHERE_LEN_MAX);
	if (!expr[strspn(expr, " \t")])
		return error_usage(err, "--where: the expression is empty");
	for (const char *s = expr; *s; s++) {
		if (*s == '"' || *s == '\'') {
			const char *open = s;
			char quote = *s++;

			while (*s && *s != quote && *s != '\n')
				s += *s == '\\' && s[1] && s[1] != '\n' ? 2 : 1;
			if (*s != quote)
				return where_error(err, expr, open, "this quote is not closed");
			continue;
		}
		depth += *s == '(' ? 1 : *s == ')' ? -1 : 0;
		if (strchr(";{}#\n\\", *s) || depth < 0 || (*s == '/' && strchr("/*", s[1])))
			return where_error(err, expr, s, "this cannot stand in an expression");
	}
	if (depth)
		return where_error(err, expr, expr + strlen(expr), "a ')' is missing");
	return 0;
}

/* Does the name at @s belong to what stands before it: "a.name", "a->name"? */
static bool is_member(const char *expr, const char *s)
{
	while (s > expr && (s[-1] == ' ' || s[-1] == '\t'))
		s--;
	return s > expr && (s[-1] == '.' || (s - 1 > expr && s[-1] == '>' && s[-2] == '-'));
}

int where_rewrite(const char *expr, const char *fields, struct buf *out, int **map,
		  struct error *err)
{
	struct rewrite rw = { .out = out, .expr = expr };
	int ret = where_check(expr, err);

	*map = NULL;
	if (ret)
		return ret;
	for (const char *s = expr; *s;) {
		size_t len = text_ident_len(s);
		const char *op, *field;

		if (isdigit((unsigned char)*s)) {
			/* 0x1f and 10UL are no identifiers */
			len = strspn(s, "0123456789abcdefABCDEFxXuUlL");
			rewrite_add(&rw, s, len, s, true);
			s += len;
			continue;
		}
		if (*s == '"' || *s == '\'') {
			const char *end = s + 1;

			while (*end != *s)
				end += *end == '\\' ? 2 : 1;
			rewrite_add(&rw, s, (size_t)(end + 1 - s), s, true);
			s = end + 1;
			continue;
		}
		field = len && !is_member(expr, s) ? find_field(fields, s, len) : NULL;
		if (field) {
			op = s + len + strspn(s + len, " \t");
			if ((text_starts(op, "==") || text_starts(op, "!=")) &&
			    op[2 + strspn(op + 2, " \t")] == '"') {
				s = rewrite_text(&rw, s, len, op + 2 + strspn(op + 2, " \t"),
						 *op == '=', *field == '.');
				continue;
			}
			rewrite_add(&rw, "hp_e->", 6, s, false);
		}
		if (!len)
			len = 1;
		rewrite_add(&rw, s, len, s, true);
		s += len;
	}
	if (out->failed || rw.places.failed) {
		buf_free(&rw.places);
		return error_sys(err, -ENOMEM, "--where");
	}
	*map = (int *)rw.places.data;
	return 0;
}
