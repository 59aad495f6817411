// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "options/optval.h"
#include "util/buf.h"
#include "util/text.h"

void optval_type_init(struct optval_type *type, const char *metavar)
{
	static const struct {
		const char *metavar;
		enum optval_kind kind;
	} known[] = {
		{ "N", OPTVAL_INT },	    { "BYTES", OPTVAL_SIZE },	 { "SIZE", OPTVAL_SIZE },
		{ "SECONDS", OPTVAL_TIME }, { "DURATION", OPTVAL_TIME }, { "FILE", OPTVAL_FILE },
	};

	memset(type, 0, sizeof(*type));
	type->metavar = metavar;
	if (!metavar)
		return;
	type->kind = strchr(metavar, '|') ? OPTVAL_CHOICE : OPTVAL_TEXT;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(metavar, known[i].metavar) == 0)
			type->kind = known[i].kind;
}

bool optval_is_number(const struct optval_type *type)
{
	return type->kind == OPTVAL_INT || type->kind == OPTVAL_SIZE || type->kind == OPTVAL_TIME;
}

static int optval_size(const char *text, uint64_t *number)
{
	unsigned int shift = 0;
	uint64_t value = 0;

	if (!isdigit((unsigned char)*text))
		return -EINVAL;
	for (; isdigit((unsigned char)*text); text++)
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, (uint64_t)(*text - '0'), &value))
			return -ERANGE;
	switch (*text) {
	case 'k':
	case 'K':
		shift = 10;
		break;
	case 'm':
	case 'M':
		shift = 20;
		break;
	case 'g':
	case 'G':
		shift = 30;
		break;
	}
	if (text[shift ? 1 : 0])
		return -EINVAL;
	return __builtin_mul_overflow(value, UINT64_C(1) << shift, number) ? -ERANGE : 0;
}

/* Exact, and the same in every locale, which strtod() is not. */
static int optval_time(const char *text, uint64_t *number)
{
	static const struct {
		const char *name;
		uint64_t ns;
	} units[] = {
		{ "", 1000000000 }, { "s", 1000000000 }, { "ms", 1000000 },
		{ "us", 1000 },	    { "ns", 1 },	 { "m", UINT64_C(60000000000) },
	};
	unsigned __int128 mantissa = 0, scale = 1;
	bool fraction = false;

	if (!isdigit((unsigned char)*text))
		return -EINVAL;
	for (; isdigit((unsigned char)*text) || (*text == '.' && !fraction); text++) {
		if (*text == '.') {
			fraction = true;
			continue;
		}
		/* at most 2^68 of these, times 2^36 for the largest unit, fit into 128 bits */
		if (mantissa > UINT64_MAX || scale > UINT64_MAX / 10)
			return -ERANGE;
		mantissa = mantissa * 10 + (unsigned int)(*text - '0');
		if (fraction)
			scale *= 10;
	}
	if (!isdigit((unsigned char)text[-1]))
		return -EINVAL;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(text, units[i].name) != 0)
			continue;
		mantissa = mantissa * units[i].ns / scale;
		*number = (uint64_t)mantissa;
		return mantissa > UINT64_MAX ? -ERANGE : 0;
	}
	return -EINVAL;
}

int optval_number(enum optval_kind kind, const char *text, uint64_t *number)
{
	int ret;

	if (kind == OPTVAL_INT)
		ret = text_u64(text, number);
	else if (kind == OPTVAL_SIZE)
		ret = optval_size(text, number);
	else if (kind == OPTVAL_TIME)
		ret = optval_time(text, number);
	else
		ret = -EINVAL;
	/* as a macro's value it has to be a C integer constant, which is signed */
	if (ret == 0 && *number > INT64_MAX)
		ret = -ERANGE;
	return ret;
}

int optval_range(struct optval_type *type, const char *text)
{
	const char *dash = strchr(text, '-');
	char first[64];

	if (!optval_is_number(type) || !dash || (size_t)(dash - text) >= sizeof(first))
		return -EINVAL;
	snprintf(first, sizeof(first), "%.*s", (int)(dash - text), text);
	if (optval_number(type->kind, first, &type->min) ||
	    optval_number(type->kind, dash + 1, &type->max) || type->min > type->max)
		return -EINVAL;
	type->ranged = true;
	return 0;
}

size_t optval_choice(const char **pos, const char **word)
{
	size_t len = strcspn(*pos, "|");

	*word = *pos;
	*pos += len;
	if (**pos == '|')
		(*pos)++;
	return len;
}

