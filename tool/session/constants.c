// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "attach/uprobe_target.h"
#include "binary/elf.h"
#include "binary/elf_symbol.h"
#include "binary/go_program.h"
#include "binary/path.h"
#include "binary/returns.h"
#include "session/constants.h"
#include "session/session.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/text.h"

/* What is kept of a Go program in one number. */
#define GO_REGISTERS (UINT64_C(1) << 32)

/* FILE:FUNCTION or FILE:FUNCTION+body */
static int symbol_parse(const struct session *session, const struct doc_constant *constant,
			const char *text, struct uprobe_target *target, struct error *err)
{
	struct error cause = {};

	if (uprobe_target_parse(text, target, &cause) == 0 && target->symbol[0] &&
	    !target->offset && target->place != UPROBE_RETURNS)
		return 0;
	error_set(err, -EINVAL, "%s:%d: a symbol is written FILE:FUNCTION or FILE:FUNCTION+body",
		  session->doc.file, constant->line);
	return error_hint(err, "for example symbol ${binary}:main.main MAIN");
}

/* Its address, as an ELF file's headers count. */
static int symbol_read(const char *path, const struct uprobe_target *target, uint64_t *address,
		       struct error *err)
{
	struct elf_function function;
	struct elf_file file;
	uint64_t offset;
	int ret;

	ret = elf_file_open(&file, path, err);
	if (ret)
		return ret;
	ret = elf_symbol_find(&file, target->symbol, &function, err);
	offset = function.offset;
	if (!ret && target->place == UPROBE_BODY)
		ret = binary_body(&file, &function, &offset, err);
	if (!ret)
		*address = function.vaddr + (offset - function.offset);
	elf_file_close(&file);
	return ret;
}

static int go_read(const char *path, uint64_t *go, struct error *err)
{
	struct go_program program;
	struct elf_file file;
	int ret = elf_file_open(&file, path, err);

	if (ret)
		return ret;
	ret = go_program_read(&file, &program, err);
	if (!ret)
		*go = program.major * 100 + program.minor +
		      (program.register_abi ? GO_REGISTERS : 0);
	elf_file_close(&file);
	return ret;
}

/* What @constant's target says of its file; found out once for each state of the file. */
static int constant_value(const struct session *session, const struct doc_constant *constant,
			  const char *written, uint64_t *value, struct error *err)
{
	const struct cache *cache = session->run.no_cache ? NULL : &session->cache;
	bool symbol = constant->kind == DOC_CONSTANT_SYMBOL;
	char path[PATH_MAX], what[2 * PATH_MAX];
	struct uprobe_target target = {};
	int ret = symbol ? symbol_parse(session, constant, written, &target, err) : 0;

	if (!ret)
		ret = binary_path(symbol ? target.binary : written, session->run.pid, path,
				  sizeof(path), err);
	if (ret)
		return ret;
	snprintf(what, sizeof(what), "%s %s%s in %s", symbol ? "symbol" : "go", target.symbol,
		 target.place == UPROBE_BODY ? "+body" : "", path);
	if (cache_number_find(cache, what, value) == 0)
		return 0;
	ret = symbol ? symbol_read(path, &target, value, err) : go_read(path, value, err);
	if (!ret)
		cache_number_store(cache, what, *value, path);
	return ret;
}

static int constant_define(struct session *session, const struct doc_constant *constant,
			   uint64_t value, struct error *err)
{
	char define[128];
	int ret;

	if (constant->kind == DOC_CONSTANT_SYMBOL) {
		snprintf(define, sizeof(define), "-DSYMBOL_%s=%#" PRIx64 "ULL", constant->name,
			 value);
		return define_list_add(&session->defines, define, err);
	}
	snprintf(define, sizeof(define), "-DGO_VERSION=%" PRIu64, value & ~GO_REGISTERS);
	ret = define_list_add(&session->defines, define, err);
	if (!ret && (value & GO_REGISTERS))
		ret = define_list_add(&session->defines, "-DGO_REGISTER_ABI=1", err);
	return ret;
}

int session_constants(struct session *session, struct error *err)
{
	struct buf target = {};
	int ret = 0;

	for (size_t i = 0; i < session->doc.nr_constants && !ret; i++) {
		const struct doc_constant *constant = &session->doc.constants[i];
		uint64_t value;

		buf_reset(&target);
		ret = doc_expand(&session->doc, constant->line, constant->target, &session->given,
				 &target, err);
		if (ret)
			break;
		ret = constant_value(session, constant, buf_text(&target), &value, err);
		if (ret == -ENOENT && constant->optional) {
			memset(err, 0, sizeof(*err));
			ret = 0;
			continue;
		}
		ret = ret ?: constant_define(session, constant, value, err);
		if (ret)
			error_place(err, ERROR_ATTACH, session->doc.file,
				    (unsigned int)constant->line, 0);
	}
	buf_free(&target);
	return ret;
}
