/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_SESSION_FILES_H
#define HOTPROBE_SESSION_FILES_H

#include <stdbool.h>

struct error;
struct doc_file;
struct session;

/*
 * session_file_line - the line of Files that says where @output goes; NULL: none, it is printed
 *
 * *path is set to what the option was given: "-" is stdout.
 */
const struct doc_file *session_file_line(const struct session *session, const char *output,
					 const char **path);

/* session_file_names - the names of up to @max outputs that go to files; how many they are */
unsigned int session_file_names(const struct session *session, const char *names[],
				unsigned int max);

/* session_files_same - whether the same outputs of both go to the same files in the same form */
bool session_files_same(const struct session *a, const struct session *b);

/* session_files_take_stdout - whether lines of a form go to stdout, where nothing else can be then
 */
bool session_files_take_stdout(const struct session *session);

/*
 * session_check_files - does the section Files fit the compiled probe?
 *
 * Outputs and fields that there are not, an output that is there although its option was not given.
 */
int session_check_files(const struct session *session, struct error *err);

#endif
