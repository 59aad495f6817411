// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "binary/elf.h"
#include "binary/elf_image.h"
#include "binary/elf_symbol.h"
#include "binary/returns.h"
#include "disasm/machine.h"
#include "util/error.h"

/* More than any function has that people write or programs generate. */
#define FUNCTION_MAX (4U << 20)

/* The check for room is among so many instructions, and what calls for more room that long: it
 * keeps the arguments in memory meanwhile. */
#define CHECK_MAX 16
#define BLOCK_MAX 64

/* A function and what reads it. */
struct code {
	const struct elf_file *file;
	const struct elf_function *function;
	const unsigned char *data;
	uint64_t len;
	struct machine machine;
};

static int code_open(struct code *code, const struct elf_file *file,
		     const struct elf_function *function, struct error *err)
{
	struct elf_image image;

	*code = (struct code){ .file = file, .function = function };
	if (!function->size)
		return error_set(err, -EINVAL,
				 "it is not known how long %s of %s is: its symbol does not tell",
				 function->name, file->path);
	if (function->size > FUNCTION_MAX)
		return error_set(err, -EINVAL, "%s of %s is %llu bytes long, which no function is",
				 function->name, file->path, (unsigned long long)function->size);
	if (!elf_image_at(file, function->vaddr, &image) || image.len < function->size)
		return error_set(err, -EINVAL, "%s of %s ends behind the end of the code",
				 function->name, file->path);
	code->data = image.data;
	code->len = function->size;
	machine_open(&code->machine);
	if (!code->machine.missing)
		return 0;
	error_set(err, -ENOSYS, "the instructions of %s cannot be read: %s", function->name,
		  code->machine.missing);
	error_hint(err, "install Capstone's library: apt install libcapstone4");
	machine_close(&code->machine);
	return -ENOSYS;
}

static bool code_read(const struct code *code, uint64_t at, struct machine_insn *insn)
{
	return machine_decode(&code->machine, code->data + at, code->len - at,
			      code->function->vaddr + at, insn);
}

/* Where in the function an address is; UINT64_MAX when in another one. */
static uint64_t code_index(const struct code *code, uint64_t vaddr)
{
	uint64_t at = vaddr - code->function->vaddr;

	return at < code->len ? at : UINT64_MAX;
}

static int unreadable(const struct code *code, uint64_t at, struct error *err)
{
	error_set(err, -EILSEQ,
		  "the bytes at %s+0x%llx of %s are no instruction that Capstone knows, so that "
		  "nothing behind them can be told",
		  code->function->name, (unsigned long long)at, code->file->path);
	error_hint(err, "give the places to attach to as offsets in the file: FILE:0xOFFSET");
	return -EILSEQ;
}

/* Does the instruction leave the function? 1, 0, or an error when nobody can tell. */
static int leaves(const struct code *code, uint64_t at, const struct machine_insn *insn,
		  struct error *err)
{
	const char *what;

	switch (insn->kind) {
	case MACHINE_RETURN:
		return 1;
	case MACHINE_JUMP:
		return code_index(code, insn->target) == UINT64_MAX;
	case MACHINE_BRANCH:
		if (code_index(code, insn->target) != UINT64_MAX)
			return 0;
		what = "a conditional jump out of it";
		break;
	case MACHINE_INDIRECT:
		what = "a jump to a computed address";
		break;
	default:
		return 0;
	}
	error_set(err, -EOPNOTSUPP,
		  "%s of %s has %s, at +0x%llx: whether it returns there is not known before it "
		  "runs",
		  code->function->name, code->file->path, what, (unsigned long long)at);
	error_hint(err, "where the program is not a Go program, use a uretprobe");
	return -EOPNOTSUPP;
}

int binary_returns(const struct elf_file *file, const struct elf_function *function,
		   uint64_t **offsets, unsigned int *nr, struct error *err)
{
	struct machine_insn insn;
	struct code code;
	int ret;

	*offsets = NULL;
	*nr = 0;
	ret = code_open(&code, file, function, err);
	if (ret < 0)
		return ret;
	for (uint64_t at = 0; at < code.len; at += insn.size) {
		uint64_t *more;

		if (!code_read(&code, at, &insn)) {
			ret = unreadable(&code, at, err);
			goto out;
		}
		ret = leaves(&code, at, &insn, err);
		if (ret < 0)
			goto out;
		if (!ret)
			continue;
		more = reallocarray(*offsets, *nr + 1, sizeof(**offsets));
		if (!more) {
			ret = error_set(err, -ENOMEM, "no memory for the returns of %s",
					function->name);
			goto out;
		}
		*offsets = more;
		(*offsets)[(*nr)++] = function->offset + at;
	}
	ret = 0;
	if (!*nr)
		ret = error_set(err, -ENOENT, "%s of %s never returns", function->name, file->path);
out:
	machine_close(&code.machine);
	if (ret < 0) {
		free(*offsets);
		*offsets = NULL;
		*nr = 0;
	}
	return ret;
}

/*
 * Is what lies at @at what calls runtime.morestack? It saves the arguments, calls, restores them,
 * and jumps to the function's start.
 */
static bool calls_for_room(const struct code *code, uint64_t at)
{
	struct machine_insn insn;
	bool called = false;

	for (unsigned int i = 0; i < BLOCK_MAX && at < code->len; i++, at += insn.size) {
		if (!code_read(code, at, &insn))
			return false;
		if (insn.kind == MACHINE_CALL && !called)
			called = true;
		else if (insn.kind == MACHINE_JUMP)
			return called && insn.target == code->function->vaddr;
		else if (insn.kind != MACHINE_OTHER)
			return false;
	}
	return false;
}

/* Behind the last of the check's branches; 0 when there is no check. */
static uint64_t behind_check(const struct code *code)
{
	struct machine_insn insn;
	uint64_t at = 0, body = 0;

	for (unsigned int i = 0; i < CHECK_MAX && at < code->len; i++) {
		uint64_t target;

		if (!code_read(code, at, &insn))
			break;
		at += insn.size;
		if (insn.kind == MACHINE_OTHER)
			continue;
		target = code_index(code, insn.target);
		if (insn.kind != MACHINE_BRANCH || target == UINT64_MAX ||
		    !calls_for_room(code, target))
			break;
		body = at;
	}
	return body;
}

/* Is there something that calls runtime.morestack anywhere? Its check then is one we do not know.
 */
static bool has_unknown_check(const struct code *code)
{
	struct machine_insn insn;
	bool called = false;

	for (uint64_t at = 0; at < code->len && code_read(code, at, &insn); at += insn.size) {
		if (insn.kind == MACHINE_JUMP && called && insn.target == code->function->vaddr)
			return true;
		if (insn.kind != MACHINE_OTHER)
			called = insn.kind == MACHINE_CALL;
	}
	return false;
}

int binary_body(const struct elf_file *file, const struct elf_function *function, uint64_t *offset,
		struct error *err)
{
	struct code code;
	uint64_t body;
	int ret;

	ret = code_open(&code, file, function, err);
	if (ret < 0)
		return ret;
	body = behind_check(&code);
	if (!body && has_unknown_check(&code)) {
		ret = error_set(err, -EOPNOTSUPP,
				"%s of %s checks for room on its stack in a way that hotprobe does "
				"not know",
				function->name, file->path);
		error_hint(err, "it may be of a Go release that is newer than hotprobe");
	}
	*offset = function->offset + body;
	machine_close(&code.machine);
	return ret;
}
