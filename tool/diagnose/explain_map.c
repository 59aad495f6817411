// SPDX-License-Identifier: GPL-2.0-only
/* libbcc's macros, maps and their methods, used as they cannot be. */
#include <stdio.h>
#include <string.h>

#include "compile/run.h"
#include "diagnose/scene.h"
#include "diagnose/snippet.h"
#include "probe/expand.h"
#include "probe/source.h"
#include "util/text.h"

/* How each is written (docs/reference_guide.md of libbcc says more). */
static const struct {
	const char *name, *use;
	/* of a map: the methods that belong to it, as they are written */
	const char *methods;
} forms[] = {
	{ "TRACEPOINT_PROBE", "TRACEPOINT_PROBE(category, event)", NULL },
	{ "RAW_TRACEPOINT_PROBE", "RAW_TRACEPOINT_PROBE(event)", NULL },
	{ "KFUNC_PROBE", "KFUNC_PROBE(function, TYPE parameter, ...)", NULL },
	{ "KRETFUNC_PROBE", "KRETFUNC_PROBE(function, TYPE parameter, ..., TYPE ret)", NULL },
	{ "LSM_PROBE", "LSM_PROBE(hook, TYPE parameter, ...)", NULL },
	{ "TEXT", "TEXT(size)", NULL },
	{ "BYTES", "BYTES(size)", NULL },
	{ "ARGV", "ARGV(size)", NULL },
	{ "BPF_HASH", "BPF_HASH(name, key type, value type, size)",
	  "lookup(&key) lookup_or_try_init(&key,&zero) update(&key,&value) insert(&key,&value) "
	  "delete(&key) increment(key)" },
	{ "BPF_PERCPU_HASH", "BPF_PERCPU_HASH(name, key type, value type, size)",
	  "lookup(&key) lookup_or_try_init(&key,&zero) update(&key,&value) insert(&key,&value) "
	  "delete(&key) increment(key)" },
	{ "BPF_LRU_HASH", NULL,
	  "lookup(&key) lookup_or_try_init(&key,&zero) update(&key,&value) delete(&key) "
	  "increment(key)" },
	{ "BPF_ARRAY", "BPF_ARRAY(name, value type, size)",
	  "lookup(&index) update(&index,&value) increment(index)" },
	{ "BPF_PERCPU_ARRAY", "BPF_PERCPU_ARRAY(name, value type, size)",
	  "lookup(&index) update(&index,&value) increment(index)" },
	{ "BPF_HISTOGRAM", "BPF_HISTOGRAM(name, key type, size)", "increment(bpf_log2l(value))" },
	{ "BPF_STACK_TRACE", "BPF_STACK_TRACE(name, size)", "get_stackid(ctx,flags)" },
	{ "BPF_PERF_OUTPUT", "BPF_PERF_OUTPUT(name)", "perf_submit(ctx,&event,sizeof(event))" },
	{ "EVENTS", NULL, "perf_submit(ctx,&event,sizeof(event))" },
	{ "BPF_RINGBUF_OUTPUT", "BPF_RINGBUF_OUTPUT(name, pages)",
	  "ringbuf_output(&event,sizeof(event),0) ringbuf_reserve(sizeof(event)) "
	  "ringbuf_submit(event,0) ringbuf_discard(event,0)" },
	{ "BPF_PERF_ARRAY", "BPF_PERF_ARRAY(name, size)", "perf_read(cpu)" },
	{ "BPF_PROG_ARRAY", "BPF_PROG_ARRAY(name, size)", "call(ctx,index)" },
	{ "BPF_CGROUP_ARRAY", "BPF_CGROUP_ARRAY(name, size)", "check_current_task(0)" },
	{ "BPF_QUEUE", "BPF_QUEUE(name, type, size)", "push(&value,0) pop(&value) peek(&value)" },
	{ "BPF_STACK", "BPF_STACK(name, type, size)", "push(&value,0) pop(&value) peek(&value)" },
};

#define NR_FORMS (sizeof(forms) / sizeof(forms[0]))

static const char *form_methods(const char *kind)
{
	for (size_t i = 0; i < NR_FORMS; i++)
		if (strcmp(forms[i].name, kind) == 0)
			return forms[i].methods;
	return NULL;
}

