// SPDX-License-Identifier: GPL-2.0-only
#include <bpf/btf.h>
#include <errno.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cmd/layout.h"
#include "types/compare.h"
#include "types/layout.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/json.h"

void layout_type_name(struct buf *out, const struct types_ref *ref)
{
	types_name(out, ref->btf, ref->id);
}

static void json_open(struct buf *out, const struct layout_version *versions, size_t nr)
{
	struct buf name = {};

	buf_char(out, '{');
	layout_type_name(&name, &versions[0].ref);
	json_add_text(out, "type", buf_text(&name));
	json_list(out, "sources");
	for (size_t i = 0; i < nr; i++) {
		json_next(out);
		buf_char(out, '{');
		json_add_text(out, "kind", versions[i].kind);
		json_add_text(out, "file", versions[i].from);
		if (versions[i].ref.module)
			json_add_text(out, "module", versions[i].ref.module);
		buf_char(out, '}');
	}
	buf_char(out, ']');
	buf_free(&name);
}

/* A place that is no whole byte: "126:3" */
static void put_offset(struct buf *out, const struct types_member *member)
{
	size_t start = out->len;
	char text[48];

	if (member->bitfield)
		snprintf(text, sizeof(text), "%" PRIu64 ":%" PRIu64, member->bit_offset / 8,
			 member->bit_offset % 8);
	else
		snprintf(text, sizeof(text), "%" PRIu64, member->bit_offset / 8);
	buf_pad(out, start, strlen(text) < 8 ? 8 - strlen(text) : 0);
	buf_str(out, text);
}

static void put_size(struct buf *out, const struct types_member *member)
{
	char text[48];

	snprintf(text, sizeof(text), "%" PRIu64 "%s",
		 member->bitfield ? member->bit_size : member->bit_size / 8,
		 member->bitfield ? "b" : "");
	buf_printf(out, " %7s", text);
}

static void put_declaration(struct buf *out, const struct btf *btf,
			    const struct types_member *member, const char *name)
{
	types_declare(out, btf, member->type, name, 26);
	if (member->bitfield)
		buf_printf(out, ":%" PRIu64, member->bit_size);
	buf_char(out, ';');
}

/* What is said of one field, by a path or by a glob. */
struct fields {
	struct buf *out;
	const struct layout_version *versions;
	size_t nr_versions;
	const struct layout_options *options;
	const char *glob;
	unsigned int nr;
};

static int put_field(const struct types_member *member, const char *name, struct fields *fields)
{
	const struct btf *btf = fields->versions[0].ref.btf;
	struct buf *out = fields->out;
	struct buf text = {};

	if (!fields->options->json) {
		if (!fields->nr++)
			buf_printf(out, "%8s %7s %10s  %s\n", "OFFSET", "SIZE", "CACHELINE",
				   "MEMBER");
		put_offset(out, member);
		put_size(out, member);
		buf_printf(out, " %10" PRIu64 "  ", member->bit_offset / 8 / LAYOUT_CACHE_LINE);
		put_declaration(out, btf, member, name);
		buf_char(out, '\n');
		return 0;
	}
	fields->nr++;
	json_open(out, fields->versions, fields->nr_versions);
	json_add_text(out, "member", name);
	types_name(&text, btf, member->type);
	json_add_text(out, "member_type", buf_text(&text));
	json_add_u64(out, "offset", member->bit_offset / 8);
	if (member->bitfield) {
		json_add_u64(out, "bit_offset", member->bit_offset % 8);
		json_add_u64(out, "bit_size", member->bit_size);
	} else {
		json_add_u64(out, "size", member->bit_size / 8);
	}
	json_add_u64(out, "cacheline", member->bit_offset / 8 / LAYOUT_CACHE_LINE);
	buf_str(out, "}\n");
	buf_free(&text);
	return 0;
}

static int match_field(const struct types_member *member, void *arg)
{
	struct fields *fields = arg;

	if (fnmatch(fields->glob, member->name, 0))
		return 0;
	return put_field(member, member->name, fields);
}

/* The glob is the path's last part: "task_struct.se.*time*" */
static int show_glob(struct fields *fields, struct error *err)
{
	const struct types_ref *ref = &fields->versions[0].ref;
	const char *dot = strrchr(fields->options->field, '.');
	struct types_member member;
	struct buf name = {};
	char path[512];
	uint32_t id = ref->id;
	int ret;

	fields->glob = dot ? dot + 1 : fields->options->field;
	layout_type_name(&name, ref);
	if (dot) {
		snprintf(path, sizeof(path), "%.*s", (int)(dot - fields->options->field),
			 fields->options->field);
		ret = types_member(ref->btf, id, path, &member, err);
		if (ret)
			goto out;
		id = member.type;
	}
	ret = types_each_member(ref->btf, id, match_field, fields);
	if (ret)
		error_set(err, ret, "%s has no members", buf_text(&name));
	else if (!fields->nr)
		ret = error_set(err, -ENOENT, "%s has no member like %s", buf_text(&name),
				fields->options->field);
out:
	buf_free(&name);
	return ret;
}

int layout_show(struct buf *out, const struct layout_options *options,
		const struct layout_version *versions, size_t nr, struct error *err)
{
	const struct types_ref *ref = &versions[0].ref;
	struct fields fields = { out, versions, nr, options, NULL, 0 };
	struct types_member member;
	int ret;

	if (options->field && layout_is_glob(options->field))
		return show_glob(&fields, err);
	if (options->field) {
		ret = types_member(ref->btf, ref->id, options->field, &member, err);
		return ret ?: put_field(&member, options->field, &fields);
	}
	if (options->json) {
		json_open(out, versions, nr);
		layout_json(out, ref->btf, ref->id);
		buf_str(out, "}\n");
	} else {
		layout_print(out, ref->btf, ref->id);
	}
	return 0;
}

