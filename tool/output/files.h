/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_OUTPUT_FILES_H
#define HOTPROBE_OUTPUT_FILES_H

#include <stdbool.h>

#include "output/sink.h"

struct error;

/*
 * The files that events go to instead of stdout. They stay open while --watch exchanges the probe.
 * Zero-initialise; files_free() it.
 */
struct files {
	struct file {
		struct file *next;
		char *path;
		struct sink sink;
	} * first;
};

/* the path that stands for stdout */
#define FILES_STDOUT "-"

/* files_is_stdout - whether @path does; NULL does not */
bool files_is_stdout(const char *path);

/*
 * files_open - the file at @path, opened now or before
 *
 * A file that is created is the user's alone (0600). One that is there is added to if it is a
 * regular file or a FIFO, belongs to the user, and nobody else may read or write it; it is not
 * followed if it is a symbolic link. A FIFO needs a reader already.
 */
int files_open(struct files *files, const char *path, struct file **file, struct error *err);

/*
 * file_written - after a line: write it now, because who reads the file waits for it
 * @ret: what output_event() gave; a failure then, as one now, is told here
 */
int file_written(struct file *file, int ret, struct error *err);

void files_free(struct files *files);

#endif
