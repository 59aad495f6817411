// SPDX-License-Identifier: GPL-2.0-only
#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

#include "debuginfo/libdw.h"

#if HAVE_LIBDW

/* The one name that it has had since 2005: its interface only grows. */
#define LIBRARY "libdw.so.1"

const char *libdw_load(struct libdw *dw)
{
	bool all = true;

	dw->library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
	if (!dw->library)
		return LIBRARY " is not installed";
#define FIND(name) all &= (dw->name = (__typeof__(name) *)dlsym(dw->library, #name)) != NULL
	LIBDW_FUNCTIONS(FIND);
#undef FIND
	if (all)
		return NULL;
	libdw_unload(dw);
	return LIBRARY " is too old";
}

#else

const char *libdw_load(struct libdw *dw)
{
	(void)dw;
	return "hotprobe was built without libdw's headers";
}

#endif

void libdw_unload(struct libdw *dw)
{
	if (dw->library)
		dlclose(dw->library);
	memset(dw, 0, sizeof(*dw));
}
