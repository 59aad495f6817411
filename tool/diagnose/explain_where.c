// SPDX-License-Identifier: GPL-2.0-only
/* What is wrong with the expression of --where. */
#include <stdio.h>
#include <string.h>

#include "diagnose/explain.h"
#include "probe/expand.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/text.h"

/* The first of the compiler's remarks on the expression, in words that fit what can stand there. */
static void where_words(struct buf *out, const char *text)
{
	static const char *const words[][2] = {
		{ "cannot assign to variable", "this would change a field; to compare, write ==" },
		{ "subscripted value is not an array",
		  "only a char[] field can be compared with a text" },
		{ "comparison against a string literal",
		  "a text is compared as FIELD == \"text\" or FIELD != \"text\"" },
		{ "will always evaluate to 'true'",
		  "a text is always true: compare it with == or !=" },
		{ "invalid operands to binary expression ('const struct ",
		  "this field is a struct: compare one of its members, as in FIELD.size" },
		{ "invalid operands to binary expression ('const endpoint_t'",
		  "this field is a struct: compare its members, as in FIELD.port" },
	};
	size_t message = strcspn(text, "\n");
	const char *next = strstr(text + message, "\n" EXPAND_WHERE_FILE ": ");
	const char *flag = memmem(text, message, " [-W", 4), *said = NULL;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]) && !said; i++)
		if (memmem(text, message, words[i][0], strlen(words[i][0])))
			said = words[i][1];
	if (said)
		buf_printf(out, EXPAND_WHERE_FILE ": %s", said);
	else
		buf_add(out, text, flag ? (size_t)(flag - text) : message);
	text += message;
	buf_add(out, text, next ? (size_t)(next - text) : strlen(text));
}

/* What the compiler calls an undeclared identifier is a field that the event has not. */
int explain_where(const char *text, const struct expansion *exp, struct error *err)
{
	static const char undeclared[] = "use of undeclared identifier '";
	const char *name = strstr(text, undeclared);
	struct near near = {};
	struct buf fields = {}, list = {};
	char wanted[128];

	if (!name) {
		struct buf said = {};

		where_words(&said, text);
		error_usage(err, "%s", buf_text(&said));
		buf_free(&said);
		return err->code;
	}
	name += strlen(undeclared);
	snprintf(wanted, sizeof(wanted), "%.*s", (int)strcspn(name, "'"), name);
	near.wanted = wanted;
	name = strchr(name, '\n');
	error_usage(err, "--where: %s is neither a field of the event nor a constant%s", wanted,
		    name ?: "");
	for (unsigned int i = 0; i < exp->nr_outputs; i++)
		fields_of_type(buf_text(&exp->text), exp->outputs[i].type, &fields);
	for (const char *s = buf_text(&fields); *s; s += strcspn(s, " ") + 1) {
		char field[128];

		snprintf(field, sizeof(field), "%.*s", (int)strcspn(s, " ."), s);
		near_offer(&near, field);
		buf_printf(&list, "%s%s", list.len ? ", " : "", field);
	}
	if (near_best(&near))
		error_hint(err, "did you mean %s?", near_best(&near));
	else
		error_hint(err, "its fields are: %s", buf_text(&list));
	buf_free(&list);
	buf_free(&fields);
	return err->code;
}
