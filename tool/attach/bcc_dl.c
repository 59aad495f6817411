// SPDX-License-Identifier: GPL-2.0-only
#include <dlfcn.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "attach/bcc_dl.h"
#include "util/error.h"

#define BCC_LIBRARY "libbcc_bpf.so.0"

/* dlsym(3): POSIX promises that the conversion works, ISO C has no cast for it. */
static int bcc_dl_symbol(struct bcc_dl *bcc, const char *name, void *function, struct error *err)
{
	void *symbol = dlsym(bcc->library, name);

	if (!symbol)
		return error_set(err, -ENOENT, "%s has no %s", BCC_LIBRARY, name);
	memcpy(function, &symbol, sizeof(symbol));
	return 0;
}

int bcc_dl_open(struct bcc_dl *bcc, struct error *err)
{
	memset(bcc, 0, sizeof(*bcc));
	bcc->library = dlopen(BCC_LIBRARY, RTLD_NOW | RTLD_LOCAL);
	if (!bcc->library) {
		error_set(err, -ENOENT, "USDT probes need libbcc_bpf: %s", dlerror());
		error_hint(err, "install it: apt-get install libbpfcc");
		return -ENOENT;
	}
	if (bcc_dl_symbol(bcc, "bcc_usdt_new_frompid", &bcc->usdt_new_frompid, err) == 0 &&
	    bcc_dl_symbol(bcc, "bcc_usdt_new_frompath", &bcc->usdt_new_frompath, err) == 0 &&
	    bcc_dl_symbol(bcc, "bcc_usdt_close", &bcc->usdt_close, err) == 0 &&
	    bcc_dl_symbol(bcc, "bcc_usdt_enable_fully_specified_probe",
			  &bcc->usdt_enable_fully_specified_probe, err) == 0 &&
	    bcc_dl_symbol(bcc, "bcc_usdt_genargs", &bcc->usdt_genargs, err) == 0)
		return 0;
	bcc_dl_close(bcc);
	return -ENOENT;
}

void bcc_dl_close(struct bcc_dl *bcc)
{
	if (bcc->library)
		dlclose(bcc->library);
	memset(bcc, 0, sizeof(*bcc));
}
