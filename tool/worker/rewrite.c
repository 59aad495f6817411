// SPDX-License-Identifier: GPL-2.0-only
/*
 * libbcc's rewriter (b_frontend_action.cc, ProbeVisitor::VisitArraySubscriptExpr(), measured with
 * 0.26, 0.31 and 0.35, and unchanged in its sources since) makes of task->comm[1], where task
 * points into the kernel,
 *
 *   ({ typeof(char) _val; ... bpf_probe_read_kernel(&_val, sizeof(_val),
 *      (void *)((&task->comm) + (1))); _val; })
 *
 * whose "+ 1" goes over the whole array, not over one element: it reads comm[16]. If the member is
 * a pointer (fdt->fd[2]), it is not followed, but what lies behind the member itself is read. The
 * value is wrong, and nothing tells.
 *
 * libbcc inserts that text by clang::Rewriter::InsertText(), a function of libclang-cpp. The
 * function here stands in its place (see record.c for how) and writes NAME_ELEMENT(&task->comm)
 * instead, a macro that events_prelude() defines, which is the address of the first element. The
 * function's name is that of the Itanium C++ ABI; it is the same from LLVM 14 to 21.
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "compile/names.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/text.h"
#include "worker/rewrite.h"

/* The function that stands in for clang's has no argument to carry it. */
static struct {
	bool passed; /* libbcc came by */
} rewrite;

/* stands in for bool clang::Rewriter::InsertText(clang::SourceLocation, llvm::StringRef, bool,
 * bool); a StringRef is a pointer and a length, a SourceLocation a number */
bool _ZN5clang8Rewriter10InsertTextENS_14SourceLocationEN4llvm9StringRefEbb(void *rewriter,
									    unsigned int location,
									    const char *text,
									    size_t len, bool after,
									    bool indent);
bool _ZN5clang8Rewriter10InsertTextENS_14SourceLocationEN4llvm9StringRefEbb(void *rewriter,
									    unsigned int location,
									    const char *text,
									    size_t len, bool after,
									    bool indent)
{
	static bool (*real)(void *, unsigned int, const char *, size_t, bool, bool);
	static const char address[] = "(void *)((&";
	const size_t address_len = sizeof(address) - 1;
	struct buf right = {};
	bool ret;

	if (!real)
		real = (bool (*)(void *, unsigned int, const char *, size_t, bool, bool))dlsym(
			RTLD_NEXT,
			"_ZN5clang8Rewriter10InsertTextENS_14SourceLocationEN4llvm9StringRefEbb");
	rewrite.passed = true;
	if (len < address_len || memcmp(text + len - address_len, address, address_len) != 0)
		return real(rewriter, location, text, len, after, indent);
	buf_add(&right, text, len - strlen("(&"));
	buf_str(&right, NAME_ELEMENT "(&");
	/* without memory there is no compile either: the text that is left out is missed */
	ret = real(rewriter, location, buf_text(&right), right.failed ? 0 : right.len, after,
		   indent);
	buf_free(&right);
	return ret;
}

/* "->NAME[" */
static const char *find_element(const char *text)
{
	for (const char *s = text; (s = strstr(s, "->")) != NULL; s++) {
		const char *member = text_skip_space(s + 2);
		size_t len = text_ident_len(member);

		if (len && *text_skip_space(member + len) == '[')
			return s;
	}
	return NULL;
}

int rewrite_check(const char *text, struct error *err)
{
	if (rewrite.passed || !find_element(text))
		return 0;
	error_set(err, -ELIBACC,
		  "this build of libbcc reads the wrong element of an array that a pointer leads "
		  "to, and cannot be put right");
	return error_hint(err, "read it by read_kernel(&value, sizeof(value), "
			       "&pointer->array[index]), or use the libbcc of your distribution");
}
