// SPDX-License-Identifier: GPL-2.0-only
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <ctype.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>

#include "object/object.h"
#include "probe/expand.h"
#include "probe/scan.h"
#include "refusal/place.h"
#include "util/text.h"

#define FILE_SIZE_MAX (4u << 20)
#define TAB	      8

static bool record(const void *records, uint32_t nr, uint32_t rec_size, uint32_t i, void *out,
		   size_t size)
{
	if (i >= nr || rec_size < size)
		return false;
	memcpy(out, (const char *)records + (size_t)i * rec_size, size);
	return true;
}

static bool line_record(const struct places *places, uint32_t i, struct bpf_line_info *info)
{
	const struct object_prog *prog = places->prog;

	return record(prog->line_info, prog->nr_line_info, prog->line_info_rec_size, i, info,
		      sizeof(*info));
}

static bool func_record(const struct places *places, uint32_t i, struct bpf_func_info *info)
{
	const struct object_prog *prog = places->prog;

	return record(prog->func_info, prog->nr_func_info, prog->func_info_rec_size, i, info,
		      sizeof(*info));
}

/*
 * clang makes relative names absolute with the folder that it runs in, a temporary one: find it by
 * a file that is known.
 */
static void find_folder(struct places *places)
{
	const char *const known[] = { EXPAND_OWN_FILE, places->source };
	struct bpf_line_info info;

	for (uint32_t i = 0; places->btf && line_record(places, i, &info); i++) {
		const char *file = btf__name_by_offset(places->btf, info.file_name_off);
		size_t len = file ? strlen(file) : 0;

		for (int k = 0; k < 2; k++) {
			size_t known_len = strlen(known[k]);

			if (known[k][0] == '/' || len <= known_len ||
			    file[len - known_len - 1] != '/' || !text_ends(file, known[k]))
				continue;
			places->folder = file;
			places->folder_len = len - known_len;
			return;
		}
	}
}

void places_open(struct places *places, const struct object *obj, const struct object_prog *prog,
		 const char *source)
{
	*places = (struct places){ .obj = obj, .prog = prog, .source = source };
	if (obj->btf_size)
		places->btf = btf__new(obj->btf, obj->btf_size);
	/* libbpf gives errors as pointers unless told otherwise */
	if (libbpf_get_error(places->btf))
		places->btf = NULL;
	find_folder(places);
}

void places_close(struct places *places)
{
	btf__free(places->btf);
	buf_free(&places->text);
}

/* First instruction of the function that @insn belongs to. */
static uint32_t function_start(const struct places *places, uint32_t insn)
{
	struct bpf_func_info info;
	uint32_t start = 0;

	for (uint32_t i = 0; func_record(places, i, &info); i++)
		if (info.insn_off <= insn)
			start = info.insn_off;
	return start;
}

/*
 * Line 0 is what was made of several lines. Column 0 is a function's own line, which libbcc shifts:
 * it puts lines of its own before what TRACEPOINT_PROBE() and the like become.
 */
static bool line_known(const struct bpf_line_info *info)
{
	return BPF_LINE_INFO_LINE_NUM(info->line_col) && BPF_LINE_INFO_LINE_COL(info->line_col);
}

/* The record that tells the line of @insn; records are in the order of instructions. */
static bool line_of(const struct places *places, uint32_t insn, struct bpf_line_info *info)
{
	uint32_t start = function_start(places, insn), low = 0, high = places->prog->nr_line_info;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (!line_record(places, middle, info))
			return false;
		if (info->insn_off <= insn)
			low = middle + 1;
		else
			high = middle;
	}
	while (low > 0 && line_record(places, --low, info) && info->insn_off >= start)
		if (line_known(info))
			return true;
	/* at a function's beginning: what follows is nearest */
	for (low = 0; line_record(places, low, info); low++)
		if (info->insn_off > insn && line_known(info))
			return function_start(places, info->insn_off) == start;
	return false;
}

