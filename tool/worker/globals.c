// SPDX-License-Identifier: GPL-2.0-only
#include <bpf/btf.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "object/object.h"
#include "util/error.h"
#include "util/text.h"
#include "worker/globals.h"

/*
 * Does the program load an address in a data section? The compiler makes an instruction of 16 bytes
 * only of what does not fit into one of 8: small numbers in one come from relocations against
 * sections that were placed nowhere.
 */
static bool uses_data(const struct object_prog *prog)
{
	for (uint32_t i = 0; i + 1 < prog->nr_insns; i++) {
		const struct bpf_insn *insn = &prog->insns[i];

		if (insn->code != (BPF_LD | BPF_IMM | BPF_DW))
			continue;
		i++;
		if (insn[0].src_reg == 0 && insn[0].imm >= 0 && insn[1].imm == 0)
			return true;
	}
	return false;
}

static bool btf_names(const struct btf *btf, const char *name)
{
	for (uint32_t i = 1; i < btf__type_cnt(btf); i++) {
		const struct btf_type *type = btf__type_by_id(btf, i);

		if (btf__name_by_offset(btf, type->name_off) == name)
			return true;
		for (uint32_t m = 0; btf_is_composite(type) && m < btf_vlen(type); m++)
			if (btf__name_by_offset(btf, btf_members(type)[m].name_off) == name)
				return true;
		for (uint32_t e = 0; btf_is_enum(type) && e < btf_vlen(type); e++)
			if (btf__name_by_offset(btf, btf_enum(type)[e].name_off) == name)
				return true;
		for (uint32_t p = 0; btf_is_func_proto(type) && p < btf_vlen(type); p++)
			if (btf__name_by_offset(btf, btf_params(type)[p].name_off) == name)
				return true;
	}
	return false;
}

static bool is_map(const struct object *obj, const char *name)
{
	for (uint32_t i = 0; i < obj->nr_maps; i++)
		if (strcmp(obj->maps[i].name, name) == 0)
			return true;
	return text_starts(name, "____btf_map_");
}

/* A declaration at file scope begins its line; what stands in comments and functions does not. */
static bool at_file_scope(const char *text, const char *at, size_t len)
{
	const char *line = at, *after = at + len + strspn(at + len, " \t");

	while (line > text && line[-1] != '\n')
		line--;
	return text_ident_len(line) && *after && strchr(";=[,", *after);
}

/* Where a variable is declared, as the text's #line directives tell: "file:line: ". */
static bool global_place(const char *text, const char *name, char *place, size_t size)
{
	size_t len = strlen(name);
	const char *at = text, *mark = NULL;
	char file[512] = "";
	int line = 1;

	for (; (at = strstr(at, name)) != NULL; at += len)
		if (text_ident_len(at) == len && at > text && !text_ident_len(at - 1) &&
		    at_file_scope(text, at, len))
			break;
	if (!at)
		return false;
	for (const char *s = text; (s = strstr(s, "\n#line ")) != NULL && s < at; s++)
		mark = s + 1;
	if (!mark || sscanf(mark, "#line %d \"%511[^\"]\"", &line, file) != 2)
		return false;
	/* the directive names the line behind it */
	snprintf(place, size, "%s:%d: ", file, line + text_line(mark, at) - 2);
	return true;
}

/*
 * libbcc wipes variables and sections out of the BTF (bcc_btf.cc, fixup_btf()), but leaves their
 * names in its string table, where nothing refers to them any more. Maps are variables, too, and
 * sections have names: what counts is what the text declares.
 */
static const char *global_name(const struct btf *btf, const struct object *obj, const char *text,
			       char *place, size_t size)
{
	const char *name;

	for (uint32_t at = 1; (name = btf__str_by_offset(btf, at)) != NULL;
	     at += (uint32_t)strlen(name) + 1)
		if (name[0] && text_ident_len(name) == strlen(name) &&
		    strcmp(name, "_license") != 0 && strcmp(name, "_version") != 0 &&
		    !is_map(obj, name) && !btf_names(btf, name) &&
		    global_place(text, name, place, size))
			return name;
	return NULL;
}

int globals_refuse(const struct object *obj, const char *text, struct error *err)
{
	struct btf *btf = NULL;
	const char *name;
	char place[600];

	for (uint32_t i = 0; i < obj->nr_progs; i++) {
		if (!uses_data(&obj->progs[i]))
			continue;
		btf = btf__new(obj->btf, obj->btf_size);
		name = btf ? global_name(btf, obj, text, place, sizeof(place)) : NULL;
		if (name) {
			error_set(err, -EINVAL,
				  "%s%s is a global variable, and probes cannot have one: only "
				  "maps outlive "
				  "a call",
				  place, name);
		} else {
			/* a string, say, that the compiler did not manage to keep on the stack */
			error_set(err, -EINVAL,
				  "the function %s uses constant data that lies outside of the "
				  "program",
				  obj->progs[i].name);
		}
		btf__free(btf);
		return error_hint(
			err, "keep values in a map, BPF_ARRAY(name, u64, 1) say; keep text in an "
			     "array on the stack, char text[] = \"...\"");
	}
	return 0;
}
