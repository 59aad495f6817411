// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd/files.h"
#include "cmd/session.h"
#include "util/error.h"
#include "util/form.h"
#include "util/text.h"

#define STDOUT_NAME "-"

static const char *file_value(const struct session *session, const struct doc_file *file)
{
	const struct doc *doc = &session->doc;

	/* doc_parse() has seen to it that there is the option */
	return probe_option_value(&session->given,
				  doc_option_named(doc, file->option, strlen(file->option)));
}

const struct doc_file *files_line(const struct session *session, const char *output,
				  const char **path)
{
	for (size_t i = 0; i < session->doc.nr_files; i++) {
		const struct doc_file *file = &session->doc.files[i];

		if (strcmp(file->output, output) != 0)
			continue;
		*path = file_value(session, file);
		return file;
	}
	return NULL;
}

unsigned int files_names(const struct session *session, const char *names[], unsigned int max)
{
	unsigned int nr = 0;

	for (size_t i = 0; i < session->doc.nr_files && nr < max; i++)
		if (!files_is_stdout(file_value(session, &session->doc.files[i])))
			names[nr++] = session->doc.files[i].output;
	return nr;
}

bool files_same(const struct session *a, const struct session *b)
{
	if (a->doc.nr_files != b->doc.nr_files)
		return false;
	for (size_t i = 0; i < a->doc.nr_files; i++) {
		const struct doc_file *x = &a->doc.files[i], *y = &b->doc.files[i];

		if (strcmp(x->output, y->output) != 0 || strcmp(x->option, y->option) != 0 ||
		    strcmp(x->form, y->form) != 0)
			return false;
	}
	return true;
}

bool files_is_stdout(const char *path)
{
	return path && strcmp(path, STDOUT_NAME) == 0;
}

bool files_take_stdout(const struct session *session)
{
	for (size_t i = 0; i < session->doc.nr_files; i++) {
		if (files_is_stdout(file_value(session, &session->doc.files[i])))
			return true;
	}
	return false;
}

static int files_no_output(const struct session *session, const struct doc_file *file,
			   struct error *err)
{
	struct near near = { .wanted = file->output };

	for (unsigned int i = 0; i < session->exp.nr_outputs; i++)
		near_offer(&near, session->exp.outputs[i].name);
	error_set(err, -ENOENT, "%s:%d: the probe has no output %s", session->doc.file, file->line,
		  file->output);
	if (near_best(&near) && strcmp(near_best(&near), file->output) != 0)
		return error_hint(err, "did you mean %s?", near_best(&near));
	return error_hint(err, "declare it by EVENTS(%s, struct type);", file->output);
}

static int files_check_fields(const struct session *session, const struct doc_file *file,
			      const struct schema *schema, struct error *err)
{
	const char *pos = file->form, *piece;
	enum form_piece kind;
	struct buf list = {};
	size_t len;

	while ((kind = form_next(&pos, &piece, &len)) != FORM_END) {
		char name[SCHEMA_NAME_MAX];
		struct near near = { .wanted = name };
		bool found = kind != FORM_FIELD;

		snprintf(name, sizeof(name), "%.*s", (int)len, piece);
		for (uint32_t i = 0; i < schema->nr_fields && !found; i++) {
			near_offer(&near, schema->fields[i].name);
			found = strcmp(schema->fields[i].name, name) == 0;
		}
		if (found)
			continue;
		error_set(err, -EINVAL, "%s:%d: the events of %s have no field %s",
			  session->doc.file, file->line, file->output, name);
		if (near_best(&near))
			return error_hint(err, "did you mean {%s}?", near_best(&near));
		for (uint32_t i = 0; i < schema->nr_fields; i++)
			buf_printf(&list, "%s%s", i ? ", " : "", schema->fields[i].name);
		error_hint(err, "its fields are: %s", buf_text(&list));
		buf_free(&list);
		return err->code;
	}
	return 0;
}

static int files_check_line(const struct session *session, const struct doc_file *file,
			    struct error *err)
{
	const struct schema *schema;
	struct buf macro = {};
	bool there = object_find_map(&session->obj, file->output) >= 0;
	const char *value = file_value(session, file);
	int ret;

	if (!value && !there)
		return 0;
	if (!there)
		return files_no_output(session, file, err);
	if (!value) {
		optval_macro(&macro, file->option, NULL, 0);
		error_set(err, -EINVAL,
			  "%s:%d: the output %s is there although --%s was not given: there is no "
			  "file for it",
			  session->doc.file, file->line, file->output, file->option);
		ret = error_hint(err, "put it between #ifdef %s and #endif", buf_text(&macro));
		buf_free(&macro);
		return ret;
	}
	schema = object_find_schema(&session->obj, file->output, SCHEMA_EVENT);
	if (schema)
		return files_check_fields(session, file, schema, err);
	error_set(err, -EINVAL, "%s:%d: what %s reports is not known", session->doc.file,
		  file->line, file->output);
	return error_hint(err, "declare it by EVENTS(%s, struct type);", file->output);
}