/* The method in a list of them, as it is written; 0 when it is not there. */
static size_t method_in(const char *methods, const char *method, const char **at)
{
	size_t len = strlen(method);

	for (const char *s = methods; s && *s; s += strcspn(s, " ") + (strchr(s, ' ') != NULL))
		if (strncmp(s, method, len) == 0 && s[len] == '(') {
			*at = s;
			return strcspn(s, " ");
		}
	return 0;
}

static void list_methods(struct buf *out, const char *methods)
{
	for (const char *s = methods; *s; s += strcspn(s, " ") + (strchr(s, ' ') != NULL))
		buf_printf(out, "%s%.*s()", s == methods ? "" : ", ", (int)strcspn(s, "("), s);
}

/* "no member named 'increments' in 'struct counts_table_t'" */
static bool explain_method(struct scene *scene, const char *type, const char *method,
			   struct said *said)
{
	char map[DIAG_WORD_MAX], kind[64] = "";
	const char *methods, *at;
	struct near near = { .wanted = method };
	size_t len = strlen(type);

	if (!text_starts(type, "struct ") || !text_ends(type, "_table_t"))
		return false;
	snprintf(map, sizeof(map), "%.*s", (int)(len - strlen("struct _table_t")),
		 type + strlen("struct "));
	if (!map_declared(scene, map, kind, sizeof(kind)))
		return false;
	for (unsigned int i = 0; i < scene->job->exp->nr_outputs; i++)
		if (!scene->job->exp->outputs[i].plain &&
		    strcmp(scene->job->exp->outputs[i].name, map) == 0)
			snprintf(kind, sizeof(kind), "EVENTS");
	buf_printf(&said->text, "the %s %s has no method %s", kind, map, method);
	methods = form_methods(kind);
	for (const char *s = methods; s && *s; s += strcspn(s, " ") + (strchr(s, ' ') != NULL)) {
		char name[64];

		snprintf(name, sizeof(name), "%.*s", (int)strcspn(s, "("), s);
		near_offer(&near, name);
	}
	if (near_best(&near)) {
		buf_printf(&said->hint, "did you mean %s.%s()?", map, near_best(&near));
		return true;
	}
	if (strcmp(kind, "EVENTS") == 0) {
		buf_printf(&said->hint, "an event is handed over by %s_emit(ctx, &event)", map);
		return true;
	}
	for (size_t i = 0; i < NR_FORMS; i++)
		if (method_in(forms[i].methods, method, &at)) {
			buf_printf(&said->hint, "%s() is for a %s%s", method, forms[i].name,
				   methods ? "; this one has " : "");
			if (methods)
				list_methods(&said->hint, methods);
			return true;
		}
	if (methods) {
		buf_str(&said->hint, "it has ");
		list_methods(&said->hint, methods);
	}
	return true;
}

/* "#define TRACEPOINT_PROBE(category, event) \" in the note behind; what libbcc shows has "\\". */
static void defined_as(const struct scene *scene, size_t at, char *form, size_t size)
{
	const struct diags *diags = scene->diags;
	char words[1][DIAG_WORD_MAX];
	const char *define;

	form[0] = '\0';
	for (size_t i = at + 1; i < diags->nr && diags->list[i].level == DIAG_NOTE; i++) {
		if (!diag_says(diags->list[i].message, "macro '*' defined here", words))
			continue;
		snprintf(form, size, "%s", words[0]);
		for (size_t j = 0; j < NR_FORMS; j++)
			if (forms[j].use && strcmp(forms[j].name, words[0]) == 0) {
				snprintf(form, size, "%s", forms[j].use);
				return;
			}
		define = strstr(diags->list[i].shown, words[0]);
		if (define)
			snprintf(form, size, "%.*s", (int)strcspn(define, ")") + 1, define);
		return;
	}
}

static bool explain_macro(struct scene *scene, size_t at, struct said *said)
{
	const char *message = scene->diags->list[at].message, *count;
	char form[256], name[DIAG_WORD_MAX];

	if (strstr(message, "provided to function-like macro invocation"))
		count = text_starts(message, "too few") ? "few" : "many";
	else if (strstr(message, "unterminated function-like macro invocation"))
		count = NULL;
	else
		return false;
	defined_as(scene, at, form, sizeof(form));
	snprintf(name, sizeof(name), "%.*s", (int)text_ident_len(form), form);
	if (!name[0])
		return false;
	if (count)
		buf_printf(&said->text, "%s is given too %s arguments", name, count);
	else
		buf_printf(&said->text, "the parenthesis of %s is not closed", name);
	buf_printf(&said->hint, "it is written %s", form);
	return true;
}

