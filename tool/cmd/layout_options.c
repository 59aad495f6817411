// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cmd/layout.h"
#include "util/error.h"
#include "util/text.h"

bool layout_is_glob(const char *text)
{
	if (strpbrk(text, "*?"))
		return true;
	for (text = strchr(text, '['); text; text = strchr(text + 1, '['))
		if (text[1 + strspn(text + 1, "0123456789xabcdefABCDEF")] != ']')
			return true;
	return false;
}

static int set_output(struct layout_options *options, const char *value, struct error *err)
{
	options->json = strcmp(value, "json") == 0;
	if (options->json || strcmp(value, "text") == 0)
		return 0;
	return error_usage(err, "--output: a layout is printed as text or json, not %s", value);
}

static int set_define(struct layout_options *options, const char *value, struct error *err)
{
	char define[512];

	if (!text_ident_len(value) ||
	    snprintf(define, sizeof(define), "-D%s", value) >= (int)sizeof(define))
		return error_usage(err, "-D: '%s' is no NAME or NAME=VALUE", value);
	return define_list_add(&options->defines, define, err);
}

static int set_headers(struct layout_options *options, const char *value, struct error *err)
{
	if (!value[0] || strcmp(value, "btf:") == 0)
		return error_usage(err, "--headers: '%s' names no header source", value);
	options->headers = value;
	return 0;
}

static int set_btf(struct layout_options *options, const char *value, struct error *err)
{
	if (!value[0])
		return error_usage(err, "--btf: '' names no file");
	options->btf = value;
	return 0;
}

static const struct {
	const char *name;
	char letter;
	int (*set)(struct layout_options *options, const char *value, struct error *err);
} valued[] = {
	{ "output", 'o', set_output },
	{ "headers", 0, set_headers },
	{ "btf", 0, set_btf },
	{ "define", 'D', set_define },
};

/* 0 when it was one of these and took *used words, 1 when it is none. */
static int parse_valued(struct layout_options *options, char **argv, int *used, struct error *err)
{
	const char *word = argv[0];

	for (size_t i = 0; i < sizeof(valued) / sizeof(valued[0]); i++) {
		size_t len = strlen(valued[i].name);
		const char *value = NULL;

		*used = 1;
		if (text_starts(word, "--") && strncmp(word + 2, valued[i].name, len) == 0 &&
		    (word[2 + len] == '=' || !word[2 + len]))
			value = word[2 + len] ? word + 3 + len : NULL;
		else if (valued[i].letter && word[0] == '-' && word[1] == valued[i].letter)
			value = word[2] ? word + 2 : NULL;
		else
			continue;
		if (!value) {
			value = argv[1];
			*used = 2;
		}
		if (!value)
			return error_usage(err, "%s needs a value", word);
		return valued[i].set(options, value, err);
	}
	return 1;
}

static bool parse_flag(struct layout_options *options, const char *word)
{
	if (strcmp(word, "-v") == 0 || strcmp(word, "--verbose") == 0)
		options->verbose++;
	else if (strcmp(word, "-q") == 0 || strcmp(word, "--quiet") == 0)
		options->quiet = true;
	else if (strcmp(word, "-h") == 0 || strcmp(word, "--help") == 0)
		options->help = true;
	else if (strcmp(word, "--no-cache") == 0)
		options->no_cache = true;
	else
		return false;
	return true;
}

/* "struct", "union", "enum", "typedef": 0 when it is none of them */
static uint32_t kind_of_word(const char *word, size_t len)
{
	for (uint32_t kind = TYPES_STRUCT; kind <= TYPES_TYPEDEF; kind <<= 1)
		if (strlen(types_kind_word(kind)) == len &&
		    memcmp(types_kind_word(kind), word, len) == 0)
			return kind;
	return 0;
}

/* "struct task_struct.se.vruntime", also as two words */
static int parse_type(struct layout_options *options, const char *const words[2], int nr,
		      struct error *err)
{
	const char *word = words[0], *name;
	size_t kind = strcspn(word, " ");
	size_t len;

	options->kinds = TYPES_ANY;
	if (kind_of_word(word, kind)) {
		options->kinds = kind_of_word(word, kind);
		word = word[kind] ? text_skip_space(word + kind) : NULL;
		if (!word && nr == 2)
			word = words[--nr];
	}
	if (!word || !word[0] || nr > 1) {
		if (word && word[0])
			error_usage(err, "one type at a time, not %s as well", words[1]);
		else
			error_usage(err, "%s which?", words[0]);
		return error_hint(err, "hotprobe layout 'tcp_*sock' shows several");
	}
	name = word;
	len = strcspn(name, ".");
	if (!len || len >= sizeof(options->type) || (name[len] && !name[len + 1]))
		return error_usage(err,
				   "%s: a type and its field are named as in C: "
				   "task_struct.se.vruntime",
				   word);
	snprintf(options->type, sizeof(options->type), "%.*s", (int)len, name);
	options->field = name[len] ? name + len + 1 : NULL;
	return 0;
}

int layout_options_parse(struct layout_options *options, int argc, char **argv, struct error *err)
{
	const char *words[2] = {};
	int nr = 0, used, ret;

	for (int i = 0; i < argc; i += used) {
		used = 1;
		if (argv[i][0] != '-') {
			if (nr == 2)
				return error_usage(err, "one type at a time, not %s as well",
						   argv[i]);
			words[nr++] = argv[i];
			continue;
		}
		if (parse_flag(options, argv[i]))
			continue;
		ret = parse_valued(options, argv + i, &used, err);
		if (ret == 1)
			return error_usage(err, "unknown option %s of hotprobe layout", argv[i]);
		if (ret)
			return ret;
	}
	if (options->help)
		return 0;
	if (!nr) {
		error_usage(err, "which type?");
		return error_hint(err, "hotprobe layout task_struct shows a struct, "
				       "task_struct.pid one member of it");
	}
	return parse_type(options, words, nr, err);
}
