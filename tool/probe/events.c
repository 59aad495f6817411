// SPDX-License-Identifier: GPL-2.0-only
/* The C text that hotprobe adds to a probe. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compile/names.h"
#include "probe/events.h"
#include "probe/expand.h"
#include "util/error.h"
#include "util/text.h"

void events_prelude(struct buf *out)
{
	/*
	 * The constant is opaque to the compiler, which would otherwise fold comparisons with it;
	 * the verifier sees the number that the loader puts in its place.
	 */
	buf_printf(out,
		   "#line 1 \"" EXPAND_OWN_FILE "\"\n"
		   "#define hp_const(n) ({ u64 hp_v; asm(\"%%0 = %%1 ll\" : \"=r\"(hp_v) : "
		   "\"i\"(0x%llxULL | (n))); hp_v; })\n"
		   "#define hp_function() hp_const(%d)\n#define hp_slots() hp_const(%d)\n"
		   "struct hp_count { u64 emitted; u64 filtered; u64 lost; u64 dropped; };\n",
		   (unsigned long long)CONST_MARK, CONST_FUNCTION, CONST_SLOTS);
	/* of a member that is a pointer, what it points to: see worker/rewrite.c */
	buf_str(out, "#define " NAME_ELEMENT "(p) ({ typeof(&(*(p))[0]) hp_e; "
		     "if (__builtin_types_compatible_p(typeof(*(p)), typeof(hp_e))) "
		     "bpf_probe_read_kernel(&hp_e, sizeof(hp_e), (void *)(p)); "
		     "else hp_e = (typeof(hp_e))(p); hp_e; })\n");
}

/* What the tests of the task that runs need, and then these, each as " || ...". */
static void events_task_variables(struct buf *out, const struct filters *filters)
{
	if (filters->tasks)
		buf_str(out, "\tu32 hp_tid = bpf_get_current_pid_tgid();\n");
	if (filters->comm)
		buf_str(out, "\tu64 hp_comm[2] = {};\n\tbpf_get_current_comm(hp_comm, 16);\n");
}

static void events_task_tests(struct buf *out, const struct filters *filters)
{
	if (filters->pid)
		buf_printf(out, " || (u32)(bpf_get_current_pid_tgid() >> 32) != (u32)hp_const(%d)",
			   CONST_PID);
	if (filters->uid)
		buf_printf(out, " || (u32)bpf_get_current_uid_gid() != (u32)hp_const(%d)",
			   CONST_UID);
	if (filters->cgroup)
		buf_printf(out, " || %s.check_current_task(0) != 1", NAME_CGROUP);
	if (filters->tasks)
		buf_printf(out, " || !%s.lookup(&hp_tid)", NAME_TASKS);
	if (filters->comm)
		buf_printf(out, " || hp_comm[0] != hp_const(%d) || hp_comm[1] != hp_const(%d)",
			   CONST_COMM_LOW, CONST_COMM_HIGH);
}

/* What hotprobe does itself is not traced: printing a write would be a write, for ever. */
static void events_own_test(struct buf *out)
{
	buf_printf(out, "(u32)(bpf_get_current_pid_tgid() >> 32) == (u32)hp_const(%d)", CONST_SELF);
}

/*
 * Each test counts what it turns away, so that emitted = printed + filtered + lost holds. The
 * counters are atomic although they are per CPU: a program can be interrupted by another one.
 */
static void events_filters(struct buf *out, const char *name, const struct filters *filters)
{
	buf_str(out, "\tif (0");
	events_task_tests(out, filters);
	if (filters->where)
		buf_printf(out, " || !hp_where_%s(hp_e)", name);
	buf_str(out, ") {\n\t\t__sync_fetch_and_add(&hp_n->filtered, 1);\n\t\treturn 0;\n\t}\n");
}

static void events_wanted(struct buf *out, const char *name, const struct filters *filters)
{
	buf_printf(out, "static inline int %s_wanted(void)\n{\n", name);
	events_task_variables(out, filters);
	buf_str(out, "\treturn !(");
	events_own_test(out);
	events_task_tests(out, filters);
	buf_str(out, ");\n}\n");
}