/* Which of libbcc's macros that declare a map stands in the line? */
static bool declaring_macro(struct scene *scene, const struct diag *diag, char *name, size_t size)
{
	struct buf text = {};
	const char *line, *macro;
	size_t len;

	name[0] = '\0';
	if (scene_file(scene, diag->file, &text) &&
	    text_line_at(buf_text(&text), diag->line, &line, &len)) {
		macro = line + strspn(line, " \t");
		if (text_starts(macro, "BPF_") && macro[text_ident_len(macro)] == '(')
			snprintf(name, size, "%.*s", (int)text_ident_len(macro), macro);
	}
	buf_free(&text);
	return name[0] != '\0';
}

/*
 * A map's declaration becomes some lines of C, and clang's words are about those. What is said of
 * names that the user wrote is left as it is.
 */
static bool explain_declaration(struct scene *scene, size_t at, struct said *said)
{
	static const char *const about[] = {
		"expected identifier or '('",
		"expected ';' after top level declarator",
		"redefinition of '*' as different kind of symbol",
		"a parameter list without types is only allowed",
		"unexpected type name",
		"type specifier missing",
		"expected parameter declarator",
	};
	const struct diag *diag = &scene->diags->list[at];
	char name[64], words[2][DIAG_WORD_MAX];
	struct near near = { .wanted = name };
	bool is = false, semicolon_only;

	if (!declaring_macro(scene, diag, name, sizeof(name)))
		return false;
	/* clang's caret then stands behind the whole of it */
	semicolon_only = text_starts(diag->message, "expected ';'") &&
			 strcspn(diag->shown, ";") > strcspn(diag->shown, "\n") &&
			 diag->column > strcspn(diag->shown, ")") + 1;
	if (diag_says(diag->message, "redefinition of '*'", words) &&
	    !strstr(diag->message, "different kind")) {
		char *end = strstr(words[0], "_table_t");

		if (end)
			*end = '\0';
		buf_printf(&said->text, "the map %s is declared twice", words[0]);
		for (size_t i = at + 1; i < scene->diags->nr; i++) {
			const struct diag *note = &scene->diags->list[i];

			if (note->level != DIAG_NOTE)
				break;
			if (text_starts(note->message, "previous definition is here")) {
				buf_printf(&said->hint, "the first is on line %u", note->line);
				break;
			}
		}
		return true;
	}
	for (size_t i = 0; i < sizeof(about) / sizeof(about[0]) && !is; i++)
		is = diag_says(diag->message, about[i], words);
	if (!is)
		return false;
	for (size_t i = 0; i < NR_FORMS; i++)
		if (strcmp(forms[i].name, name) == 0 && forms[i].use) {
			if (semicolon_only)
				return false;
			buf_printf(&said->text, "this %s is not understood", name);
			buf_printf(&said->hint, "it is written %s;", forms[i].use);
			return true;
		}
	for (size_t i = 0; i < NR_FORMS; i++)
		near_offer(&near, forms[i].name);
	buf_printf(&said->text, "there is no %s", name);
	if (near_best(&near))
		buf_printf(&said->hint, "did you mean %s?", near_best(&near));
	return true;
}

