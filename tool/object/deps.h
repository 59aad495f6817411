/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_OBJECT_DEPS_H
#define HOTPROBE_OBJECT_DEPS_H

#include <stddef.h>

struct buf;
struct stat;

/*
 * The files that something was made from: the kernel's headers, libbcc and what it links, hotprobe
 * itself. Each is known by its size, inode and times, of which the change time alone tells every
 * edit and every replacement; so a header that is written anew in place is noticed.
 *
 * A list of them is a buffer of records, in this machine's byte order, each padded to 8 bytes:
 *
 *   u64 size, u64 inode, i64 mtime in ns, i64 ctime in ns, the absolute path with its NUL
 *
 * An inode of 0 stands for a file that was looked for and was not there.
 */

/* deps_add - append the file @path, which was read as @st; NULL: which was not there */
void deps_add(struct buf *deps, const char *path, const struct stat *st);

/* deps_add_file - the same for what stands at @path now */
void deps_add_file(struct buf *deps, const char *path);

/* deps_sort - sort by path; of records of one path the first is kept */
int deps_sort(struct buf *deps);

/*
 * deps_rename - append the list @from, with @prefix of its paths, up to a slash, changed to @to
 */
void deps_rename(struct buf *deps, const void *from, size_t len, const char *prefix,
		 const char *to);

/* deps_each - the path of the next record, NULL at the end or where the list is broken; *pos from 0
 */
const char *deps_each(const void *deps, size_t len, size_t *pos);

/*
 * deps_changed - the first file that is no longer what it was; NULL when all are
 *
 * A list that is broken answers with "a broken list". The string lies in @deps.
 */
const char *deps_changed(const void *deps, size_t len);

#endif