static int events_where(struct expansion *out, const char *name, const char *type,
			const struct filters *filters, struct error *err)
{
	struct buf fields = {}, line = {};
	int *map = NULL, ret;

	ret = fields_of_type(buf_text(&out->text), type, &fields);
	if (ret) {
		error_set(err, ret,
			  "--where: the declaration of %s was not found before its EVENTS line",
			  type);
		goto out;
	}
	ret = where_rewrite(filters->where, buf_text(&fields), &line, &map, err);
	if (ret)
		goto out;
	buf_printf(&out->text,
		   "#pragma clang diagnostic push\n"
		   "#pragma clang diagnostic error \"-Wpointer-integer-compare\"\n"
		   "#pragma clang diagnostic error \"-Wstring-compare\"\n"
		   "#pragma clang diagnostic error \"-Wpointer-bool-conversion\"\n"
		   "static bool hp_where_%s(const %s *hp_e)\n{\n\treturn (\n"
		   /* the end on the same line: what is missing at the end is missing there */
		   "#line 1 \"" EXPAND_WHERE_FILE "\"\n%s);\n"
		   "#line 1 \"" EXPAND_OWN_FILE "\"\n}\n#pragma clang diagnostic pop\n",
		   name, type, buf_text(&line));
	free(out->where_map);
	out->where_map = map;
	out->where_len = line.len;
	map = NULL;
out:
	free(map);
	buf_free(&fields);
	buf_free(&line);
	return ret;
}

/*
 * Of the maps that all outputs share there is one. Only the compiler knows which output is the
 * first, because some may stand under an #ifdef.
 */
static void events_shared(struct buf *text, const struct filters *filters)
{
	buf_str(text, "#ifndef HP_SHARED\n#define HP_SHARED\nBPF_ARRAY(" NAME_END ", u32, 1);\n");
	if (filters->cgroup)
		buf_printf(text, "BPF_CGROUP_ARRAY(%s, 1);\n", NAME_CGROUP);
	if (filters->tasks)
		buf_printf(text, "BPF_HASH(%s, u32, u8, 32768);\n", NAME_TASKS);
	buf_str(text, "#endif\n");
}

/* Variables: the counts, and whether there is nothing to be counted any more. */
static void events_count(struct buf *text, const char *name)
{
	buf_printf(text,
		   "\tint hp_zero = 0;\n"
		   "\tstruct hp_count *hp_n = " NAME_COUNT "%s.lookup(&hp_zero);\n"
		   "\tu32 *hp_over = " NAME_END ".lookup(&hp_zero);\n",
		   name);
}

int events_expand(struct expansion *out, const char *name, const char *type,
		  const struct filters *all, struct error *err)
{
	const struct filters *filters = all;
	struct buf *text = &out->text;
	struct filters without;
	int ret;

	for (unsigned int i = 0; i < all->nr_aside; i++) {
		if (strcmp(all->aside[i], name) != 0)
			continue;
		without = *all;
		without.where = NULL;
		filters = &without;
	}
	buf_str(text, "\n#line 1 \"" EXPAND_OWN_FILE "\"\n");
	buf_printf(text, "BPF_PERF_OUTPUT(%s);\n", name);
	buf_printf(text, "BPF_PERCPU_ARRAY(" NAME_COUNT "%s, struct hp_count, 1);\n", name);
	buf_printf(text, "BPF_ARRAY(" NAME_SCHEMA "%s, %s, 1);\n", name, type);
	events_shared(text, filters);
	if (filters->where) {
		ret = events_where(out, name, type, filters, err);
		if (ret)
			return ret;
	}
	buf_printf(text, "static inline int %s_emit_part(void *hp_ctx, %s *hp_e, u32 hp_size)\n{\n",
		   name, type);
	events_count(text, name);
	events_task_variables(text, filters);
	/* the verifier must see the bound right here, whatever the compiler knows */
	buf_str(text, "\tu64 hp_len = hp_size;\n"
		      "\tasm volatile(\"\" : \"+r\"(hp_len));\n"
		      "\tif (hp_len > sizeof(*hp_e))\n\t\thp_len = sizeof(*hp_e);\n");
	buf_str(text, "\tif (!hp_n || !hp_over || *hp_over || ");
	events_own_test(text);
	buf_str(text, ")\n\t\treturn 0;\n\t__sync_fetch_and_add(&hp_n->emitted, 1);\n");
	events_filters(text, name, filters);
	buf_printf(text,
		   "\tif (%s.perf_submit(hp_ctx, hp_e, hp_len) != 0)\n"
		   "\t\t__sync_fetch_and_add(&hp_n->lost, 1);\n\treturn 0;\n}\n",
		   name);
	buf_printf(text,
		   "static inline int %s_emit(void *hp_ctx, %s *hp_e)\n{\n"
		   "\treturn %s_emit_part(hp_ctx, hp_e, sizeof(*hp_e));\n}\n",
		   name, type, name);
	buf_printf(text, "static inline void %s_drop(void)\n{\n", name);
	events_count(text, name);
	buf_str(text, "\tif (hp_n && hp_over && !*hp_over) {\n"
		      "\t\t__sync_fetch_and_add(&hp_n->emitted, 1);\n"
		      "\t\t__sync_fetch_and_add(&hp_n->dropped, 1);\n\t}\n}\n");
	events_wanted(text, name, filters);
	return 0;
}

