// SPDX-License-Identifier: GPL-2.0-only
/* A name that is not declared: an identifier, a function, an option's macro. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <bpf/btf.h>

#include "compile/names.h"
#include "compile/run.h"
#include "diagnose/scene.h"
#include "headers/select.h"
#include "probe/expand.h"
#include "probe/source.h"
#include "types/types.h"
#include "util/text.h"

/* Functions and macros of elsewhere, and what serves in a probe. */
static const char *const elsewhere[][2] = {
	{ "bpf_printk", "debugf(\"...\") of hotprobe.h prints with --debug" },
	{ "printf", "debugf(\"...\") of hotprobe.h prints with --debug; else put it in the event" },
	{ "printk", "debugf(\"...\") of hotprobe.h prints with --debug; else put it in the event" },
	{ "strcpy", "bpf_probe_read_kernel_str(dst, sizeof(dst), src), or __builtin_memcpy()" },
	{ "strncpy", "bpf_probe_read_kernel_str(dst, sizeof(dst), src), or __builtin_memcpy()" },
	{ "strlcpy", "bpf_probe_read_kernel_str(dst, sizeof(dst), src)" },
	{ "strscpy", "bpf_probe_read_kernel_str(dst, sizeof(dst), src)" },
	{ "strlen", "bpf_probe_read_kernel_str() returns the length with its end" },
	{ "strcmp", "compare character by character, or with --where 'FIELD == \"text\"'" },
	{ "strncmp", "compare character by character, or with --where 'FIELD == \"text\"'" },
	{ "memcmp", "compare element by element in a loop of a constant length" },
	{ "memcpy",
	  "__builtin_memcpy() for the probe's own memory, read_kernel() for the kernel's" },
	{ "memset", "__builtin_memset(), or initialise with = {}" },
	{ "malloc", "there is no heap: BPF_PERCPU_ARRAY(scratch, struct event, 1) has room" },
	{ "kmalloc", "there is no heap: BPF_PERCPU_ARRAY(scratch, struct event, 1) has room" },
	{ "sizeof_field", "sizeof(((struct T *)0)->FIELD)" },
	{ "BPF_CORE_READ", "pointers are followed as they are written: task->real_parent->tgid" },
	{ "BPF_CORE_READ_INTO", "pointers are followed as they are written, or read_kernel()" },
	{ "bpf_core_read", "read_kernel(&value, sizeof(value), pointer)" },
	{ "bpf_core_field_exists", "the headers are this kernel's own: #if LINUX_VERSION_CODE" },
	{ "SEC", "functions attach by their names: kprobe__F, TRACEPOINT_PROBE(category, event)" },
	{ "BPF_KPROBE", "int kprobe__FUNCTION(struct pt_regs *ctx, ...)" },
	{ "BPF_KRETPROBE", "int kretprobe__FUNCTION(struct pt_regs *ctx)" },
	{ "bpf_map_lookup_elem", "the maps' methods: MAP.lookup(&key)" },
	{ "bpf_map_update_elem", "the maps' methods: MAP.update(&key, &value)" },
	{ "bpf_map_delete_elem", "the maps' methods: MAP.delete(&key)" },
	{ "bpf_perf_event_output", "NAME_emit(ctx, &event) of an EVENTS line" },
	{ "noinline", "static noinline, without __attribute__: the headers' macro is all of it" },
	{ "__noinline__",
	  "static noinline, without __attribute__: the headers' macro is all of it" },
	{ "current", "(struct task_struct *)bpf_get_current_task()" },
	{ "get_current", "(struct task_struct *)bpf_get_current_task()" },
};

/* C's own words are not what is meant. */
static bool is_keyword(const char *name)
{
	static const char words[] = " if for else while do switch case int char void long short "
				    "return struct union enum static inline const goto break "
				    "continue default sizeof typedef signed unsigned extern bool ";
	char padded[DIAG_WORD_MAX + 2];

	snprintf(padded, sizeof(padded), " %s ", name);
	return strstr(words, padded) != NULL;
}

