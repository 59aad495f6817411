// SPDX-License-Identifier: GPL-2.0-only
/* Causes that need a look at the instructions, the registers or the stack. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "object/object.h"
#include "refusal/cause.h"
#include "util/text.h"

#define STACK_READ_SINCE "Linux 6.3 takes that from privileged users"

static const struct vlog_step *last_step(const struct telling *telling)
{
	const struct vlog *log = &telling->log;

	return log->nr_steps ? &log->steps[log->nr_steps - 1] : NULL;
}

/* The call that the refused instruction is; false when it is none. */
static bool refused_call(const struct telling *telling, char *name, size_t size, int *id)
{
	const struct vlog_step *step = last_step(telling);

	return step && origin_call(step->text, step->len, name, size, id);
}

/* What the register holds comes from a call: of which helper? */
static bool origin_from(const struct telling *telling, char *name, size_t size)
{
	const struct vlog_step *step;
	int id;

	if (!telling->origin.complete)
		return false;
	step = &telling->log.steps[telling->origin.steps[0]];
	return origin_call(step->text, step->len, name, size, &id);
}

/* "the second argument of bpf_probe_read_kernel()" */
static void name_argument(struct buf *out, int reg, const char *call)
{
	static const char *const nth[] = { "first", "second", "third", "fourth", "fifth" };

	if (reg >= 1 && reg <= 5)
		buf_printf(out, "the %s argument of %s()", nth[reg - 1], call);
	else
		buf_printf(out, "an argument of %s()", call);
}

void tell_unread_memory(struct telling *telling)
{
	const struct vlog_step *step = last_step(telling);
	char call[128], state[128];
	long number;
	char *end;

	/* "(7b) *(u64 *)(r1 +0) = r2" */
	if (step && step->len > 5 && step->text[5] == '*') {
		buf_str(&telling->cause, "memory of the kernel is written through a pointer, which "
					 "tracing programs may not do");
		buf_reset(&telling->advice);
		buf_str(&telling->advice,
			"only maps, events and variables can be written; memory of a "
			"process with bpf_probe_write_user()");
		return;
	}
	if (telling->reg >= 0 && telling->origin.complete &&
	    vlog_state(&telling->log.steps[telling->origin.steps[telling->origin.nr - 1]],
		       (unsigned int)telling->reg, state, sizeof(state))) {
		number = strtol(state + (text_starts(state, "inv") ? 3 : 0), &end, 0);
		if (*end == '\0' && end > state && number == 0) {
			buf_str(&telling->cause, "a pointer is followed that is always NULL here");
			buf_reset(&telling->advice);
			buf_str(&telling->advice, "test it first: if (!pointer) return 0; or look "
						  "at where it is set");
			return;
		}
	}
	buf_str(&telling->cause, "memory of the kernel is read directly, through a pointer that "
				 "is just a number to the verifier");
	if (origin_from(telling, call, sizeof(call)))
		buf_printf(&telling->cause, " (what %s() returned)", call);
	buf_str(&telling->cause, "; libbcc did not make a bpf_probe_read_kernel() of it");
}

void tell_null(struct telling *telling)
{
	char call[128];

	if (!telling->origin.nr && telling->log.validating[0]) {
		buf_printf(&telling->cause,
			   "the function %s is not static, so the kernel (since 5.6) verifies it "
			   "by itself, and then every pointer may be NULL that it is given",
			   telling->log.validating);
		buf_reset(&telling->advice);
		buf_str(&telling->advice, "test it first, if (!pointer) return 0; or declare the "
					  "function static __always_inline");
		return;
	}
	if (!origin_from(telling, call, sizeof(call)))
		buf_str(&telling->cause, "this pointer");
	else if (strcmp(call, "bpf_map_lookup_elem") == 0)
		buf_str(&telling->cause, "what the map's lookup() returned");
	else
		buf_printf(&telling->cause, "what %s() returned", call);
	buf_str(&telling->cause, " may be NULL, and it is used without a test for that");
}

