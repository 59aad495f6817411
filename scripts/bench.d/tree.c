// SPDX-License-Identifier: GPL-2.0-only
/*
 * tree DIR PROBE.c: keep in DIR the header tree that hotprobe makes from the kernel's BTF for a
 * probe, so that other subjects can compile against the same one.
 */
#include <stdio.h>
#include <sys/utsname.h>

#include "tree/btf_tree.h"
#include "tree/kernel_config.h"
#include "util/buf.h"
#include "util/error.h"

int main(int argc, char **argv)
{
	struct buf text = {}, config = {};
	struct error err = {};
	struct utsname un;
	int ret;

	if (argc != 3 || uname(&un))
		return 2;
	ret = buf_read_file(&text, argv[2], 1 << 20);
	if (ret)
		error_sys(&err, ret, "%s", argv[2]);
	else if (kernel_config_read(un.release, &config) == 0)
		ret = btf_tree_write(argv[1], "/sys/kernel/btf/vmlinux", buf_text(&text), "",
				     un.release, buf_text(&config), &err);
	else
		ret = btf_tree_write(argv[1], "/sys/kernel/btf/vmlinux", buf_text(&text), "",
				     un.release, NULL, &err);
	if (ret)
		fprintf(stderr, "tree: %s\n", err.text);
	buf_free(&text);
	buf_free(&config);
	return ret != 0;
}