/* Every name in the text that the compiler got; of functions only those before a parenthesis. */
static void offer_text(const struct scene *scene, bool functions, struct near *near)
{
	const char *s = buf_text(&scene->job->exp->text);

	while (*s) {
		size_t len = text_ident_len(s);
		char name[128];

		if (!len) {
			/* a number's letters are no name */
			s += isdigit((unsigned char)*s) ? strspn(s, "0123456789abcdefxABCDEFXuUlL")
							: 1;
			continue;
		}
		snprintf(name, sizeof(name), "%.*s", (int)len, s);
		s += len;
		if (strcmp(name, near->wanted) == 0 || text_starts(name, NAME_RESERVED) ||
		    is_keyword(name) || (functions && *s != '('))
			continue;
		/* everything is near to a name of one letter or two */
		if (len < 3 || strlen(near->wanted) < 3)
			continue;
		near_offer(near, name);
	}
}

struct helpers {
	struct near *near;
	bool exact;
};

/* The kernel's helpers are the enumerators of enum bpf_func_id (include/uapi/linux/bpf.h). */
static void offer_helpers(struct scene *scene, struct helpers *helpers)
{
	struct types *types = scene_types(scene);
	struct types_ref ref = {};
	const struct btf_type *type;

	if (!types || types_find(types, TYPES_ENUM, "bpf_func_id", &ref))
		return;
	type = btf__type_by_id(ref.btf, ref.id);
	for (int i = 0; i < btf_vlen(type); i++) {
		const char *name = btf__name_by_offset(ref.btf, btf_enum(type)[i].name_off);
		char function[128];

		if (!name || !text_starts(name, "BPF_FUNC_"))
			continue;
		snprintf(function, sizeof(function), "bpf_%s", name + strlen("BPF_FUNC_"));
		near_offer(helpers->near, function);
		if (strcmp(function, helpers->near->wanted) == 0)
			helpers->exact = true;
	}
}

/* A macro or constant of a header that the probe does not include. */
static bool hint_header(struct scene *scene, const char *name, struct said *said)
{
	char define[DIAG_WORD_MAX + 16], tabbed[DIAG_WORD_MAX + 16], header[256];
	const char *const starts[] = { define, tabbed };

	snprintf(define, sizeof(define), "#define %s", name);
	snprintf(tabbed, sizeof(tabbed), "#define\t%s", name);
	if (!scene_header_of(scene, starts, 2, header, sizeof(header)))
		return false;
	buf_printf(&said->hint, "add #include <%s>", header);
	return true;
}

