/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_WORKER_VERSIONS_H
#define HOTPROBE_WORKER_VERSIONS_H

struct buf;
struct error;

/*
 * versions_write - append which libbcc is loaded, and which clang and LLVM it brought
 *
 * A line each, of a name and what is known: the library's path, "LLVM 14.0.6". LLVM's and clang's
 * are missing where they are linked into libbcc. For libraries to be loaded this has to come after
 * libbcc_wait().
 */
void versions_write(struct buf *out);

#endif