/* The field of an event, or the gap between two, that has byte @at of a struct of @size bytes. */
static bool name_byte(struct buf *out, const struct object *obj, uint32_t size, uint32_t at)
{
	for (uint32_t i = 0; i < obj->nr_schemas; i++) {
		const struct schema *schema = &obj->schemas[i];
		const struct schema_field *before = NULL;

		if (schema->size != size)
			continue;
		for (uint32_t f = 0; f < schema->nr_fields; f++) {
			const struct schema_field *field = &schema->fields[f];

			if (field->bit_size)
				continue;
			if (field->offset <= at && at < field->offset + field->size) {
				buf_printf(out, "the field %s of %s was never set", field->name,
					   schema->type);
				return true;
			}
			if (field->offset + field->size <= at)
				before = field;
		}
		if (before)
			buf_printf(out, "the padding behind the field %s of %s was never set",
				   before->name, schema->type);
		return before != NULL;
	}
	return false;
}

/*
 * "invalid indirect read from stack off -80+4 size 88", since 5.13 "... stack R2 off ...": byte 4
 * of the 88 at -80.
 */
void tell_stack_bytes(struct telling *telling)
{
	const char *off = strstr(telling->log.words, "off ");
	const char *size_at = strstr(telling->log.words, "size ");
	bool indirect = strstr(telling->log.words, "indirect") != NULL;
	unsigned int at = 0, size = 0;
	char call[128];
	int start = 0, id;

	if (!off || !size_at || sscanf(off, "off %d+%u", &start, &at) != 2 ||
	    sscanf(size_at, "size %u", &size) != 1)
		size = 0;
	if (!size || !name_byte(&telling->cause, telling->in->obj, size, at)) {
		buf_str(&telling->cause, "a variable on the stack is used that was not set, or not "
					 "all of it (padding counts, too)");
		if (size && indirect)
			buf_printf(&telling->cause, ": byte %u of its %u", at, size);
	}
	if (indirect && refused_call(telling, call, sizeof(call), &id))
		buf_printf(&telling->cause, ", and %s() would read it", call);
	buf_str(&telling->remarks, "    " STACK_READ_SINCE "\n");
}

/*
 * "invalid write to stack R1 off=-68 size=127", before 6.8 "invalid indirect access to stack": a
 * helper is to use more than there is, or the program itself leaves its stack.
 */
void tell_stack_access(struct telling *telling)
{
	const char *words = telling->log.words, *off_at = strstr(words, "off=");
	int off = 0, size = 0, id;
	char call[128];

	if (!off_at || sscanf(off_at, "off=%d %*[a-z_]=%d", &off, &size) != 2)
		size = 0;
	if (!refused_call(telling, call, sizeof(call), &id)) {
		buf_str(&telling->cause, "what is accessed lies outside of the 512 bytes of stack "
					 "that a BPF program has");
		return;
	}
	buf_printf(&telling->cause, "%s() is told to use more bytes than the variable has that ",
		   call);
	name_argument(&telling->cause, telling->reg, call);
	buf_str(&telling->cause, " points to");
	if (off < 0 && size > 0)
		buf_printf(&telling->cause, ": up to %d, and the stack ends after %d", size, -off);
	else if (size < 0)
		buf_str(&telling->cause, ": the length may be negative");
	buf_reset(&telling->advice);
	buf_str(&telling->advice, "bound the length by the variable's size: if (n > "
				  "sizeof(buffer)) n = sizeof(buffer);");
}

void tell_length(struct telling *telling)
{
	char call[128];
	int id;

	if (refused_call(telling, call, sizeof(call), &id))
		name_argument(&telling->cause, telling->reg, call);
	else
		buf_str(&telling->cause, "the length");
	if (strstr(telling->log.words, "zero-sized"))
		buf_str(&telling->cause, ", a length, may be 0 here, which this kernel's helper "
					 "does not take");
	else if (strstr(telling->log.words, "negative"))
		buf_str(&telling->cause, ", a length, may be negative here");
	else
		buf_str(&telling->cause,
			", a length, has no upper bound that the verifier knows of");
}