/* What libbcc's rewriter says itself (src/cc/frontends/clang/b_frontend_action.cc). */
static bool explain_libbcc(const char *message, struct said *said)
{
	static const char *const words[][3] = {
		{ "too many arguments, bcc only supports in-register parameters",
		  "a kprobe can have no more than six of the function's parameters",
		  "later ones are on the stack: read_kernel(&value, sizeof(value), (void "
		  "*)(PT_REGS_SP(ctx) + 8 * N))" },
		{ "arguments to BPF program definition must be named",
		  "each parameter of a traced function needs a name", "" },
		{ "cannot use map function inside a macro", "",
		  "libbcc turns a map's methods into code only where they are written out, not in "
		  "a "
		  "#define: make it a static inline function" },
		{ "cannot use builtin inside a macro", "",
		  "libbcc turns it into code only where it is written out, not in a #define: make "
		  "it "
		  "a static inline function" },
		{ "cannot call non-static helper function",
		  "a function of the probe that another one calls must be static inline", "" },
		{ "cannot have macro at the end of expresssion",
		  "libbcc cannot read memory through an expression that ends with a macro",
		  "put the macro in parentheses" },
		{ "get_stackid only available on stacktrace maps",
		  "get_stackid() is for a BPF_STACK_TRACE", "" },
		{ "cannot use more than 3 conversion specifiers",
		  "bpf_trace_printk() takes no more than three values", "" },
		{ "cannot use several %s conversion specifiers",
		  "bpf_trace_printk() takes no more than one %s", "" },
		{ "histogram leaf type must be u64", "", "BPF_HISTOGRAM(name, key type, size)" },
		{ "unsupported map type: maps/", "",
		  "the first argument is \"hash\", \"array\", \"percpu_hash\", \"percpu_array\", "
		  "\"lru_hash\", \"lpm_trie\", \"histogram\", \"prog\", \"stacktrace\" or alike" },
		{ "call to built-in function", "",
		  "the length of a copy or a clearing must be a constant of less than 1 KB: there "
		  "is "
		  "no such function to be called in BPF" },
	};

	if (strcmp(message, "unknown type") == 0) {
		buf_str(&said->text, "libbcc cannot tell the size of this type");
		buf_str(&said->hint, "declare it above the line");
		return true;
	}
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (text_starts(message, words[i][0])) {
			buf_str(&said->text, words[i][1]);
			buf_str(&said->hint, words[i][2]);
			return true;
		}
	return false;
}

bool explain_map(struct scene *scene, size_t at, struct said *said)
{
	const char *message = scene->diags->list[at].message;
	char words[2][DIAG_WORD_MAX];

	if (diag_says(message, "no member named '*' in '*'", words))
		return explain_method(scene, words[1], words[0], said);
	return explain_macro(scene, at, said) || explain_declaration(scene, at, said) ||
	       explain_libbcc(message, said);
}

/* "too few arguments to function call, expected 2, have 1" does not say of which function. */
bool explain_call(struct scene *scene, size_t at, struct said *said)
{
	const struct diag *diag = &scene->diags->list[at];
	char words[2][DIAG_WORD_MAX], callee[128] = "", kind[64];
	struct buf text = {};
	const char *line, *dot, *method;
	size_t len;

	if (!strstr(diag->message, "arguments to function call, ") &&
	    !strstr(diag->message, "argument to function call, "))
		return false;
	if (scene_file(scene, diag->file, &text) &&
	    text_line_at(buf_text(&text), diag->line, &line, &len))
		snippet_callee(line, len, diag->column, callee, sizeof(callee));
	buf_free(&text);
	if (!callee[0] ||
	    (!diag_says(diag->message, "too few arguments to function call, *", words) &&
	     !diag_says(diag->message, "too many arguments to function call, *", words)))
		return false;
	buf_printf(&said->text, "%s() is given too %s arguments: %s", callee,
		   text_starts(diag->message, "too few") ? "few" : "many", words[0]);
	dot = strchr(callee, '.');
	if (dot) {
		*(char *)dot = '\0';
		if (map_declared(scene, callee, kind, sizeof(kind)) &&
		    (len = method_in(form_methods(kind), dot + 1, &method)) != 0)
			buf_printf(&said->hint, "it is written %s.%.*s", callee, (int)len, method);
		return true;
	}
	if (text_ends(callee, "_emit")) {
		buf_printf(&said->hint, "it is written %s(ctx, &event)", callee);
		return true;
	}
	/* one of hotprobe.h or the probe's own: clang's note shows how it is declared */
	for (size_t i = at + 1; i < scene->diags->nr; i++) {
		const struct diag *note = &scene->diags->list[i];

		if (note->level != DIAG_NOTE)
			break;
		if (!strstr(note->message, "declared here"))
			continue;
		line = note->shown + strspn(note->shown, " ");
		buf_printf(&said->hint, "it is declared as %.*s", (int)strcspn(line, "\n{"), line);
		break;
	}
	if (!said->hint.len && text_starts(callee, "bpf_"))
		buf_str(&said->hint, "man bpf-helpers says which");
	return true;
}
