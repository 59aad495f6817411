// SPDX-License-Identifier: GPL-2.0-only
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "util/error.h"
#include "worker/libbcc.h"

/* its SONAME in all versions, 0.35 included; the header does not tell */
#define LIBBCC_FILE "libbcc.so.0"

/* One a process, like the library itself. */
static struct {
	struct libbcc functions;
	pthread_t thread;
	bool threaded;
	char why[512]; /* "" when it is loaded */
} libbcc;

static void *libbcc_symbol(void *library, const char *name)
{
	void *symbol = dlsym(library, name);

	if (!symbol && !libbcc.why[0])
		snprintf(libbcc.why, sizeof(libbcc.why), LIBBCC_FILE " has no %s()", name);
	return symbol;
}

static void *libbcc_load(void *arg)
{
	/* global, so that what stands in the place of its functions and of clang's is found first
	 */
	void *library = dlopen(LIBBCC_FILE, RTLD_LAZY | RTLD_GLOBAL);

	if (!library) {
		snprintf(libbcc.why, sizeof(libbcc.why), "%s", dlerror());
		return arg;
	}
#define LIBBCC_LOAD(name) \
	libbcc.functions.name = (__typeof__(bpf_##name) *)libbcc_symbol(library, "bpf_" #name);
	LIBBCC_FUNCTIONS(LIBBCC_LOAD)
#undef LIBBCC_LOAD
	libbcc.functions.func_load = (__typeof__(bcc_func_load) *)libbcc_symbol(library,
										"bcc_func_load");
	return arg;
}

void libbcc_start(void)
{
	libbcc.threaded = pthread_create(&libbcc.thread, NULL, libbcc_load, NULL) == 0;
	if (!libbcc.threaded)
		libbcc_load(NULL);
}

const struct libbcc *libbcc_wait(struct error *err)
{
	if (libbcc.threaded)
		pthread_join(libbcc.thread, NULL);
	libbcc.threaded = false;
	if (!libbcc.why[0])
		return &libbcc.functions;
	error_set(err, -ELIBACC, "libbcc cannot be loaded: %s", libbcc.why);
	error_hint(err, "install it anew: apt-get install --reinstall libbpfcc");
	return NULL;
}