/* On stdout lines of a form are read by a program, which would not know what to make of others. */
static int files_check_stdout(const struct session *session, struct error *err)
{
	const struct doc_file *file = NULL;
	struct buf macro = {};
	const char *value;
	int ret;

	for (size_t i = 0; i < session->doc.nr_files; i++) {
		if (files_is_stdout(file_value(session, &session->doc.files[i])))
			file = &session->doc.files[i];
	}
	for (unsigned int i = 0; file && i < session->exp.nr_outputs; i++) {
		const char *name = session->exp.outputs[i].name;

		if (object_find_map(&session->obj, name) < 0 || files_line(session, name, &value))
			continue;
		optval_macro(&macro, file->option, "stdout", strlen("stdout"));
		error_set(err, -EINVAL,
			  "%s:%d: with --%s " STDOUT_NAME " stdout is for %s, but there is the "
			  "output %s, too",
			  session->doc.file, file->line, file->option, file->output, name);
		ret = error_hint(err, "put it between #ifndef %s and #endif", buf_text(&macro));
		buf_free(&macro);
		return ret;
	}
	return 0;
}

int files_check(const struct session *session, struct error *err)
{
	int ret = 0;

	for (size_t i = 0; i < session->doc.nr_files && !ret; i++)
		ret = files_check_line(session, &session->doc.files[i], err);
	return ret ?: files_check_stdout(session, err);
}

/* What is written here may be secret: nobody else may have put it there or read it. */
static int file_check(int fd, const char *path, struct error *err)
{
	struct stat st;

	if (fstat(fd, &st))
		return error_sys(err, -errno, "%s", path);
	if (!S_ISREG(st.st_mode) && !S_ISFIFO(st.st_mode)) {
		error_set(err, -EINVAL, "%s is neither a file nor a FIFO: nothing is written to it",
			  path);
		return error_hint(err, "name another file, or write - for stdout");
	}
	if (st.st_uid != geteuid()) {
		error_set(err, -EPERM,
			  "%s belongs to another user (uid %u): nothing is added to it", path,
			  st.st_uid);
		return error_hint(err, "name another file, or remove it");
	}
	if (st.st_mode & (S_IRWXG | S_IRWXO)) {
		error_set(err, -EPERM,
			  "%s may be used by others (its mode is %04o): nothing is added to it",
			  path, st.st_mode & 07777);
		return error_hint(err,
				  "chmod 600 it if all that it holds is yours, or name another "
				  "file");
	}
	return 0;
}

static int file_refused(const char *path, int code, struct error *err)
{
	switch (code) {
	case -ELOOP:
		error_set(err, code, "%s is a symbolic link, which is not followed", path);
		return error_hint(err, "name the file itself, or write - for stdout");
	case -ENXIO:
		error_set(err, code, "%s is a FIFO that nobody reads", path);
		return error_hint(err, "start its reader first");
	case -EISDIR:
		error_set(err, code, "%s is a directory", path);
		return error_hint(err, "name a file");
	}
	return error_sys(err, code, "cannot write to %s", path);
}

static int file_open(const char *path, struct error *err)
{
	/* without O_NONBLOCK a FIFO would be waited for until somebody reads it */
	int fd = open(path,
		      O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY |
			      O_NONBLOCK,
		      S_IRUSR | S_IWUSR);
	int ret;

	if (fd < 0)
		return file_refused(path, -errno, err);
	ret = file_check(fd, path, err);
	if (!ret && fcntl(fd, F_SETFL, O_APPEND))
		ret = error_sys(err, -errno, "%s", path);
	if (!ret)
		return fd;
	close(fd);
	return ret;
}

int files_open(struct files *files, const char *path, struct file **result, struct error *err)
{
	struct file *file;
	int fd;

	for (file = files->first; file; file = file->next) {
		*result = file;
		if (strcmp(file->path, path) == 0)
			return 0;
	}
	file = calloc(1, sizeof(*file));
	if (!file)
		return error_sys(err, -ENOMEM, "%s", path);
	file->path = strdup(path);
	fd = file->path ? file_open(path, err) : error_sys(err, -ENOMEM, "%s", path);
	if (fd < 0) {
		free(file->path);
		free(file);
		return fd;
	}
	sink_init(&file->sink, fd);
	file->next = files->first;
	files->first = file;
	*result = file;
	return 0;
}

int file_written(struct file *file, int ret, struct error *err)
{
	ret = ret ?: sink_flush(&file->sink);
	if (ret == -EPIPE) {
		/* not to be taken for stdout's end, which is no failure */
		return error_set(err, -EIO, "cannot write to %s: its reader is gone", file->path);
	}
	return ret ? error_sys(err, ret, "cannot write to %s", file->path) : 0;
}

void files_free(struct files *files)
{
	while (files->first) {
		struct file *file = files->first;

		files->first = file->next;
		close(file->sink.fd);
		sink_free(&file->sink);
		free(file->path);
		free(file);
	}
}
