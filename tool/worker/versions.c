// SPDX-License-Identifier: GPL-2.0-only
#include <dlfcn.h>
#include <limits.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>

#include "util/buf.h"
#include "util/text.h"
#include "worker/versions.h"

static int versions_library(struct dl_phdr_info *info, size_t size, void *arg)
{
	static const char *const files[][2] = {
		{ "libbcc.so.", "libbcc" },
		{ "libLLVM", "LLVM" },
		{ "libclang-cpp.so", "clang" },
	};
	const char *slash = strrchr(info->dlpi_name, '/');
	const char *file = slash ? slash + 1 : info->dlpi_name;
	struct buf *out = arg;
	char *path;

	(void)size;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		if (!text_starts(file, files[i][0]))
			continue;
		/* what the link points to has the whole version in its name */
		path = realpath(info->dlpi_name, NULL);
		buf_printf(out, "%s %s\n", files[i][1], path ?: info->dlpi_name);
		free(path);
	}
	return 0;
}

void versions_write(struct buf *out)
{
	/* llvm-c/Core.h: since LLVM 16, also where LLVM is a part of libbcc that can be seen */
	void (*get)(unsigned int *major, unsigned int *minor, unsigned int *patch);

	*(void **)&get = dlsym(RTLD_DEFAULT, "LLVMGetVersion");
	if (get) {
		unsigned int major = 0, minor = 0, patch = 0;

		get(&major, &minor, &patch);
		buf_printf(out, "LLVM %u.%u.%u\n", major, minor, patch);
	}
	dl_iterate_phdr(versions_library, out);
}
