// SPDX-License-Identifier: GPL-2.0-only
/*
 * Precompiled headers. libbcc runs three actions over a probe, each in an instance of clang
 * (clang_loader.cc, do_compile()): tracepoint structs, its rewriter, code generation. It asks for
 * each through libclang-cpp's clang::CompilerInstance::ExecuteAction(), in whose place the function
 * here stands (see record.c for how). To make precompiled headers, another action is run instead of
 * the first. The names are those of the Itanium C++ ABI; they are the same from LLVM 14 to 21. If
 * they change, no headers are precompiled, and everything else goes on as before.
 */
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "object/request.h"
#include "util/buf.h"
#include "util/error.h"
#include "worker/ast.h"
#include "worker/libbcc.h"
#include "worker/pch.h"
#include "worker/record.h"
#include "worker/walk.h"

/* several times what a clang::FrontendAction has */
#define ACTION_SIZE 8192
/* headers as large as the kernel's make some 20 MiB */
#define PCH_SIZE_MAX (128u << 20)

/* The function that stands in for clang's has no argument to carry it. */
static struct {
	bool making;
	bool made;
	bool using;
	bool failed;
} pch;

/* A clang::GeneratePCHAction, which has no members beyond those of its base class. */
static void *pch_action(void)
{
	void (*construct)(void *) = (void (*)(void *))dlsym(RTLD_DEFAULT,
							    "_ZN5clang14FrontendActionC2Ev");
	char *vtable = dlsym(RTLD_DEFAULT, "_ZTVN5clang17GeneratePCHActionE");
	void **action = calloc(1, ACTION_SIZE);

	if (!construct || !vtable || !action) {
		free(action);
		return NULL;
	}
	construct(action);
	/* Itanium C++ ABI, 2.5.2: an offset and the type's description stand before the functions
	 */
	action[0] = vtable + 2 * sizeof(void *);
	return action;
}

/* stands in for bool clang::CompilerInstance::ExecuteAction(clang::FrontendAction &) */
bool _ZN5clang16CompilerInstance13ExecuteActionERNS_14FrontendActionE(void *instance, void *action);
bool _ZN5clang16CompilerInstance13ExecuteActionERNS_14FrontendActionE(void *instance, void *action)
{
	static bool (*real)(void *, void *);

	if (!real)
		real = (bool (*)(void *, void *))dlsym(
			RTLD_NEXT,
			"_ZN5clang16CompilerInstance13ExecuteActionERNS_14FrontendActionE");
	if (pch.making) {
		action = pch.made ? NULL : pch_action();
		pch.made = pch.made || (action && real(instance, action));
		/* nothing more is wanted of libbcc */
		return false;
	}
	/* libbcc tries again without the headers of its own that were precompiled */
	if (pch.using && pch.failed)
		return false;
	ast_next();
	pch.failed = !real(instance, action);
	return !pch.failed;
}

int pch_make(struct buf *out, const struct libbcc *bcc, struct request *req, struct error *err)
{
	struct record *record = calloc(1, sizeof(*record));
	char file[PATH_MAX];
	int ret;

	if (!record)
		return error_sys(err, -ENOMEM, "cannot precompile the kernel's headers");
	record->req = req;
	if (req->nr_flags + 2 > REQUEST_FLAGS_MAX) {
		ret = error_sys(err, -E2BIG, "cannot precompile the kernel's headers");
		goto out;
	}
	snprintf(file, sizeof(file), "%s/pch", req->work_dir);
	req->flags[req->nr_flags++] = "-o";
	req->flags[req->nr_flags++] = file;
	record_start(record);
	pch.making = true;
	bcc->module_create_c_from_string(req->text, 0, (const char **)req->flags,
					 (int)req->nr_flags, false, NULL);
	record_start(NULL);
	ret = pch.made ? buf_read_file(out, file, PCH_SIZE_MAX) : -ECANCELED;
	if (ret)
		error_sys(err, ret, "cannot precompile the kernel's headers");
	unlink(file);
out:
	free(record);
	return ret;
}

int pch_use(struct request *req)
{
	if (!req->pch)
		return 0;
	if (req->nr_flags + 2 > REQUEST_FLAGS_MAX)
		return -E2BIG;
	req->flags[req->nr_flags++] = "-include-pch";
	req->flags[req->nr_flags++] = req->pch;
	pch.using = true;
	walk_own_only();
	return 0;
}