/* OPT_SIZE is what --size=N becomes. */
static bool explain_option(struct scene *scene, const char *name, struct said *said)
{
	const char *text = buf_text(&scene->job->src->text), *end = strstr(text, "*/");
	char option[DIAG_WORD_MAX];
	struct near near = { .wanted = option };
	size_t i;

	if (!text_starts(name, "OPT_"))
		return false;
	name += strlen("OPT_");
	for (i = 0; name[i]; i++)
		option[i] = name[i] == '_' ? '-' : (char)tolower((unsigned char)name[i]);
	option[i] = '\0';
	for (const char *s = text; end && (s = strstr(s, "--")) != NULL && s < end;) {
		char known[128];

		s += 2;
		snprintf(known, sizeof(known), "%.*s",
			 (int)strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-"), s);
		if (known[0])
			near_offer(&near, known);
		if (strcmp(known, option) == 0) {
			bool value = s[strlen(known)] == '=';

			buf_printf(&said->text, "OPT_%s is not defined, because --%s was not given",
				   name, option);
			buf_printf(&said->hint, "use it between #ifdef OPT_%s and #endif%s%s%s",
				   name, value ? ", or write [default: N] behind --" : "",
				   value ? option : "", value ? " in the doc comment" : "");
			return true;
		}
	}
	buf_printf(&said->text, "the doc comment has no option --%s", option);
	if (near_best(&near)) {
		char macro[DIAG_WORD_MAX];

		for (i = 0; near.best[i] && i + 1 < sizeof(macro); i++)
			macro[i] = near.best[i] == '-' ? '_'
						       : (char)toupper((unsigned char)near.best[i]);
		macro[i] = '\0';
		buf_printf(&said->hint, "did you mean OPT_%s?", macro);
	} else {
		buf_printf(&said->hint, "add a line for it below 'Options:'");
	}
	return true;
}

/* Each kind of function has its record under another name. */
static bool explain_context(const char *name, struct said *said)
{
	if (strcmp(name, "args") == 0) {
		buf_str(&said->text, "only a TRACEPOINT_PROBE has args");
		buf_str(&said->hint, "elsewhere it is what the function calls its first parameter, "
				     "mostly ctx");
		return true;
	}
	if (strcmp(name, "ctx") == 0) {
		buf_str(&said->text, "this function has no ctx");
		buf_str(&said->hint, "in a TRACEPOINT_PROBE it is called args; elsewhere the first "
				     "parameter is to be called so: struct pt_regs *ctx");
		return true;
	}
	return false;
}

static void explain_identifier(struct scene *scene, const char *name, const char *clangs,
			       struct said *said)
{
	struct near near = { .wanted = name };

	if (explain_option(scene, name, said) || explain_context(name, said))
		return;
	buf_printf(&said->text, "%s is not declared", name);
	for (size_t i = 0; i < sizeof(elsewhere) / sizeof(elsewhere[0]); i++)
		if (strcmp(elsewhere[i][0], name) == 0) {
			buf_printf(&said->hint, "write %s", elsewhere[i][1]);
			return;
		}
	if (scene_has_headers(scene) && hint_header(scene, name, said))
		return;
	/* clang knows what is declared there, but takes C's words for names */
	if (clangs[0] && !is_keyword(clangs)) {
		buf_printf(&said->hint, "did you mean %s?", clangs);
		return;
	}
	offer_text(scene, false, &near);
	if (near_best(&near)) {
		buf_printf(&said->hint, "did you mean %s?", near_best(&near));
		return;
	}
	/* in capitals and unknown to BTF: BTF has no macros */
	if (!scene_has_headers(scene) && !name[strcspn(name, "abcdefghijklmnopqrstuvwxyz")])
		buf_printf(&said->hint,
			   "if it is a macro of a kernel header: the kernel's types come from its "
			   "BTF here, which has no macros; define it, or install linux-headers-%s",
			   scene->job->headers->release);
}

static void explain_function(struct scene *scene, const char *name, struct said *said)
{
	struct near near = { .wanted = name };
	struct helpers helpers = { .near = &near };

	buf_printf(&said->text, "there is no function %s", name);
	for (size_t i = 0; i < sizeof(elsewhere) / sizeof(elsewhere[0]); i++)
		if (strcmp(elsewhere[i][0], name) == 0) {
			buf_printf(&said->hint, "in a probe: %s", elsewhere[i][1]);
			return;
		}
	offer_text(scene, true, &near);
	for (unsigned int i = 0; i < scene->job->exp->nr_outputs; i++) {
		char emit[80];

		if (scene->job->exp->outputs[i].plain)
			continue;
		snprintf(emit, sizeof(emit), "%s_emit", scene->job->exp->outputs[i].name);
		near_offer(&near, emit);
	}
	if (text_starts(name, "bpf_"))
		offer_helpers(scene, &helpers);
	if (helpers.exact) {
		buf_printf(&said->hint,
			   "this kernel has the helper %s, but this version of libbcc does not "
			   "declare it",
			   name);
		return;
	}
	if (scene_has_headers(scene) && hint_header(scene, name, said))
		return;
	if (near_best(&near))
		buf_printf(&said->hint, "did you mean %s?", near_best(&near));
	else if (!scene_has_headers(scene))
		buf_printf(&said->hint,
			   "if it is a macro or an inline function of a kernel header: BTF, from "
			   "which the kernel's types come here, has neither; define it, or install "
			   "linux-headers-%s",
			   scene->job->headers->release);
}

bool explain_name(struct scene *scene, size_t at, struct said *said)
{
	/* clang 14, and 16 and later */
	static const char *const functions[] = {
		"implicit declaration of function '*'",
		"call to undeclared function '*'",
		"implicitly declaring library function '*'",
		"call to undeclared library function '*'",
	};
	const char *message = scene->diags->list[at].message;
	char words[2][DIAG_WORD_MAX] = {};

	if (diag_says(message, "use of undeclared identifier '*'; did you mean '*'", words) ||
	    diag_says(message, "use of undeclared identifier '*'", words)) {
		explain_identifier(scene, words[0], words[1], said);
		return true;
	}
	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++)
		if (diag_says(message, functions[i], words)) {
			explain_function(scene, words[0], said);
			return true;
		}
	return false;
}
