// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a probe reads, from the syntax tree that libbcc's rewriter is about to change: there each
 * member is the one that the user wrote, also where a macro or the rewriter will have made
 * something else of it. The tree is asked for as text (clang::Decl::dump()), the offsets and sizes
 * by the addresses in it. The functions are libclang-cpp's and libLLVM's, by the names that they
 * have in the Itanium C++ ABI from LLVM 14 to 21. Where one is missing nothing is collected, and
 * ast_complete() says so.
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "match/access.h"
#include "match/dump.h"
#include "util/buf.h"
#include "worker/ast.h"

#define DUMP_SIZE_MAX (256u << 20)
/*
 * Behind the text, in the order of clang's places, come its predefined macros, 10 KB that declare
 * nothing: so the text's end need not be known to the byte. Functions of other files would do no
 * harm.
 */
#define TEXT_SLACK (4u << 10)

/* llvm::APSInt; larger than it is, so that it is returned in memory, as C++ returns the class */
struct apsint {
	uint64_t value;
	uint32_t bits;
	bool is_unsigned;
	uint64_t beyond[6];
};

/* The functions that stand in for clang's have no argument to carry it. */
static struct {
	struct access_list *list;
	const char *text;
	uint32_t end; /* places before it are in the probe's text */
	bool fresh;   /* this instance's tree was not looked at yet */
	bool complete;
	size_t unknown;

	const char *(*kind)(const void *decl);
	uint64_t (*function_range)(const void *decl);
	uint64_t (*tag_range)(const void *decl);
	uint64_t (*typedef_range)(const void *decl);
	void (*dump)(const void *decl);
	void (*words)(const void *expr, const void *context);
	void *(*context)(const void *decl);
	uint64_t (*offset)(const void *context, const void *field);
	uint32_t (*width)(const void *field, const void *context);
	uint64_t (*type_of)(const void *context, const void *expr, int kind);
	int64_t (*size)(const void *context, uint64_t type);
	struct apsint (*value)(const void *expr, const void *context, void *diagnostics);
	void *(*errs)(void);
	void (*set_buffered)(void *stream);
	void (*flush)(void *stream);
} ast;

static bool ast_symbols(void)
{
	static const struct {
		void *function;
		const char *name, *other; /* of other versions */
	} symbols[] = {
		{ &ast.kind, "_ZNK5clang4Decl15getDeclKindNameEv", NULL },
		{ &ast.function_range, "_ZNK5clang12FunctionDecl14getSourceRangeEv", NULL },
		{ &ast.tag_range, "_ZNK5clang7TagDecl14getSourceRangeEv", NULL },
		{ &ast.typedef_range, "_ZNK5clang11TypedefDecl14getSourceRangeEv", NULL },
		{ &ast.dump, "_ZNK5clang4Decl4dumpEv", NULL },
		{ &ast.words, "_ZNK5clang4Stmt10dumpPrettyERKNS_10ASTContextE", NULL },
		{ &ast.context, "_ZNK5clang4Decl13getASTContextEv", NULL },
		{ &ast.offset, "_ZNK5clang10ASTContext14getFieldOffsetEPKNS_9ValueDeclE", NULL },
		{ &ast.width, "_ZNK5clang9FieldDecl16getBitWidthValueERKNS_10ASTContextE",
		  "_ZNK5clang9FieldDecl16getBitWidthValueEv" },
		{ &ast.type_of, "_ZNK5clang10ASTContext17getTypeOfExprTypeEPNS_4ExprE",
		  "_ZNK5clang10ASTContext17getTypeOfExprTypeEPNS_4ExprENS_10TypeOfKindE" },
		{ &ast.size, "_ZNK5clang10ASTContext18getTypeSizeInCharsENS_8QualTypeE", NULL },
		{ &ast.value,
		  "_ZNK5clang4Expr21EvaluateKnownConstIntERKNS_10ASTContextEPN4llvm"
		  "15SmallVectorImplISt4pairINS_14SourceLocationENS_17PartialDiagnosticEEEE",
		  NULL },
		{ &ast.errs, "_ZN4llvm4errsEv", NULL },
		{ &ast.set_buffered, "_ZN4llvm11raw_ostream11SetBufferedEv", NULL },
		{ &ast.flush, "_ZN4llvm11raw_ostream14flush_nonemptyEv", NULL },
	};

	for (size_t i = 0; i < sizeof(symbols) / sizeof(symbols[0]); i++) {
		void *symbol = dlsym(RTLD_DEFAULT, symbols[i].name);

		if (!symbol && symbols[i].other)
			symbol = dlsym(RTLD_DEFAULT, symbols[i].other);
		if (!symbol)
			return false;
		memcpy(symbols[i].function, &symbol, sizeof(symbol));
	}
	return true;
}

void ast_collect(struct access_list *list, const char *text, size_t before)
{
	ast.list = list;
	ast.text = text;
	ast.end = (uint32_t)(strlen(text) + before + TEXT_SLACK);
	ast.fresh = ast.complete = false;
}

void ast_next(void)
{
	ast.fresh = true;
}