/*
 * The type of what a plain output submits: the declaration of VAR before OUTPUT.perf_submit(ctx,
 * &VAR, ...). Not found: the output has no schema, and is printed as bytes.
 */
static bool plain_type(const char *text, const char *output, char type[160])
{
	char call[96], var[64];
	const char *submit, *arg, *best = NULL;
	size_t len;

	snprintf(call, sizeof(call), "%s.perf_submit(", output);
	submit = strstr(text, call);
	if (!submit)
		return false;
	arg = strchr(submit, ',');
	if (!arg)
		return false;
	arg += 1 + strspn(arg + 1, " \t\n&");
	len = text_ident_len(arg);
	if (len == 0 || len >= sizeof(var))
		return false;
	snprintf(var, sizeof(var), "%.*s", (int)len, arg);
	for (const char *s = text; (s = strstr(s, "struct ")) != NULL && s < submit; s++) {
		const char *tag = s + strlen("struct "), *name;
		size_t tag_len = text_ident_len(tag);

		name = tag + tag_len + strspn(tag + tag_len, " \t\n*");
		len = text_ident_len(name);
		if (tag_len && len == strlen(var) && strncmp(name, var, len) == 0 &&
		    name > tag + tag_len) {
			best = tag;
			snprintf(type, 160, "struct %.*s", (int)tag_len, tag);
		}
	}
	return best != NULL;
}

/*
 * Which threads belong to the traced command. Keyed by thread id, which the kernel hands out
 * again only after the exit that removes it here; a thread that execs takes its leader's id.
 */
static void events_tasks(struct buf *text, const struct filters *filters)
{
	buf_printf(text,
		   "struct hp_sched_fork { char pad[%u]; u32 child; };\n"
		   "int " NAME_TASK_FORK "(struct hp_sched_fork *hp_rec)\n{\n"
		   "\tu32 hp_tid = bpf_get_current_pid_tgid(), hp_child = hp_rec->child;\n"
		   "\tu8 hp_one = 1;\n"
		   "\tif (" NAME_TASKS ".lookup(&hp_tid))\n"
		   "\t\t" NAME_TASKS ".update(&hp_child, &hp_one);\n\treturn 0;\n}\n",
		   filters->fork_child_offset);
	buf_printf(text,
		   "struct hp_sched_exec { char pad[%u]; u32 old; };\n"
		   "int " NAME_TASK_EXEC "(struct hp_sched_exec *hp_rec)\n{\n"
		   "\tu32 hp_tid = bpf_get_current_pid_tgid(), hp_old = hp_rec->old;\n"
		   "\tu8 hp_one = 1;\n"
		   "\tif (hp_tid != hp_old && " NAME_TASKS ".lookup(&hp_old)) {\n"
		   "\t\t" NAME_TASKS ".update(&hp_tid, &hp_one);\n"
		   "\t\t" NAME_TASKS ".delete(&hp_old);\n\t}\n\treturn 0;\n}\n",
		   filters->exec_old_pid_offset);
	buf_str(text, "int " NAME_TASK_EXIT "(void *hp_rec)\n{\n"
		      "\tu32 hp_tid = bpf_get_current_pid_tgid();\n"
		      "\t" NAME_TASKS ".delete(&hp_tid);\n\treturn 0;\n}\n");
}

void events_postlude(struct expansion *out, const struct filters *filters)
{
	char type[160];
	bool events = false;

	buf_str(&out->text, "#line 1 \"" EXPAND_OWN_FILE "\"\n");
	for (unsigned int i = 0; i < out->nr_outputs; i++) {
		if (!out->outputs[i].plain)
			events = true;
		else if (plain_type(buf_text(&out->text), out->outputs[i].name, type))
			buf_printf(&out->text, "BPF_ARRAY(" NAME_SCHEMA "%s, %s, 1);\n",
				   out->outputs[i].name, type);
	}
	if (filters->tasks && events)
		events_tasks(&out->text, filters);
}
