/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_ATTACH_BCC_DL_H
#define HOTPROBE_ATTACH_BCC_DL_H

struct error;

/*
 * The parts of libbcc_bpf that are C++. Linking them would bring libstdc++ into every start (2 ms
 * and 4 MB), so the library is opened only by the runs that need them.
 */
struct bcc_dl {
	void *library;
	/* <bcc/bcc_usdt.h> */
	void *(*usdt_new_frompid)(int pid, const char *path);
	void *(*usdt_new_frompath)(const char *path);
	void (*usdt_close)(void *usdt);
	int (*usdt_enable_fully_specified_probe)(void *usdt, const char *provider, const char *name,
						 const char *function);
	const char *(*usdt_genargs)(void **usdts, int n);
};

/* bcc_dl_open - open it; bcc_dl_close() it. -ENOENT with the package to install in @err */
int bcc_dl_open(struct bcc_dl *bcc, struct error *err);
void bcc_dl_close(struct bcc_dl *bcc);

#endif