static bool optval_is_choice(const char *metavar, const char *text)
{
	const char *word;
	size_t len;

	while ((len = optval_choice(&metavar, &word)))
		if (strlen(text) == len && memcmp(text, word, len) == 0)
			return true;
	return false;
}

static void optval_number_text(struct buf *out, enum optval_kind kind, uint64_t number)
{
	if (kind == OPTVAL_SIZE)
		optval_size_text(out, number);
	else if (kind == OPTVAL_TIME && number % 1000000000 == 0)
		buf_printf(out, "%" PRIu64 "s", number / 1000000000);
	else if (kind == OPTVAL_TIME && number % 1000000 == 0)
		buf_printf(out, "%" PRIu64 "ms", number / 1000000);
	else if (kind == OPTVAL_TIME)
		buf_printf(out, "%" PRIu64 "ns", number);
	else
		buf_printf(out, "%" PRIu64, number);
}

static void optval_check_range(const struct optval_type *type, const char *text, struct buf *out)
{
	buf_printf(out, "'%s' is not in the range ", text);
	optval_number_text(out, type->kind, type->min);
	buf_str(out, " to ");
	optval_number_text(out, type->kind, type->max);
}

int optval_check(const struct optval_type *type, const char *text, char *why, size_t size)
{
	static const char *const expected[] = {
		[OPTVAL_INT] = "a number",
		[OPTVAL_SIZE] = "a number of bytes such as 4096, 64K or 2M",
		[OPTVAL_TIME] = "a time such as 1.5 (seconds), 20ms or 300us",
	};
	struct buf out = {};
	uint64_t number = 0;
	int ret;

	if (optval_is_number(type)) {
		ret = optval_number(type->kind, text, &number);
		if (ret == -ERANGE)
			buf_printf(&out, "'%s' is too large", text);
		else if (ret)
			buf_printf(&out, "'%s' is not %s", text, expected[type->kind]);
		else if (type->ranged && (number < type->min || number > type->max))
			optval_check_range(type, text, &out);
	} else if (type->kind == OPTVAL_CHOICE && !optval_is_choice(type->metavar, text)) {
		buf_printf(&out, "'%s' is none of %s", text, type->metavar);
	} else if (type->kind == OPTVAL_FILE && !*text) {
		buf_str(&out, "a file's name cannot be empty");
	}
	ret = out.len ? -EINVAL : 0;
	snprintf(why, size, "%s", buf_text(&out));
	buf_free(&out);
	return ret;
}

static void optval_macro_part(struct buf *out, const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[i];

		buf_char(out, isalnum(c) ? (char)toupper(c) : '_');
	}
}

void optval_macro(struct buf *out, const char *name, const char *choice, size_t len)
{
	buf_str(out, "OPT_");
	optval_macro_part(out, name, strlen(name));
	if (choice) {
		buf_char(out, '_');
		optval_macro_part(out, choice, len);
	}
}

/* Three octal digits end a C escape whatever follows; \x would swallow further hex digits. */
static void optval_c_string(struct buf *out, const char *text)
{
	buf_char(out, '"');
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '"' || c == '\\')
			buf_printf(out, "\\%c", c);
		else if (c >= 0x20 && c < 0x7f)
			buf_char(out, (char)c);
		else
			buf_printf(out, "\\%03o", c);
	}
	buf_char(out, '"');
}

void optval_define(struct buf *out, const struct optval_type *type, const char *name,
		   const char *text)
{
	buf_str(out, "-D");
	if (type->kind == OPTVAL_CHOICE) {
		optval_macro(out, name, text, strlen(text));
		buf_str(out, "=1");
		return;
	}
	optval_macro(out, name, NULL, 0);
	buf_char(out, '=');
	if (type->kind == OPTVAL_FLAG)
		buf_char(out, '1');
	else if (optval_is_number(type))
		optval_plain(out, type, text);
	else
		optval_c_string(out, text);
}

void optval_plain(struct buf *out, const struct optval_type *type, const char *text)
{
	uint64_t number;

	if (optval_is_number(type) && optval_number(type->kind, text, &number) == 0)
		buf_printf(out, "%" PRIu64, number);
	else
		buf_str(out, text);
}

void optval_size_text(struct buf *out, uint64_t bytes)
{
	const char *units = "KMG";
	const char *unit = "";

	while (*units && bytes && bytes % 1024 == 0) {
		bytes /= 1024;
		unit = units++;
	}
	buf_printf(out, "%" PRIu64 "%.1s", bytes, unit);
}