/* In the first column but one as diff -y has it: | differs, < and > only one has it. */
static char mark_of(const struct compare_row *row)
{
	if (!row->in[0] || !row->in[1])
		return row->in[0] ? '<' : '>';
	return row->differs ? '|' : ' ';
}

static void put_row(struct buf *out, const struct compare *compare, const struct compare_row *row)
{
	int from = row->in[0] ? 0 : 1;
	struct buf text[2] = {};

	for (int i = 0; i < 2; i++) {
		size_t start = out->len;

		if (i)
			buf_printf(out, " %c ", mark_of(row));
		start = out->len;
		if (!row->in[i]) {
			buf_pad(out, start, 16);
		} else if (compare->is_enum) {
			buf_printf(out, "%16" PRId64, row->value[i]);
		} else {
			put_offset(out, &row->member[i]);
			put_size(out, &row->member[i]);
		}
		if (row->in[i] && !compare->is_enum)
			put_declaration(&text[i], compare->ref[i]->btf, &row->member[i], row->name);
	}
	buf_str(out, "  ");
	for (unsigned int i = 0; i < row->depth; i++)
		buf_str(out, "    ");
	buf_str(out, compare->is_enum ? row->name : buf_text(&text[from]));
	if (!compare->is_enum && row->in[0] && row->in[1] &&
	    strcmp(buf_text(&text[0]), buf_text(&text[1])) != 0) {
		buf_str(out, "  /* BTF: ");
		types_name(out, compare->ref[1]->btf, row->member[1].type);
		buf_str(out, " */");
	}
	buf_char(out, '\n');
	buf_free(&text[0]);
	buf_free(&text[1]);
}

static void put_total(struct buf *out, const struct compare *compare)
{
	int64_t size[2];

	for (int i = 0; i < 2; i++)
		size[i] = btf__resolve_size(compare->ref[i]->btf, compare->ref[i]->id);
	buf_printf(out, "%16" PRId64 " %c %16" PRId64 "  size of the whole\n", size[0],
		   size[0] == size[1] ? ' ' : '|', size[1]);
}

static void put_head(struct buf *out, const struct layout_version versions[2],
		     const struct compare *compare)
{
	for (int i = 0; i < 2; i++)
		buf_printf(out, "/* %-8s %s */\n", versions[i].kind, versions[i].from);
	layout_type_name(out, &versions[0].ref);
	buf_printf(out, "\n%16s   %16s\n", versions[0].kind, versions[1].kind);
	if (compare->is_enum)
		buf_printf(out, "%16s   %16s  %s\n", "VALUE", "VALUE", "ENUMERATOR");
	else
		buf_printf(out, "%8s %7s   %8s %7s  %s\n", "OFFSET", "SIZE", "OFFSET", "SIZE",
			   "MEMBER");
}

/* One member by its path; a version may lack it, but not both. */
static int put_path(struct buf *out, const struct layout_options *options,
		    const struct layout_version versions[2], const struct compare *compare,
		    struct error *err)
{
	struct compare_row row = { .name = options->field };
	struct error why = {};

	for (int i = 0; i < 2; i++) {
		why.code = 0;
		row.in[i] = types_member(versions[i].ref.btf, versions[i].ref.id, options->field,
					 &row.member[i], &why) == 0;
	}
	if (!row.in[0] && !row.in[1]) {
		*err = why;
		return err->code;
	}
	row.differs = row.member[0].bit_offset != row.member[1].bit_offset ||
		      row.member[0].bit_size != row.member[1].bit_size;
	put_head(out, versions, compare);
	put_row(out, compare, &row);
	return 0;
}

/* Those of the struct's own members that match. */
static int put_matches(struct buf *out, const struct layout_options *options,
		       const struct layout_version versions[2], const struct compare *compare,
		       struct error *err)
{
	bool shown = false;

	put_head(out, versions, compare);
	for (size_t i = 0; i < compare->nr_rows; i++) {
		const struct compare_row *row = &compare->rows[i];

		if (row->depth || fnmatch(options->field, row->name, 0))
			continue;
		put_row(out, compare, row);
		shown = true;
	}
	return shown ? 0 : error_set(err, -ENOENT, "no member is like %s", options->field);
}

/* One after the other; a version that lacks the member is left out, unless both do. */
static int show_each(struct buf *out, const struct layout_options *options,
		     const struct layout_version versions[2], struct error *err)
{
	struct error why = {};
	unsigned int nr = 0;

	for (int i = 0; i < 2; i++) {
		size_t start = out->len;

		if (!options->json)
			buf_printf(out, "%s/* %-8s %s */\n", nr ? "\n" : "", versions[i].kind,
				   versions[i].from);
		why.code = 0;
		if (layout_show(out, options, &versions[i], 1, &why) == 0)
			nr++;
		else if (out->data)
			buf_end(out, out->data + start);
	}
	if (!nr)
		*err = why;
	return nr ? 0 : err->code;
}

int layout_show_difference(struct buf *out, const struct layout_options *options,
			   const struct layout_version versions[2], const struct compare *compare,
			   struct error *err)
{
	bool glob = options->field && layout_is_glob(options->field);

	if (options->json || (glob && strchr(options->field, '.')))
		return show_each(out, options, versions, err);
	if (glob)
		return put_matches(out, options, versions, compare, err);
	if (options->field)
		return put_path(out, options, versions, compare, err);
	put_head(out, versions, compare);
	for (size_t i = 0; i < compare->nr_rows; i++)
		put_row(out, compare, &compare->rows[i]);
	if (!compare->is_enum)
		put_total(out, compare);
	return 0;
}
