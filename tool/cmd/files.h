/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_CMD_FILES_H
#define HOTPROBE_CMD_FILES_H

#include <stdbool.h>

#include "output/sink.h"

struct error;
struct doc_file;
struct session;

/*
 * The files that outputs of a probe go to, by the section Files of its doc comment. They stay open
 * while --watch exchanges the probe. Zero-initialise; files_free() it.
 */
struct files {
	struct file {
		struct file *next;
		char *path;
		struct sink sink;
	} * first;
};

/*
 * files_line - the line of Files that says where @output goes; NULL: none, it is printed
 *
 * *path is set to what the option was given: "-" is stdout.
 */
const struct doc_file *files_line(const struct session *session, const char *output,
				  const char **path);

/* files_names - the names of up to @max outputs that go to files; how many they are */
unsigned int files_names(const struct session *session, const char *names[], unsigned int max);

/* files_same - whether the same outputs of both go to the same files in the same form */
bool files_same(const struct session *a, const struct session *b);

/* files_is_stdout - whether that path stands for stdout */
bool files_is_stdout(const char *path);

/* files_take_stdout - whether lines of a form go to stdout, where nothing else can be then */
bool files_take_stdout(const struct session *session);

/*
 * files_check - does the section Files fit the compiled probe?
 *
 * Outputs and fields that there are not, an output that is there although its option was not given.
 */
int files_check(const struct session *session, struct error *err);

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
