// SPDX-License-Identifier: GPL-2.0-only
#include <bpf/btf.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cache/cache.h"
#include "cmd/layout.h"
#include "compile/run.h"
#include "headers/definition.h"
#include "object/object.h"
#include "probe/expand.h"
#include "probe/source.h"
#include "util/error.h"
#include "util/text.h"

#define MAP "layout"

/*
 * Some headers count on others before them. These bring most of what there is; they are tried when
 * a header does not compile by itself, because they take seconds.
 */
static const char common[] = "#include <linux/sched.h>\n"
			     "#include <linux/fs.h>\n"
			     "#include <linux/netdevice.h>\n"
			     "#include <net/sock.h>\n";

static void remark(void *arg, const char *fmt, ...)
{
	const struct layout_options *options = arg;
	va_list ap;

	if (!options->verbose)
		return;
	fputs("hotprobe: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

/* A value of the type in a map puts all of it into the object's BTF. */
static void make_probe(struct source *probe, const struct definition *def, const char *type,
		       bool after_common)
{
	snprintf(probe->path, sizeof(probe->path), "layout of %s by %s", type, def->include);
	snprintf(probe->name, sizeof(probe->name), "%s", type);
	probe->origin = SOURCE_BUNDLED;
	buf_reset(&probe->text);
	if (after_common)
		buf_str(&probe->text, common);
	buf_printf(&probe->text,
		   "#include <%s>\n"
		   "BPF_ARRAY(" MAP ", %s, 1);\n"
		   "int layout_of(void *ctx)\n"
		   "{\n"
		   "\treturn 0;\n"
		   "}\n",
		   def->include, type);
}

static int take_type(struct layout_version *version, const struct object *obj, struct error *err)
{
	int map = object_find_map(obj, MAP), ret;

	if (map < 0 || !obj->maps[map].btf_value)
		return error_set(err, -EBADMSG,
				 "the compiler did not say how the type is laid out");
	ret = types_open_raw(&version->types, obj->btf, obj->btf_size, version->from, err);
	if (ret)
		return ret;
	version->ref = types_top(version->types, obj->maps[map].btf_value);
	return 0;
}

static int compile(struct layout_version *version, const struct source *probe,
		   const struct layout_options *options, const struct header_source *src,
		   struct error *err)
{
	struct filters filters = {};
	struct expansion exp = {};
	struct object obj = {};
	struct cache cache = { .fd = -1 };
	struct compile_job job = {
		.src = probe,
		.exp = &exp,
		.headers = src,
		.flags = (const char *const *)options->defines.items,
		.nr_flags = (unsigned int)options->defines.nr,
		.signal_fd = -1,
		.progress = !options->quiet && isatty(STDERR_FILENO),
		.quiet = true,
		.cache = options->no_cache ? NULL : &cache,
		.remark = remark,
		.arg = (void *)options,
	};
	int ret = expand_source(&exp, probe, &filters, NULL, err);

	if (!ret && job.cache)
		cache_open(&cache, CACHE_OBJECTS);
	ret = ret ?: compile_run(&obj, &job, err);
	ret = ret ?: take_type(version, &obj, err);
	object_free(&obj);
	cache_close(&cache);
	expansion_free(&exp);
	return ret;
}

/* By itself first, then after those that most others include. */
static int compile_definition(struct layout_version *version, const struct definition *def,
			      const struct layout_options *options, const struct header_source *src,
			      struct error *err)
{
	struct source probe = {};
	struct error first = {};
	char type[300];
	int ret;

	snprintf(type, sizeof(type), "%s%s%s",
		 def->kind == TYPES_TYPEDEF ? "" : types_kind_word(def->kind),
		 def->kind == TYPES_TYPEDEF ? "" : " ", options->type);
	/* which of the two it is depends on the kernel's age: see request_newer() */
	snprintf(version->from, sizeof(version->from), "%s%s", def->path,
		 text_ends(def->path, "uapi/linux/bpf.h") ? " or libbcc's copy of it" : "");
	make_probe(&probe, def, type, false);
	ret = compile(version, &probe, options, src, &first);
	if (ret) {
		remark((void *)options, "%s", first.text);
		make_probe(&probe, def, type, true);
		ret = compile(version, &probe, options, src, err);
	}
	source_free(&probe);
	return ret;
}

int layout_from_headers(struct layout_version *version, const struct layout_options *options,
			const struct header_source *src, struct error *err)
{
	struct definition found[DEFINITIONS_MAX];
	struct error why = {};
	int nr = definitions_find(src, options->kinds, options->type, found), ret = -ENOENT;

	version->kind = "headers";
	if (nr < 0)
		return error_sys(err, nr, "cannot search the headers in %s", src->path);
	for (int i = 0; i < nr && ret; i++) {
		why.code = 0;
		ret = compile_definition(version, &found[i], options, src, &why);
		if (ret)
			remark((void *)options, "%s", why.text);
	}
	if (ret && nr)
		return error_set(err, ret, "%s does not compile by itself: %.*s", found[0].path,
				 (int)strcspn(why.text, "\n"), why.text);
	if (ret)
		return error_set(err, ret, "no header in %s defines %s", src->path, options->type);
	return 0;
}