bool place_of(const struct places *places, uint32_t insn, struct place *place)
{
	struct bpf_line_info info;
	const char *file;

	memset(place, 0, sizeof(*place));
	if (!places->btf || !line_of(places, insn, &info))
		return false;
	file = btf__name_by_offset(places->btf, info.file_name_off);
	if (!file || !*file)
		return false;
	if (places->folder && strncmp(file, places->folder, places->folder_len) == 0)
		file += places->folder_len;
	snprintf(place->file, sizeof(place->file), "%s", file);
	place->line = BPF_LINE_INFO_LINE_NUM(info.line_col);
	place->column = BPF_LINE_INFO_LINE_COL(info.line_col);
	return true;
}

uint64_t place_key(const struct places *places, uint32_t insn)
{
	struct bpf_line_info info;

	if (!places->btf || !line_of(places, insn, &info))
		return 0;
	return (uint64_t)info.file_name_off << 32 | BPF_LINE_INFO_LINE_NUM(info.line_col);
}

bool place_is_users(const struct places *places, const struct place *place)
{
	/* how the kernel's headers are called in its own tree, and libbcc's */
	static const char *const others[] = {
		EXPAND_OWN_FILE, EXPAND_WHERE_FILE, "include/", "./", "arch/", "/virtual/",
	};
	const char *slash = strrchr(places->source, '/');

	if (strcmp(place->file, places->source) == 0)
		return true;
	if (!place->file[0] || text_ends(place->file, "/hotprobe.h") ||
	    strcmp(place->file, "hotprobe.h") == 0)
		return false;
	/* what it includes lies beside it or below */
	if (slash)
		return strncmp(place->file, places->source, (size_t)(slash - places->source)) == 0;
	return place->file[0] != '/' &&
	       !text_starts_any(place->file, others, sizeof(others) / sizeof(others[0]));
}

const char *place_text(struct places *places, const char *file)
{
	if (strcmp(places->file, file) != 0) {
		snprintf(places->file, sizeof(places->file), "%s", file);
		buf_reset(&places->text);
		if (buf_read_file(&places->text, file, FILE_SIZE_MAX))
			buf_reset(&places->text);
	}
	return buf_text(&places->text);
}

/* Where a line begins; NULL when the file has not so many. */
static const char *line_start(const char *text, unsigned int line)
{
	while (text && line > 1) {
		text = strchr(text, '\n');
		if (text)
			text++;
		line--;
	}
	return text;
}

void place_line(struct places *places, const char *file, unsigned int line, struct buf *out)
{
	const char *s = line_start(place_text(places, file), line);
	size_t len = s ? strcspn(s, "\r\n") : 0, from = out->len;

	while (len && isspace((unsigned char)s[len - 1]))
		len--;
	for (size_t i = 0; i < len; i++) {
		if (s[i] != '\t')
			buf_char(out, s[i]);
		else
			buf_pad(out, from, (out->len - from) / TAB * TAB + TAB);
	}
}

/*
 * Does libbcc's rewriter change something in these @len bytes: a map's method, a read through a
 * pointer? A function's first line, too, gets its arguments moved.
 */
static bool rewritten(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (s[i] == '-' && s[i + 1] == '>')
			return true;
		if ((s[i] == '.' && text_ident_len(s + i + 1) &&
		     s[i + 1 + text_ident_len(s + i + 1)] == '(') ||
		    s[i] == '[' || s[i] == '{' || s[i] == '}')
			return true;
		/* "*p", not "a * b" */
		if (s[i] == '*' && (text_ident_len(s + i + 1) || s[i + 1] == '('))
			return true;
	}
	return false;
}

unsigned int place_column(struct places *places, const struct place *place)
{
	const char *s = line_start(place_text(places, place->file), place->line);

	if (!s || !place->column || place->column > strcspn(s, "\r\n") ||
	    isspace((unsigned char)s[place->column - 1]) || rewritten(s, place->column - 1))
		return 0;
	return place->column;
}

/* The end of a character or string literal. */
static const char *literal(const char *s)
{
	char quote = *s++;

	while (*s && *s != quote && *s != '\n')
		s += s[0] == '\\' && s[1] ? 2 : 1;
	return *s == quote ? s + 1 : s;
}