void tell_bounds(struct telling *telling)
{
	const char *words = telling->log.words, *value = strstr(words, "value_size=");
	int size = -1, off = 0, len = 0, fields = 0;
	bool map = true;

	if (!value) {
		value = strstr(words, "mem_size=");
		map = !value;
	}
	if (value)
		fields = sscanf(strchr(value, '=') + 1, "%d off=%d size=%d", &size, &off, &len);
	buf_printf(&telling->cause, "what is accessed may lie outside of the %s",
		   map ? "map's value" : "memory that this points to");
	if (fields == 3)
		buf_printf(&telling->cause, ": %d byte%s at offset %d of %d", len,
			   len == 1 ? "" : "s", off, size);
	else
		buf_str(&telling->cause, ": the index has no bound that the verifier knows of");
	/* a constant offset is no index */
	if (fields == 3 && !strstr(words, "outside of the") && off + len > size &&
	    telling->reg < 0) {
		buf_reset(&telling->advice);
		buf_str(&telling->advice,
			"the value is smaller than what is read from it: look at the map's "
			"declaration and at the pointer's type");
	}
}

/* The function that was being verified by itself: the kernels tell its name in three ways. */
static void global_name(const struct telling *telling, char *name, size_t size)
{
	const char *words = telling->log.words, *at = strstr(words, " in ");
	const char *quoted = strstr(words, "('");
	char word[128];

	snprintf(name, size, "%s", telling->log.validating);
	if (!name[0] && at && at[4 + text_ident_len(at + 4)] == '(')
		snprintf(name, size, "%.*s", (int)text_ident_len(at + 4), at + 4);
	/* "Global function remember() doesn't return scalar. Only those are supported." */
	if (!name[0] && sscanf(words, "Global function %127[A-Za-z0-9_]", word) == 1)
		snprintf(name, size, "%s", word);
	/* since 6.8: "Caller passes invalid args into func#1 ('length_of')" */
	if (!name[0] && quoted)
		snprintf(name, size, "%.*s", (int)text_ident_len(quoted + 2), quoted + 2);
}

/* The line is that of its declaration. */
static void at_declaration(struct telling *telling, const char *name)
{
	int start = name[0] ? place_function(&telling->places, name) : -1;

	if (start < 0)
		return;
	telling->insn = start;
	telling->whole_function = true;
}

void tell_global_function(struct telling *telling)
{
	const char *arg = strstr(telling->log.words, "rg#");
	char name[128];
	int nr = -1;

	global_name(telling, name, sizeof(name));
	if (!arg || sscanf(arg, "rg#%d", &nr) != 1)
		nr = place_pointer_argument(&telling->places, name);
	buf_printf(
		&telling->cause,
		"the function %s is not static, so the kernel (since 5.6) verifies it by itself, ",
		name[0] ? name : "called here");
	if (strstr(telling->log.words, "doesn't return scalar"))
		buf_str(&telling->cause, "and takes it only if it returns a number");
	else
		buf_str(&telling->cause, "from its declaration alone, where arguments can only be "
					 "the context and numbers");
	if (nr >= 0 && !strstr(telling->log.words, "doesn't return scalar"))
		buf_printf(&telling->cause, "; argument %d is neither", nr + 1);
	at_declaration(telling, name);
}

/* "insn 14" in the words; "back-edge from insn 5 to 3" means the jump at 5 */
void tell_instruction(struct telling *telling)
{
	const char *at = strstr(telling->log.words, "insn ");
	int insn;

	if (at && sscanf(at, "insn %d", &insn) == 1)
		telling->insn = insn;
}

void tell_unset(struct telling *telling)
{
	const struct vlog_step *step = last_step(telling);

	if (telling->reg == 0 && step && strncmp(step->text, "(95) exit", 9) == 0) {
		buf_str(&telling->cause, "the function ends here without returning a value");
		buf_str(&telling->advice, "end every path through it with return 0;");
		return;
	}
	if (telling->reg == 0 && telling->origin.complete) {
		buf_str(&telling->cause,
			"a function's result is used without a value: the function returns none");
		buf_str(&telling->advice, "let the function return a number");
		return;
	}
	if (telling->reg >= 1 && telling->reg <= 5)
		buf_str(&telling->cause, "a variable is used here that has no value: it was never "
					 "set on this path, or it is an argument that the function "
					 "does not get");
	else
		buf_str(&telling->cause,
			"a variable is used here that has no value: it was never set on this path");
	buf_str(&telling->advice, "give it a value where it is declared");
}

