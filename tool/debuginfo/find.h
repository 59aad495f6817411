/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_DEBUGINFO_FIND_H
#define HOTPROBE_DEBUGINFO_FIND_H

struct buf;

/* Which kernel's debug information is wanted, and where the file system that has it begins. */
struct debug_search {
	const char *root; /* "" but in tests */
	const char *release;
};

/*
 * debug_find_kernel - the file with the kernel's debug information
 * @id: its build id in hexadecimal
 * @path: receives the file's path
 *
 * Looks where Debian, Fedora, openSUSE and whoever compiles a kernel have it, which is where GDB
 * ("Separate Debug Files"), perf and drgn look. -ENOENT: there is none. -ESTALE: there is none of
 * that build, and @path is one of another.
 */
int debug_find_kernel(const struct debug_search *search, const char *id, struct buf *path);

/*
 * debug_find_module - the same for a module
 * @name: as the kernel has it, with underscores
 */
int debug_find_module(const struct debug_search *search, const char *name, const char *id,
		      struct buf *path);

#endif