bool ast_complete(void)
{
	return ast.complete;
}

size_t ast_unknown(void)
{
	return ast.unknown;
}

/* clang::Decl has its table of functions first, and then the next one, with flags in the low bits.
 */
static void *decl_next(const void *decl)
{
	return (void *)(((const uintptr_t *)decl)[1] & ~(uintptr_t)7);
}

struct ask {
	struct dump_ask ask;
	void *context;
};

static uint64_t ask_offset(const struct dump_ask *ask, uint64_t field)
{
	return ast.offset(((const struct ask *)ask)->context, (const void *)(uintptr_t)field);
}

static uint64_t ask_width(const struct dump_ask *ask, uint64_t field)
{
	return ast.width((const void *)(uintptr_t)field, ((const struct ask *)ask)->context);
}

static uint64_t ask_size(const struct dump_ask *ask, uint64_t expr)
{
	const void *context = ((const struct ask *)ask)->context;
	/* the last argument is of newer versions: the type with its qualifiers */
	uint64_t type = ast.type_of(context, (const void *)(uintptr_t)expr, 0);

	return 8 * (uint64_t)ast.size(context, type);
}

static int64_t ask_value(const struct dump_ask *ask, uint64_t expr)
{
	struct apsint value = ast.value((const void *)(uintptr_t)expr,
					((const struct ask *)ask)->context, NULL);

	if (value.bits > 64 || !value.bits)
		return 0;
	if (value.is_unsigned || value.bits == 64)
		return (int64_t)value.value;
	return (int64_t)(value.value << (64 - value.bits)) >> (64 - value.bits);
}

/* What @print writes to where stderr is, which is elsewhere meanwhile. */
static int ast_text(struct buf *text, void (*print)(const void *what, const void *context),
		    const void *what, const void *context)
{
	int fd = memfd_create("ast", MFD_CLOEXEC), saved = dup(STDERR_FILENO), ret = -errno;
	void *stream = ast.errs();

	if (fd < 0 || saved < 0 || dup2(fd, STDERR_FILENO) < 0)
		goto out;
	ast.set_buffered(stream);
	print(what, context);
	ast.flush(stream);
	dup2(saved, STDERR_FILENO);
	ret = lseek(fd, 0, SEEK_SET) < 0 ? -errno : buf_read_fd(text, fd, DUMP_SIZE_MAX);
out:
	if (saved >= 0)
		close(saved);
	if (fd >= 0)
		close(fd);
	return ret;
}

static void ask_words(const struct dump_ask *ask, uint64_t expr, char *words, size_t size)
{
	struct buf text = {};

	words[0] = '\0';
	if (ast_text(&text, ast.words, (const void *)(uintptr_t)expr,
		     ((const struct ask *)ask)->context) == 0)
		snprintf(words, size, "%s", buf_text(&text));
	buf_free(&text);
}

/* The text is of the files that its #line directives name. */
static bool ask_is_own(const struct dump_ask *ask, const char *name, size_t len)
{
	(void)ask;
	for (const char *at = ast.text; (at = strstr(at, "#line ")) != NULL; at++) {
		const char *file = at + 6 + strspn(at + 6, "0123456789 ");

		if (*file == '"' && strncmp(file + 1, name, len) == 0 && file[1 + len] == '"')
			return true;
	}
	return false;
}

/*
 * Places count on from the start of the probe's text, which is the first that clang reads
 * (clang/Basic/SourceManager.h). A range is two of them; a function's and a record's last is its
 * closing brace, which no macro brings.
 */
static bool is_own(const void *decl, bool function)
{
	const char *kind = ast.kind(decl);
	uint64_t range;

	if (function && strcmp(kind, "Function") == 0)
		range = ast.function_range(decl);
	else if (!function && (strcmp(kind, "Record") == 0 || strcmp(kind, "Enum") == 0))
		range = ast.tag_range(decl);
	else if (!function && strcmp(kind, "Typedef") == 0)
		range = ast.typedef_range(decl);
	else
		return false;
	return range >> 32 < ast.end;
}

static void dump_own(const void *first, const void *context)
{
	(void)context;
	for (int function = 0; function <= 1; function++)
		for (const void *decl = first; decl; decl = decl_next(decl))
			if (is_own(decl, function))
				ast.dump(decl);
}

void ast_walk(void *first, void *last)
{
	struct ask ask = { .ask = { ask_offset, ask_width, ask_size, ask_value, ask_is_own,
				    ask_words } };
	struct buf text = {};
	void *decl = first;

	if (!ast.list || !ast.fresh || !first || !ast_symbols())
		return;
	ast.fresh = false;
	/* the list is what we take it for if it ends where it should */
	while (decl_next(decl))
		decl = decl_next(decl);
	if (decl != last)
		return;
	ask.context = ast.context(first);
	if (ast_text(&text, dump_own, first, ask.context) == 0) {
		ast.unknown = dump_accesses(buf_text(&text), text.len, &ask.ask, ast.list);
		ast.complete = !ast.list->failed;
	}
	buf_free(&text);
}