void tell_argument(struct telling *telling)
{
	const char *type = strstr(telling->log.words, "type=");
	const char *expected = strstr(telling->log.words, " expected=");
	char call[128];
	int id;

	if (refused_call(telling, call, sizeof(call), &id))
		name_argument(&telling->cause, telling->reg, call);
	else
		buf_str(&telling->cause, "an argument");
	buf_str(&telling->cause, " is the wrong kind of value: it is ");
	type += strlen("type=");
	buf_printf(&telling->cause, "'%.*s', where ", (int)strcspn(type, " \n"), type);
	expected += strlen(" expected=");
	buf_printf(&telling->cause, "'%.*s' is expected", (int)strcspn(expected, "\n"), expected);
	if (strncmp(expected, "ctx", 3) == 0)
		buf_str(&telling->advice, "pass on the ctx (args) that the function was called "
					  "with, unchanged");
	else
		buf_str(&telling->advice,
			"pass the address of a variable on the stack or in a map's value; what "
			"lies elsewhere is copied there first, with read_kernel() or read_user()");
}

void tell_reference(struct telling *telling)
{
	const char *at = strstr(telling->log.words, "alloc_insn=");
	char call[128] = "";
	int insn, id;

	if (at && sscanf(at, "alloc_insn=%d", &insn) == 1) {
		telling->insn = insn;
		for (size_t i = 0; i < telling->log.nr_steps && !call[0]; i++) {
			const struct vlog_step *step = &telling->log.steps[i];

			if (step->insn == (unsigned int)insn)
				origin_call(step->text, step->len, call, sizeof(call), &id);
		}
	}
	buf_printf(&telling->cause,
		   "what %s%s gave is not given back on every path to the function's end",
		   call[0] ? call : "this call", call[0] ? "()" : "");
	if (text_starts(call, "bpf_ringbuf_reserve"))
		buf_str(&telling->advice,
			"before each return: ringbuf_submit() it, or ringbuf_discard() it");
	else
		buf_str(&telling->advice,
			"release it before each return, with the function that belongs to it "
			"(bpf_sk_release(), ringbuf_submit() or ringbuf_discard() ...)");
}

void tell_gpl(struct telling *telling)
{
	char call[128];
	int id;

	if (refused_call(telling, call, sizeof(call), &id))
		buf_printf(&telling->cause, "%s() is", call);
	else
		buf_str(&telling->cause, "what is called here is");
	buf_printf(&telling->cause,
		   " only for programs under the GPL, and this probe says that its "
		   "licence is \"%s\"",
		   telling->in->obj->license);
	buf_str(&telling->advice,
		"remove its #define BPF_LICENSE (then it is GPL), or set that to GPL, \"Dual "
		"BSD/GPL\" or \"Dual MIT/GPL\", or do without this helper");
}

/*
 * libbcc loads a program's own code only: a call of another function then leads past its end or to
 * itself.
 */
void tell_not_linked(struct telling *telling)
{
	const struct object_prog *prog = telling->in->prog;

	for (uint32_t i = 0; i < prog->nr_insns; i++) {
		const struct bpf_insn *insn = &prog->insns[i];
		int64_t to = (int64_t)i + 1 + insn->imm;

		if (insn->code == (BPF_JMP | BPF_CALL) && insn->src_reg == BPF_PSEUDO_CALL &&
		    (insn->imm == -1 || to < 0 || to >= prog->nr_insns)) {
			telling->insn = (int)i;
			buf_str(&telling->cause,
				"a function is called here that is not inlined, and libbcc does "
				"not load such functions");
			return;
		}
	}
	buf_str(&telling->cause, "the program's code has no end: what is at its end never returns");
	buf_reset(&telling->advice);
	buf_str(&telling->advice, "end every path through the function with return 0;");
}