/* A directive with its continued lines. */
static const char *directive(const char *s)
{
	while (*s && *s != '\n')
		s += 1 + scan_continuation(s);
	return s;
}

bool place_block(struct places *places, const char *file, unsigned int line, struct block *block)
{
	const char *text = place_text(places, file), *s = text, *name = NULL;
	bool line_begins = true, named = false;
	unsigned int at = 1, depth = 0;

	memset(block, 0, sizeof(*block));
	while (*s) {
		const char *from = s;

		if (scan_comment(s) != s) {
			s = scan_comment(s);
		} else if (*s == '#' && line_begins) {
			s = directive(s);
		} else if (*s == '"' || *s == '\'') {
			s = literal(s);
		} else if (!depth && text_ident_len(s)) {
			if (!block->first)
				block->first = at;
			if (!named)
				name = s;
			s += text_ident_len(s);
		} else {
			if (*s == '(' && !depth && name && !named) {
				named = true;
				snprintf(block->name, sizeof(block->name), "%.*s",
					 (int)text_ident_len(name), name);
			}
			if (*s == '{')
				depth++;
			if (*s == '}' && depth && --depth == 0) {
				block->last = at;
				if (block->first <= line && line <= at)
					return true;
			}
			if (!depth && (*s == ';' || *s == '}')) {
				memset(block, 0, sizeof(*block));
				name = NULL;
				named = false;
			}
			s++;
		}
		for (; from < s; from++) {
			at += *from == '\n';
			line_begins = *from == '\n' ||
				      (line_begins && isspace((unsigned char)*from));
		}
	}
	return false;
}

unsigned int place_call(struct places *places, const char *file, const struct block *block,
			const char *name, unsigned int from)
{
	const char *text = place_text(places, file);
	unsigned int found = 0;
	size_t len = strlen(name);

	for (unsigned int line = block->first; len && line <= block->last; line++) {
		const char *s = line_start(text, line), *end, *at;

		if (!s)
			break;
		end = s + strcspn(s, "\n");
		at = memmem(s, (size_t)(end - s), name, len);
		if (!at || text_ident_len(at) != len || at[len + strspn(at + len, " ")] != '(' ||
		    (at > text && (isalnum((unsigned char)at[-1]) || at[-1] == '_')))
			continue;
		found = line;
		if (line >= from)
			break;
	}
	return found;
}

static const char *function_name(const struct places *places, uint32_t type_id)
{
	const struct btf_type *type = places->btf ? btf__type_by_id(places->btf, type_id) : NULL;

	return type && btf_is_func(type) ? btf__name_by_offset(places->btf, type->name_off) : NULL;
}

int place_function(const struct places *places, const char *name)
{
	struct bpf_func_info info;

	for (uint32_t i = 0; func_record(places, i, &info); i++) {
		const char *function = function_name(places, info.type_id);

		if (function && strcmp(function, name) == 0)
			return (int)info.insn_off;
	}
	return -1;
}

int place_pointer_argument(const struct places *places, const char *name)
{
	struct bpf_func_info info;

	for (uint32_t i = 0; func_record(places, i, &info); i++) {
		const char *function = function_name(places, info.type_id);
		const struct btf_type *type;

		if (!function || strcmp(function, name) != 0)
			continue;
		type = btf__type_by_id(places->btf, info.type_id);
		type = type ? btf__type_by_id(places->btf, type->type) : NULL;
		for (int p = 0; type && btf_is_func_proto(type) && p < btf_vlen(type); p++) {
			int id = btf__resolve_type(places->btf, btf_params(type)[p].type);

			if (id > 0 && btf_is_ptr(btf__type_by_id(places->btf, (uint32_t)id)))
				return p;
		}
	}
	return -1;
}

const char *place_function_of(const struct places *places, uint32_t insn)
{
	struct bpf_func_info info, last = {};
	bool any = false;

	for (uint32_t i = 0; func_record(places, i, &info); i++)
		if (info.insn_off <= insn) {
			last = info;
			any = true;
		}
	return any ? function_name(places, last.type_id) : NULL;
}
