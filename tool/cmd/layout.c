// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "cmd/layout.h"
#include "headers/select.h"
#include "types/compare.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/text.h"

static const char usage[] =
	"hotprobe layout - how a kernel type lies in memory, by the headers and by BTF\n"
	"\n"
	"Usage: hotprobe layout TYPE[.FIELD] [OPTIONS]\n"
	"\n"
	"TYPE is a struct, union, enum or typedef, 'struct NAME' where the name alone says too\n"
	"little, or a glob. FIELD is a path as in C (se.vruntime, bits[3]) or a glob.\n"
	"\n"
	"Options:\n"
	"      --headers=SOURCE    as for hotprobe run; a folder of another release too\n"
	"      --btf=FILE          BTF of this file instead of the running kernel's: vmlinux,\n"
	"                          vmlinuz, raw BTF, a module's file (FILE.ko,VMLINUX) or name\n"
	"  -o, --output=FORMAT     text or json\n"
	"  -D, --define=NAME[=VALUE] define for the compiler\n"
	"      --no-cache          compile the header anew\n"
	"  -v, --verbose           say where the types come from\n"
	"  -q, --quiet             no remarks\n";

static void remark(const struct layout_options *options, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void remark(const struct layout_options *options, const char *fmt, ...)
{
	struct buf line = {};
	char text[8192];
	va_list ap;

	if (options->quiet)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	buf_str(&line, "hotprobe: ");
	text_escape(&line, text, strlen(text));
	buf_char(&line, '\n');
	write_all(STDERR_FILENO, buf_text(&line), line.len);
	buf_free(&line);
}

/*
 * What --headers and --btf come to. A folder of headers of another release is an error for who
 * wants to trace, but to compare them is what this is for.
 */
static int choose(struct header_source *src, const char **btf, const struct layout_options *options,
		  struct error *err)
{
	struct error why = {};
	int ret;

	*btf = options->btf;
	src->kind = 0;
	if (options->btf && !options->headers)
		return 0;
	ret = header_source_select(src, options->headers, &why);
	if (ret == -ESTALE && options->headers) {
		headers_release(src->path, src->release);
		ret = 0;
	}
	if (ret) {
		*err = why;
		return ret;
	}
	if (src->kind == HEADERS_BTF) {
		if (!*btf)
			*btf = src->path;
		src->kind = 0;
	}
	return 0;
}

static void name_version(struct layout_version *version)
{
	version->kind = "BTF";
	snprintf(version->from, sizeof(version->from), "%s%s%s", types_source(version->types),
		 version->ref.module ? ", module " : "",
		 version->ref.module ? version->ref.module : "");
}

/* All that match a glob; or all of one name, for a kernel may have several. */
struct several {
	const struct layout_options *options;
	struct types *types;
	struct buf *out;
	unsigned int nr;
	struct error *err;
	struct error last;
};

static int show_one(const struct types_ref *ref, const char *name, void *arg)
{
	struct several *several = arg;
	struct layout_version version = { .types = several->types, .ref = *ref };
	struct buf text = {};
	struct error why = {};

	(void)name;
	name_version(&version);
	/* of the types that match some have the member, some have not */
	if (layout_show(&text, several->options, &version, 1, &why)) {
		several->last = why;
		goto out;
	}
	if (several->nr++ && !several->options->json)
		buf_char(several->out, '\n');
	if (several->options->field && !several->options->json) {
		layout_type_name(several->out, ref);
		buf_char(several->out, '\n');
	}
	buf_str(several->out, buf_text(&text));
out:
	buf_free(&text);
	return 0;
}

static int show_several(struct buf *out, const struct layout_options *options, struct types *types,
			struct error *err)
{
	struct several several = { options, types, out, 0, err, {} };

	types_each(types, options->kinds, options->type, show_one, &several);
	if (several.nr)
		return 0;
	if (several.last.code) {
		*err = several.last;
		return err->code;
	}
	return error_set(err, -ENOENT, "no %s in %s is called %s", types_kind_word(options->kinds),
			 types_source(types), options->type);
}

static int count_one(const struct types_ref *ref, const char *name, void *arg)
{
	(void)ref;
	(void)name;
	++*(unsigned int *)arg;
	return 0;
}

/* Of a struct that differs elsewhere the member in question may be the same. */
static bool same_field(const struct layout_options *options,
		       const struct layout_version versions[2])
{
	struct types_member member[2] = {};
	struct error why = {};

	if (!options->field || layout_is_glob(options->field))
		return false;
	for (int i = 0; i < 2; i++)
		if (types_member(versions[i].ref.btf, versions[i].ref.id, options->field,
				 &member[i], &why))
			return false;
	return member[0].bit_offset == member[1].bit_offset &&
	       member[0].bit_size == member[1].bit_size && member[0].bitfield == member[1].bitfield;
}

static int show_both(struct buf *out, const struct layout_options *options,
		     struct layout_version versions[2], struct error *err)
{
	struct compare compare = {};
	struct buf name = {};
	int ret = compare_types(&compare, &versions[0].ref, &versions[1].ref);

	layout_type_name(&name, &versions[0].ref);
	if (!ret && compare.differ && same_field(options, versions))
		compare.differ = false;
	if (ret == -ENOMEM) {
		error_sys(err, ret, "cannot compare");
	} else if (ret || !compare.differ) {
		ret = layout_show(out, options, versions, ret ? 1 : 2, err);
		if (!ret && !options->json)
			remark(options, "%s: headers and BTF agree: %s, %s", buf_text(&name),
			       versions[0].from, versions[1].from);
	} else {
		ret = layout_show_difference(out, options, versions, &compare, err);
		if (!ret)
			remark(options, "%s: headers and BTF differ: %s, %s", buf_text(&name),
			       versions[0].from, versions[1].from);
	}
	compare_free(&compare);
	buf_free(&name);
	return ret;
}

/* What the headers could not tell is worth a word, since BTF alone then speaks. */
static int show_btf(struct buf *out, const struct layout_options *options, struct types *types,
		    const struct error *why, struct error *err)
{
	unsigned int nr = 0;

	types_each(types, options->kinds, options->type, count_one, &nr);
	if (!nr) {
		types_unknown(types, options->kinds, options->type, err);
		return err->code;
	}
	if (why->code)
		remark(options, "by BTF alone (%s): %s", types_source(types), why->text);
	else if (options->verbose)
		remark(options, "by BTF alone: %s", types_source(types));
	if (nr > 1)
		remark(options, "%u types of that name, which differ", nr);
	return show_several(out, options, types, err);
}

/* Of several types of one name the one that the headers have is meant, if BTF has it. */
struct choice {
	const struct types_ref *headers;
	struct types_ref *ref;
	unsigned int nr;
};

static int choose_one(const struct types_ref *ref, const char *name, void *arg)
{
	struct choice *choice = arg;
	struct compare compare;
	bool same;

	(void)name;
	if (!choice->nr++)
		*choice->ref = *ref;
	same = compare_types(&compare, choice->headers, ref) == 0 && !compare.differ;
	compare_free(&compare);
	if (same)
		*choice->ref = *ref;
	return same;
}

/* The type in BTF that the headers' is to be compared with. */
static bool find_same(struct layout_version versions[2], const struct layout_options *options)
{
	struct choice choice = { &versions[0].ref, &versions[1].ref, 0 };

	if (!versions[1].types)
		return false;
	types_each(versions[1].types, types_kind_of_ref(&versions[0].ref), options->type,
		   choose_one, &choice);
	return choice.nr != 0;
}

static int show_named(struct buf *out, const struct layout_options *options,
		      const struct header_source *src, struct types *types, struct error *no_btf,
		      struct error *err)
{
	struct layout_version versions[2] = { { .types = NULL }, { .types = types } };
	struct error why = {};
	int ret;

	if (!src->kind)
		return show_btf(out, options, types, &why, err);
	ret = layout_from_headers(&versions[0], options, src, &why);
	if (ret && !types) {
		*err = why;
		return ret;
	}
	if (ret)
		return show_btf(out, options, types, &why, err);
	if (!find_same(versions, options)) {
		remark(options, "by the headers alone (%s): %s%s", versions[0].from,
		       types ? "the type is not in " : no_btf->text,
		       types ? types_source(types) : "");
		ret = layout_show(out, options, versions, 1, err);
	} else {
		name_version(&versions[1]);
		ret = show_both(out, options, versions, err);
	}
	types_close(versions[0].types);
	return ret;
}

static int show(struct buf *out, const struct layout_options *options, struct error *err)
{
	struct header_source src = {};
	struct error no_btf = {};
	struct types *types = NULL;
	const char *btf;
	int ret = choose(&src, &btf, options, err);

	if (ret)
		return ret;
	/* without BTF the headers may still do */
	ret = types_open(&types, btf, &no_btf);
	if (ret && (!src.kind || btf)) {
		*err = no_btf;
		return ret;
	}
	if (layout_is_glob(options->type)) {
		ret = types ? show_several(out, options, types, err)
			    : error_set(err, ret, "a glob needs BTF: %s", no_btf.text);
		if (!ret && options->verbose)
			remark(options, "by BTF alone: %s", types_source(types));
	} else {
		ret = show_named(out, options, &src, types, &no_btf, err);
	}
	types_close(types);
	return ret;
}

int cmd_layout(int argc, char **argv, struct error *err)
{
	struct layout_options options = {};
	struct buf out = {};
	int ret = layout_options_parse(&options, argc, argv, err);

	if (!ret && options.help)
		ret = cmd_print(usage, err);
	else
		ret = ret ?: show(&out, &options, err);
	if (!ret && out.failed)
		ret = error_sys(err, -ENOMEM, "cannot print");
	if (!ret && out.len)
		ret = cmd_print(buf_text(&out), err);
	buf_free(&out);
	define_list_free(&options.defines);
	return ret;
}
