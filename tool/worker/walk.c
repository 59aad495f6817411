// SPDX-License-Identifier: GPL-2.0-only
/*
 * libbcc's rewriter (b_frontend_action.cc, BTypeConsumer::HandleTranslationUnit()) begins at
 * clang::DeclContext::decls_begin() of the translation unit, a function of libclang-cpp that first
 * loads what is precompiled and then returns the member FirstDecl. The function here stands in its
 * place (see record.c for how) and leaves the loading out. clang's own calls do not come here.
 */
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "worker/ast.h"
#include "worker/walk.h"

#define WORDS 16

/* The function that stands in for clang's has no argument to carry it. */
static struct {
	bool own_only;
	void *(*begin)(const void *context);
	const void *(*decl)(const void *context);
	const char *(*kind)(const void *decl);
	unsigned int first; /* the member FirstDecl, in words; 0 unknown; LastDecl is behind it */
} walk;

/*
 * Where the member is, asked from the function itself: a context of which only the top bytes are
 * set, to numbers, has none of the flags that are its lower bits, and nothing to be loaded.
 */
static unsigned int walk_first(void)
{
	uintptr_t context[WORDS] = {}, found;
	const unsigned int top = 8 * (sizeof(found) - 1);

	for (uintptr_t i = 1; i < WORDS; i++)
		context[i] = i << top;
	found = (uintptr_t)walk.begin(context);
	return found >> top < WORDS && found << 8 == 0 ? (unsigned int)(found >> top) : 0;
}

static bool walk_start(void)
{
	if (walk.begin)
		return walk.first != 0;
	walk.begin = (void *(*)(const void *))dlsym(RTLD_NEXT,
						    "_ZNK5clang11DeclContext11decls_beginEv");
	walk.decl = (const void *(*)(const void *))dlsym(
		RTLD_NEXT, "_ZN5clang4Decl19castFromDeclContextEPKNS_11DeclContextE");
	walk.kind = (const char *(*)(const void *))dlsym(RTLD_NEXT,
							 "_ZNK5clang4Decl15getDeclKindNameEv");
	if (walk.begin && walk.decl && walk.kind)
		walk.first = walk_first();
	return walk.first != 0;
}

void walk_own_only(void)
{
	walk.own_only = walk_start();
}

/* stands in for decl_iterator clang::DeclContext::decls_begin() const; the iterator is a pointer */
void *_ZNK5clang11DeclContext11decls_beginEv(const void *context);
void *_ZNK5clang11DeclContext11decls_beginEv(const void *context)
{
	void *const *members = context;

	if (!walk_start() || strcmp(walk.kind(walk.decl(context)), "TranslationUnit") != 0)
		return walk.begin(context);
	if (!walk.own_only)
		walk.begin(context);
	ast_walk(members[walk.first], members[walk.first + 1]);
	return members[walk.first];
}
