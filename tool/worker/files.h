/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_WORKER_FILES_H
#define HOTPROBE_WORKER_FILES_H

#include <stdbool.h>

struct buf;

/*
 * files_start - from here on each file that this thread opens to read is put into @deps, as it was
 * then. NULL ends it.
 *
 * What is below /proc, /sys and /dev, and in @work_dir, is left out: that is the kernel's, whose
 * build id stands for it, and our own.
 */
void files_start(struct buf *deps, const char *work_dir);

/* files_libraries - put in the shared libraries that this process runs with */
void files_libraries(void);

/* files_absent - note also those that are looked for in vain, which would change the result */
void files_absent(bool on);

/* files_note - @path was opened to be read as @fd, or could not be when that is negative (errno) */
void files_note(const char *path, int fd);

#endif
