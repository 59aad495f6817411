/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_TESTS_JSON_CHECK_H
#define HOTPROBE_TESTS_JSON_CHECK_H

/*
 * A strict JSON reader for tests, after RFC 8259: it refuses what a lenient one would let pass
 * (leading zeros, control characters, ill-formed UTF-8, lone surrogates, keys that come twice).
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/text.h"

struct json {
	const char *pos;
	const char *end;
	/* wanted key of the outermost object, and its value when it was found */
	const char *key;
	const char *found;
	const char *found_end;
};

static bool json_value(struct json *json, int depth);

static bool json_take(struct json *json, char c)
{
	if (json->pos == json->end || *json->pos != c)
		return false;
	json->pos++;
	return true;
}

static bool json_word(struct json *json, const char *word)
{
	size_t len = strlen(word);

	if ((size_t)(json->end - json->pos) < len || memcmp(json->pos, word, len))
		return false;
	json->pos += len;
	return true;
}

static bool json_digits(struct json *json)
{
	const char *start = json->pos;

	while (json->pos < json->end && *json->pos >= '0' && *json->pos <= '9')
		json->pos++;
	return json->pos > start;
}

static bool json_number(struct json *json)
{
	const char *start;

	json_take(json, '-');
	start = json->pos;
	if (!json_digits(json) || (*start == '0' && json->pos - start > 1))
		return false;
	if (json_take(json, '.') && !json_digits(json))
		return false;
	if (json_take(json, 'e') || json_take(json, 'E')) {
		if (!json_take(json, '+'))
			json_take(json, '-');
		return json_digits(json);
	}
	return true;
}

static int json_hex4(struct json *json)
{
	char hex[5] = "", *end;
	long code;

	if (json->end - json->pos < 4)
		return -1;
	memcpy(hex, json->pos, 4);
	if (strspn(hex, "0123456789abcdefABCDEF") != 4)
		return -1;
	code = strtol(hex, &end, 16);
	json->pos += 4;
	return (int)code;
}

/* One string; its bytes go to @out (at least as large as the JSON text) when that is not NULL. */
static bool json_string(struct json *json, char *out, size_t *len)
{
	size_t nr = 0;

	if (!json_take(json, '"'))
		return false;
	while (json->pos < json->end && *json->pos != '"') {
		const unsigned char *u = (const unsigned char *)json->pos;
		size_t run = text_utf8_len(u, (size_t)(json->end - json->pos));
		char bytes[4];

		if (!run || *u < 0x20)
			return false;
		memcpy(bytes, u, run);
		json->pos += run;
		if (*u == '\\') {
			static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
			const char *which = json->pos < json->end ? strchr(from, *json->pos) : NULL;
			int code;

			if (which && *which) {
				bytes[0] = to[which - from];
				json->pos++;
			} else {
				if (!json_take(json, 'u'))
					return false;
				code = json_hex4(json);
				/* no test here needs more, and a surrogate would be a fault */
				if (code < 0 || code > 0xff)
					return false;
				bytes[0] = (char)code;
				if (code >= 0x80) {
					bytes[0] = (char)(0xc0 | code >> 6);
					bytes[1] = (char)(0x80 | (code & 0x3f));
					run = 2;
				}
			}
		}
		if (out)
			memcpy(out + nr, bytes, run);
		nr += run;
	}
	if (len)
		*len = nr;
	return json_take(json, '"');
}

static bool json_object(struct json *json, int depth)
{
	char keys[256][64];
	size_t nr = 0;

	if (json_take(json, '}'))
		return true;
	do {
		const char *start;
		size_t len;

		if (nr == 256 || !json_string(json, NULL, &len) || len >= sizeof(keys[0]))
			return false;
		memcpy(keys[nr], json->pos - 1 - len, len);
		keys[nr][len] = '\0';
		for (size_t i = 0; i < nr; i++)
			if (strcmp(keys[i], keys[nr]) == 0)
				return false;
		if (!json_take(json, ':'))
			return false;
		start = json->pos;
		if (!json_value(json, depth + 1))
			return false;
		if (depth == 0 && json->key && strcmp(json->key, keys[nr]) == 0) {
			json->found = start;
			json->found_end = json->pos;
		}
		nr++;
	} while (json_take(json, ','));
	return json_take(json, '}');
}

/* Values without any white space between them: that is how events are written. */
static bool json_value(struct json *json, int depth)
{
	if (depth > 7)
		return false;
	if (json_take(json, '{'))
		return json_object(json, depth);
	if (json_take(json, '[')) {
		if (json_take(json, ']'))
			return true;
		do {
			if (!json_value(json, depth + 1))
				return false;
		} while (json_take(json, ','));
		return json_take(json, ']');
	}
	if (json->pos < json->end && *json->pos == '"')
		return json_string(json, NULL, NULL);
	if (json_word(json, "true") || json_word(json, "false") || json_word(json, "null"))
		return true;
	return json_number(json);
}

/* json_line - whether @text is exactly one JSON object */
static inline bool json_line(const char *text, size_t len)
{
	struct json json = { .pos = text, .end = text + len };

	return len && *text == '{' && json_value(&json, 0) && json.pos == json.end;
}

/* json_get - the JSON text of a key of that object, NULL when it is not there; for one check */
static inline const char *json_get(const char *text, const char *key)
{
	static char value[65536];
	struct json json = { .pos = text, .end = text + strlen(text), .key = key };
	size_t len;

	if (!json_value(&json, 0) || !json.found)
		return NULL;
	len = (size_t)(json.found_end - json.found);
	if (len >= sizeof(value))
		return NULL;
	memcpy(value, json.found, len);
	value[len] = '\0';
	return value;
}

#endif
